package io.github.splora.format;

import io.github.splora.error.BadInputException;
import io.github.splora.pickle.PickleFile;
import io.github.splora.safetensors.SafetensorsFile;
import io.github.splora.storage.TensorFile;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** The one place that decides which format a file of tensors is read as. */
public final class TensorFiles {

    /** What the names of PyTorch's own files end in. */
    private static final Set<String> PICKLE_ENDINGS = Set.of("bin", "pt", "pth");

    private TensorFiles() {}

    /**
     * Opens a file; only what it says of its tensors is read.
     *
     * @param path a PyTorch pickle if its name ends in .bin, .pt or .pth, else safetensors
     * @throws BadInputException if the file is missing, unreadable or malformed
     */
    public static TensorFile open(Path path) {
        return isPickle(path) ? PickleFile.open(path) : SafetensorsFile.open(path);
    }

    /** Whether the file's name is that of one of PyTorch's own files. */
    public static boolean isPickle(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return PICKLE_ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
    }
}
