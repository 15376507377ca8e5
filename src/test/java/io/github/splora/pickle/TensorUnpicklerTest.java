package io.github.splora.pickle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.storage.TensorInfo;
import io.github.splora.testing.Refusal;
import java.nio.file.Path;
import java.util.List;
import net.razorvine.pickle.Unpickler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pickle may do, and what happens to one that tries more. */
@Timeout(20)
class TensorUnpicklerTest {

    private static final String CONVERT = "load it with PyTorch and save its tensors as safetensors";

    @TempDir
    Path folder;

    @Test
    void readsATensor() {
        TensorInfo tensor = open(PickleProgram.oneTensor("a")).get(0);
        assertThat(tensor.name()).isEqualTo("a");
        assertThat(tensor.shape()).containsExactly(2L, 3L);
    }

    @ParameterizedTest
    @CsvSource({
        "os, system",
        "posix, system",
        "builtins, eval",
        "builtins, exec",
        "builtins, getattr",
        "nt, system",
        "builtins, bytearray",
        "builtins, complex",
        "builtins, set",
        "decimal, Decimal",
        "datetime, datetime",
        "array, array",
        "copy_reg, _reconstructor",
        "_codecs, encode",
        "operator, attrgetter",
        "exceptions, ValueError",
        "torch, load",
        "torch._utils, _rebuild_tensor",
        "torch.storage, UntypedStorage",
        "'', ''"
    })
    void refusesToNameAnythingElse(String module, String name) {
        assertThat(refusal(PickleProgram.protocol2()
                        .global(module, name)
                        .text("id")
                        .code(0x85, 'R', '.')))
                .isEqualTo("pickle '" + module + "." + name
                        + "': names a class or function that tensors do not need, and splora runs none; if you"
                        + " trust the file, " + CONVERT);
    }

    @Test
    void constructorsRegisteredByOthersAreUnreachable() {
        Unpickler.registerConstructor("somebody", "Payload", arguments -> {
            throw new AssertionError("was run");
        });
        assertThat(refusal(
                        PickleProgram.protocol2().global("somebody", "Payload").code(')', 'R', '.')))
                .startsWith("pickle 'somebody.Payload': names a class or function");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                '0', '1', '2', 'F', 'I', 'L', 'P', 'S', 'T', 'V', 'd', 'g', 'i', 'l', 'o', 'p', 'B', 'C', 0x81, 0x82,
                0x83, 0x84, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0xff
            })
    void refusesInstructionsThatNoTensorNeeds(int instruction) {
        assertThat(refusal(PickleProgram.protocol2().code(instruction).int64(Long.MAX_VALUE)))
                .isEqualTo(String.format(
                                "pickle instruction 0x%02x: is not one that torch.save writes for" + " tensors; ",
                                instruction)
                        + CONVERT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 6, 255})
    void refusesOtherProtocols(int protocol) {
        assertThat(refusal(new PickleProgram().code(0x80, protocol, '}', '.')))
                .isEqualTo(
                        "pickle protocol " + protocol + ": is not the default protocol of torch.save, 2; " + CONVERT);
    }

    @Test
    void attributesOfADictAreIgnored() {
        PickleProgram program = PickleProgram.protocol2()
                .global("collections", "OrderedDict")
                .code(')', 'R')
                .code('}')
                .text("_metadata")
                .code('}', 's', 'b', '.');
        assertThat(open(program)).isEmpty();
    }

    @Test
    void numbersAndStringsAmongTheTensorsAreIgnored() {
        PickleProgram program = PickleProgram.protocol2()
                .code('}', '(')
                .text("epoch")
                .code('K', 3)
                .text("loss")
                .code('G')
                .int64(0)
                .text("by")
                .text("me")
                .text("best")
                .code('N')
                .text("done")
                .code(0x88)
                .text("large")
                .number(-1)
                .text("a")
                .tensor("HalfStorage", "0", 12, 4, "2 2", "2 1")
                .code('u', '.');
        assertThat(open(program)).singleElement().satisfies(tensor -> {
            assertThat(tensor.name()).isEqualTo("a");
            assertThat(tensor.byteLength()).isEqualTo(8);
        });
    }

    /** Replaces {@code ~} by a line break. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "}                              | it ends early",
                ".                              | an instruction does not match the values on the stack",
                "t.                             | an instruction does not match the values on the stack",
                "}NR.                           | an instruction does not match the values on the stack",
                "}}R.                           | an instruction does not match the values on the stack",
                "N)R.                           | an instruction does not match the values on the stack",
                "NNb.                           | an instruction does not match the values on the stack",
                "N(NNu.                         | an instruction does not match the values on the stack",
                "}(Nu.                          | an instruction does not match the values on the stack",
                "}Na.                           | an instruction does not match the values on the stack",
                "}h\u0001.                      | invalid memo key",
                "})Ns.                          | a dict key is neither a string nor a number",
                "}]Ns.                          | a dict key is neither a string nor a number",
                "}}Ns.                          | a dict key is neither a string nor a number",
                "}(K\u0001NK\u0001Nu.           | a dict has the key '1' twice",
                "}NQ.                           | a persistent id does not describe a storage",
                "}(NNNNNtQ.                     | a persistent id does not describe a storage",
                "ccollections~OrderedDict~N\u0085R. | an OrderedDict is not created empty",
                "ctorch._utils~_rebuild_tensor_v2~)R.  | a tensor is not described by storage, offset, shape and stride",
                "ctorch._utils~_rebuild_parameter~)R.  | a parameter does not contain a tensor"
            })
    void saysWhereAndWhyItIsMalformed(String program, String reason) {
        assertThat(refusal(PickleProgram.protocol2().ascii(program.replace('~', '\n'))))
                .matches("pickle byte \\d+: is not a valid description of tensors here: .*")
                .contains(": " + reason + "; download the file again, or " + CONVERT);
    }

    @Test
    void refusesAStringLongerThanTheFile() {
        assertThat(refusal(PickleProgram.protocol2().code('X').int32(-1).ascii("a.")))
                .contains("a string of 4294967295 bytes extends past its end");
        assertThat(refusal(PickleProgram.protocol2()
                        .code('X')
                        .int32(Integer.MAX_VALUE)
                        .ascii("a.")))
                .contains("a string of 2147483647 bytes extends past its end");
    }

    @Test
    void refusesAStringThatIsNotUtf8() {
        assertThat(refusal(PickleProgram.protocol2().code('X').int32(1).code(0xff, '.')))
                .contains("a string is not UTF-8");
    }

    @Test
    void refusesAStorageThatIsDescribedInTwoWays() {
        assertThat(refusal(PickleProgram.protocol2()
                        .code('}', '(')
                        .text("a")
                        .tensor("FloatStorage", "0", 6, 0, "6", "1")
                        .text("b")
                        .tensor("IntStorage", "0", 6, 0, "6", "1")
                        .code('u', '.')))
                .contains("storage '0' is described in two ways");
    }

    @Test
    void refusesANegatedView() {
        PickleProgram program = PickleProgram.protocol2()
                .code('}')
                .text("a")
                .global("torch._utils", "_rebuild_tensor_v2")
                .code('(')
                .storage("FloatStorage", "0", 6)
                .number(0)
                .numbers("6")
                .numbers("1")
                .code(0x89, '}', '}')
                .text("neg")
                .code(0x88, 's', 't', 'R', 's', '.');
        assertThat(refusal(program)).contains("a tensor is not described by storage, offset, shape and stride");
    }

    @Test
    void refusesInvalidSizes() {
        assertThat(refusal(tensor("-1", "1"))).contains("a size, stride or offset is not a whole number");
    }

    @Test
    void aDictThatHoldsItselfIsANestedOne() {
        assertThat(refusal(PickleProgram.protocol2().code('}', 'q', 0).text("a").code('h', 0, 's', '.')))
                .startsWith("keys [a]: holds more than named tensors");
    }

    @Test
    void exponentialNestingIsNeverTraversed() {
        assertThat(refusal(PickleProgram.protocol2()
                        .code('}')
                        .text("a")
                        .code('(')
                        .append(doubled())
                        .code('t', 's', '.')))
                .startsWith("keys [a]: holds more than named tensors");
        assertThat(refusal(PickleProgram.protocol2()
                        .code('}', '(')
                        .append(doubled())
                        .code('t', 'N', 's', '.')))
                .contains("a dict key is neither a string nor a number");
    }

    /** Builds nested lists, each of which contains the previous one twice. */
    private static PickleProgram doubled() {
        PickleProgram program = new PickleProgram().code(']', 'q', 0);
        for (int i = 0; i < 200; i++) {
            program.code(']', '(', 'h', 0, 'h', 0, 'e', 'q', 0);
        }
        return program;
    }

    @Test
    void aTupleUsedOverAndOverTakesNoTime() {
        PickleProgram program = PickleProgram.protocol2()
                .global("torch._utils", "_rebuild_tensor_v2")
                .code('q', 0)
                .code('(')
                .storage("FloatStorage", "0", 6)
                .number(0)
                .code('(');
        for (int i = 0; i < 200_000; i++) {
            program.code('K', 1);
        }
        program.code('t', 'q', 1, 'h', 1, 0x89, 'N', 't', 'q', 2);
        for (int i = 0; i < 100_000; i++) {
            program.code('h', 0, 'h', 2, 'R');
        }
        assertThat(refusal(program.code('.')))
                .contains("a tensor is not described by storage, offset, shape and stride");
    }

    @Test
    void refusesMoreInstructionsThanAModelCouldNeed() {
        PickleProgram program = PickleProgram.protocol2();
        for (int i = 0; i < TensorUnpickler.MAX_OPCODES; i++) {
            program.code('}');
        }
        assertThat(refusal(program))
                .isEqualTo("pickle over 1000000 instructions: no model's tensors need that many; " + CONVERT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 3 | 3 1 | 0 | offset 0 of shape [3, 3]: extends past the end of its storage of 6 elements;"
                        + " download the file again",
                "2 3 | 3 1 | 1 | offset 1 of shape [2, 3]: extends past the end of its storage of 6 elements;"
                        + " download the file again",
                "0   | 1   | 7 | offset 7 of shape [0]: extends past the end of its storage of 6 elements;"
                        + " download the file again",
                "9223372036854775807 2 | 2 1 | 0 | shape [9223372036854775807, 2]: is larger than any file; download the file"
                        + " again",
                "2 2 | 3 1 | 0 | stride [3, 1] of shape [2, 2]: a transposed or sliced tensor cannot be read;"
                        + " load the file with PyTorch, make its tensors contiguous (tensor.contiguous()) and"
                        + " save them",
                "6 | 0 | 0 | stride [0] of shape [6]: a transposed or sliced tensor cannot be read; load the"
                        + " file with PyTorch, make its tensors contiguous (tensor.contiguous()) and save them"
            })
    void refusesATensorOutsideItsStorage(String shape, String stride, long offset, String reason) {
        PickleProgram program = PickleProgram.protocol2()
                .code('}')
                .text("a")
                .tensor("FloatStorage", "0", 6, offset, shape, stride)
                .code('s', '.');
        assertThat(refusal(program)).isEqualTo("tensor 'a' " + reason);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 7, FloatStorage, F32",
        "0, 6, DoubleStorage, F64",
        "1, 6, FloatStorage, F32",
        "../data.pkl, 6, FloatStorage, F32",
        "0, 4611686018427387904, FloatStorage, F32"
    })
    void refusesAStorageThatIsMissingOrOfAnotherSize(String key, long elements, String type, String dtype) {
        String said = refusal(PickleProgram.protocol2()
                .code('}')
                .text("a")
                .tensor(type, key, elements, 0, "6", "1")
                .code('s', '.'));
        assertThat(said).startsWith("tensor 'a' ").endsWith("; download the file again");
        assertThat(elements > 100
                        || said.contains("storage '" + key + "': is missing from the file, or does not have the"
                                + " size of " + elements
                                + " " + dtype))
                .isTrue();
    }

    @Test
    void aDimensionOfOneHasAnyStride() {
        assertThat(open(tensor("1 6", "77 1"))).hasSize(1);
        assertThat(open(tensor("", ""))).singleElement().satisfies(scalar -> assertThat(scalar.shape())
                .isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"N", "]", "K\u0007", "ctorch\nFloatStorage\n"})
    void refusesAnythingButADict(String program) {
        assertThat(refusal(PickleProgram.protocol2().ascii(program).code('.')))
                .isEqualTo("does not hold a dict of named tensors; " + CONVERT);
    }

    private static PickleProgram tensor(String shape, String stride) {
        return PickleProgram.protocol2()
                .code('}')
                .text("a")
                .tensor("FloatStorage", "0", 6, 0, shape, stride)
                .code('s', '.');
    }

    private Path file(PickleProgram program) {
        return new ZipBuilder()
                .pickle(program)
                .entry("m/data/0", new byte[24])
                .writeTo(folder.resolve("m" + folder.toFile().list().length + ".bin"));
    }

    private List<TensorInfo> open(PickleProgram program) {
        try (PickleFile file = PickleFile.open(file(program))) {
            return List.copyOf(file.tensors().values());
        }
    }

    /** Returns the only problem, without the file name. */
    private String refusal(PickleProgram program) {
        Path file = file(program);
        List<String> lines = Refusal.of(() -> PickleFile.open(file));
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).startsWith(file + ": ");
        return lines.get(0).substring(file.toString().length() + 2);
    }
}
