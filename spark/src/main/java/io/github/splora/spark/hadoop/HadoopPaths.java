package io.github.splora.spark.hadoop;

import io.github.splora.checkpoint.LocationPaths;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** Makes paths in Hadoop's file systems of locations such as {@code s3a://bucket/folder}. */
public final class HadoopPaths implements LocationPaths {

    private static volatile Configuration configuration = new Configuration();

    /** Sets how this process reaches the file systems. */
    public static void configure(Configuration settings) {
        configuration = settings;
    }

    @Override
    public Optional<Path> of(String location) {
        org.apache.hadoop.fs.Path path;
        try {
            path = new org.apache.hadoop.fs.Path(location);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        return Optional.of(HadoopFileSystem.of(fileSystem(path)).path(path));
    }

    /**
     * Returns a location with its scheme: one without is in the default file system ({@code fs.defaultFS}).
     *
     * @throws BadInputException if no file system is known for its scheme, or it cannot be reached
     */
    public static String qualified(String location) {
        try {
            org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(location);
            return HadoopFileSystem.of(fileSystem(path)).path(path).toString();
        } catch (IllegalArgumentException e) {
            throw refused(location, "is not a location: " + e.getMessage());
        }
    }

    /** Returns the file system of a location. */
    public static FileSystem fileSystem(org.apache.hadoop.fs.Path path) {
        try {
            return path.getFileSystem(configuration);
        } catch (UnsupportedFileSystemException e) {
            throw refused(
                    path.toString(),
                    "no file system is known for '" + path.toUri().getScheme()
                            + "://'; add its connector to spark-submit, for s3a:// for example"
                            + " --packages org.apache.hadoop:hadoop-aws:VERSION with Spark's version of Hadoop");
        } catch (IOException | RuntimeException e) {
            throw refused(path.toString(), "its file system cannot be reached: " + e.getMessage());
        }
    }

    private static BadInputException refused(String location, String explanation) {
        return new BadInputException(List.of(new Problem(location, null, null, explanation)));
    }
}
