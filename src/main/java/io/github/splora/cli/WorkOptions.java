package io.github.splora.cli;

import io.github.splora.measure.Resources;
import io.github.splora.select.ModuleFilter;
import io.github.splora.tensor.KernelKind;
import io.github.splora.tensor.djl.TensorEngine;
import java.util.List;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which modules are measured, and what does it. */
final class WorkOptions {

    static final List<String> NAMES = List.of("--include", "--exclude");

    @Option(
            names = "--include",
            paramLabel = "PATTERN",
            description = "Only modules that match take part: a glob for the name or its end (q_proj, layers.1.*),"
                    + " or a /regex/ found in it. Repeatable.")
    List<String> include = List.of();

    @Option(
            names = "--exclude",
            paramLabel = "PATTERN",
            description = "Modules that match do not take part. Repeatable.")
    List<String> exclude = List.of();

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            description =
                    "auto, cpu, gpu or gpu:N; auto takes a GPU where the engine finds one. Default: ${DEFAULT-VALUE}.")
    String device;

    @Option(
            names = "--kernel",
            paramLabel = "KERNEL",
            defaultValue = "auto",
            description =
                    "What computes: djl (PyTorch, all float64), java (loops on the CPU, a third of the CPU time; float32"
                            + " where that is close to 1e-7 of the norms, and PyTorch for DoRA, PiSSA, OLoRA, V's subspaces and float64"
                            + " weights), or auto: djl on a GPU, else java. Default: ${DEFAULT-VALUE}.")
    KernelKind kernel;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Modules measured side by side. Default: the number of cores.")
    @Nullable
    Integer threads;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "256M",
            converter = SizeConverter.class,
            description =
                    "What modules measured side by side hold at a time, by an estimate: fewer are where they would hold"
                            + " more, one at least. In bytes, or with K, M or G. The program itself takes some 200 MB besides, PyTorch"
                            + " 300 more. Default: ${DEFAULT-VALUE}.")
    long memory;

    Resources resources() {
        return new Resources(threads == null ? Runtime.getRuntime().availableProcessors() : threads, memory);
    }

    /** What is wrong with the choices, in a sentence; nothing if all fit together. */
    Optional<String> contradiction() {
        if (!TensorEngine.isDeviceChoice(device)) {
            return Optional.of("--device '" + device + "': auto, cpu, gpu or gpu:N is expected");
        }
        if (kernel == KernelKind.JAVA && device.startsWith("gpu")) {
            return Optional.of("--kernel java cannot be given with --device " + device + ": it runs on the CPU");
        }
        if (threads != null && threads < 1) {
            return Optional.of("--threads " + threads + ": at least 1 is needed");
        }
        try {
            new ModuleFilter(include, exclude);
        } catch (PatternSyntaxException e) {
            return Optional.of("--include, --exclude: '" + e.getPattern() + "' is not a valid regular expression: "
                    + e.getDescription());
        }
        return Optional.empty();
    }
}
