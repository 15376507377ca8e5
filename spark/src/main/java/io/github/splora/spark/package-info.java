/**
 * Judges a fleet of adapters on Apache Spark. {@link io.github.splora.spark.FleetPipeline} is the job; the scoring is splora's own
 * ({@link io.github.splora.run.FleetParts}).
 */
@NullMarked
package io.github.splora.spark;

import org.jspecify.annotations.NullMarked;
