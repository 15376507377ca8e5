package io.github.splora.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DTypeTest {

    @ParameterizedTest
    @CsvSource({
        "4, F4",
        "6, F6_E2M3 F6_E3M2",
        "8, BOOL U8 I8 F8_E5M2 F8_E4M3 F8_E8M0 F8_E4M3FNUZ F8_E5M2FNUZ",
        "16, I16 U16 F16 BF16",
        "32, I32 U32 F32",
        "64, C64 F64 I64 U64"
    })
    void everyDtypeHasTheWidthOfTheFormat(int bits, String names) {
        assertThat(names.split(" "))
                .allSatisfy(name ->
                        assertThat(DType.named(name).orElseThrow().bits()).isEqualTo(bits));
    }

    @Test
    void theirOrderIsThatOfTheReferenceWritersFiles() {
        // Read off a file that safetensors 0.8.0 wrote, from the back; it offers no way to write F6.
        assertThat(DType.values())
                .extracting(DType::name)
                .containsExactly(
                        "BOOL",
                        "F4",
                        "F6_E2M3",
                        "F6_E3M2",
                        "U8",
                        "I8",
                        "F8_E5M2",
                        "F8_E4M3",
                        "F8_E8M0",
                        "F8_E4M3FNUZ",
                        "F8_E5M2FNUZ",
                        "I16",
                        "U16",
                        "F16",
                        "BF16",
                        "I32",
                        "U32",
                        "F32",
                        "C64",
                        "F64",
                        "I64",
                        "U64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"f32", "F32 ", "", "X9", "FLOAT"})
    void otherNamesAreNoDtypes(String name) {
        assertThat(DType.named(name)).isEmpty();
    }
}
