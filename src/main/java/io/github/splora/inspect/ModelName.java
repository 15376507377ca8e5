package io.github.splora.inspect;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.FileNames;
import io.github.splora.checkpoint.HubCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is known about a checkpoint's name.
 *
 * @param folder where it is
 * @param hubId {@code org/name}, if it is in a Hugging Face cache
 * @param configName {@code _name_or_path} in its config.json: its own name, or that of the model that it was trained from
 */
record ModelName(Path folder, Optional<String> hubId, Optional<String> configName) {

    /** Ends of the names of copies in another format. */
    private static final Pattern FORMAT = Pattern.compile(
            "(-unsloth)?(-bnb)?-[48]bit$|-(gptq|awq|fp8|gguf|hf)(-int[48])?$", Pattern.CASE_INSENSITIVE);

    static ModelName of(Checkpoint checkpoint) {
        Path folder = FileNames.folderOf(checkpoint.location()).toAbsolutePath().normalize();
        Optional<String> configName = checkpoint
                .config()
                .map(config -> config.path("_name_or_path").asText(""))
                .filter(name -> !name.isBlank());
        return new ModelName(folder, HubCache.idOf(folder), configName);
    }

    /** Returns what to call the model in a message. */
    String label() {
        return hubId.orElseGet(folder::toString);
    }

    /** Whether a recorded path is this folder, or a recorded name is that of this model. */
    boolean isNamed(String recorded, Path adapterFolder) {
        return isFolder(Path.of(recorded), adapterFolder)
                || bare(recorded).equals(bare(hubId.orElseGet(() -> String.valueOf(folder.getFileName()))));
    }

    /** Whether the recorded name is that in the config, which is weaker evidence. */
    boolean isNamedInConfig(String recorded) {
        return configName.map(name -> bare(name).equals(bare(recorded))).orElse(false);
    }

    /** Whether both names are ids on the hub, so that different ones are different models. */
    boolean isComparable(String recorded) {
        return hubId.isPresent() && HubCache.isId(recorded);
    }

    private boolean isFolder(Path recorded, Path adapterFolder) {
        try {
            Path resolved = FileNames.resolved(adapterFolder, recorded);
            return Files.exists(resolved) && Files.isSameFile(resolved, folder);
        } catch (IOException e) {
            return false;
        }
    }

    /** The last part of a path or id, in lower case, without what mirrors of a model add to its name or omit. */
    private static String bare(String name) {
        int end = name.length();
        while (end > 0 && name.charAt(end - 1) == '/') {
            end--;
        }
        String last = name.substring(name.lastIndexOf('/', end - 1) + 1, end).toLowerCase(Locale.ROOT);
        return FORMAT.matcher(last).replaceFirst("").replaceFirst("^meta-", "");
    }
}
