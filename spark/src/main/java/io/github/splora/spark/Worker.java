package io.github.splora.spark;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.run.FleetParts;
import io.github.splora.spark.hadoop.HadoopPaths;
import io.github.splora.spark.hadoop.ReadScope;
import io.github.splora.spark.hadoop.Reads;
import java.io.Serializable;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** What a task needs to take part in the job. */
record Worker(JobOptions options, FleetParts.Models models, Broadcast<SerializableConfiguration> configuration)
        implements Serializable {

    private static final String VECTORS = "splora.vectors";

    /** What a task made, and what it read for it. */
    record Done<T>(T result, Reads reads) implements Serializable {}

    /**
     * Does a task's work.
     *
     * @param keeps whether to keep what is read of the models in memory until the work is done
     * @throws JobFailure if a model cannot be used; the whole job then fails
     */
    <T> Done<T> work(boolean keeps, Function<FleetParts, T> work) {
        allowVectors();
        HadoopPaths.configure(configuration.value().value());
        try (ReadScope scope = ReadScope.begin(options.base(), options.aligned(), keeps);
                FleetParts parts = FleetParts.open(options.context(), options.score(), options.policy(), models)) {
            T result = work.apply(parts);
            scope.forget();
            parts.requireUnchanged();
            refuseInterrupted();
            return new Done<>(result, scope.reads());
        } catch (BadInputException e) {
            refuseInterrupted();
            throw new JobFailure(e.problems().stream().map(Problem::toString).toList());
        }
    }

    /** Computes with the JDK's vectors, as bin/splora does, where Spark has loaded them at the start. */
    private static void allowVectors() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() && System.getProperty(VECTORS) == null) {
            System.setProperty(VECTORS, "true");
        }
    }

    /** An interrupted read looks like a broken adapter: what a killed task made is nobody's verdict. */
    private static void refuseInterrupted() {
        TaskContext task = TaskContext.get();
        if (Thread.currentThread().isInterrupted() || (task != null && task.isInterrupted())) {
            throw new TaskKilledException("interrupted");
        }
    }
}
