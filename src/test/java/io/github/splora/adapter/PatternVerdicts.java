package io.github.splora.adapter;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reports which module names the patterns of a PEFT config match, for {@code scripts/differential_patterns.py}. Reads
 * one question per line from standard input: the use of the pattern, the pattern, and the names, separated by spaces,
 * all texts as hexadecimal UTF-16. Answers each with one line: {@code MATCHES} and a digit per name, {@code REFUSES} and
 * the reason, or {@code CRASHES} and the exception.
 */
final class PatternVerdicts {

    private static final Path CONFIG = Path.of("adapter_config.json");

    private PatternVerdicts() {}

    public static void main(String[] args) throws IOException {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            String[] words = line.split(" ", -1);
            out.println(answer(
                            words[0],
                            text(words[1]),
                            Stream.of(words).skip(2).map(PatternVerdicts::text).toList())
                    .replaceAll("[\\r\\n]", " "));
            out.flush();
        }
    }

    private static String answer(String use, String pattern, List<String> names) {
        try {
            Predicate<String> matches = matcher(use, pattern);
            return "MATCHES\t"
                    + names.stream().map(name -> matches.test(name) ? "1" : "0").collect(Collectors.joining());
        } catch (BadInputException e) {
            return "REFUSES\t" + e.getMessage();
        } catch (RuntimeException | Error e) {
            return "CRASHES\t" + e;
        }
    }

    private static Predicate<String> matcher(String use, String pattern) {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        switch (use) {
            case "target" -> config.put("target_modules", pattern);
            case "exclude" -> config.put("exclude_modules", pattern);
            case "save" -> config.putArray("modules_to_save").add(pattern);
            case "layers" -> {
                config.putArray("target_modules").add("q");
                config.put("layers_to_transform", 1);
                config.put("layers_pattern", pattern);
            }
            case "key" -> {
                var keys = new ModulePattern<>(Map.of(pattern, 1), CONFIG, "alpha_pattern");
                return name -> keys.valueFor(name).isPresent();
            }
            default -> throw new IllegalArgumentException(use);
        }
        return new TargetMatcher(CONFIG, config)::targets;
    }

    private static String text(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_16BE);
    }
}
