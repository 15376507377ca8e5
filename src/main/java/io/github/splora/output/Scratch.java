package io.github.splora.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A temporary folder that is deleted on closing or when the program is interrupted. */
public final class Scratch implements AutoCloseable {

    private final Path folder;
    private final ShutdownHook hook;

    private Scratch(Path folder) {
        this.folder = folder;
        this.hook = ShutdownHook.register(() -> FolderTree.deleteQuietly(folder));
    }

    /** Creates the folder in the system's temporary directory. */
    public static Scratch create() throws IOException {
        return new Scratch(Files.createTempDirectory("splora-sweep"));
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
