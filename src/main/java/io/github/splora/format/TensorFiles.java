package io.github.splora.format;

import io.github.splora.error.BadInputException;
import io.github.splora.pickle.PickleFile;
import io.github.splora.safetensors.SafetensorsFile;
import io.github.splora.storage.TensorFile;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Decides in which format a file of tensors is read. */
public final class TensorFiles {

    /** File extensions of PyTorch's own format. */
    private static final Set<String> PICKLE_ENDINGS = Set.of("bin", "pt", "pth");

    private TensorFiles() {}

    /**
     * Opens a file, reading only the descriptions of its tensors.
     *
     * @param path read as a PyTorch pickle if its name ends in .bin, .pt or .pth, else as safetensors
     * @throws BadInputException if the file is missing, unreadable or malformed, or the name of a tensor is too long
     */
    public static TensorFile open(Path path) {
        TensorFile file = isPickle(path) ? PickleFile.open(path) : SafetensorsFile.open(path);
        try {
            TensorNames.check(file);
            return file;
        } catch (BadInputException e) {
            file.close();
            throw e;
        }
    }

    /** Whether the file has an extension of PyTorch's own format. */
    public static boolean isPickle(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return PICKLE_ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
    }
}
