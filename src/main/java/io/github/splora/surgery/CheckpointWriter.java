package io.github.splora.surgery;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.format.TensorFiles;
import io.github.splora.output.OutputFolder;
import io.github.splora.safetensors.SafetensorsWriter;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorInfo;
import io.github.splora.storage.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a merged fine-tune with some weights restored to their aligned values: shard by shard, with the same names and
 * types, and never more than one chunk in memory.
 */
public final class CheckpointWriter {

    private static final String INDEX = "model.safetensors.index.json";

    private CheckpointWriter() {}

    /**
     * Checks that the checkpoint can be written.
     *
     * @param restored aligned tensors by the names of the tensors that they replace
     * @throws BadInputException if its files are pickles, or if 8-bit weights would have to be replaced
     */
    public static void requireWritable(Checkpoint merged, Map<String, StoredTensor> restored) {
        List<Problem> problems = Stream.concat(
                        merged.shards().stream()
                                .filter(TensorFiles::isPickle)
                                .map(shard -> new Problem(
                                        shard.toString(),
                                        null,
                                        null,
                                        "splora does not write pickles; save the model as safetensors first")),
                        restored.entrySet().stream()
                                .filter(entry -> !isFloat(merged.tensor(entry.getKey())) || !isFloat(entry.getValue()))
                                .map(entry -> new Problem(
                                        merged.location().toString(),
                                        TensorInfo.label(entry.getKey()) + " dtype",
                                        merged.tensor(entry.getKey()).dtype().toString(),
                                        "8-bit weights have scales, which a restored weight would not"
                                                + " fit; save the model in 16 bits first")))
                .toList();
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
    }

    /**
     * Writes the checkpoint into an empty folder.
     *
     * @throws IOException if something cannot be written
     */
    public static void write(Checkpoint merged, Map<String, StoredTensor> restored, Path folder) throws IOException {
        Set<String> written = new HashSet<>(Set.of(OutputFolder.REPORT_FILE, INDEX));
        for (Path path : merged.shards()) {
            TensorFile shard = merged.shard(path);
            List<TensorSource> tensors = shard.tensors().values().stream()
                    .map(tensor -> source(shard, tensor, restored.get(tensor.name())))
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

    /** Returns the replaced weights whose type differs, so that they may be rounded. */
    public static Set<String> converted(Checkpoint merged, Map<String, StoredTensor> restored) {
        return restored.entrySet().stream()
                .filter(entry -> merged.tensor(entry.getKey()).dtype()
                        != entry.getValue().dtype())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static TensorSource source(TensorFile shard, TensorInfo tensor, @Nullable StoredTensor aligned) {
        if (aligned == null) {
            return TensorSource.copyOf(shard, tensor);
        }
        return aligned.dtype() == tensor.dtype()
                ? TensorSource.copyOf(aligned.file(), aligned.info(), tensor.name())
                : new ConvertedTensor(aligned, tensor.name(), tensor.dtype());
    }

    private static boolean isFloat(StoredTensor tensor) {
        return DType.WEIGHTS.contains(tensor.dtype());
    }
}
