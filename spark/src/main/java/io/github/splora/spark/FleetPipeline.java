package io.github.splora.spark;

import io.github.splora.run.FleetParts.Judged;
import io.github.splora.run.FleetParts.Measured;
import io.github.splora.run.FleetParts.Need;
import io.github.splora.run.FleetParts.Piece;
import io.github.splora.run.FleetParts.Survey;
import io.github.splora.spark.Worker.Done;
import io.github.splora.spark.hadoop.Reads;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The job, in three stages: survey each adapter; measure, with one task for each bin of weights, which reads them once for all adapters;
 * judge each adapter by all of its figures. Only plain numbers go from one stage to the next. Every task gives the same result
 * whenever and wherever it runs, so a lost one is simply run again.
 */
final class FleetPipeline {

    /** More tasks than cores, so that the last ones do not leave the others idle. */
    private static final int TASKS_PER_CORE = 3;

    /** Bytes of the models that a task should hold; one weight may be larger. */
    private static final long BYTES_PER_TASK = 256L << 20;

    private final JavaSparkContext spark;
    private final Worker worker;

    FleetPipeline(JavaSparkContext spark, Worker worker) {
        this.spark = spark;
        this.worker = worker;
    }

    /**
     * What the job made.
     *
     * @param rows one per adapter, in no particular order; kept until {@link #close}
     * @param reads what measuring has read
     * @param weightBytes size of all weights that were to be read
     * @param tasks number of tasks that measured
     */
    record Result(JavaRDD<AdapterRow> rows, Reads reads, long weightBytes, int tasks, List<JavaRDD<?>> kept)
            implements AutoCloseable {

        @Override
        public void close() {
            kept.forEach(rdd -> rdd.unpersist(false));
        }
    }

    /**
     * Judges adapters.
     *
     * @param wantedTasks number of tasks that measure; 0 to choose it
     */
    Result run(List<String> adapters, int wantedTasks) {
        // What tasks refer to is sent to them: not this object.
        Worker on = worker;
        int cores = Math.max(1, spark.defaultParallelism());
        int slices = Math.min(adapters.size(), cores * TASKS_PER_CORE);
        JavaRDD<Survey> surveys = spark.parallelize(adapters, slices)
                .mapPartitions(locations -> surveyed(on, locations))
                .persist(StorageLevel.MEMORY_AND_DISK());

        Map<Set<String>, Long> weights = new HashMap<>();
        surveys.mapPartitions(FleetPipeline::weightsOf).collect().forEach(each -> weights.put(each._1(), each._2()));
        WeightBins bins = WeightBins.of(weights, tasks(weights, cores, wantedTasks));
        long bytes = bins.bytes();

        Broadcast<Map<Set<String>, Integer>> binOf = spark.broadcast(bins.ofTensors());
        JavaRDD<Done<List<Measured>>> measured = surveys.flatMapToPair(survey -> pieces(survey, binOf.value()))
                .partitionBy(new BinPartitioner(bins.count()))
                .mapPartitions(pieces -> measured(on, pieces, bytes))
                .persist(StorageLevel.MEMORY_AND_DISK());
        Reads reads = measured.map(Done::reads).fold(Reads.NONE, Reads::plus);

        JavaPairRDD<String, Measured> byAdapter = measured.flatMapToPair(done -> done.result().stream()
                .map(each -> new Tuple2<>(each.given(), each))
                .iterator());
        JavaRDD<AdapterRow> rows = surveys.mapToPair(survey -> new Tuple2<>(survey.given(), survey))
                .cogroup(byAdapter, slices)
                .mapPartitions(groups -> judged(on, groups, bytes))
                .persist(StorageLevel.MEMORY_AND_DISK());
        return new Result(rows, reads, bytes, bins.count(), List.of(surveys, measured, rows));
    }

    private static int tasks(Map<Set<String>, Long> weights, int cores, int wanted) {
        if (wanted > 0) {
            return wanted;
        }
        long bytes = weights.values().stream().mapToLong(Long::longValue).sum();
        return (int) Math.min(Integer.MAX_VALUE, Math.max((long) cores * TASKS_PER_CORE, bytes / BYTES_PER_TASK + 1));
    }

    private static Iterator<Survey> surveyed(Worker worker, Iterator<String> locations) {
        return worker.work(false, parts -> {
                    List<Survey> surveys = new ArrayList<>();
                    locations.forEachRemaining(location -> surveys.add(parts.survey(location)));
                    return surveys;
                })
                .result()
                .iterator();
    }

    /** Returns each weight that a partition's adapters change once. */
    private static Iterator<Tuple2<Set<String>, Long>> weightsOf(Iterator<Survey> surveys) {
        Set<Set<String>> seen = new HashSet<>();
        List<Tuple2<Set<String>, Long>> weights = new ArrayList<>();
        surveys.forEachRemaining(survey -> {
            for (Need need : survey.needs()) {
                if (seen.add(need.tensors())) {
                    weights.add(new Tuple2<>(need.tensors(), need.bytes()));
                }
            }
        });
        return weights.iterator();
    }

    /** Returns an adapter's modules by the bins of their weights. */
    private static Iterator<Tuple2<Integer, Piece>> pieces(Survey survey, Map<Set<String>, Integer> bins) {
        Map<Integer, Set<String>> modules = new TreeMap<>();
        for (Need need : survey.needs()) {
            modules.computeIfAbsent(bins.get(need.tensors()), bin -> new HashSet<>())
                    .add(need.module());
        }
        return modules.entrySet().stream()
                .map(each -> new Tuple2<>(each.getKey(), new Piece(survey.given(), survey.state(), each.getValue())))
                .iterator();
    }

    private static Iterator<Done<List<Measured>>> measured(
            Worker worker, Iterator<Tuple2<Integer, Piece>> pieces, long bytes) {
        Iterator<Piece> own = StreamSupport.stream(
                        ((Iterable<Tuple2<Integer, Piece>>) () -> pieces).spliterator(), false)
                .map(Tuple2::_2)
                .iterator();
        return List.of(worker.work(true, parts -> {
                    List<Measured> measured = new ArrayList<>();
                    parts.measure(own, bytes, measured::add);
                    return measured;
                }))
                .iterator();
    }

    private static Iterator<AdapterRow> judged(
            Worker worker, Iterator<Tuple2<String, Tuple2<Iterable<Survey>, Iterable<Measured>>>> groups, long bytes) {
        return worker.work(false, parts -> {
                    List<AdapterRow> rows = new ArrayList<>();
                    groups.forEachRemaining(group -> {
                        List<Measured> measured = new ArrayList<>();
                        group._2()._2().forEach(measured::add);
                        // The order in which they arrive depends on who was faster; that of their reasons must not.
                        measured.sort(Comparator.comparing(each -> String.join("\n", each.problems())));
                        Judged judged = parts.judge(group._2()._1().iterator().next(), measured, bytes);
                        rows.add(AdapterRow.of(judged));
                    });
                    return rows;
                })
                .result()
                .iterator();
    }
}
