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

/** What a pickle may do, and what becomes of one that tries more. */
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
                        + "': names a class or function that tensors alone do not need;"
                        + " splora runs none, and if you trust the file, " + CONVERT);
    }

    @Test
    void whatOthersRegisterWithTheLibraryIsOutOfReach() {
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
                                "pickle instruction 0x%02x: is none that torch.save writes for tensors; ", instruction)
                        + CONVERT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 6, 255})
    void refusesOtherProtocols(int protocol) {
        assertThat(refusal(new PickleProgram().code(0x80, protocol, '}', '.')))
                .isEqualTo("pickle protocol " + protocol
                        + ": is not the one that torch.save writes unless told otherwise, 2; " + CONVERT);
    }

    @Test
    void attributesOfADictAreLeftOut() {
        PickleProgram program = PickleProgram.protocol2()
                .global("collections", "OrderedDict")
                .code(')', 'R')
                .code('}')
                .text("_metadata")
                .code('}', 's', 'b', '.');
        assertThat(open(program)).isEmpty();
    }

    @Test
    void numbersAndTextsAmongTheTensorsAreLeftOut() {
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

    /** A {@code ~} stands for the end of a line. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "}                              | it breaks off",
                ".                              | an instruction finds on the stack what it cannot work with",
                "t.                             | an instruction finds on the stack what it cannot work with",
                "}NR.                           | an instruction finds on the stack what it cannot work with",
                "}}R.                           | an instruction finds on the stack what it cannot work with",
                "N)R.                           | an instruction finds on the stack what it cannot work with",
                "NNb.                           | an instruction finds on the stack what it cannot work with",
                "N(NNu.                         | an instruction finds on the stack what it cannot work with",
                "}(Nu.                          | an instruction finds on the stack what it cannot work with",
                "}Na.                           | an instruction finds on the stack what it cannot work with",
                "}h\u0001.                      | invalid memo key",
                "})Ns.                          | a dict's key is neither text nor a number",
                "}]Ns.                          | a dict's key is neither text nor a number",
                "}}Ns.                          | a dict's key is neither text nor a number",
                "}(K\u0001NK\u0001Nu.           | a dict has the key '1' twice",
                "}NQ.                           | a persistent id is not that of a storage",
                "}(NNNNNtQ.                     | a persistent id is not that of a storage",
                "ccollections~OrderedDict~N\u0085R. | an OrderedDict is not made empty",
                "ctorch._utils~_rebuild_tensor_v2~)R.  | a tensor is not described by storage, offset, shape and stride",
                "ctorch._utils~_rebuild_parameter~)R.  | a parameter is not made of a tensor"
            })
    void saysWhereAndWhyItIsMalformed(String program, String reason) {
        assertThat(refusal(PickleProgram.protocol2().ascii(program.replace('~', '\n'))))
                .matches("pickle byte \\d+: is no description of tensors up to here: .*")
                .contains(": " + reason + "; download the file again, or " + CONVERT);
    }

    @Test
    void refusesATextLongerThanTheFile() {
        assertThat(refusal(PickleProgram.protocol2().code('X').int32(-1).ascii("a.")))
                .contains("a text of 4294967295 bytes passes its end");
        assertThat(refusal(PickleProgram.protocol2()
                        .code('X')
                        .int32(Integer.MAX_VALUE)
                        .ascii("a.")))
                .contains("a text of 2147483647 bytes passes its end");
    }

    @Test
    void refusesATextThatIsNotUtf8() {
        assertThat(refusal(PickleProgram.protocol2().code('X').int32(1).code(0xff, '.')))
                .contains("a text is not UTF-8");
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
    void refusesSizesThatAreNone() {
        assertThat(refusal(tensor("-1", "1"))).contains("a size, stride or offset is not a whole number");
    }

    @Test
    void aDictThatHoldsItselfIsANestedOne() {
        assertThat(refusal(PickleProgram.protocol2().code('}', 'q', 0).text("a").code('h', 0, 's', '.')))
                .startsWith("keys [a]: holds more than tensors by name");
    }

    @Test
    void whatDoublesForeverIsNeverWalkedThrough() {
        assertThat(refusal(PickleProgram.protocol2()
                        .code('}')
                        .text("a")
                        .code('(')
                        .append(doubled())
                        .code('t', 's', '.')))
                .startsWith("keys [a]: holds more than tensors by name");
        assertThat(refusal(PickleProgram.protocol2()
                        .code('}', '(')
                        .append(doubled())
                        .code('t', 'N', 's', '.')))
                .contains("a dict's key is neither text nor a number");
    }

    /** A list of lists of lists, each the one before, twice. */
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
                .isEqualTo("pickle over 1000000 instructions: no model's tensors take as many to describe; " + CONVERT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 3 | 3 1 | 0 | offset 0 of shape [3, 3]: passes the end of its storage of 6 elements; download the file again",
                "2 3 | 3 1 | 1 | offset 1 of shape [2, 3]: passes the end of its storage of 6 elements; download the file again",
                "0   | 1   | 7 | offset 7 of shape [0]: passes the end of its storage of 6 elements; download the file again",
                "9223372036854775807 2 | 2 1 | 0 | shape [9223372036854775807, 2]: is larger than any file; download the file"
                        + " again",
                "2 2 | 3 1 | 0 | stride [3, 1] of shape [2, 2]: a transposed or sliced tensor is not read; load the file with"
                        + " PyTorch and save the tensors made contiguous (tensor.contiguous())",
                "6 | 0 | 0 | stride [0] of shape [6]: a transposed or sliced tensor is not read; load the file with PyTorch and"
                        + " save the tensors made contiguous (tensor.contiguous())"
            })
    void refusesATensorThatIsNotWhereItSays(String shape, String stride, long offset, String reason) {
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
    void refusesAStorageThatIsNotThereOrOfAnotherSize(String key, long elements, String type, String dtype) {
        String said = refusal(PickleProgram.protocol2()
                .code('}')
                .text("a")
                .tensor(type, key, elements, 0, "6", "1")
                .code('s', '.'));
        assertThat(said).startsWith("tensor 'a' ").endsWith("; download the file again");
        assertThat(elements > 100
                        || said.contains("storage '" + key + "': is not in the file, or not of the size of " + elements
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
    void refusesWhatIsNoDict(String program) {
        assertThat(refusal(PickleProgram.protocol2().ascii(program).code('.')))
                .isEqualTo("holds no dict of tensors by name; " + CONVERT);
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

    /** The one problem, without the file's name. */
    private String refusal(PickleProgram program) {
        Path file = file(program);
        List<String> lines = Refusal.of(() -> PickleFile.open(file));
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).startsWith(file + ": ");
        return lines.get(0).substring(file.toString().length() + 2);
    }
}
