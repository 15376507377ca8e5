package io.github.splora.doctor;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.splora.Version;
import io.github.splora.backend.Backend;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import io.github.splora.tensor.djl.EngineState;
import io.github.splora.tensor.djl.Gpu;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The findings of {@code splora doctor}: facts for a bug report, and advice in sentences.
 *
 * @param scoringWorks whether the engine starts and computes, or is not installed, so that Java's loops compute
 * @param device the device that {@code --device auto} selects; null if scoring does not work
 * @param splora version of splora
 * @param java version, vendor and folder of the running Java
 * @param system name, version and architecture of the operating system
 * @param cpu name of the processor
 * @param processors number of processors that Java may use
 * @param vectorBits width of the vectors that Java's loops use; 0 if they use none
 * @param engine null if it did not start or is not installed
 * @param engineProblem why it did not start, or that it is not installed; null if it did
 * @param bundledLibrary platform of the library bundled with splora: {@code cpu}, {@code cu128} or {@code none}
 * @param cache the folder into which libraries are unpacked; null if the engine is not installed
 * @param cards the NVIDIA cards in the machine, usable or not
 * @param driver version of the NVIDIA driver; null if none is loaded
 * @param advice what to do, most important first; empty if nothing is necessary
 */
public record Diagnosis(
        boolean scoringWorks,
        @Nullable String device,
        String splora,
        String java,
        String system,
        String cpu,
        int processors,
        int vectorBits,
        @Nullable Engine engine,
        @Nullable String engineProblem,
        String bundledLibrary,
        @Nullable String cache,
        List<String> cards,
        @Nullable String driver,
        List<String> advice) {

    /**
     * The started engine.
     *
     * @param name name of the engine
     * @param version version of libtorch
     * @param library the folder from which libtorch was loaded
     * @param isForeign whether {@code PYTORCH_LIBRARY_PATH} names that folder
     * @param hasCuda whether libtorch finds a working CUDA
     * @param gpus the GPUs that it can use
     */
    public record Engine(
            String name,
            String version,
            String library,
            @JsonProperty("foreign") boolean isForeign,
            @JsonProperty("cuda") boolean hasCuda,
            List<Gpu> gpus) {}

    /** Examines this machine. */
    public static Diagnosis ofThisMachine(boolean isDownloadAllowed) {
        return of(new LinuxMachine(), EngineUnderTest.ofProcess(isDownloadAllowed));
    }

    private static final String NOT_INSTALLED = "PyTorch is not installed";

    /** Examines the given machine and engine. */
    public static Diagnosis of(Machine machine, EngineUnderTest engine) {
        if (!engine.isInstalled()) {
            return with(machine, engine, null, NOT_INSTALLED, "cpu");
        }
        Engine started = null;
        String problem = null;
        try {
            EngineState state = engine.start();
            started = new Engine(
                    state.name(), state.version(), state.library(), state.isForeign(), state.hasCuda(), state.gpus());
        } catch (BadInputException e) {
            problem = e.problems().get(0).toString();
        } catch (UncheckedIOException e) {
            IOException cause = Objects.requireNonNull(e.getCause());
            problem = Objects.requireNonNullElse(cause.getMessage(), cause.toString());
        } catch (RuntimeException | LinkageError e) {
            problem = e.toString();
        }
        return with(
                machine,
                engine,
                started,
                problem,
                started == null ? null : started.gpus().isEmpty() ? "cpu" : "gpu:0");
    }

    private static Diagnosis with(
            Machine machine,
            EngineUnderTest engine,
            @Nullable Engine started,
            @Nullable String problem,
            @Nullable String device) {
        return new Diagnosis(
                device != null,
                device,
                Version.current(),
                property("java.version") + " (" + property("java.vendor") + "), " + property("java.home"),
                property("os.name") + " " + property("os.version") + ", " + property("os.arch"),
                machine.cpu(),
                Runtime.getRuntime().availableProcessors(),
                Backend.vectorBits(),
                started,
                problem,
                engine.bundledFlavor(),
                engine.isInstalled() ? engine.cache() : null,
                machine.cards(),
                machine.driver().orElse(null),
                engine.isInstalled()
                        ? new Advice(machine, engine.bundledFlavor()).on(started, problem)
                        : Advice.withoutEngine(machine));
    }

    /** Returns the diagnosis as text, one line per fact, followed by the advice. */
    public String toText() {
        List<String> lines = new ArrayList<>();
        lines.add("splora " + splora);
        lines.add("  Java    " + java);
        lines.add("  system  " + system);
        lines.add("  CPU     " + cpu + ", " + Plural.of(processors, "processor") + ", "
                + (vectorBits == 0 ? "no vector instructions for Java's loops" : vectorBits + "-bit vectors"));
        lines.add("  engine  "
                + (engine != null
                        ? engine.name() + " " + engine.version() + ", from " + engine.library()
                        : cache == null
                                ? engineProblem + "; Java's loops compute on the CPU"
                                : "does not start: " + engineProblem));
        if (cache != null) {
            lines.add("  cache   " + cache);
        }
        lines.add("  GPUs    " + gpus());
        lines.add("  cards   " + (cards.isEmpty() ? "no NVIDIA card found" : String.join("; ", cards))
                + (driver == null ? "" : ", driver " + driver));
        lines.add(
                !scoringWorks || device == null
                        ? "Scoring does not work."
                        : device.equals("cpu") ? "Scoring works on the CPU." : "Scoring works on " + device + ".");
        advice.forEach(each -> lines.add("- " + each));
        return String.join("\n", lines) + "\n";
    }

    private String gpus() {
        if (engine == null || engine.gpus().isEmpty()) {
            return "none that the engine can use";
        }
        return String.join("; ", engine.gpus().stream().map(Diagnosis::describe).toList());
    }

    private static String describe(Gpu gpu) {
        return "gpu:" + gpu.number()
                + (gpu.computeCapability() == null ? "" : ", compute capability " + gpu.computeCapability())
                + (gpu.memory() == null ? "" : ", " + (gpu.memory() >> 20) + " MiB");
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }
}
