package io.github.splora.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The program's commands. Reading the options of all of them takes 70 of the 340 ms of a start, so a command that a run
 * cannot reach gets only a name and a description, for the list of commands.
 */
final class Commands {

    private static final List<Class<?>> ALL = List.of(
            ScanCommand.class,
            ScoreCommand.class,
            PruneCommand.class,
            RepairCommand.class,
            SweepCommand.class,
            FleetCommand.class,
            CalibrateCommand.class,
            ShowCommand.class,
            DiffCommand.class,
            InspectCommand.class,
            VerifyCommand.class,
            PresetsCommand.class,
            DoctorCommand.class,
            CompletionCommand.class);
    private static final Set<String> GLOBAL_OPTIONS = Set.of("-h", "--help", ShortHelp.ALL_OPTIONS, "-V", "--version");

    private Commands() {}

    /** Adds all commands; only those that the arguments may reach get their options. */
    static void add(CommandLine program, String[] args) {
        Predicate<String> isReached = reached(args);
        for (Class<?> type : ALL) {
            Command command = describe(type);
            program.addSubcommand(command.name(), isReached.test(command.name()) ? type : listed(command));
        }
    }

    /** Returns whether the arguments may reach the command of a name. */
    private static Predicate<String> reached(String[] args) {
        if (GLOBAL_OPTIONS.containsAll(Arrays.asList(args))) {
            return name -> false;
        }
        return isOnItsOwn(args[0]) ? args[0]::equals : name -> true;
    }

    /** Whether there is a command of this name. */
    static boolean isCommand(String name) {
        return ALL.stream().anyMatch(type -> describe(type).name().equals(name));
    }

    private static CommandLine listed(Command command) {
        CommandSpec spec = CommandSpec.create().name(command.name());
        spec.usageMessage().description(command.description());
        return new CommandLine(spec);
    }

    /** Whether this is the name of a command that does not need the other commands' options. */
    private static boolean isOnItsOwn(String name) {
        return ALL.stream()
                .filter(type -> type != CompletionCommand.class)
                .anyMatch(type -> describe(type).name().equals(name));
    }

    private static Command describe(Class<?> type) {
        return type.getAnnotation(Command.class);
    }
}
