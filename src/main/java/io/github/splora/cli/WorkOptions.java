package io.github.splora.cli;

import io.github.splora.backend.Backend;
import io.github.splora.measure.Resources;
import io.github.splora.run.HashScope;
import io.github.splora.select.ModuleFilter;
import io.github.splora.tensor.KernelKind;
import java.util.List;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which modules are measured, and how the work is done. */
final class WorkOptions {

    static final List<String> NAMES = List.of("--include", "--exclude");

    @Option(
            names = "--include",
            paramLabel = "PATTERN",
            split = Patterns.SEPARATOR,
            splitSynopsisLabel = ",",
            description = "Score only the modules whose name matches: a glob for the whole name or its last parts"
                    + " (q_proj, layers.1.*), or a /regex/ for any part of the name. Repeatable, or comma-separated.")
    List<String> include = List.of();

    @Option(
            names = "--exclude",
            paramLabel = "PATTERN",
            split = Patterns.SEPARATOR,
            splitSynopsisLabel = ",",
            description = "Leave out the modules that match. Repeatable, or comma-separated.")
    List<String> exclude = List.of();

    @Option(
            names = "--tower",
            paramLabel = "NAME",
            description =
                    "Where a module's name fits weights in several towers of a model, take those below NAME: a part of"
                            + " the tensors' names before the block, such as language_model. A module whose full name is in the"
                            + " checkpoint needs no choice.")
    @Nullable
    String tower;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            converter = DeviceConverter.class,
            description =
                    "Device: auto, cpu, gpu or gpu:N (or cuda, cuda:N). auto uses a GPU if PyTorch finds one. Default:"
                            + " ${DEFAULT-VALUE}.")
    String device;

    @Option(
            names = "--kernel",
            paramLabel = "KERNEL",
            defaultValue = "auto",
            description =
                    "Implementation: djl (PyTorch, called through DJL, in float64), java (Java loops on the CPU), or auto (djl on a"
                            + " GPU, otherwise java). java takes a third of PyTorch's CPU time. It computes in float32 where that"
                            + " is accurate to about 1e-7 of the norms, and in float64 for DoRA, PiSSA, OLoRA, subspaces"
                            + " and float64 weights. Default: ${DEFAULT-VALUE}.")
    KernelKind kernel;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Number of modules measured in parallel. Default: the number of cores.")
    @Nullable
    Integer threads;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "256M",
            converter = SizeConverter.class,
            description = "Memory budget for modules measured in parallel, estimated from their shapes. Fewer run at"
                    + " once if they would exceed it (at least one). In bytes, or with K, M or G. The program"
                    + " itself takes about 200 MB more, PyTorch another 300 MB. Default: ${DEFAULT-VALUE}.")
    long memory;

    @Option(
            names = "--hash",
            paramLabel = "WHAT",
            defaultValue = "headers",
            description = "What the report states the SHA-256 of, besides all of the adapter: headers (the checkpoints'"
                    + " index and headers) or all (also every checkpoint file, which takes as long as reading it)."
                    + " Default: ${DEFAULT-VALUE}.")
    HashScope hash;

    Resources resources() {
        return new Resources(threads == null ? Runtime.getRuntime().availableProcessors() : threads, memory);
    }

    /** Returns a sentence that says what is wrong with the options; empty if nothing is. */
    Optional<String> contradiction() {
        if (!Backend.isDeviceChoice(device)) {
            return Optional.of("--device '" + device + "': must be auto, cpu, gpu or gpu:N");
        }
        if (kernel == KernelKind.JAVA && device.startsWith("gpu")) {
            return Optional.of("--kernel java cannot be given with --device " + device + ": it runs on the CPU");
        }
        if (threads != null && threads < 1) {
            return Optional.of("--threads " + threads + ": must be at least 1");
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
