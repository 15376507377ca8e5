package io.github.splora.surgery;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.format.TensorFiles;
import io.github.splora.output.OutputFolder;
import io.github.splora.safetensors.SafetensorsWriter;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes a merged fine-tune with some weights replaced: shard by shard, with the same names and types, one chunk at a time. */
public final class CheckpointWriter {

    private static final String INDEX = "model.safetensors.index.json";

    private CheckpointWriter() {}

    /**
     * Checks that the checkpoint can be written.
     *
     * @throws BadInputException if its files are pickles
     */
    public static void requireWritable(Checkpoint merged) {
        List<Problem> problems = merged.shards().stream()
                .filter(TensorFiles::isPickle)
                .map(shard -> new Problem(
                        shard.toString(),
                        null,
                        null,
                        "splora does not write pickles; save the model as safetensors first"))
                .toList();
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
    }

    /**
     * Writes the checkpoint into an empty folder.
     *
     * @param replaced new tensors by the names of those that they replace, of the same shapes and types
     * @throws IOException if something cannot be written
     */
    public static void write(Checkpoint merged, Map<String, TensorSource> replaced, Path folder) throws IOException {
        Set<String> written = new HashSet<>(Set.of(OutputFolder.REPORT_FILE, INDEX));
        for (Path path : merged.shards()) {
            TensorFile shard = merged.shard(path);
            List<TensorSource> tensors = shard.tensors().values().stream()
                    .map(tensor -> replaced.getOrDefault(tensor.name(), TensorSource.copyOf(shard, tensor)))
                    .toList();
            String name = path.getFileName().toString();
            SafetensorsWriter.write(folder.resolve(name), tensors, shard.metadata());
            written.add(name);
        }
        if (Files.isDirectory(merged.location())) {
            CarryOver.of(merged.location(), folder, CarriedFiles.CHECKPOINT, written::contains);
            Path index = merged.location().resolve(INDEX);
            // Next to a single weights file, an index belongs to another state of the folder.
            if (!written.contains("model.safetensors") && Files.exists(index)) {
                CarryOver.copyContent(index, folder.resolve(INDEX));
            }
        } else if (!written.contains(merged.location().getFileName().toString())) {
            CarryOver.copyContent(
                    merged.location(), folder.resolve(merged.location().getFileName()));
        }
    }
}
