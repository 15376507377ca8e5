package io.github.splora.spark;

import io.github.splora.Version;
import io.github.splora.checkpoint.FileNames;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Printable;
import io.github.splora.error.Problem;
import io.github.splora.fleet.FleetVerdict;
import io.github.splora.fleet.Policy;
import io.github.splora.measure.ReferenceKind;
import io.github.splora.run.FleetParts;
import io.github.splora.run.ReportClock;
import io.github.splora.score.MetricKind;
import io.github.splora.score.PopulationKind;
import io.github.splora.select.ModuleFilter;
import io.github.splora.spark.hadoop.HadoopPaths;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.PatternSyntaxException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code spark-submit --class io.github.splora.spark.FleetJob splora-spark.jar}. */
@Command(
        name = "splora-spark",
        mixinStandardHelpOptions = true,
        versionProvider = FleetJob.VersionProvider.class,
        description =
                "Judges many adapters of one model on Apache Spark, as 'splora fleet' does on one machine. Locations are"
                        + " those of Hadoop's file systems: s3a://, gs://, hdfs://, file://.",
        footer = {
            "",
            "Verdicts: allow; review or block, by the policy; error, for an adapter that could not be judged.",
            "Exit codes: 0 all adapters are allowed; 2 wrong usage; 3 some need review or are blocked; 4 some could not be"
                    + " judged, or an input cannot be used; 1 anything else."
        })
public final class FleetJob implements Callable<Integer> {

    private static final int DONE = 0;
    private static final int UNEXPECTED_FAILURE = 1;
    private static final int WRONG_USAGE = 2;
    private static final int GATE_FAILED = 3;
    private static final int BAD_INPUT = 4;

    @Spec
    CommandSpec spec;

    @Option(names = "--base", required = true, paramLabel = "MODEL", description = "Checkpoint before alignment.")
    String base;

    @Option(
            names = "--aligned",
            required = true,
            paramLabel = "MODEL",
            description = "Aligned (instruct, chat) checkpoint that the adapters were trained on.")
    String aligned;

    @Option(
            names = "--adapters",
            required = true,
            paramLabel = "PATH",
            description =
                    "The adapters: a folder, in which all folders with an adapter count, or a text file with one location"
                            + " per line.")
    String adapters;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Folder of the tables 'adapters' (verdicts) and 'modules', in Parquet.")
    String output;

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "File that says what blocks an adapter, and what calls for a review (docs/fleet.md).")
    @Nullable
    String policy;

    @Option(names = "--date", paramLabel = "DATE", description = "Partition of the tables. Default: today, in UTC.")
    @Nullable
    String date;

    @Option(
            names = "--base-model",
            paramLabel = "NAME",
            description = "Partition of the tables. Default: the last part of --base.")
    @Nullable
    String baseModel;

    @Option(names = "--overwrite", description = "Replace the verdicts that the partition may hold.")
    boolean isReplacing;

    @Option(
            names = "--metric",
            paramLabel = "METRIC",
            defaultValue = "e-diem",
            description = "Score to compute: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    MetricKind metric;

    @Option(
            names = "--reference",
            paramLabel = "REF",
            description = "Reference that each delta is compared with: ${COMPLETION-CANDIDATES}. Default: alignment.")
    @Nullable
    ReferenceKind reference;

    @Option(
            names = "--population",
            paramLabel = "POP",
            defaultValue = "type",
            description = "Population that each distance is compared with: ${COMPLETION-CANDIDATES}. Default:"
                    + " ${DEFAULT-VALUE}.")
    PopulationKind population;

    @Option(
            names = "--include",
            paramLabel = "PATTERN",
            description = "Score only the modules whose name matches. Repeatable.")
    List<String> include = List.of();

    @Option(names = "--exclude", paramLabel = "PATTERN", description = "Leave out the modules that match. Repeatable.")
    List<String> exclude = List.of();

    @Option(
            names = "--tower",
            paramLabel = "NAME",
            description = "Where a module's name fits weights in several towers of a model, take those below NAME.")
    @Nullable
    String tower;

    @Option(
            names = "--memory",
            paramLabel = "MIB",
            defaultValue = "256",
            description =
                    "Memory budget of a task for the adapters that it measures together, in MiB. The weights of the task"
                            + " come on top of it. Default: ${DEFAULT-VALUE}.")
    int memory;

    @Option(
            names = "--tasks",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Number of tasks that measure, each with its share of the weights. Default: three per core, or as"
                            + " many as hold 256 MiB of weights each.")
    int tasks;

    @Option(names = "--json", description = "Print the summary as JSON, with the bytes that were read.")
    boolean isJson;

    /** States splora's version. */
    static final class VersionProvider implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"splora " + Version.current()};
        }
    }

    private FleetJob() {}

    /** Runs the job, and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        CommandLine command = new CommandLine(new FleetJob()).setCaseInsensitiveEnumValuesAllowed(true);
        command.setExecutionExceptionHandler((e, failed, parsed) -> {
            problems(e).forEach(line -> failed.getErr().println("splora: " + Printable.line(line)));
            failed.getErr().flush();
            if (isUnexpected(e)) {
                e.printStackTrace(failed.getErr());
            }
            return isUnexpected(e) ? UNEXPECTED_FAILURE : BAD_INPUT;
        });
        command.setParameterExceptionHandler((e, all) -> {
            PrintWriter err = e.getCommandLine().getErr();
            err.println("splora: " + Printable.line(String.valueOf(e.getMessage())));
            err.println("Try 'spark-submit … --help' after the jar.");
            err.flush();
            return WRONG_USAGE;
        });
        return command.execute(arguments);
    }

    private static boolean isUnexpected(Throwable e) {
        return !(e instanceof BadInputException) && failure(e) == null;
    }

    private static List<String> problems(Throwable e) {
        JobFailure failure = failure(e);
        if (failure != null) {
            return failure.problems();
        }
        return e instanceof BadInputException bad
                ? bad.problems().stream().map(Problem::toString).toList()
                : List.of("unexpected failure: " + e);
    }

    /** Returns what a task reported to be wrong with the inputs, through all of Spark's exceptions. */
    private static @Nullable JobFailure failure(@Nullable Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof JobFailure failure) {
                return failure;
            }
        }
        return null;
    }

    @Override
    public Integer call() {
        refuseContradictions();
        SparkSession session = SparkSession.builder().appName("splora fleet").getOrCreate();
        try {
            return judged(session);
        } finally {
            session.stop();
        }
    }

    private void refuseContradictions() {
        if (date != null) {
            try {
                LocalDate.parse(date);
            } catch (DateTimeParseException e) {
                throw wrong("--date '" + date + "': must be a day such as 2026-01-31");
            }
        }
        if (memory < 1) {
            throw wrong("--memory " + memory + ": must be at least 1");
        }
        if (tasks < 0) {
            throw wrong("--tasks " + tasks + ": must not be negative");
        }
        ReferenceKind given = reference;
        ReferenceKind only = metric.onlyReference().orElse(null);
        if (only != null && given != null && given != only) {
            throw wrong("--metric " + metric + " requires --reference " + only + " (got " + given + ")");
        }
        try {
            new ModuleFilter(include, exclude);
        } catch (PatternSyntaxException e) {
            throw wrong("--include, --exclude: '" + e.getPattern() + "' is not a valid regular expression: "
                    + e.getDescription());
        }
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    private int judged(SparkSession session) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        HadoopPaths.configure(spark.hadoopConfiguration());
        JobOptions options = options(spark);
        Output tables = new Output(
                HadoopPaths.qualified(output),
                date == null
                        ? LocalDate.ofInstant(options.now(), ZoneOffset.UTC).toString()
                        : date,
                baseModel(options));
        List<String> locations = AdapterList.of(HadoopPaths.qualified(adapters));
        FleetParts.Models models;
        try (FleetParts parts = FleetParts.open(options.context(), options.score(), options.policy())) {
            models = parts.described();
        }
        tables.prepare(isReplacing);
        Worker worker = new Worker(
                options, models, spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration())));
        try (FleetPipeline.Result result = new FleetPipeline(spark, worker).run(locations, tasks)) {
            Map<String, Long> verdicts = result.rows().map(AdapterRow::verdict).countByValue();
            long modules = result.rows().map(row -> (long) row.modules().size()).fold(0L, Long::sum);
            tables.write(session, result.rows(), locations.size(), modules);
            print(locations.size(), verdicts, result, tables);
            long allowed = verdicts.getOrDefault(FleetVerdict.ALLOW.toString(), 0L);
            if (verdicts.getOrDefault(FleetVerdict.ERROR.toString(), 0L) > 0) {
                return BAD_INPUT;
            }
            return allowed == locations.size() ? DONE : GATE_FAILED;
        }
    }

    /** Returns the name of the partition, in which Spark would replace other characters than these. */
    private String baseModel(JobOptions options) {
        String name = baseModel == null
                ? String.valueOf(FileNames.location(options.base()).getFileName())
                : baseModel;
        if (!name.matches("[A-Za-z0-9._-]+")) {
            throw wrong("--base-model '" + name + "': must consist of letters, digits, '.', '_' and '-'");
        }
        return name;
    }

    private JobOptions options(JavaSparkContext spark) {
        return new JobOptions(
                HadoopPaths.qualified(base),
                HadoopPaths.qualified(aligned),
                policy == null ? Policy.NONE : Policy.read(FileNames.location(HadoopPaths.qualified(policy))),
                metric,
                reference == null ? metric.onlyReference().orElse(ReferenceKind.ALIGNMENT) : reference,
                population,
                List.copyOf(include),
                List.copyOf(exclude),
                tower,
                spark.getConf().getInt("spark.task.cpus", 1),
                (long) memory << 20,
                Version.current(),
                ReportClock.of(System.getenv()).fixed().orElseGet(Instant::now));
    }

    private void print(long count, Map<String, Long> verdicts, FleetPipeline.Result result, Output tables) {
        PrintWriter out = spec.commandLine().getOut();
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("adapters", count);
        for (FleetVerdict verdict : FleetVerdict.values()) {
            counts.put(verdict.toString(), verdicts.getOrDefault(verdict.toString(), 0L));
        }
        if (isJson) {
            counts.put("tasks", (long) result.tasks());
            counts.put("weightBytes", result.weightBytes());
            counts.put("baseBytesRead", result.reads().base());
            counts.put("alignedBytesRead", result.reads().aligned());
            counts.put("headerBytesRead", result.reads().headers());
            counts.put("adapterBytesReadToMeasure", result.reads().others());
            counts.put("readsToMeasure", result.reads().requests());
            StringBuilder json = new StringBuilder("{");
            counts.forEach((name, value) -> json.append(json.length() == 1 ? "" : ", ")
                    .append('"')
                    .append(name)
                    .append("\": ")
                    .append(value));
            out.println(json.append('}'));
        } else {
            out.println(count + " adapters: " + counts.get("allow") + " allowed, " + counts.get("review")
                    + " to review, " + counts.get("block") + " blocked, " + counts.get("error") + " not judged; see "
                    + Printable.text(tables.adapters()));
        }
        out.flush();
    }
}
