package io.github.splora.kits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class GpuModuleIT {

    private static final int SKIPPED = 77;

    /** Runs if scripts/in_venv.sh has created the environment with the pinned PyTorch; {@code .ci/run} always checks it. */
    @Test
    void theModuleForGpusIsWhatItsScriptMakes() throws Exception {
        Shell check = Shell.run(
                Shell.HOME,
                Shell.environment(),
                List.of("scripts/in_venv.sh", "--existing", "gpu.pt", "make_gpu_module.py", "--check"));

        assumeTrue(check.code() != SKIPPED, check.err());
        assertThat(check.code()).as(check.err()).isZero();
    }
}
