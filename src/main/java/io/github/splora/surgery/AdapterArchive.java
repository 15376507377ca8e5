package io.github.splora.surgery;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A zip archive of an adapter's weights and config, at its root, for services that take uploads. Reproducible. */
public final class AdapterArchive {

    public static final String FILE_NAME = "adapter.zip";

    private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0);

    private AdapterArchive() {}

    /**
     * Adds the archive to an adapter's folder.
     *
     * @throws IOException if it cannot be written
     */
    public static void write(Path folder) throws IOException {
        try (ZipOutputStream zip =
                new ZipOutputStream(Files.newOutputStream(folder.resolve(FILE_NAME), StandardOpenOption.CREATE_NEW))) {
            for (String name : List.of(AdapterConfig.FILE_NAME, Adapter.WEIGHTS_FILE)) {
                ZipEntry entry = new ZipEntry(name);
                entry.setTimeLocal(EPOCH);
                zip.putNextEntry(entry);
                Files.copy(folder.resolve(name), zip);
                zip.closeEntry();
            }
        }
    }
}
