package io.github.splora.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.json.StrictJson;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.RunReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** One run of the program inside this process: its exit code, and what it wrote to its two streams. */
record Run(int code, String out, String err) {

    private static final HubCache EMPTY_HUB = new HubCache(Path.of("target", "no-such-hub"));

    static Run of(String... args) {
        return on(Terminal.NONE, args);
    }

    static Run on(Terminal terminal, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(args, new PrintWriter(out), new PrintWriter(err), EMPTY_HUB, terminal);
        return new Run(code, out.toString(), err.toString());
    }

    /** Runs {@code command} with the inputs of {@code model} and more arguments. */
    static Run of(String command, Testdata model, String... more) {
        return of(with(command, model, more));
    }

    /** Runs a command that writes to {@code output}, and has its report printed as JSON. */
    static Run to(Path output, String command, Testdata model, String... more) {
        return of(command, model, join(more, "--output", output.toString(), "--format", "json"));
    }

    static String[] with(String command, Testdata model, String... more) {
        return Stream.of(Stream.of(command), model.args(), Stream.of(more))
                .flatMap(args -> args)
                .toArray(String[]::new);
    }

    static String[] join(String[] args, String... more) {
        return Stream.concat(Stream.of(args), Stream.of(more)).toArray(String[]::new);
    }

    /** Returns the lines of standard error. */
    List<String> errors() {
        return err.lines().toList();
    }

    JsonNode json() {
        try {
            return StrictJson.readObject(asFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Parses the standard output of {@code --format json}. */
    RunReport report() {
        try {
            return RunReport.read(asFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the names of the modules to prune, from the standard output of {@code --format json}. */
    List<String> pruned() {
        return report().modules().stream()
                .filter(row -> row.decision().equals(ModuleRow.PRUNE))
                .map(ModuleRow::name)
                .toList();
    }

    private Path asFile() throws IOException {
        Path file = Files.createTempFile("splora-run", ".json");
        file.toFile().deleteOnExit();
        return Files.writeString(file, out);
    }
}
