/** Reads Hadoop's file systems as Java's own {@link java.nio.file.FileSystem}s, so that splora's code reads buckets like folders. */
@NullMarked
package io.github.splora.spark.hadoop;

import org.jspecify.annotations.NullMarked;
