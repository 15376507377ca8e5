package io.github.splora.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The program's commands. Reading what options they all have takes 70 ms of 340, so one that a run does not reach has
 * only a name and a description, for the list of commands.
 */
final class Commands {

  private static final List<Class<?>> ALL = List.of(ScoreCommand.class, PruneCommand.class, SweepCommand.class,
      ShowCommand.class, InspectCommand.class, VerifyCommand.class, DoctorCommand.class, CompletionCommand.class);
  private static final Set<String> GLOBAL_OPTIONS = Set.of("-h", "--help", "-V", "--version");

  private Commands() {}

  /** Adds all of them, whole. */
  static void addAll(CommandLine program) {
    add(program, name -> true);
  }

  /** Adds all of them, those whole that these arguments may reach. */
  static void addReached(CommandLine program, String[] args) {
    if (GLOBAL_OPTIONS.containsAll(Arrays.asList(args))) {
      add(program, name -> false);
    } else if (isOnItsOwn(args[0])) {
      add(program, args[0]::equals);
    } else {
      addAll(program);
    }
  }

  private static void add(CommandLine program, Predicate<String> isWhole) {
    for (Class<?> type : ALL) {
      String name = describe(type).name();
      program.addSubcommand(name, isWhole.test(name) ? type : listed(describe(type)));
    }
  }

  private static CommandLine listed(Command command) {
    CommandSpec spec = CommandSpec.create().name(command.name());
    spec.usageMessage().description(command.description());
    return new CommandLine(spec);
  }

  /** Whether it is the name of a command that asks for nothing of the others. */
  private static boolean isOnItsOwn(String name) {
    return ALL.stream()
        .filter(type -> type != CompletionCommand.class)
        .anyMatch(type -> describe(type).name().equals(name));
  }

  private static Command describe(Class<?> type) {
    return type.getAnnotation(Command.class);
  }
}
