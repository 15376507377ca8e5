package io.github.splora.spark.hadoop;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A path in one of Hadoop's file systems: names between slashes, absolute if it begins with one. */
final class HadoopPath implements Path {

    private static final String SEPARATOR = HadoopFileSystem.SEPARATOR;

    private final HadoopFileSystem system;
    private final boolean isAbsolute;
    private final List<String> names;

    HadoopPath(HadoopFileSystem system, String path) {
        this(system, path.startsWith(SEPARATOR), split(path));
    }

    private HadoopPath(HadoopFileSystem system, boolean isAbsolute, List<String> names) {
        this.system = system;
        this.isAbsolute = isAbsolute;
        this.names = names;
    }

    private static List<String> split(String path) {
        List<String> names = new ArrayList<>();
        for (String name : path.split(SEPARATOR)) {
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return List.copyOf(names);
    }

    static HadoopPath of(Path path) {
        if (path instanceof HadoopPath hadoop) {
            return hadoop;
        }
        throw new ProviderMismatchException();
    }

    org.apache.hadoop.fs.Path toHadoop() {
        return system.toHadoop((isAbsolute ? "" : SEPARATOR) + joined());
    }

    HadoopFileSystem system() {
        return system;
    }

    /** Returns the path without scheme and authority. */
    String joined() {
        return (isAbsolute ? SEPARATOR : "") + String.join(SEPARATOR, names);
    }

    @Override
    public FileSystem getFileSystem() {
        return system;
    }

    @Override
    public boolean isAbsolute() {
        return isAbsolute;
    }

    @Override
    public @Nullable Path getRoot() {
        return isAbsolute ? new HadoopPath(system, true, List.of()) : null;
    }

    @Override
    public @Nullable Path getFileName() {
        return names.isEmpty() ? null : new HadoopPath(system, false, names.subList(names.size() - 1, names.size()));
    }

    @Override
    public @Nullable Path getParent() {
        if (names.isEmpty() || (names.size() == 1 && !isAbsolute)) {
            return null;
        }
        return new HadoopPath(system, isAbsolute, names.subList(0, names.size() - 1));
    }

    @Override
    public int getNameCount() {
        return names.size();
    }

    @Override
    public Path getName(int index) {
        return subpath(index, index + 1);
    }

    @Override
    public Path subpath(int beginIndex, int endIndex) {
        if (beginIndex < 0 || endIndex > names.size() || beginIndex >= endIndex) {
            throw new IllegalArgumentException();
        }
        return new HadoopPath(system, false, names.subList(beginIndex, endIndex));
    }

    @Override
    public boolean startsWith(Path other) {
        return other instanceof HadoopPath path
                && path.system.equals(system)
                && path.isAbsolute == isAbsolute
                && path.names.size() <= names.size()
                && names.subList(0, path.names.size()).equals(path.names);
    }

    @Override
    public boolean endsWith(Path other) {
        return other instanceof HadoopPath path
                && path.system.equals(system)
                && (path.isAbsolute ? equals(path) : endsWithNames(path.names));
    }

    private boolean endsWithNames(List<String> last) {
        return !last.isEmpty()
                && last.size() <= names.size()
                && names.subList(names.size() - last.size(), names.size()).equals(last);
    }

    @Override
    public Path normalize() {
        List<String> normal = new ArrayList<>();
        for (String name : names) {
            if (name.equals("..")
                    && !normal.isEmpty()
                    && !normal.get(normal.size() - 1).equals("..")) {
                normal.remove(normal.size() - 1);
            } else if (!name.equals(".") && !(name.equals("..") && isAbsolute)) {
                normal.add(name);
            }
        }
        return new HadoopPath(system, isAbsolute, List.copyOf(normal));
    }

    @Override
    public Path resolve(Path other) {
        HadoopPath path = of(other);
        if (path.isAbsolute) {
            return path;
        }
        List<String> all = new ArrayList<>(names);
        all.addAll(path.names);
        return new HadoopPath(system, isAbsolute, List.copyOf(all));
    }

    @Override
    public Path relativize(Path other) {
        HadoopPath path = of(other);
        if (path.isAbsolute != isAbsolute || !path.system.equals(system)) {
            throw new IllegalArgumentException("'other' is a different type of path");
        }
        int common = 0;
        while (common < names.size()
                && common < path.names.size()
                && names.get(common).equals(path.names.get(common))) {
            common++;
        }
        List<String> relative = new ArrayList<>();
        for (int i = common; i < names.size(); i++) {
            relative.add("..");
        }
        relative.addAll(path.names.subList(common, path.names.size()));
        return new HadoopPath(system, false, List.copyOf(relative));
    }

    @Override
    public URI toUri() {
        return toHadoop().toUri();
    }

    @Override
    public Path toAbsolutePath() {
        return isAbsolute ? this : new HadoopPath(system, true, names);
    }

    /** Follows links only on the local disk; object stores have none. */
    @Override
    public Path toRealPath(LinkOption... options) throws IOException {
        HadoopPath normal = (HadoopPath) toAbsolutePath().normalize();
        if (system.isLocal()) {
            return new HadoopPath(
                    system, Path.of(normal.joined()).toRealPath(options).toString());
        }
        HadoopFileSystemProvider.status(normal);
        return normal;
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int compareTo(Path other) {
        return toString().compareTo(of(other).toString());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof HadoopPath path
                && isAbsolute == path.isAbsolute
                && names.equals(path.names)
                && system.equals(path.system);
    }

    @Override
    public int hashCode() {
        return 31 * names.hashCode() + system.hashCode();
    }

    /** Returns the location with its scheme, as Hadoop writes it; a relative path alone. */
    @Override
    public String toString() {
        return isAbsolute ? toHadoop().toString() : joined();
    }
}
