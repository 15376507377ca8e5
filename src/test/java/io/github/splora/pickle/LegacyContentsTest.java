package io.github.splora.pickle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.testing.Bytes;
import io.github.splora.testing.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files in the format used before PyTorch 1.6, valid and malformed. */
class LegacyContentsTest {

    private static final String CONVERT = "load it with PyTorch and save its tensors as safetensors";

    @TempDir
    Path folder;

    @Test
    void readsAValidFile() throws IOException {
        try (PickleFile file = PickleFile.open(write(sound("0", 6).bytes()))) {
            assertThat(Bytes.of(file, file.tensor("a")).get(23)).isEqualTo((byte) 24);
        }
    }

    @Test
    void refusesAPickleThatTorchDidNotWrite() throws IOException {
        assertThat(refusal(PickleProgram.protocol2().code('}', '.').bytes()))
                .isEqualTo("is a pickle, but was not written by torch.save; " + CONVERT);
        assertThat(refusal(magic().append(PickleProgram.protocol2().code('M').code(0xe8, 3, '.'))
                        .bytes()))
                .isEqualTo("is a pickle, but was not written by torch.save; " + CONVERT);
    }

    @Test
    void runsNothingInAnyOfItsPickles() throws IOException {
        assertThat(refusal(PickleProgram.protocol2()
                        .global("os", "system")
                        .text("id")
                        .code(0x85, 'R', '.')
                        .bytes()))
                .startsWith("pickle 'os.system': names a class or function");
        assertThat(refusal(start(true)
                        .append(PickleProgram.oneTensor("a"))
                        .append(PickleProgram.protocol2().global("os", "system").code('.'))
                        .bytes()))
                .startsWith("pickle 'os.system': names a class or function");
    }

    @Test
    void refusesTheOtherByteOrder() throws IOException {
        assertThat(refusal(start(false).bytes()))
                .isEqualTo("little_endian not True: only little-endian files can be read; " + CONVERT);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 6, storage keys: name a storage that no tensor uses; download the file again",
        "0, 5, storage '0' 5 elements: the pickle describes 6; download the file again",
        "0, -1, storage '0' -1 elements: the pickle describes 6; download the file again"
    })
    void refusesStoragesThatThePickleDoesNotName(String key, long elements, String reason) throws IOException {
        assertThat(refusal(sound(key, elements).bytes())).startsWith(reason);
    }

    @ParameterizedTest
    @CsvSource({"1", "24", "31"})
    void refusesATruncatedFile(int bytes) throws IOException {
        byte[] whole = sound("0", 6).bytes();
        assertThat(refusal(Arrays.copyOf(whole, whole.length - bytes)))
                .isEqualTo("storage '0': extends past the end of the file, which is truncated; download it again");
    }

    @Test
    void refusesKeysThatAreNotAListOrRepeat() throws IOException {
        PickleProgram beginning = start(true).append(PickleProgram.oneTensor("a"));
        assertThat(refusal(new PickleProgram()
                        .append(beginning)
                        .append(PickleProgram.protocol2().code('N', '.'))
                        .bytes()))
                .isEqualTo("storage keys: are not a list; download the file again");
        assertThat(refusal(new PickleProgram()
                        .append(beginning)
                        .append(PickleProgram.protocol2()
                                .code(']', '(')
                                .text("0")
                                .text("0")
                                .code('e', '.'))
                        .append(storage(6))
                        .append(storage(6))
                        .bytes()))
                .isEqualTo("storage '0': appears twice; download the file again, or " + CONVERT);
    }

    @Test
    void refusesATensorWhoseStorageIsMissing() throws IOException {
        assertThat(refusal(start(true)
                        .append(PickleProgram.oneTensor("a"))
                        .append(PickleProgram.protocol2().code(']', '.'))
                        .bytes()))
                .isEqualTo(
                        "tensor 'a' storage '0': is missing from the file, or does not have the size of 6 F32 elements;"
                                + " download the file again");
    }

    /** Returns a file with one tensor, whose storage is listed as {@code key} with {@code elements} elements. */
    private static PickleProgram sound(String key, long elements) {
        return start(true)
                .append(PickleProgram.oneTensor("a"))
                .append(PickleProgram.protocol2().code(']').text(key).code('a', '.'))
                .append(storage(elements));
    }

    private static PickleProgram start(boolean littleEndian) {
        return magic().append(PickleProgram.protocol2().code('M', 0xe9, 3, '.'))
                .append(PickleProgram.protocol2()
                        .code('}')
                        .text("little_endian")
                        .code(littleEndian ? 0x88 : 0x89, 's', '.'));
    }

    private static PickleProgram magic() {
        return PickleProgram.protocol2()
                .code(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.');
    }

    private static PickleProgram storage(long elements) {
        PickleProgram storage = new PickleProgram().int64(elements);
        for (int i = 1; i <= 24; i++) {
            storage.code(i);
        }
        return storage;
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("m.bin"), bytes);
    }

    private String refusal(byte[] bytes) throws IOException {
        Path file = write(bytes);
        List<String> lines = Refusal.of(() -> PickleFile.open(file));
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).startsWith(file + ": ");
        return lines.get(0).substring(file.toString().length() + 2);
    }
}
