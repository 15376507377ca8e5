package io.github.splora.checkpoint;

import io.github.splora.error.BadInputException;
import io.github.splora.format.TensorFiles;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * Identifies an input's contents, so that scores can be tied to the files they came from.
 *
 * <p>An adapter is small enough to hash in full. Hashing a 140 GB checkpoint would take longer than scoring it, so a
 * checkpoint's fingerprint covers every tensor's name, dtype and shape and the middle {@value #SAMPLE_BYTES} bytes of
 * its data: it distinguishes two training states of one model, but does not detect a changed byte elsewhere.
 */
public final class Fingerprint {

    private static final int SAMPLE_BYTES = 64;

    private Fingerprint() {}

    /** Returns the SHA-256 of a whole file, in hexadecimal. */
    public static String sha256(Path file) {
        MessageDigest digest = newDigest();
        try (InputStream in = Files.newInputStream(file);
                OutputStream sink = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            in.transferTo(sink);
        } catch (IOException e) {
            throw new BadInputException(file, null, null, "cannot be read: " + e.getMessage(), e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Returns the SHA-256 of bytes, in hexadecimal. */
    public static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(newDigest().digest(bytes));
    }

    /**
     * Returns the SHA-256 over every tensor's name, dtype, shape and data sample; it does not depend on the sharding.
     */
    public static String of(Checkpoint checkpoint) {
        MessageDigest digest = newDigest();
        for (String name : checkpoint.tensorNames()) {
            StoredTensor tensor = checkpoint.tensor(name);
            digest.update((name + '\n' + tensor.dtype() + tensor.shape() + '\n').getBytes(StandardCharsets.UTF_8));
            int length = (int) Math.min(SAMPLE_BYTES, tensor.byteLength());
            digest.update(sample(tensor, length));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Returns the SHA-256 over the bytes of a checkpoint's index, if it has one, and of each shard's header, in the order of the
     * shards' names. A safetensors header consists of the eight bytes of its length and its JSON. A pickle has none: its name, and
     * the name, data type, shape and place of each tensor, in the order of their names, stand for it.
     */
    public static String ofHeaders(Checkpoint checkpoint) {
        MessageDigest digest = newDigest();
        try {
            if (checkpoint.index().isPresent()) {
                digest.update(Files.readAllBytes(checkpoint.index().get()));
            }
            for (Path shard : checkpoint.shards()) {
                TensorFile file = checkpoint.shard(shard);
                if (TensorFiles.isPickle(shard)) {
                    updateWithList(digest, file);
                } else {
                    updateWithHeader(digest, shard);
                }
            }
        } catch (IOException e) {
            throw new BadInputException(checkpoint.location(), null, null, "cannot be read: " + e.getMessage(), e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void updateWithHeader(MessageDigest digest, Path shard) throws IOException {
        try (InputStream in = Files.newInputStream(shard)) {
            byte[] length = in.readNBytes(Long.BYTES);
            digest.update(length);
            digest.update(in.readNBytes(Math.toIntExact(
                    ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong())));
        }
    }

    private static void updateWithList(MessageDigest digest, TensorFile file) {
        StringBuilder list = new StringBuilder(String.valueOf(file.path().getFileName())).append('\n');
        for (TensorInfo tensor : new TreeMap<>(file.tensors()).values()) {
            list.append(tensor.name()).append('\n');
            list.append(tensor.dtype()).append(tensor.shape());
            list.append(tensor.begin()).append(' ').append(tensor.end()).append('\n');
        }
        digest.update(list.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] sample(StoredTensor tensor, int length) {
        byte[] sample = new byte[length];
        tensor.read((tensor.byteLength() - length) / 2, ByteBuffer.wrap(sample));
        return sample;
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
