package io.github.splora.pickle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.TensorInfo;
import io.github.splora.testing.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever its bytes, a file is either read completely or rejected as bad input. */
@Timeout(60)
class SpoiledPicklesTest {

    private static final int MUTANTS = 1000;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"zipped.bin", "legacy.bin"})
    void aCorruptFileIsReadOrRefused(String name) throws IOException {
        byte[] original = Files.readAllBytes(Path.of("testdata", "pickles", name));
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = original.clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                mutant[random.nextInt(mutant.length)] = instructionOrAny(random);
            }
            refused += isRefused(Files.write(folder.resolve("mutant.bin"), mutant)) ? 1 : 0;
        }
        assertThat(refused).isBetween(MUTANTS / 5, MUTANTS - 1);
    }

    private static byte instructionOrAny(Random random) {
        String instructions = "(.)qrhjtR}sueab]QXcNKMJGU\u0085\u0086\u0087\u008a";
        return (byte)
                (random.nextBoolean()
                        ? instructions.charAt(random.nextInt(instructions.length()))
                        : random.nextInt(256));
    }

    private static boolean isRefused(Path path) {
        try (PickleFile file = PickleFile.open(path)) {
            for (TensorInfo tensor : file.tensors().values()) {
                assertThat(Bytes.of(file, tensor).remaining()).isEqualTo((int) tensor.byteLength());
            }
            return false;
        } catch (BadInputException e) {
            return true;
        }
    }
}
