package io.github.splora.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.json.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Remembers evaluations, one JSON object per line, so that an interrupted sweep can be resumed. A line is found by a hash of the
 * command and of every byte of the evaluated adapter. Failed evaluations are run again.
 */
public final class TrialsFile {

    private static final String KEY = "key";
    private static final String FIGURES = "figures";
    private static final String SECONDS = "seconds";

    private final Path file;
    private final Map<String, Evaluation> known = new HashMap<>();

    private TrialsFile(Path file) {
        this.file = file;
    }

    /**
     * Opens a file, which need not exist. New evaluations are added at its end.
     *
     * @param isResuming whether to use the evaluations in it
     * @throws BadInputException if the file cannot be read or holds something else
     */
    public static TrialsFile open(Path file, boolean isResuming) {
        TrialsFile trials = new TrialsFile(file);
        if (Files.exists(file)) {
            trials.read(isResuming);
        } else if (isResuming) {
            throw new BadInputException(
                    file,
                    "--resume",
                    null,
                    "this file does not exist, so there is no sweep to resume; leave out --resume");
        }
        return trials;
    }

    private void read(boolean isResuming) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new BadInputException(file, "--trials", null, "cannot be read: " + e.getMessage(), e);
        }
        for (int i = 0; i < lines.size(); i++) {
            Optional<ObjectNode> line = StrictJson.parsedObject(lines.get(i))
                    .filter(object -> object.path(KEY).isTextual());
            if (line.isPresent() && isResuming) {
                remember(line.get());
            }
            // Other lines may have been cut short.
            if (line.isEmpty() && i == 0) {
                throw new BadInputException(
                        file, "--trials", null, "its first line is not an evaluation; name another file");
            }
        }
    }

    private void remember(ObjectNode line) {
        Map<String, Double> figures = Evaluation.figuresOf(line.path(FIGURES));
        if (!figures.isEmpty() && line.path("failure").isNull()) {
            known.put(
                    line.path(KEY).textValue(),
                    new Evaluation(figures, line.path(SECONDS).doubleValue(), null));
        }
    }

    /** Returns an earlier evaluation of the same adapter by the same command. */
    public Optional<Evaluation> find(String key) {
        return Optional.ofNullable(known.get(key));
    }

    /** Adds an evaluation, on disk before this returns. */
    public void add(String key, String options, Evaluation evaluation) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(KEY, key);
        line.put("options", options);
        line.put(FIGURES, evaluation.figures());
        line.put(SECONDS, evaluation.seconds());
        line.put("failure", evaluation.failure());
        String text = StrictJson.writeLine(line) + "\n";
        boolean isCut = Files.exists(file) && Files.size(file) > 0 && !endsWithLine();
        Files.writeString(
                file,
                (isCut ? "\n" : "") + text,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND,
                StandardOpenOption.SYNC);
    }

    private boolean endsWithLine() throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            channel.position(channel.size() - 1).read(last);
            return last.get(0) == '\n';
        }
    }

    /** Returns the key of an evaluation: a hash of the command and of all files in the adapter's folder. */
    public static String key(String command, Path adapter) throws IOException {
        MessageDigest digest = sha256();
        digest.update(command.getBytes(StandardCharsets.UTF_8));
        List<Path> files;
        try (Stream<Path> tree = Files.walk(adapter)) {
            files = tree.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path each : files) {
            digest.update((byte) 0);
            digest.update(adapter.relativize(each).toString().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            digest.update(hash(each));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static byte[] hash(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
