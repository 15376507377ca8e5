package io.github.splora.cli;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.FileNames;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What a user may have meant by an option or command that there is not. */
final class Suggestions {

    /** What other tools, and other words of the field, call an option. */
    private static final Map<String, List<String>> OTHER_NAMES = new LinkedHashMap<>();

    static {
        OTHER_NAMES.put("--output", List.of("o", "out", "output-dir", "outdir", "output-path", "save", "to"));
        OTHER_NAMES.put(
                "--adapter", List.of("a", "lora", "peft", "lora-path", "lora-model", "adapter-path", "peft-model"));
        OTHER_NAMES.put(
                "--aligned",
                List.of(
                        "m",
                        "model",
                        "chat",
                        "chat-model",
                        "instruct",
                        "it",
                        "target-model",
                        "aligned-model",
                        "base-model"));
        OTHER_NAMES.put(
                "--base", List.of("b", "model", "base-model", "pretrained", "unaligned", "original", "foundation"));
        OTHER_NAMES.put("--threshold", List.of("t", "cutoff", "min-score"));
        OTHER_NAMES.put("--count", List.of("n", "k", "top", "top-k", "number", "num-modules"));
        OTHER_NAMES.put("--fraction", List.of("p", "ratio", "percent", "percentage", "share", "sparsity", "amount"));
        OTHER_NAMES.put("--include", List.of("modules", "target-modules", "layers", "only", "module"));
        OTHER_NAMES.put("--exclude", List.of("exclude-modules", "skip", "ignore", "except"));
        OTHER_NAMES.put("--action", List.of("method", "mode"));
        OTHER_NAMES.put("--client", List.of("engine", "server", "serving", "runtime", "backend", "target"));
        OTHER_NAMES.put("--device", List.of("d", "gpu", "cuda", "cpu"));
        OTHER_NAMES.put("--threads", List.of("j", "jobs", "workers", "num-threads"));
        OTHER_NAMES.put("--dry-run", List.of("preview", "check", "no-write"));
        OTHER_NAMES.put("--force", List.of("f", "y", "yes", "overwrite"));
        OTHER_NAMES.put("--format", List.of("json", "csv", "markdown", "md", "output-format"));
        OTHER_NAMES.put("--report", List.of("r", "html", "html-report"));
        OTHER_NAMES.put("--fail-on", List.of("fail", "gate", "fail-if", "max-score", "fail-under"));
        OTHER_NAMES.put("--strength", List.of("s", "alpha", "lambda"));
        OTHER_NAMES.put("--evaluate", List.of("e", "eval", "command", "run"));
        OTHER_NAMES.put("--quiet", List.of("silent", "no-progress"));
        OTHER_NAMES.put("--verbose", List.of("debug", "vv"));
        OTHER_NAMES.put("--metric", List.of("score", "scorer"));
    }

    /** What users may call a command. */
    private static final Map<String, List<String>> OTHER_COMMANDS = new LinkedHashMap<>();

    static {
        OTHER_COMMANDS.put(
                "scan", List.of("check", "analyze", "analyse", "audit", "assess", "safe", "test", "look", "run"));
        OTHER_COMMANDS.put("score", List.of("rank", "measure", "gate", "ci"));
        OTHER_COMMANDS.put("repair", List.of("fix", "mend", "heal", "safer", "align", "realign", "correct"));
        OTHER_COMMANDS.put("prune", List.of("remove", "cut", "drop", "delete", "clean"));
        OTHER_COMMANDS.put("sweep", List.of("evaluate", "eval", "tune", "search", "optimize"));
        OTHER_COMMANDS.put("show", List.of("report", "view", "explain", "why", "open", "convert"));
        OTHER_COMMANDS.put("diff", List.of("compare", "changes"));
        OTHER_COMMANDS.put("inspect", List.of("info", "list", "ls", "describe", "dump", "model"));
        OTHER_COMMANDS.put("verify", List.of("validate", "lint", "test", "load"));
        OTHER_COMMANDS.put("presets", List.of("models", "configs"));
        OTHER_COMMANDS.put("doctor", List.of("env", "environment", "gpu", "cuda", "diagnose"));
    }

    private static final int MOST = 3;

    private Suggestions() {}

    /** Returns the options of a command that an unknown one may mean; the likeliest first. */
    static List<String> forOption(String unknown, CommandLine command) {
        List<String> all = command.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .map(OptionSpec::longestName)
                .map(name -> name.replace("[no-]", ""))
                .toList();
        String word = bare(unknown);
        List<String> meant = OTHER_NAMES.entrySet().stream()
                .filter(each -> each.getValue().contains(word))
                .map(Map.Entry::getKey)
                .filter(all::contains)
                .toList();
        return meant.isEmpty() && word.length() > 1 ? alike(word, all) : meant;
    }

    /** Returns the commands that an unknown one may mean. */
    static List<String> forCommand(String unknown, CommandLine program) {
        String word = unknown.toLowerCase(Locale.ROOT);
        List<String> meant = OTHER_COMMANDS.entrySet().stream()
                .filter(each -> each.getValue().contains(word))
                .map(Map.Entry::getKey)
                .toList();
        if (!meant.isEmpty()) {
            return meant;
        }
        if (word.equals("version")) {
            return List.of("--version");
        }
        return isAdapter(unknown)
                ? List.of("scan " + unknown)
                : alike(word, program.getSubcommands().keySet());
    }

    /** Whether the user named an adapter, but not what to do with it. */
    private static boolean isAdapter(String word) {
        return FileNames.toPath(word).filter(Adapter::isAt).isPresent();
    }

    /** Returns the names that begin like a word, or that a few edits turn it into. */
    private static List<String> alike(String word, Collection<String> names) {
        ToIntFunction<String> distance = name -> bare(name).startsWith(word) ? 0 : distance(word, bare(name));
        int most = Math.max(1, word.length() / 3);
        List<String> near = names.stream()
                .filter(name -> distance.applyAsInt(name) <= most)
                .sorted(Comparator.comparingInt(distance))
                .toList();
        int least = near.stream().mapToInt(distance).min().orElse(0);
        return near.stream()
                .filter(name -> distance.applyAsInt(name) <= least + 1)
                .limit(MOST)
                .toList();
    }

    private static String bare(String option) {
        return option.replaceFirst("^-+", "")
                .replaceFirst("=.*", "")
                .replace('_', '-')
                .toLowerCase(Locale.ROOT);
    }

    /** Returns how many letters must be inserted, removed, replaced or swapped with the next. */
    private static int distance(String from, String to) {
        int[][] edits = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int replaced = edits[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                edits[i][j] = Math.min(replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
                boolean isSwap = i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
                if (isSwap) {
                    edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
                }
            }
        }
        return edits[from.length()][to.length()];
    }
}
