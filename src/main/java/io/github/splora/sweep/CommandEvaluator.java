package io.github.splora.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import io.github.splora.error.Printable;
import io.github.splora.json.StrictJson;
import io.github.splora.output.ShutdownHook;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the user's command in a shell, with {@value #PLACE} replaced by the adapter's folder, and reads the JSON object
 * that it prints on standard output. The command and all processes it started are stopped when the time limit is
 * reached, when the program is interrupted, or when the command ends.
 */
public final class CommandEvaluator implements Evaluator {

    /** The placeholder for the adapter's folder in a command. */
    public static final String PLACE = "{adapter}";

    private static final boolean IS_WINDOWS = File.separatorChar == '\\';
    /** The most characters of a failed command's last error line that a message shows. */
    private static final int LONGEST_TAIL = 300;

    private final String command;
    private final Duration limit;

    public CommandEvaluator(String command, Duration limit) {
        this.command = command;
        this.limit = limit;
    }

    @Override
    public Evaluation evaluate(Path adapter) {
        long start = System.nanoTime();
        Path out = null;
        Path err = null;
        try {
            out = Files.createTempFile("splora-evaluation", ".json");
            err = Files.createTempFile("splora-evaluation", ".err");
            Map<String, Double> figures = run(adapter, out, err);
            return new Evaluation(figures, seconds(start), null);
        } catch (Failure e) {
            return new Evaluation(Map.of(), seconds(start), e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(out);
            delete(err);
        }
    }

    private Map<String, Double> run(Path adapter, Path out, Path err) throws IOException, Failure {
        Process process = new ProcessBuilder(shell(command.replace(PLACE, quoted(adapter.toString()))))
                .redirectInput(ProcessBuilder.Redirect.from(new File(IS_WINDOWS ? "NUL" : "/dev/null")))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        ShutdownHook stopping = ShutdownHook.register(() -> stop(process));
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new Failure("was stopped at the time limit of " + Plural.of(limit.toSeconds(), "second"));
            }
            if (process.exitValue() != 0) {
                throw new Failure("ended with exit code " + process.exitValue() + lastWords(err));
            }
            return figures(out, err);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("was interrupted");
        } finally {
            stop(process);
            stopping.close();
        }
    }

    /** Returns the top-level numbers; everything else in the object is ignored. */
    private static Map<String, Double> figures(Path out, Path err) throws Failure {
        ObjectNode object;
        try {
            object = StrictJson.readObject(out);
        } catch (BadInputException e) {
            throw new Failure("did not print exactly one JSON object: "
                    + e.problems().get(0).explanation() + lastWords(err));
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        object.properties().forEach(field -> {
            if (field.getValue().isNumber() && Double.isFinite(field.getValue().doubleValue())) {
                figures.put(field.getKey(), field.getValue().doubleValue());
            }
        });
        if (figures.isEmpty()) {
            throw new Failure("printed a JSON object without any numbers");
        }
        return figures;
    }

    private static String lastWords(Path err) {
        try {
            byte[] all = Files.readAllBytes(err);
            String text = new String(all, StandardCharsets.UTF_8).strip();
            String last = text.substring(text.lastIndexOf('\n') + 1);
            return last.isEmpty()
                    ? ""
                    : ": "
                            + Printable.text(
                                    last.length() <= LONGEST_TAIL ? last : last.substring(0, LONGEST_TAIL) + "…");
        } catch (IOException e) {
            return "";
        }
    }

    private static List<String> shell(String line) {
        return IS_WINDOWS ? List.of("cmd", "/c", line) : List.of("sh", "-c", line);
    }

    private static String quoted(String path) {
        return IS_WINDOWS ? '"' + path + '"' : "'" + path.replace("'", "'\\''") + "'";
    }

    private static void stop(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // A leftover temporary file does no harm.
        }
    }

    private static final class Failure extends Exception {
        private static final long serialVersionUID = 1;

        Failure(String sentence) {
            super(sentence);
        }
    }
}
