package io.github.splora.doctor;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.splora.Version;
import io.github.splora.backend.Backend;
import io.github.splora.error.BadInputException;
import io.github.splora.tensor.djl.EngineState;
import io.github.splora.tensor.djl.Gpu;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code splora doctor} found. Numbers and names for a report of a fault, and what is to be done, in sentences.
 *
 * @param scoringWorks whether the engine starts and computes
 * @param device what {@code --device auto} takes; null if scoring does not work
 * @param splora its version
 * @param java version, maker and folder of the Java that runs
 * @param system its name, version and architecture
 * @param cpu the processor
 * @param processors that Java may use
 * @param vectorBits how wide the vectors are that Java's loops compute with; 0 if they do without
 * @param engine null if it did not start
 * @param engineProblem why it did not start; null if it did
 * @param bundledLibrary what the library that splora brings is built for: {@code cpu}, {@code cu128}, or {@code none}
 * @param cache the folder that libraries are unpacked to
 * @param cards NVIDIA's cards in the machine, whether or not they can be used
 * @param driver version of NVIDIA's driver; null if none is loaded
 * @param advice what is to be done, in order of weight; empty if nothing is
 */
public record Diagnosis(
        boolean scoringWorks,
        String device,
        String splora,
        String java,
        String system,
        String cpu,
        int processors,
        int vectorBits,
        Engine engine,
        String engineProblem,
        String bundledLibrary,
        String cache,
        List<String> cards,
        String driver,
        List<String> advice) {

    /**
     * The engine, started.
     *
     * @param name of it
     * @param version of libtorch
     * @param library the folder that libtorch was loaded from
     * @param foreign whether {@code PYTORCH_LIBRARY_PATH} named that folder
     * @param cuda whether libtorch finds CUDA in working order
     * @param gpus that it can use
     */
    public record Engine(
            String name,
            String version,
            String library,
            @JsonProperty("foreign") boolean isForeign,
            @JsonProperty("cuda") boolean hasCuda,
            List<Gpu> gpus) {}

    /** Looks at this machine. */
    public static Diagnosis ofThisMachine(boolean isDownloadAllowed) {
        return of(new LinuxMachine(), EngineUnderTest.ofProcess(isDownloadAllowed));
    }

    /** Looks at what it is given. */
    public static Diagnosis of(Machine machine, EngineUnderTest engine) {
        Engine started = null;
        String problem = null;
        try {
            EngineState state = engine.start();
            started = new Engine(
                    state.name(), state.version(), state.library(), state.isForeign(), state.hasCuda(), state.gpus());
        } catch (BadInputException e) {
            problem = e.problems().get(0).toString();
        } catch (UncheckedIOException e) {
            problem = e.getCause().getMessage();
        } catch (RuntimeException | LinkageError e) {
            problem = e.toString();
        }
        String device = started == null ? null : started.gpus().isEmpty() ? "cpu" : "gpu:0";
        return new Diagnosis(
                started != null,
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
                engine.cache(),
                machine.cards(),
                machine.driver().orElse(null),
                new Advice(machine, engine.bundledFlavor()).on(started, problem));
    }

    /** As text, a line for each fact and a paragraph for what is to be done. */
    public String toText() {
        List<String> lines = new ArrayList<>();
        lines.add("splora " + splora);
        lines.add("  Java    " + java);
        lines.add("  system  " + system);
        lines.add("  CPU     " + cpu + ", " + processors + " processors, "
                + (vectorBits == 0 ? "no vectors for Java's loops" : "vectors of " + vectorBits + " bits"));
        lines.add("  engine  "
                + (engine == null
                        ? "does not start: " + engineProblem
                        : engine.name() + " " + engine.version() + ", from " + engine.library()));
        lines.add("  cache   " + cache);
        lines.add("  GPUs    " + gpus());
        lines.add("  cards   " + (cards.isEmpty() ? "no NVIDIA card seen" : String.join("; ", cards))
                + (driver == null ? "" : ", driver " + driver));
        lines.add(
                !scoringWorks
                        ? "Scoring does not work."
                        : device.equals("cpu") ? "Scoring works, on the CPU." : "Scoring works, on " + device + ".");
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
