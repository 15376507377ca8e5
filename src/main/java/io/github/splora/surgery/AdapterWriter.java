package io.github.splora.surgery;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.json.StrictJson;
import io.github.splora.output.OutputFolder;
import io.github.splora.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Writes a rewritten adapter: its weights, its config, and the other files in the old adapter's folder. */
public final class AdapterWriter {

    private static final Set<String> WRITTEN =
            Set.of(Adapter.WEIGHTS_FILE, AdapterConfig.FILE_NAME, OutputFolder.REPORT_FILE);

    private AdapterWriter() {}

    /**
     * Writes the adapter into an empty folder.
     *
     * @throws IOException if something cannot be written
     */
    public static void write(Adapter adapter, Rewrite rewrite, Path folder) throws IOException {
        SafetensorsWriter.write(
                folder.resolve(Adapter.WEIGHTS_FILE),
                rewrite.tensors(),
                adapter.weights().metadata());
        Path config = folder.resolve(AdapterConfig.FILE_NAME);
        if (rewrite.config().isPresent()) {
            Files.writeString(config, StrictJson.write(rewrite.config().get()));
        } else {
            CarryOver.copyContent(adapter.config().file(), config);
        }
        if (adapter.folder().isPresent()) {
            CarryOver.of(adapter.folder().get(), folder, CarriedFiles.ADAPTER, WRITTEN::contains);
        }
    }
}
