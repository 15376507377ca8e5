package io.github.splora.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.error.BadInputException;
import io.github.splora.safetensors.SafetensorsFile;
import io.github.splora.storage.TensorInfo;
import io.github.splora.testing.Bytes;

/** The safetensors header: any bytes are either rejected, or satisfy everything that the format guarantees. */
final class HeaderFuzz {

    private static final Scratch SCRATCH = new Scratch();

    private HeaderFuzz() {}

    /** Called by Jazzer, under this name. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        try (SafetensorsFile file = SafetensorsFile.open(SCRATCH.put("file.safetensors", bytes))) {
            long covered = 0;
            for (TensorInfo tensor : file.tensors().values()) {
                assertThat(tensor.begin()).isEqualTo(covered);
                assertThat(tensor.byteLength() * Byte.SIZE)
                        .isEqualTo(tensor.elementCount() * tensor.dtype().bits());
                assertThat(Bytes.of(file, tensor).remaining()).isEqualTo(tensor.byteLength());
                covered = tensor.end();
            }
            assertThat(file.header().dataOffset() + covered).isEqualTo(bytes.length);
        } catch (BadInputException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }
}
