package io.github.splora.output;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A temporary folder that is deleted on closing or when the program is interrupted. */
public final class Scratch implements AutoCloseable {

    private static final FileAttribute<Set<PosixFilePermission>> FOR_THE_USER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final String PREFIX = "splora-sweep-";

    private final Path folder;
    private final ShutdownHook hook;

    private Scratch(Path folder) {
        this.folder = folder;
        this.hook = ShutdownHook.register(() -> FolderTree.deleteThoroughly(folder));
    }

    /** Creates the folder in the system's temporary directory. */
    public static Scratch create() throws IOException {
        Path parent = Path.of(System.getProperty("java.io.tmpdir"));
        Leftovers.delete(parent, PREFIX);
        Path folder = parent.resolve(PREFIX + Leftovers.owned());
        boolean isPosix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return new Scratch(isPosix ? Files.createDirectory(folder, FOR_THE_USER) : Files.createDirectory(folder));
    }

    public Path folder() {
        return folder;
    }

    @Override
    public void close() {
        FolderTree.deleteQuietly(folder);
        hook.close();
    }
}
