package io.github.splora.safetensors;

import static io.github.splora.safetensors.RawFile.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.storage.DType;
import io.github.splora.storage.TensorInfo;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorEntryTest {

    private static final String NOT_AN_INTEGER = ": must be an integer from 0 to 9223372036854775807 in plain digits";

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void everyDtypeIsRead(DType dtype) {
        // Eight elements fill whole bytes in every dtype.
        String json = "{" + tensor("t", dtype.name(), "[2,4]", "[0," + dtype.bits() + "]") + "}";
        try (SafetensorsFile file = SafetensorsFile.open(RawFile.of(folder, json, dtype.bits()))) {
            assertThat(file.tensor("t")).isEqualTo(new TensorInfo("t", dtype, List.of(2L, 4L), 0, dtype.bits()));
        }
    }

    @Test
    void aScalarHasRankZeroAndOneElement() {
        try (SafetensorsFile file = open("{" + tensor("t", "F32", "[]", "[0,4]") + "}", 4)) {
            assertThat(file.tensor("t").rank()).isZero();
            assertThat(file.tensor("t").elementCount()).isEqualTo(1);
            assertThat(file.tensor("t").byteLength()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[0]", "[2,0]", "[0,9223372036854775807]", "[9223372036854775807,0]", "[0,4294967296,9]"})
    void aTensorWithoutElementsTakesNoBytes(String shape) {
        try (SafetensorsFile file = open("{" + tensor("t", "F64", shape, "[0,0]") + "}", 0)) {
            assertThat(file.tensor("t").elementCount()).isZero();
        }
    }

    @Test
    void keysComeInAnyOrderAndUnknownOnesAreSkipped() {
        String json = "{\"t\":{\"x\":{\"dtype\":[1,{\"a\":\"b\",\"a\":1e9}]},\"data_offsets\":[0,1],\"y\":null,"
                + "\"shape\":[1],\"z\":\"\",\"dtype\":\"I8\"}}";
        try (SafetensorsFile file = open(json, 1)) {
            assertThat(file.tensor("t")).isEqualTo(new TensorInfo("t", DType.I8, List.of(1L), 0, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dtype", "shape", "data_offsets"})
    void eachOfTheThreeKeysIsRequired(String key) {
        String json = "{" + tensor("t", "I8", "[1]", "[0,1]").replace("\"" + key + "\"", "\"other\"") + "}";
        assertThat(refusal(json)).isEqualTo("tensor 't' " + key + ": is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dtype", "shape", "data_offsets", "x"})
    void aDuplicateKeyIsRefused(String key) {
        String entry = tensor("t", "I8", "[1]", "[0,1]").replace("}", ",\"x\":1}");
        String again = key.equals("dtype") ? "\"I8\"" : key.equals("shape") ? "[1]" : "[0,1]";
        String json = "{" + entry.replace("}", ",\"" + key + "\":" + again + "}") + "}";
        assertThat(refusal(json))
                .isEqualTo("tensor 't' " + key + ": appears twice in the header, which the format forbids");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1      | tensor 't' 1: must be a JSON object with dtype, shape and data_offsets",
                "[\"I8\",[1],[0,1]] | tensor 't' […]: must be a JSON object with dtype, shape and data_offsets",
                "{\"dtype\":1}  | tensor 't' dtype 1: must be a string",
                "{\"dtype\":{\"I8\":null}}  | tensor 't' dtype {…}: must be a string",
                "{\"shape\":3} | tensor 't' shape 3: must be an array of integers",
                "{\"data_offsets\":{}} | tensor 't' data_offsets {…}: must be an array of integers",
            })
    void valuesOfTheWrongKindAreRefused(String value, String refusal) {
        assertThat(refusal("{\"t\":" + value + "}")).isEqualTo(refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X9", "f32", "F32 ", ""})
    void otherDtypesAreRefused(String dtype) {
        assertThat(refusal("{" + tensor("t", dtype, "[1]", "[0,1]") + "}"))
                .isEqualTo("tensor 't' dtype " + dtype
                        + ": is not a dtype of the safetensors format, such as F32 or BF16");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3.0",
                "3e1",
                "3E0",
                "-1",
                "-0",
                "9223372036854775808",
                "18446744073709551615",
                "99999999999999999999999999",
                "null",
                "true"
            })
    void dimensionsAndOffsetsArePlainIntegers(String number) {
        assertThat(refusal("{" + tensor("t", "I8", "[1," + number + "]", "[0,1]") + "}"))
                .isEqualTo("tensor 't' shape " + number + NOT_AN_INTEGER);
        assertThat(refusal("{" + tensor("t", "I8", "[1]", "[0," + number + "]") + "}"))
                .isEqualTo("tensor 't' data_offsets " + number + NOT_AN_INTEGER);
    }

    @Test
    void aQuotedNumberIsNotAnInteger() {
        assertThat(refusal("{" + tensor("t", "I8", "[\"1\"]", "[0,1]") + "}"))
                .isEqualTo("tensor 't' shape \"1\"" + NOT_AN_INTEGER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[0]", "[0, 1, 2]"})
    void offsetsAreTwo(String offsets) {
        assertThat(refusal("{" + tensor("t", "I8", "[1]", offsets) + "}"))
                .isEqualTo("tensor 't' data_offsets " + offsets + ": must be two integers, begin and end");
    }

    @Test
    void anEndBeforeTheBeginIsRefused() {
        assertThat(refusal("{" + tensor("t", "I8", "[1]", "[1,0]") + "}"))
                .isEqualTo("tensor 't' data_offsets [1, 0]: ends before it begins");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[4294967296, 4294967296]",
                "[9223372036854775807, 2]",
                "[9223372036854775807, 3, 0]",
                "[1152921504606846976]"
            })
    void shapesThatOverflowAreRefused(String shape) {
        assertThat(refusal("{" + tensor("t", "F64", shape, "[0,0]") + "}"))
                .isEqualTo("tensor 't' shape " + shape + ": multiplies to more F64 elements than any file can hold");
    }

    @ParameterizedTest
    @CsvSource({"0, 7", "0, 9", "0, 0"})
    void offsetsThatDoNotFitTheShapeAreRefused(long begin, long end) {
        assertThat(refusal("{" + tensor("t", "F32", "[1,2]", "[" + begin + "," + end + "]") + "}"))
                .isEqualTo("tensor 't' data_offsets [" + begin + ", " + end + "]: spans " + (end - begin)
                        + " bytes, but shape [1, 2] of F32 takes 8");
    }

    @Test
    void elementsThatDoNotFillWholeBytesAreRefused() {
        assertThat(refusal("{" + tensor("t", "F4", "[1,3]", "[0,1]") + "}"))
                .isEqualTo("tensor 't' shape [1, 3]: takes 12 bits as F4, which is not a whole number of bytes");
    }

    @Test
    void aNameThatWouldFillTheScreenIsShortenedSoThatTheFieldStillShows() {
        assertThat(refusal("{\"" + "n".repeat(5000) + "\":{}}"))
                .isEqualTo("tensor '" + "n".repeat(200) + "…' dtype: is missing");
    }

    private SafetensorsFile open(String json, int dataLength) {
        return SafetensorsFile.open(RawFile.of(folder, json, dataLength));
    }

    private String refusal(String json) {
        return RawFile.refusal(RawFile.of(folder, json, 1));
    }
}
