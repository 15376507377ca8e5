package io.github.splora.surgery;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.error.BadInputException;
import io.github.splora.output.OutputFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the other files in an adapter's folder besides weights and config: model card, tokenizer, templates.
 *
 * <p>The folder is untrusted, and copied files ship: a link in it must not publish a user's file from elsewhere. Links
 * are followed within the folder and, in a hub cache, which consists of links, to its blobs.
 */
final class CarryOver {

    private static final Logger LOG = LoggerFactory.getLogger(CarryOver.class);

    /**
     * Files that are rewritten, or wrong in a pruned adapter: a pickle next to the weights would still contain the
     * removed modules.
     */
    private static final Set<String> LEFT_BEHIND = Set.of(
            Adapter.WEIGHTS_FILE,
            AdapterConfig.FILE_NAME,
            Adapter.PICKLE_FILE,
            OutputFolder.REPORT_FILE,
            ".git",
            ".cache");

    private final Path home;
    private final Path blobs;
    private final Predicate<String> leftBehind;

    private CarryOver(Path home, Predicate<String> leftBehind) {
        this.home = home;
        this.leftBehind = leftBehind;
        Path above = home.getParent();
        this.blobs = above != null && above.endsWith("snapshots") ? above.resolveSibling("blobs") : home;
    }

    /** @param from the adapter's folder */
    static void of(Path from, Path to) throws IOException {
        of(from, to, LEFT_BEHIND::contains);
    }

    /**
     * @param from a folder whose files are to be copied
     * @param leftBehind matches names, at any depth, that are not copied
     */
    static void of(Path from, Path to, Predicate<String> leftBehind) throws IOException {
        Path home = from.toRealPath();
        new CarryOver(home, leftBehind).entries(home, to);
    }

    /** Copies only content, not permissions: a read-only download must not produce a read-only output. */
    static void copyContent(Path from, Path to) throws IOException {
        try (InputStream in = open(from);
                OutputStream out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW)) {
            in.transferTo(out);
        }
    }

    private void entries(Path from, Path to) throws IOException {
        List<Path> entries;
        try (Stream<Path> listing = Files.list(from)) {
            entries = listing.filter(
                            entry -> !leftBehind.test(entry.getFileName().toString()))
                    .toList();
        }
        for (Path entry : entries) {
            copy(entry, to.resolve(entry.getFileName()));
        }
    }

    /**
     * Does not follow links to folders, which may form a cycle. Skips other adapters in subfolders, such as training
     * checkpoints, which are not part of this adapter and have not been pruned.
     */
    private void copy(Path from, Path to) throws IOException {
        if (Files.isRegularFile(from) && isInside(from.toRealPath())) {
            copyContent(from, to);
        } else if (Files.isRegularFile(from)) {
            leave(
                    from,
                    "a link to a file outside the adapter's folder; copy the file into the folder if it"
                            + " belongs to the adapter");
        } else if (Files.isDirectory(from) && Adapter.isAt(from)) {
            leave(from, "another adapter");
        } else if (Files.isDirectory(from) && Files.isSymbolicLink(from)) {
            leave(from, "a link to a folder");
        } else if (Files.isDirectory(from)) {
            Files.createDirectory(to);
            entries(from, to);
        } else {
            leave(from, "neither a file nor a folder");
        }
    }

    private boolean isInside(Path real) {
        return real.startsWith(home) || real.startsWith(blobs);
    }

    private static void leave(Path entry, String reason) {
        LOG.warn("{} is not carried over: it is {}", entry, reason);
    }

    private static InputStream open(Path file) throws IOException {
        try {
            return Files.newInputStream(file);
        } catch (AccessDeniedException e) {
            throw new BadInputException(file, null, null, "cannot be carried over: permission denied", e);
        }
    }
}
