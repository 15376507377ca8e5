package io.github.splora.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.checkpoint.ShardIndex;
import io.github.splora.error.BadInputException;
import java.nio.file.Path;

/** The shard index: it is either rejected, or every shard is a file in the index's own folder. */
final class ShardIndexFuzz {

    private static final Scratch SCRATCH = new Scratch();

    static {
        SCRATCH.put("a.safetensors", new byte[0]);
        SCRATCH.put("b.safetensors", new byte[0]);
    }

    private ShardIndexFuzz() {}

    /** Called by Jazzer, under this name. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        try {
            ShardIndex index = ShardIndex.read(SCRATCH.put("index.json", bytes));
            for (Path shard : index.weightMap().values()) {
                assertThat(shard.toAbsolutePath().normalize().getParent()).isEqualTo(SCRATCH.folder());
                assertThat(shard).isRegularFile();
            }
        } catch (BadInputException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }
}
