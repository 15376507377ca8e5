package io.github.splora.output;

import io.github.splora.error.BadInputException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;

/** The file of an HTML report. It appears complete or not at all, and replaces any existing file. */
public final class ReportFile {

    private static final String OPTION = "--report";

    private final Path target;

    private ReportFile(Path target) {
        this.target = target;
    }

    /**
     * Checks, before any work is done, that the file can be written.
     *
     * @param file the path as the user gave it; neither it nor its folder need exist
     * @param used the other paths that the run reads or writes, as the user gave them
     * @throws BadInputException if something is in the way
     */
    public static ReportFile prepare(Path file, Collection<String> used) {
        HiddenNames.problem(file).ifPresent(problem -> {
            throw refusal(file, problem);
        });
        // A link is kept; the file that it points to is replaced.
        Path target = RealPath.of(file);
        if (target.getFileName() == null
                || !target.getFileName().toString().toLowerCase(Locale.ROOT).matches(".+\\.html?")) {
            throw refusal(file, "the report is an HTML file; choose a name that ends in .html");
        }
        if (Files.isDirectory(target)) {
            throw refusal(file, "a folder is in the way; name a file");
        }
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw refusal(file, "this is not a regular file, so it cannot be replaced; choose another file");
        }
        for (String name : used) {
            if ((new File(name).exists() && isTakenBy(new File(name).toPath(), target))
                    || new File(name).getAbsoluteFile().toPath().startsWith(file.toAbsolutePath())) {
                throw refusal(file, "the run uses this path for something else; choose another file");
            }
        }
        requireWritable(file, target);
        return new ReportFile(target);
    }

    /**
     * Writes the text and puts the file in place.
     *
     * @throws IOException if it cannot be written; an existing file is then unchanged
     */
    public void write(String text) throws IOException {
        WholeFile.write(target, text);
    }

    /** Whether a used path is the target, by name or by identity: a file has other names where its folder is mounted twice. */
    private static boolean isTakenBy(Path used, Path target) {
        return RealPath.of(used).equals(target) || RealPath.isSame(used, target);
    }

    private static void requireWritable(Path file, Path target) {
        Path folder = target.getParent();
        while (folder != null && !Files.exists(folder)) {
            folder = folder.getParent();
        }
        if (folder == null || !Files.isDirectory(folder)) {
            throw refusal(file, "a file is in the way: " + folder + " is not a folder");
        }
        if (!Files.isWritable(folder)) {
            throw refusal(file, "the folder " + folder + " is not writable");
        }
    }

    private static BadInputException refusal(Path file, String explanation) {
        return new BadInputException(file, OPTION, null, explanation);
    }
}
