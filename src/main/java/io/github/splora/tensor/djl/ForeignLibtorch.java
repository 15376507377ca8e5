package io.github.splora.tensor.djl;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checks the libtorch of an existing PyTorch installation, named by {@code PYTORCH_LIBRARY_PATH}, before the engine
 * loads it. The engine itself ignores a wrong path, and crashes the process at the first operation if the version
 * differs from the one that its interface was compiled against.
 */
final class ForeignLibtorch {

    /** The only version that works; see {@code pytorch.version} in the project's {@code pom.xml}. */
    static final String VERSION = "2.7.1";
    /** The only CUDA flavor that the engine's interface is built for; it loads with any CUDA 12. */
    static final String CUDA_FLAVOR = "cu128";

    private static final String PATH = "PYTORCH_LIBRARY_PATH";
    private static final String ADVICE = "splora needs PyTorch " + VERSION
            + " (pip install torch==" + VERSION + ", in a separate environment); unset " + PATH
            + " to use splora's bundled library";
    private static final Pattern IN_PACKAGE =
            Pattern.compile("(?m)^__version__\\s*(?::\\s*\\w+\\s*)?=\\s*['\"]([^'\"]+)");
    private static final Pattern RIGHT = Pattern.compile(Pattern.quote(VERSION) + "(\\D.*)?");

    private ForeignLibtorch() {}

    /**
     * Checks the library and sets what the engine needs to find its own native interface.
     *
     * @return the library's folder; empty if {@code PYTORCH_LIBRARY_PATH} is not set
     * @throws BadInputException if the library is missing, or its version is unknown or wrong
     */
    static Optional<Path> prepare(EngineSettings settings) {
        Optional<String> setting = settings.get(PATH);
        if (setting.isEmpty()) {
            return Optional.empty();
        }
        Path folder = Stream.of(setting.get().split(File.pathSeparator))
                .filter(each -> !each.isEmpty())
                .map(Path::of)
                .map(each -> Files.isRegularFile(each) ? each.toAbsolutePath().getParent() : each)
                .filter(each -> Files.isRegularFile(each.resolve(System.mapLibraryName("torch"))))
                .findFirst()
                .orElseThrow(() -> wrong(
                        setting.get(),
                        "no " + System.mapLibraryName("torch") + " here; set it to the torch/lib folder of a PyTorch"
                                + " installation; " + ADVICE));
        String version = version(folder)
                .or(() -> settings.get("PYTORCH_VERSION"))
                .orElseThrow(() -> wrong(
                        setting.get(),
                        "cannot find its version (no version.py or build-version beside 'lib'); if it is " + VERSION
                                + ", set PYTORCH_VERSION=" + VERSION + "; " + ADVICE));
        if (!RIGHT.matcher(version).matches()) {
            throw wrong(setting.get(), "this is PyTorch " + version + "; " + ADVICE);
        }
        boolean hasCuda = Files.exists(folder.resolve(System.mapLibraryName("torch_cuda")));
        settings.setDefault("PYTORCH_VERSION", VERSION);
        settings.setDefault("PYTORCH_FLAVOR", hasCuda ? CUDA_FLAVOR : "cpu");
        return Optional.of(folder);
    }

    /** Reads the version that a PyTorch package, or an unpacked libtorch, states beside the folder of its libraries. */
    private static Optional<String> version(Path folder) {
        Path folderItself = folder.toAbsolutePath().normalize();
        return read(folderItself.resolveSibling("version.py"))
                .map(IN_PACKAGE::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .or(() -> read(folderItself.resolveSibling("build-version"))
                        .map(String::strip)
                        .filter(each -> !each.isEmpty()));
    }

    private static Optional<String> read(Path file) {
        try {
            return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static BadInputException wrong(String value, String explanation) {
        return new BadInputException(List.of(new Problem(PATH, null, value, explanation)));
    }
}
