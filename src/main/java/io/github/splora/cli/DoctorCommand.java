package io.github.splora.cli;

import io.github.splora.doctor.Diagnosis;
import io.github.splora.json.StrictJson;
import io.github.splora.tensor.djl.TensorEngine;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code splora doctor}. */
@Command(
        name = "doctor",
        description =
                "Shows what scoring would run on: Java, the engine, its library, GPUs; and what to do where a GPU is"
                        + " there but not used. Exit code 0 if scoring works, 1 if not.")
final class DoctorCommand implements Callable<Integer> {

    /** How the findings are printed. */
    enum Format {
        text,
        json
    }

    @Spec
    CommandSpec spec;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    Format format;

    @Option(
            names = "--install-cuda",
            description =
                    "Lets the engine fetch its library for CUDA (2 to 3 GB, once, from publish.djl.ai). For a splora"
                            + " that was built without a library (-Dsplora.natives=none).")
    boolean installCuda;

    @Mixin
    CommonOptions common;

    @Override
    public Integer call() {
        common.applyToLog();
        if (installCuda && !TensorEngine.bundledFlavor().equals("none")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--install-cuda: this splora brings a library ("
                            + TensorEngine.bundledFlavor() + "), which it would use all the same; build one without:"
                            + " ./mvnw -Dsplora.natives=none -DskipTests clean package");
        }
        Diagnosis diagnosis = Diagnosis.ofThisMachine(installCuda);
        PrintWriter out = spec.commandLine().getOut();
        out.print(format == Format.json ? StrictJson.write(diagnosis) : diagnosis.toText());
        out.flush();
        return diagnosis.scoringWorks() ? ExitCode.DONE : ExitCode.UNEXPECTED_FAILURE;
    }
}
