package io.github.splora.output;

import io.github.splora.adapter.AdapterConfig;
import io.github.splora.error.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder that appears complete or not at all: everything is written to a hidden folder next to it, which is then
 * renamed. An interrupted run (including by Ctrl-C) deletes the hidden folder.
 */
public final class OutputFolder {

    /** File name of the report in every folder that splora writes. */
    public static final String REPORT_FILE = "splora-report.json";

    /** Names of the files without which nothing loads a folder as an adapter or a checkpoint. */
    private static final Set<String> CONFIGS = Set.of(AdapterConfig.FILE_NAME, "config.json");

    /** Writes the folder's files into {@code staging}. */
    public interface Contents {
        void writeTo(Path staging) throws IOException;
    }

    private final Path given;
    private final Path target;

    private OutputFolder(Path given, Path target) {
        this.given = given;
        this.target = target;
    }

    /**
     * Checks, before any work is done, that the folder can be written.
     *
     * @param folder the folder, which need not exist
     * @param force whether a non-empty folder may be written to: files with the same names are replaced, others stay
     * @param inputs files and folders that the run reads
     * @throws BadInputException if something else is in the way, or the folder is, contains or is inside an input
     */
    public static OutputFolder prepare(Path folder, boolean force, List<Path> inputs) {
        HiddenNames.problem(folder).ifPresent(problem -> {
            throw new BadInputException(folder, "--output", null, problem);
        });
        Path target = RealPath.of(folder);
        for (Path input : inputs) {
            Path real = RealPath.of(input);
            if (RealPath.isWithin(target, real) || RealPath.isWithin(real, target)) {
                throw new BadInputException(
                        folder,
                        "--output",
                        null,
                        "the output must not be, contain or be inside an input (" + input + "); choose another folder");
            }
        }
        if (Files.exists(target)) {
            requireReplaceable(folder, target, force);
        } else {
            requireCreatable(folder, target);
        }
        return new OutputFolder(folder, target);
    }

    /** Returns the folder, as the user gave it. */
    public Path given() {
        return given;
    }

    /**
     * Fills the folder and puts it in place.
     *
     * @throws IOException if it cannot be written; the target is then unchanged
     */
    public void publish(Contents contents) throws IOException {
        boolean fromInside = Files.exists(target) && !canBeRenamed();
        Path staging = fromInside ? target.resolve(hiddenName("new")) : sibling("new");
        Interruption interruption = new Interruption(staging);
        // Register before there is anything to clean up: a signal may arrive between any two lines.
        ShutdownHook cleanUp = ShutdownHook.register(interruption::cleanUp);
        List<Path> parents = createParents();
        Path place = fromInside
                ? target
                : Objects.requireNonNull(staging.toAbsolutePath().getParent());
        Leftovers.delete(place, hiddenPrefix("new"));
        Leftovers.mention(place, hiddenPrefix("old"), target);
        try {
            Files.createDirectory(staging);
            contents.writeTo(staging);
            // A rename may reach the disk before the data does; after a power failure the folder would hold empty
            // files.
            FolderTree.forceToDisk(staging);
            interruption.unlessCleanedUp(() -> {
                if (fromInside) {
                    new FileExchange(
                                    staging,
                                    target,
                                    target.resolve(hiddenName("old")),
                                    CONFIGS,
                                    (from, to) -> Files.move(from, to, StandardCopyOption.ATOMIC_MOVE))
                            .run();
                } else {
                    replaceTarget(staging);
                }
            });
        } finally {
            FolderTree.deleteQuietly(staging);
            deleteEmpty(parents);
            cleanUp.close();
        }
    }

    /**
     * Handles a signal while the folder is being filled. Deleting the staging folder and moving it into place exclude
     * each other: renaming a folder during its deletion would produce a partial output.
     */
    private static final class Interruption {

        /** A step that must not be interrupted halfway. */
        interface Step {
            void run() throws IOException;
        }

        private final Path staging;
        private boolean isCleanedUp;

        Interruption(Path staging) {
            this.staging = staging;
        }

        synchronized void cleanUp() {
            isCleanedUp = true;
            FolderTree.deleteThoroughly(staging);
        }

        synchronized void unlessCleanedUp(Step step) throws IOException {
            if (isCleanedUp) {
                throw new IOException("interrupted before the output was in place");
            }
            step.run();
        }
    }

    /**
     * Whether the existing target can be renamed as a whole. A mounted volume cannot, nor can a folder whose parent is
     * not writable; renaming the working directory would leave the user in a deleted folder. Such a folder is filled
     * file by file, by a {@link FileExchange}.
     */
    private boolean canBeRenamed() throws IOException {
        Path parent = target.getParent();
        return parent != null
                && Files.isWritable(parent)
                && device(target).equals(device(parent))
                && !Path.of("").toRealPath().startsWith(target);
    }

    private static Object device(Path path) throws IOException {
        try {
            return Files.getAttribute(path, "unix:dev");
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return "the only one";
        }
    }

    /** Creates the target's parent folders; returns those that were missing, innermost first. */
    private List<Path> createParents() throws IOException {
        List<Path> missing = new ArrayList<>();
        for (Path each = target.getParent(); each != null && !Files.exists(each); each = each.getParent()) {
            missing.add(each);
        }
        Path parent = target.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        return missing;
    }

    /**
     * Deletes the given folders, innermost first, as long as they are empty, because the run that created them failed.
     */
    private static void deleteEmpty(List<Path> folders) throws IOException {
        for (Path folder : folders) {
            if (!isEmpty(folder)) {
                return;
            }
            Files.delete(folder);
        }
    }

    private static void requireCreatable(Path folder, Path target) {
        if (Files.isSymbolicLink(target)) {
            throw new BadInputException(folder, "--output", null, "a broken link is in the way; name a folder");
        }
        Path above = target.getParent();
        while (above != null && Files.notExists(above)) {
            above = above.getParent();
        }
        if (above == null || !Files.isDirectory(above) || !Files.isWritable(above)) {
            throw new BadInputException(
                    folder,
                    "--output",
                    null,
                    "it cannot be created: " + (above == null ? target.getRoot() : above)
                            + " is not a writable folder");
        }
    }

    private static void requireReplaceable(Path folder, Path target, boolean force) {
        if (!Files.isDirectory(target)) {
            throw new BadInputException(folder, "--output", null, "a file is in the way; name a folder");
        }
        if (!Files.isWritable(target)) {
            throw new BadInputException(folder, "--output", null, "the folder is not writable");
        }
        if (!force && !isEmpty(target)) {
            throw new BadInputException(
                    folder, "--output", null, "the folder is not empty; choose another, or write into it with --force");
        }
    }

    /**
     * Moves the old content aside first and deletes it last, so that one of the two is complete at every moment. Old
     * files without a new counterpart stay.
     */
    private void replaceTarget(Path staging) throws IOException {
        if (!Files.exists(target) || isEmpty(target)) {
            Files.deleteIfExists(target);
            Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        FolderTree.addMissing(target, staging);
        Path old = sibling("old");
        Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        try {
            Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
            throw e;
        }
        FolderTree.deleteQuietly(old);
    }

    private Path sibling(String purpose) {
        return target.resolveSibling(hiddenName(purpose));
    }

    private String hiddenName(String purpose) {
        return hiddenPrefix(purpose) + Leftovers.owned();
    }

    private String hiddenPrefix(String purpose) {
        return HiddenNames.prefix(target, purpose);
    }

    private static boolean isEmpty(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        } catch (IOException e) {
            throw new BadInputException(folder, "--output", null, "cannot be read: " + e.getMessage(), e);
        }
    }
}
