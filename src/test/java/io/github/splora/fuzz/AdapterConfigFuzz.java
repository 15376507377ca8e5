package io.github.splora.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.TargetMatcher;
import io.github.splora.error.BadInputException;
import java.util.List;

/**
 * The adapter config: it is either rejected, or gives every module a rank of at least 1 and can be queried for all of
 * them.
 */
final class AdapterConfigFuzz {

    private static final List<String> MODULES =
            List.of("q", "model.layers.0.self_attn.q_proj", "transformer.h.11.attn.c_attn", "a".repeat(40) + ".1.b");
    private static final Scratch SCRATCH = new Scratch();

    private AdapterConfigFuzz() {}

    /** Called by Jazzer, under this name. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        try {
            AdapterConfig config = AdapterConfig.read(SCRATCH.put("adapter_config.json", bytes));
            TargetMatcher targets = config.targets();
            for (String module : MODULES) {
                assertThat(config.rankOf(module)).isPositive();
                assertThat(config.scalingOf(module)).isNotNaN();
                targets.targets(module);
            }
            config.removeDeadPatterns(config.toJson(), MODULES);
        } catch (BadInputException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }
}
