package io.github.splora.cli;

import io.github.splora.doctor.Diagnosis;
import io.github.splora.json.StrictJson;
import io.github.splora.tensor.djl.EngineParts;
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
        description = "Shows what scoring would run on (Java, PyTorch's library, GPUs), and what to do if a GPU is not"
                + " used. Exits with 0 if scoring works, otherwise with 1.")
final class DoctorCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec;

    @Mixin
    TextFormatOption format;

    @Option(
            names = "--install-cuda",
            description =
                    "Download PyTorch's CUDA library (2 to 3 GB, once, from publish.djl.ai). For a build of splora"
                            + " without a library (-Dsplora.natives=none).")
    boolean installCuda;

    @Mixin
    CommonOptions common;

    @Override
    public Integer call() {
        common.applyToLog();
        if (installCuda && !EngineParts.areInstalled()) {
            throw new ParameterException(
                    spec.commandLine(), "--install-cuda: PyTorch is not installed; first " + EngineParts.howToAdd());
        }
        if (installCuda && !TensorEngine.bundledFlavor().equals("none")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--install-cuda: this build of splora contains a library ("
                            + TensorEngine.bundledFlavor() + ") and would use that one; build splora without a library:"
                            + " ./mvnw -Dsplora.natives=none -DskipTests clean package");
        }
        Diagnosis diagnosis = Diagnosis.ofThisMachine(installCuda);
        PrintWriter out = spec.commandLine().getOut();
        out.print(format.isJson() ? StrictJson.write(diagnosis) : diagnosis.toText());
        out.flush();
        return diagnosis.scoringWorks() ? ExitCode.DONE : ExitCode.UNEXPECTED_FAILURE;
    }
}
