package io.github.splora.report;

import io.github.splora.checkpoint.FileNames;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** The name of an adapter or model, as titles and published documents call it. */
public final class InputName {

    private static final Pattern HUB_ID = Pattern.compile("[\\w-][\\w.-]*/[\\w.-]+(@.+)?");
    private static final Pattern FILE = Pattern.compile(".+\\.(safetensors|bin|pt|pth|json)");

    private InputName() {}

    /** Returns a hub id unchanged, but only the last part of a path, which reveals more and says less. */
    public static String of(String input) {
        if (HUB_ID.matcher(input).matches()) {
            return input;
        }
        Optional<Path> path =
                FileNames.toPath(input).map(each -> each.toAbsolutePath().normalize());
        Path name = path.map(Path::getFileName).orElse(null);
        if (name == null) {
            return input;
        }
        Path folder = path.get().getParent();
        return FILE.matcher(name.toString()).matches() && folder != null && folder.getFileName() != null
                ? folder.getFileName().toString()
                : name.toString();
    }
}
