package io.github.splora.safetensors;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.TensorInfo;
import io.github.splora.storage.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Writes safetensors files. The same tensors and metadata, in any order, always produce the same bytes, and a file
 * appears under its name only once it is complete and flushed to disk.
 */
public final class SafetensorsWriter {

    private SafetensorsWriter() {}

    /**
     * Writes or replaces a file; a symbolic link is itself replaced. On any failure the target is unchanged and no
     * temporary file remains.
     *
     * @param target a file in an existing folder
     * @param tensors with distinct names, in any order; the bytes of each are requested once
     * @param metadata written to {@code __metadata__}; {@code "format": "pt"}, which loaders require, is added unless a
     *     format is given
     * @throws IllegalArgumentException if a name, shape or metadata string cannot be written
     * @throws IllegalStateException if a source writes more or fewer bytes than its dtype and shape require
     * @throws BadInputException if the header would be too long for the format, or a copied tensor cannot be read
     * @throws IOException if the file cannot be written
     */
    public static void write(Path target, List<? extends TensorSource> tensors, Map<String, String> metadata)
            throws IOException {
        List<TensorSource> sources = WriteLayout.ordered(tensors);
        List<TensorInfo> layout = WriteLayout.of(sources);
        ByteBuffer header = HeaderWriter.bytes(layout, withFormat(metadata));
        checkLength(target, header);
        // Files.createTempFile would create a file that only its owner can read.
        Path temporary = target.resolveSibling(".splora-" + UUID.randomUUID() + ".tmp");
        try {
            writeAll(temporary, header, sources, layout);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static Map<String, String> withFormat(Map<String, String> metadata) {
        metadata.forEach(SafetensorsWriter::checkWellFormed);
        Map<String, String> complete = new HashMap<>(metadata);
        complete.putIfAbsent("format", "pt");
        return complete;
    }

    private static void checkWellFormed(String key, String value) {
        if (!UnicodeText.isWellFormed(key) || !UnicodeText.isWellFormed(value)) {
            throw new IllegalArgumentException(HeaderField.metadata(key) + " has an unpaired surrogate");
        }
    }

    private static void checkLength(Path target, ByteBuffer header) {
        long length = (long) header.limit() - HeaderParser.LENGTH_BYTES;
        if (length > HeaderParser.MAX_HEADER_LENGTH) {
            throw new BadInputException(
                    target,
                    HeaderField.HEADER_LENGTH,
                    length,
                    "would exceed the format's limit of " + HeaderParser.MAX_HEADER_LENGTH + " bytes");
        }
    }

    private static void writeAll(Path file, ByteBuffer header, List<TensorSource> sources, List<TensorInfo> layout)
            throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (header.hasRemaining()) {
                channel.write(header);
            }
            Iterator<TensorInfo> infos = layout.iterator();
            for (TensorSource source : sources) {
                TensorChannel out = new TensorChannel(infos.next(), channel);
                source.writeTo(out);
                out.checkComplete();
            }
            channel.force(true);
        }
    }
}
