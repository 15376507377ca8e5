package io.github.splora.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.safetensors.SafetensorsFile;
import io.github.splora.safetensors.SafetensorsWriter;
import io.github.splora.storage.DType;
import io.github.splora.storage.TensorSource;
import io.github.splora.testing.Bytes;
import io.github.splora.testing.TinyTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What was written is read back unchanged, and writing it again produces the same bytes. */
class RoundTripTest {

    private static final Scratch SCRATCH = new Scratch();

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void whatIsWrittenIsReadAndWrittenUnchanged(
            @ForAll("tensors") List<TinyTensor> tensors, @ForAll("metadata") Map<String, String> metadata)
            throws IOException {
        Path once = SCRATCH.folder().resolve("once");
        Path twice = SCRATCH.folder().resolve("twice");
        SafetensorsWriter.write(once, tensors, metadata);
        try (SafetensorsFile file = SafetensorsFile.open(once)) {
            assertThat(file.tensors()).hasSize(tensors.size());
            assertThat(file.metadata()).containsAllEntriesOf(metadata);
            List<TensorSource> read = new ArrayList<>();
            for (TinyTensor tensor : tensors) {
                var info = file.tensor(tensor.name());
                assertThat(info.dtype()).isEqualTo(tensor.dtype());
                assertThat(info.shape()).isEqualTo(tensor.shape());
                assertThat(Bytes.of(file, info)).isEqualTo(ByteBuffer.wrap(tensor.bytes()));
                read.add(TensorSource.copyOf(file, info));
            }
            SafetensorsWriter.write(twice, read, file.metadata());
        }
        assertThat(twice).hasSameBinaryContentAs(once);
    }

    @Provide
    Arbitrary<List<TinyTensor>> tensors() {
        Arbitrary<List<Long>> shapes = Arbitraries.longs().between(0, 5).list().ofMaxSize(4);
        Arbitrary<DType> dtypes = Arbitraries.of(DType.class).filter(dtype -> dtype.bits() % Byte.SIZE == 0);
        return Combinators.combine(names(), dtypes, shapes, Arbitraries.longs())
                .as(RoundTripTest::tensor)
                .list()
                .ofMaxSize(8)
                .uniqueElements(TinyTensor::name);
    }

    @Provide
    Arbitrary<Map<String, String>> metadata() {
        return Arbitraries.maps(names(), names()).ofMaxSize(5);
    }

    /** Any text except unpaired surrogates and the header's own key. */
    private static Arbitrary<String> names() {
        return Arbitraries.strings()
                .all()
                .ofMaxLength(12)
                .filter(text ->
                        !text.equals("__metadata__") && text.codePoints().noneMatch(c -> c >= 0xd800 && c < 0xe000));
    }

    private static TinyTensor tensor(String name, DType dtype, List<Long> shape, long seed) {
        long elements = shape.stream().reduce(1L, (a, b) -> a * b);
        byte[] bytes = new byte[(int) (elements * dtype.bits() / Byte.SIZE)];
        new Random(seed).nextBytes(bytes);
        return new TinyTensor(name, dtype, shape, bytes);
    }
}
