package io.github.splora.spark.hadoop;

import java.net.URI;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One of Hadoop's file systems, such as a bucket, for reading. */
final class HadoopFileSystem extends FileSystem {

    static final String SEPARATOR = "/";

    private static final Map<String, HadoopFileSystem> KNOWN = new ConcurrentHashMap<>();

    private final org.apache.hadoop.fs.FileSystem files;
    private final String scheme;
    private final @Nullable String authority;

    private HadoopFileSystem(org.apache.hadoop.fs.FileSystem files) {
        this.files = files;
        URI uri = files.getUri();
        this.scheme = uri.getScheme();
        this.authority = uri.getAuthority();
    }

    /** Returns the one instance for a file system, so that equal paths are equal. */
    static HadoopFileSystem of(org.apache.hadoop.fs.FileSystem files) {
        return KNOWN.compute(
                files.getUri().toString(),
                (uri, known) -> known != null && known.files == files ? known : new HadoopFileSystem(files));
    }

    org.apache.hadoop.fs.FileSystem files() {
        return files;
    }

    boolean isLocal() {
        return scheme.equals("file");
    }

    HadoopPath path(org.apache.hadoop.fs.Path path) {
        return new HadoopPath(this, files.makeQualified(path).toUri().getPath());
    }

    org.apache.hadoop.fs.Path toHadoop(String absolute) {
        return new org.apache.hadoop.fs.Path(scheme, authority, absolute);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof HadoopFileSystem system
                && scheme.equals(system.scheme)
                && Objects.equals(authority, system.authority);
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheme, authority);
    }

    @Override
    public FileSystemProvider provider() {
        return HadoopFileSystemProvider.INSTANCE;
    }

    /** Does nothing: Hadoop closes its file systems when the process ends. */
    @Override
    public void close() {}

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return true;
    }

    @Override
    public String getSeparator() {
        return SEPARATOR;
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of(new HadoopPath(this, SEPARATOR));
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return List.of();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return Set.of("basic");
    }

    @Override
    public Path getPath(String first, String... more) {
        return new HadoopPath(this, more.length == 0 ? first : first + SEPARATOR + String.join(SEPARATOR, more));
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        throw new UnsupportedOperationException();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        throw new UnsupportedOperationException();
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException();
    }
}
