package io.github.splora.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.Plural;
import io.github.splora.error.Printable;
import io.github.splora.json.StrictJson;
import io.github.splora.output.ShutdownHook;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the user's command in a shell, with {@value #PLACE} replaced by the adapter's folder, and reads the last JSON object
 * that it prints on standard output. The command and all processes it started are stopped when the time limit is
 * reached, when the program is interrupted, or when the command ends.
 */
public final class CommandEvaluator implements Evaluator {

    /** The placeholder for the adapter's folder in a command. */
    public static final String PLACE = "{adapter}";

    private static final boolean IS_WINDOWS = File.separatorChar == '\\';
    /** The most characters of a failed command's last error line that a message shows. */
    private static final int LONGEST_TAIL = 300;
    /** The most bytes that are read of a command's output, from its end. */
    private static final int MOST_BYTES = 1 << 20;

    private static final long POLL_MILLIS = 100;

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
        ProcessBuilder builder = new ProcessBuilder(shell(command.replace(PLACE, quoted(adapter.toString()))));
        Offspring offspring = Offspring.of(builder);
        Process process = builder.redirectInput(
                        ProcessBuilder.Redirect.from(new File(IS_WINDOWS ? "NUL" : "/dev/null")))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        ShutdownHook stopping = ShutdownHook.register(() -> offspring.stop(process));
        try {
            if (!hasEnded(process, offspring)) {
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
            offspring.stop(process);
            stopping.close();
        }
    }

    /** Waits for the command up to the time limit. */
    private boolean hasEnded(Process process, Offspring offspring) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < end) {
            if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                return true;
            }
            offspring.remember(process);
        }
        return false;
    }

    /** Returns the top-level numbers of the last JSON object; everything else that was printed is ignored. */
    private static Map<String, Double> figures(Path out, Path err) throws Failure {
        ObjectNode object = lastObject(tail(out))
                .orElseThrow(() -> new Failure("did not print a JSON object with its figures" + lastWords(err)));
        Map<String, Double> figures = Evaluation.figuresOf(object);
        if (figures.isEmpty()) {
            throw new Failure("printed a JSON object without any numbers");
        }
        return figures;
    }

    /** Returns the last JSON object that begins a line, whatever stands before and after it. */
    private static Optional<ObjectNode> lastObject(String text) {
        int end = text.length();
        while (end > 0) {
            int start = text.lastIndexOf('\n', end - 1) + 1;
            if (text.startsWith("{", start)) {
                Optional<ObjectNode> line = StrictJson.parsedObject(text.substring(start, end));
                Optional<ObjectNode> found = line.isPresent() ? line : StrictJson.parsedObject(text.substring(start));
                if (found.isPresent()) {
                    return found;
                }
            }
            end = start - 1;
        }
        return Optional.empty();
    }

    private static String lastWords(Path err) {
        String text = tail(err).strip();
        String last = text.substring(text.lastIndexOf('\n') + 1);
        return last.isEmpty()
                ? ""
                : ": " + Printable.text(last.length() <= LONGEST_TAIL ? last : last.substring(0, LONGEST_TAIL) + "…");
    }

    /** Returns the end of a file that may have any length; empty if the command removed it. */
    private static String tail(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(MOST_BYTES, size));
            channel.position(size - bytes.capacity());
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // Until the buffer is full or the file ends.
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
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
