package io.github.splora.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.json.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@code model.safetensors.index.json} or {@code pytorch_model.bin.index.json}, which maps each tensor to its shard.
 *
 * @param file the index file
 * @param weightMap tensor name to shard, in file order; every shard exists in the index's own folder
 */
public record ShardIndex(Path file, Map<String, Path> weightMap) {

    /**
     * Reads an index and checks every entry.
     *
     * @throws BadInputException naming every entry that is not a plain file name or whose shard is missing
     */
    public static ShardIndex read(Path file) {
        ObjectNode json = StrictJson.readObject(file);
        if (!(json.get("weight_map") instanceof ObjectNode entries)) {
            throw new BadInputException(
                    file,
                    "weight_map",
                    json.get("weight_map"),
                    "this is not a shard index, which maps tensor names to shard files; name the checkpoint's folder");
        }
        List<Problem> problems = new ArrayList<>();
        Map<String, Path> weightMap = new LinkedHashMap<>();
        Map<String, Boolean> shardIsSound = new LinkedHashMap<>();
        entries.properties().forEach(entry -> {
            String shard = entry.getValue().isTextual() ? entry.getValue().textValue() : null;
            if (shard == null || !isPlainFileName(shard)) {
                problems.add(problem(
                        file,
                        entry.getKey(),
                        entry.getValue(),
                        "a shard must be the name of a file in the index's own folder"));
                return;
            }
            Path path = file.toAbsolutePath().resolveSibling(shard);
            if (shardIsSound.computeIfAbsent(shard, s -> exists(path, file, entry.getKey(), problems))) {
                weightMap.put(entry.getKey(), path);
            }
        });
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
        return new ShardIndex(file, weightMap);
    }

    private static boolean exists(Path shard, Path index, String tensor, List<Problem> problems) {
        boolean exists = Files.isRegularFile(shard);
        if (!exists) {
            problems.add(new Problem(
                    index.toString(),
                    "weight_map '" + tensor + "'",
                    shard.getFileName().toString(),
                    "this shard is missing; download the checkpoint again"));
        }
        return exists;
    }

    private static Problem problem(Path index, String tensor, JsonNode value, String explanation) {
        return new Problem(index.toString(), "weight_map '" + tensor + "'", value.toString(), explanation);
    }

    /** Rejects anything that could make splora read outside the index's folder. */
    private static boolean isPlainFileName(String shard) {
        return !shard.isBlank()
                && !shard.equals(".")
                && !shard.equals("..")
                && shard.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ')
                && FileNames.toPath(shard).isPresent();
    }
}
