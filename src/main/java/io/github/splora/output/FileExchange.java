package io.github.splora.output;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Replaces files in a folder that cannot be renamed as a whole. Without a config nothing loads the folder, so the old config is
 * the first file to leave and the new one the last to arrive: a run that is killed in between leaves neither adapter rather than
 * a mixture. If a file cannot be replaced, everything goes back to where it was.
 */
final class FileExchange {

    /** Moves one file or folder within a file system. */
    interface Mover {
        void move(Path from, Path to) throws IOException;
    }

    /** A step back. */
    private interface Undo {
        void run() throws IOException;
    }

    private final Path staging;
    private final Path target;
    private final Path aside;
    private final Set<String> configs;
    private final Mover mover;
    private final Deque<Undo> undos = new ArrayDeque<>();

    /**
     * @param staging holds the new files, on the same file system
     * @param target receives them; its other files stay
     * @param aside an absent folder on the same file system, for the old files; it is gone in the end unless the run is killed
     * @param configs names of the files in the folder itself without which nothing loads it
     */
    FileExchange(Path staging, Path target, Path aside, Set<String> configs, Mover mover) {
        this.staging = staging;
        this.target = target;
        this.aside = aside;
        this.configs = configs;
        this.mover = mover;
    }

    /** @throws IOException if a file cannot be replaced; the target is then unchanged */
    void run() throws IOException {
        List<Path> all;
        try (Stream<Path> tree = Files.walk(staging)) {
            all = tree.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .map(staging::relativize)
                    .sorted()
                    .toList();
        }
        List<Path> last =
                all.stream().filter(file -> configs.contains(file.toString())).toList();
        List<Path> first = all.stream().filter(file -> !last.contains(file)).toList();
        Files.createDirectory(aside);
        undos.push(() -> FolderTree.deleteQuietly(aside));
        try {
            for (Path file : last) {
                putAside(file);
            }
            flush();
            for (Path file : first) {
                replace(file);
            }
            flush();
            for (Path file : last) {
                replace(file);
            }
            flush();
        } catch (IOException e) {
            goBack(e);
            throw e;
        }
        FolderTree.deleteQuietly(aside);
    }

    private void replace(Path file) throws IOException {
        createFolders(file.getParent());
        putAside(file);
        Path place = target.resolve(file);
        mover.move(staging.resolve(file), place);
        undos.push(() -> mover.move(place, staging.resolve(file)));
    }

    /** Creates the folders above a file. What is no folder, or a link to one, makes way. */
    private void createFolders(@Nullable Path folder) throws IOException {
        if (folder == null) {
            return;
        }
        createFolders(folder.getParent());
        Path place = target.resolve(folder);
        if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            putAside(folder);
            Files.createDirectory(place);
            undos.push(() -> Files.delete(place));
        }
    }

    private void putAside(Path file) throws IOException {
        Path old = target.resolve(file);
        if (!Files.exists(old, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path place = aside.resolve(file);
        Files.createDirectories(place.getParent());
        mover.move(old, place);
        undos.push(() -> mover.move(place, old));
    }

    private void goBack(IOException reason) {
        while (!undos.isEmpty()) {
            try {
                undos.pop().run();
            } catch (IOException e) {
                // What cannot be moved back stays aside, and no config returns.
                reason.addSuppressed(e);
                return;
            }
        }
    }

    /** Makes the renames so far durable before the next ones, where the system can. */
    private void flush() {
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Not every system opens folders.
        }
    }
}
