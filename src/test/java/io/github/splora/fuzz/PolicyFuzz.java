package io.github.splora.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.error.BadInputException;
import io.github.splora.fleet.Policy;
import io.github.splora.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A policy in YAML: it is either rejected, or the same as the JSON that states it. */
final class PolicyFuzz {

    private static final Scratch SCRATCH = new Scratch();

    private PolicyFuzz() {}

    /** Called by Jazzer, under this name. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        try {
            Policy policy = Policy.read(SCRATCH.put("policy.yaml", bytes));
            Path json = SCRATCH.put(
                    "policy.json", StrictJson.write(policy.described()).getBytes(StandardCharsets.UTF_8));
            assertThat(Policy.read(json)).isEqualTo(policy);
        } catch (BadInputException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }
}
