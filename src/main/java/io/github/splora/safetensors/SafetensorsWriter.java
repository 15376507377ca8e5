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
 * Writes safetensors files. The same tensors and metadata, in whatever order they are given, always make the same
 * bytes, and a file appears under its name only when it is complete and on the disk.
 */
public final class SafetensorsWriter {

    private SafetensorsWriter() {}

    /**
     * Writes a file, or replaces it; where it is a symbolic link, the link is replaced. On any failure the target stays
     * as it was and nothing is left beside it.
     *
     * @param target in an existing folder
     * @param tensors with distinct names, in any order; each is asked for its bytes once
     * @param metadata becomes {@code __metadata__}; {@code "format": "pt"}, which loaders ask for, is added unless there
     *     is another format
     * @throws IllegalArgumentException if a name, shape or metadata string cannot be written
     * @throws IllegalStateException if a source writes more or fewer bytes than its dtype and shape call for
     * @throws BadInputException if the header would be too long for the format, or a copied tensor cannot be read
     * @throws IOException if the file cannot be written
     */
    public static void write(Path target, List<? extends TensorSource> tensors, Map<String, String> metadata)
            throws IOException {
        List<TensorSource> sources = WriteLayout.ordered(tensors);
        List<TensorInfo> layout = WriteLayout.of(sources);
        ByteBuffer header = HeaderWriter.bytes(layout, withFormat(metadata));
        checkLength(target, header);
        // Not Files.createTempFile, which makes files that only their owner may read.
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
        long length = header.limit() - HeaderParser.LENGTH_BYTES;
        if (length > HeaderParser.MAX_HEADER_LENGTH) {
            throw new BadInputException(
                    target,
                    HeaderField.HEADER_LENGTH,
                    length,
                    "would be over the format's limit of " + HeaderParser.MAX_HEADER_LENGTH + " bytes");
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
