package io.github.splora.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.splora.testing.Processor;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class VectorsTest {

    @Test
    void aProcessorWithAvx2HasVectors() {
        assumeThat(Processor.mustHaveVectors()).as("AVX2").isTrue();

        assertThat(Vectors.bits())
                .as("bits; are the JVM's options those of argLine in pom.xml?")
                .isGreaterThanOrEqualTo(256);
        assertThat(Vectors.find(RowLoops.class, VectorRowLoops.class.getName()).map(Supplier::get))
                .containsInstanceOf(VectorRowLoops.class);
    }
}
