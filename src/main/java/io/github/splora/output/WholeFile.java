package io.github.splora.output;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** Writes files that appear complete or not at all, and replace any existing file. */
public final class WholeFile {

    private WholeFile() {}

    /** Writes the content of a file. */
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes text in UTF-8, as {@link #write(Path, Content)} does.
     *
     * @throws IOException if it cannot be written; an existing file is then unchanged
     */
    public static void write(Path file, String text) throws IOException {
        write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Writes a file in a hidden folder beside its place, and then moves it there. A link is kept; the file that it points to is replaced.
     *
     * @throws IOException if it cannot be written; an existing file is then unchanged
     */
    public static void write(Path file, Content content) throws IOException {
        Path target = RealPath.of(file);
        Path parent = Objects.requireNonNull(target.getParent(), "a file has a folder");
        Files.createDirectories(parent);
        String prefix = HiddenNames.prefix(target, "new");
        Leftovers.delete(parent, prefix);
        // In a folder, because the next run removes the folders that a killed run leaves behind.
        Path folder = Files.createDirectory(target.resolveSibling(prefix + Leftovers.owned()));
        try {
            Path draft = folder.resolve("draft");
            try (FileChannel channel =
                    FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            FolderTree.deleteQuietly(folder);
        }
    }
}
