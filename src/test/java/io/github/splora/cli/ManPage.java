package io.github.splora.cli;

import io.github.splora.Version;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Writes the program's manual page, in man(7), from picocli's model of the commands and options. */
final class ManPage {

    private static final Map<String, String> ENVIRONMENT = new LinkedHashMap<>();

    static {
        ENVIRONMENT.put(
                "HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME",
                "Where hub ids are looked up: $HF_HUB_CACHE, else $HUGGINGFACE_HUB_CACHE, else $HF_HOME/hub, else ~/.cache/huggingface/hub.");
        ENVIRONMENT.put("DJL_CACHE_DIR", "Folder where PyTorch's library is unpacked, once. Default: ~/.djl.ai.");
        ENVIRONMENT.put(
                "JAVA_HOME, JAVA_OPTS", "The Java installation (17 or newer) to run with, and options for Java.");
        ENVIRONMENT.put("NO_COLOR", "If set, the output has no colors.");
    }

    /** Options that every command has. */
    private static final Set<String> HELP = Set.of("--help", "--help-all", "--version");

    private ManPage() {}

    static String of(CommandLine program) {
        CommandSpec root = program.getCommandSpec();
        Collection<CommandLine> commands =
                new LinkedHashSet<>(program.getSubcommands().values());
        Set<String> common = commonOptions(commands);
        StringBuilder page = new StringBuilder();
        page.append(".TH SPLORA 1 \"\" \"splora ").append(Version.current()).append("\" \"User Commands\"\n");
        section(page, "NAME").append("splora \\- score, prune and correct LoRA adapters\n");
        section(page, "SYNOPSIS").append(".B splora\n.I COMMAND\n[options]\n");
        section(page, "DESCRIPTION")
                .append(text(root.usageMessage().description()))
                .append('\n');
        section(page, "COMMANDS");
        for (CommandLine command : commands) {
            command(page, command, common);
        }
        section(page, "OPTIONS OF ALL COMMANDS");
        CommandLine example = program.getSubcommands().get("score");
        example.getCommandSpec().options().stream()
                .filter(option -> common.contains(option.longestName()))
                .forEach(option -> argument(page, heading(option), option));
        section(page, "ARGUMENT FILES")
                .append(escape(
                        "An argument @FILE is replaced by the options in FILE; configs/*.args contain the base and aligned ids"
                                + " of well-known models."))
                .append('\n');
        section(page, "ENVIRONMENT");
        ENVIRONMENT.forEach((name, meaning) -> page.append(".TP\n.B ")
                .append(escape(name))
                .append('\n')
                .append(escape(meaning))
                .append('\n'));
        section(page, "NOTES");
        return page.append(Arrays.stream(root.usageMessage().footer())
                        .filter(line -> !line.isBlank())
                        .map(line -> escape(line) + "\n")
                        .collect(Collectors.joining(".P\n")))
                .toString();
    }

    /** Returns the options that all commands share, except commands without any options. */
    private static Set<String> commonOptions(Collection<CommandLine> commands) {
        Set<String> common = null;
        for (CommandLine command : commands) {
            Set<String> names = command.getCommandSpec().options().stream()
                    .map(OptionSpec::longestName)
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            if (!names.stream().allMatch(name -> HELP.contains(name))) {
                if (common == null) {
                    common = names;
                }
                common.retainAll(names);
            }
        }
        common.removeIf(name -> name.equals("--format"));
        return common;
    }

    private static void command(StringBuilder page, CommandLine command, Set<String> common) {
        CommandSpec spec = command.getCommandSpec();
        page.append(".SS ").append(escape(spec.qualifiedName())).append('\n');
        page.append(text(spec.usageMessage().description())).append('\n');
        spec.positionalParameters().forEach(parameter -> argument(page, parameter.paramLabel(), parameter));
        List<OptionSpec> options = spec.options().stream()
                .filter(option -> !common.contains(option.longestName())
                        && !option.hidden()
                        && !HELP.contains(option.longestName()))
                .sorted((a, b) -> Boolean.compare(isRequired(b), isRequired(a)))
                .toList();
        for (OptionSpec option : options) {
            argument(page, heading(option), option);
        }
    }

    private static void argument(StringBuilder page, String heading, ArgSpec argument) {
        page.append(".TP\n.B ")
                .append(escape(heading))
                .append('\n')
                .append(text(argument.description()))
                .append(isRequired(argument) ? " Required.\n" : "\n");
    }

    private static String heading(OptionSpec option) {
        return String.join(", ", option.names()) + (option.arity().max() == 0 ? "" : " " + option.paramLabel());
    }

    /** Whether an argument is required; an option of a group never is, since only the group can be. */
    private static boolean isRequired(ArgSpec argument) {
        return argument.required() && argument.group() == null;
    }

    private static StringBuilder section(StringBuilder page, String title) {
        return page.append(".SH ").append(title).append('\n');
    }

    private static String text(String[] lines) {
        return escape(String.join(" ", lines));
    }

    private static String escape(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
