package io.github.splora.kits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

class GpuModuleIT {

    /** Runs only if scripts/in_venv.sh has created its environment with the pinned PyTorch. */
    @Test
    void theGpuModuleIsWhatItsScriptCreates() throws Exception {
        assumeTrue(Files.exists(Shell.HOME.resolve(".venv/requirements.stamp")));

        Shell check = Shell.run(
                Shell.HOME,
                Shell.environment(),
                List.of("scripts/in_venv.sh", "gpu.pt", "make_gpu_module.py", "--check"));

        assertThat(check.code()).as(check.err()).isZero();
    }
}
