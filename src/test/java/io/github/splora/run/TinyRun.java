package io.github.splora.run;

import io.github.splora.Splora;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.client.ClientKind;
import io.github.splora.gate.Gates;
import io.github.splora.measure.ReferenceKind;
import io.github.splora.measure.Resources;
import io.github.splora.report.RunReport;
import io.github.splora.score.MetricKind;
import io.github.splora.score.PopulationKind;
import io.github.splora.score.Scheme;
import io.github.splora.select.Granularity;
import io.github.splora.select.SelectionRule;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ConfigStyle;
import io.github.splora.tensor.KernelKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Runs splora on the adapters in testdata/ through its Java API. */
public final class TinyRun {

    public static final Path LLAMA = Path.of("testdata/tiny-llama");
    public static final Path ADAPTER = LLAMA.resolve("adapter");

    private TinyRun() {}

    /** Options for an adapter of tiny-llama. */
    public static ScoreOptions llama(Path adapter, MetricKind metric, Optional<SelectionRule> rule) {
        return options(LLAMA, adapter, metric, List.of(), rule);
    }

    /** Options for the base and aligned checkpoints of {@code models}. */
    public static ScoreOptions options(
            Path models, Path adapter, MetricKind metric, List<String> include, Optional<SelectionRule> rule) {
        return options(models, adapter, metric, include, rule, KernelKind.DJL);
    }

    public static ScoreOptions options(
            Path models,
            Path adapter,
            MetricKind metric,
            List<String> include,
            Optional<SelectionRule> rule,
            KernelKind kernel) {
        return new ScoreOptions(
                models.resolve("base").toString(),
                models.resolve("aligned").toString(),
                List.of(adapter.toString()),
                Optional.empty(),
                "main",
                Scheme.of(metric, ReferenceKind.ALIGNMENT, PopulationKind.TYPE),
                include,
                List.of(),
                Optional.empty(),
                rule,
                Granularity.MODULE,
                ClientKind.PEFT,
                "cpu",
                kernel,
                Resources.of(2),
                Gates.NONE);
    }

    public static RunReport score(ScoreOptions options) {
        return splora().score(options).get(0);
    }

    /** Prunes with {@code drop}. */
    public static RunReport prune(ScoreOptions options, Path output) throws IOException {
        return prune(options, output, ActionKind.DROP);
    }

    public static RunReport prune(ScoreOptions options, Path output, ActionKind action) throws IOException {
        return splora().prune(new PruneOptions(
                        options, Optional.empty(), output, Surgery.of(action, ConfigStyle.EXCLUDE), false, false))
                .get(0);
    }

    private static Splora splora() {
        return new Splora(new HubCache(Path.of("target", "no-such-hub")), Progress.SILENT);
    }
}
