package io.github.splora.surgery;

import io.github.splora.adapter.Adapter;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import io.github.splora.error.Printable;
import io.github.splora.storage.OwnFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the {@linkplain CarriedFiles files that belong to a model} besides its weights, and leaves the rest behind with one
 * warning.
 *
 * <p>The folder is untrusted, and copied files ship: a link in it must not publish a user's file from elsewhere. Links
 * are followed within the folder and, in a hub cache, which consists of links, to its blobs.
 */
final class CarryOver {

    private static final Logger LOG = LoggerFactory.getLogger(CarryOver.class);

    /** Left behind without a warning: nobody expects to find these in the output. */
    private static final Set<String> UNMENTIONED = Set.of(".git", ".gitattributes", ".gitignore", ".cache");

    /** The largest tokenizers have 40 MB. */
    private static final long MAX_BYTES = 256L << 20;

    private static final int MAX_NAMED = 5;

    private final Path home;
    private final CarriedFiles carried;
    private final Predicate<String> written;
    private final List<String> left = new ArrayList<>();

    private CarryOver(Path home, CarriedFiles carried, Predicate<String> written) {
        this.home = home;
        this.carried = carried;
        this.written = written;
    }

    /**
     * Copies a folder's files.
     *
     * @param from a folder
     * @param to receives the files
     * @param written matches the names of files, at any depth, that the caller has replaced
     */
    static void of(Path from, Path to, CarriedFiles carried, Predicate<String> written) throws IOException {
        CarryOver carryOver = new CarryOver(from.toRealPath(), carried, written);
        carryOver.entries(carryOver.home, to);
        carryOver.tell(from);
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
            entries = listing.filter(entry -> !written.test(nameOf(entry)) && !UNMENTIONED.contains(nameOf(entry)))
                    .sorted()
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
        boolean isFolder = Files.isDirectory(from);
        if (isFolder && !Files.isSymbolicLink(from) && !Adapter.isAt(from)) {
            entries(from, to);
        } else if (isFolder || !carried.contains(nameOf(from))) {
            left.add(home.relativize(from) + (isFolder ? "/" : ""));
        } else if (!Files.isRegularFile(from)) {
            leave(from, "it is not a file");
        } else if (!OwnFiles.contains(home, from.toRealPath())) {
            leave(
                    from,
                    "it is a link to a file outside the adapter's folder; copy the file into the folder if it"
                            + " belongs to the adapter");
        } else if (Files.size(from) > MAX_BYTES) {
            leave(from, "it is larger than " + (MAX_BYTES >> 20) + " MiB");
        } else {
            Files.createDirectories(to.resolveSibling(""));
            copyContent(from, to);
        }
    }

    private void tell(Path from) {
        if (!left.isEmpty()) {
            LOG.warn(
                    "{} of {} not carried over ({}{}): only the card, licenses, tokenizer, chat templates, and the"
                            + " configs of the model and its processors are",
                    left.size() + Plural.choose(left.size(), " other file or folder", " other files and folders"),
                    Printable.text(from.toString()) + Plural.choose(left.size(), " is", " are"),
                    Printable.text(String.join(", ", left.subList(0, Math.min(MAX_NAMED, left.size())))),
                    left.size() > MAX_NAMED ? ", ..." : "");
        }
    }

    private static void leave(Path entry, String reason) {
        LOG.warn("{} is not carried over: {}", Printable.text(entry.toString()), reason);
    }

    private static String nameOf(Path entry) {
        return entry.getFileName().toString();
    }

    private static InputStream open(Path file) throws IOException {
        try {
            return Files.newInputStream(file);
        } catch (AccessDeniedException e) {
            throw new BadInputException(file, null, null, "cannot be carried over: permission denied", e);
        }
    }
}
