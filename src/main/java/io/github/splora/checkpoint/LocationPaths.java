package io.github.splora.checkpoint;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes paths of locations with a scheme, such as {@code s3a://bucket/model}. An implementation is a service that
 * {@link java.util.ServiceLoader} finds beside splora's own classes.
 */
public interface LocationPaths {

    /**
     * Returns the path of a location; empty if this service does not know its scheme.
     *
     * @param location as the user wrote it: a scheme, a colon, and a path that begins with a slash
     */
    Optional<Path> of(String location);
}
