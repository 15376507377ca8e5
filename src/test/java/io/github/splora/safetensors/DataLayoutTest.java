package io.github.splora.safetensors;

import static io.github.splora.safetensors.RawFile.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataLayoutTest {

    @TempDir
    Path folder;

    @Test
    void tensorsComeInFileOrderRegardlessOfTheJson() {
        String json = "{" + tensor("c", "U8", "[2]", "[3,5]") + "," + tensor("e2", "F32", "[0]", "[3,3]") + ","
                + tensor("a", "U8", "[3]", "[0,3]") + "," + tensor("e1", "U8", "[0]", "[3,3]") + "}";
        try (SafetensorsFile file = SafetensorsFile.open(RawFile.of(folder, json, 5))) {
            assertThat(file.header().tensors().keySet()).containsExactly("a", "e2", "e1", "c");
            assertThat(file.header().dataLength()).isEqualTo(5);
        }
    }

    @Test
    void emptyTensorsMayBeAtEitherEnd() {
        String json = "{" + tensor("first", "U8", "[0]", "[0,0]") + "," + tensor("a", "U8", "[3]", "[0,3]") + ","
                + tensor("last", "U8", "[0]", "[3,3]") + "}";
        try (SafetensorsFile file = SafetensorsFile.open(RawFile.of(folder, json, 3))) {
            assertThat(file.header().tensors()).hasSize(3);
        }
    }

    @Test
    void aFirstOffsetOtherThanZeroIsAGap() {
        assertThat(refusal(4, tensor("a", "U8", "[3]", "[1,4]")))
                .isEqualTo("tensor 'a' data_offsets [1, 4]: leaves a gap: bytes 0 to 1 belong to no tensor");
    }

    @Test
    void aGapBetweenTensorsIsRefused() {
        assertThat(refusal(8, tensor("a", "U8", "[3]", "[0,3]"), tensor("b", "U8", "[3]", "[5,8]")))
                .isEqualTo("tensor 'b' data_offsets [5, 8]: leaves a gap: bytes 3 to 5 belong to no tensor");
    }

    @Test
    void anOverlapIsRefusedWithBothTensors() {
        assertThat(refusal(5, tensor("a", "U8", "[3]", "[0,3]"), tensor("b", "U8", "[3]", "[2,5]")))
                .isEqualTo("tensor 'b' data_offsets [2, 5]: overlaps tensor 'a' at [0, 3]");
    }

    @Test
    void tensorsThatShareTheirBytesOverlap() {
        assertThat(refusal(3, tensor("a", "U8", "[3]", "[0,3]"), tensor("b", "U8", "[3]", "[0,3]")))
                .isEqualTo("tensor 'b' data_offsets [0, 3]: overlaps tensor 'a' at [0, 3]");
    }

    @Test
    void anEmptyTensorWithinAnotherOverlaps() {
        assertThat(refusal(3, tensor("a", "U8", "[3]", "[0,3]"), tensor("e", "U8", "[0]", "[2,2]")))
                .isEqualTo("tensor 'e' data_offsets [2, 2]: overlaps tensor 'a' at [0, 3]");
    }

    @Test
    void missingBytesAreRefusedWithTheFirstTensorTheyBelongTo() {
        assertThat(refusal(2, tensor("a", "U8", "[3]", "[0,3]"), tensor("b", "U8", "[3]", "[3,6]")))
                .isEqualTo("tensor 'a' data_offsets [0, 3]: ends past the end of the file, which has 2 bytes of"
                        + " data: it is truncated");
    }

    @Test
    void trailingBytesAreRefused() {
        assertThat(refusal(7, tensor("a", "U8", "[3]", "[0,3]")))
                .isEqualTo("data 7 bytes: is 4 bytes longer than the tensors, which end at byte 3");
    }

    @Test
    void dataWithoutAnyTensorIsTrailing() {
        assertThat(refusal(1)).isEqualTo("data 1 byte: is 1 byte longer than the tensors, which end at byte 0");
    }

    private String refusal(int dataLength, String... tensors) {
        return RawFile.refusal(RawFile.of(folder, "{" + String.join(",", tensors) + "}", dataLength));
    }
}
