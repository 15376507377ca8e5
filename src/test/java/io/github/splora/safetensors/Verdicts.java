package io.github.splora.safetensors;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.TensorInfo;
import io.github.splora.testing.Bytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * Reports splora's verdict on many files in one process, for {@code scripts/differential_safetensors.py}: reads paths
 * from standard input, one per line, and answers each with one line: {@code OPENS} and a digest of everything in the
 * file, {@code REFUSES} and the reason, or {@code CRASHES} and the exception.
 */
final class Verdicts {

    private Verdicts() {}

    public static void main(String[] args) throws IOException {
        BufferedReader paths = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String path = paths.readLine(); path != null; path = paths.readLine()) {
            out.println(of(Path.of(path)).replaceAll("[\\r\\n]", " "));
            out.flush();
        }
    }

    private static String of(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            return "OPENS\t" + digest(file);
        } catch (BadInputException e) {
            return "REFUSES\t" + e.getMessage();
        } catch (RuntimeException | Error e) {
            return "CRASHES\t" + e;
        }
    }

    /**
     * Returns the SHA-256 over names, dtypes, shapes, bytes and metadata, in an order that any implementation can
     * reproduce.
     */
    private static String digest(SafetensorsFile file) {
        MessageDigest digest = sha256();
        var tensors = new TreeMap<String, TensorInfo>(UnicodeText.BY_CODE_POINT);
        tensors.putAll(file.tensors());
        tensors.forEach((name, tensor) -> {
            update(digest, name);
            update(digest, tensor.dtype().name());
            update(digest, tensor.shape().toString());
            digest.update(Bytes.of(file, tensor));
        });
        var metadata = new TreeMap<String, String>(UnicodeText.BY_CODE_POINT);
        metadata.putAll(file.metadata());
        metadata.forEach((key, value) -> {
            update(digest, key);
            update(digest, value);
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
