package io.github.splora.cli;

import io.github.splora.checkpoint.HubCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs several commands in one process, so that Java can record which classes they load and which methods they call often. A
 * bundle's start-up cache is made from that record.
 */
final class TrainingRun {

    private TrainingRun() {}

    /**
     * Runs command lines until one fails.
     *
     * @param file one command per line, its words separated by tabs; the first word is the exit code that it must have
     * @param err receives progress and messages
     * @return exit code of the process
     */
    static int run(Path file, PrintWriter err) {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        for (String line : lines(file)) {
            List<String> words = List.of(line.split("\t", -1));
            String[] command = words.subList(1, words.size()).toArray(String[]::new);
            int exitCode = Main.run(command, nowhere, err, HubCache.of(System.getenv()), Terminal.ofProcess());
            if (exitCode != Integer.parseInt(words.get(0))) {
                err.println("training: exit code " + exitCode + ": " + String.join(" ", command));
                return ExitCode.UNEXPECTED_FAILURE;
            }
        }
        return ExitCode.DONE;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
