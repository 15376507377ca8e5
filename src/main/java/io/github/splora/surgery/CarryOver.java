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
 * What comes along from an adapter's folder besides its weights and its config: model card, tokenizer, templates.
 *
 * <p>The folder may be a stranger's, and what is carried over ships: a link in it must not publish a file of the user's
 * that lies elsewhere. Links are followed within the folder and, in a hub cache, which is made of them, to its blobs.
 */
final class CarryOver {

    private static final Logger LOG = LoggerFactory.getLogger(CarryOver.class);

    /** Written anew, or wrong in a pruned adapter: a pickle beside the weights would still hold what was removed. */
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
     * @param from a folder whose files ship
     * @param leftBehind names, at any depth, that are not carried over
     */
    static void of(Path from, Path to, Predicate<String> leftBehind) throws IOException {
        Path home = from.toRealPath();
        new CarryOver(home, leftBehind).entries(home, to);
    }

    /** Content only: a file of a read-only download must not make a read-only output. */
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
     * Links to folders are not followed: they may form a circle. Another adapter in a subfolder (a training checkpoint,
     * say) is not part of this one and has not been pruned.
     */
    private void copy(Path from, Path to) throws IOException {
        if (Files.isRegularFile(from) && isInside(from.toRealPath())) {
            copyContent(from, to);
        } else if (Files.isRegularFile(from)) {
            leave(from, "a link to a file outside the adapter's folder; copy the file there if it is the adapter's");
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
