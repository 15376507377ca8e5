package io.github.splora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.report.ModuleRow;
import io.github.splora.run.TinyRun;
import io.github.splora.score.MetricKind;
import io.github.splora.select.SelectionRule;
import io.github.splora.storage.DType;
import io.github.splora.tensor.KernelKind;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import io.github.splora.testing.TinyTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The smallest and largest numbers of the 16-bit types, and NaN and infinity, from files to reported figures. */
class ExtremeNumbersTest {

    private static final int OUT = 7;
    private static final int IN = 9;
    private static final int RANK = 2;
    private static final String MODULE = "model.layers.0.self_attn.q_proj";
    private static final String PREFIX = "base_model.model." + MODULE;

    @TempDir
    Path folder;

    /** The bit patterns {@code from} to {@code to} are subnormal, or so large that their squares need float64. */
    @ParameterizedTest
    @CsvSource({
        "F16, 0x0001, 0x03ff",
        "F16, 0x7800, 0x7bff",
        "BF16, 0x0001, 0x007f",
        "BF16, 0x7c00, 0x7eff",
        "BF16, 0x0080, 0x00ff"
    })
    void figuresAreThoseOfFloat64(DType dtype, String from, String to) {
        Weights base = new Weights(dtype, OUT, IN, Integer.decode(from), Integer.decode(to), 1);
        Weights aligned = new Weights(dtype, OUT, IN, Integer.decode(from), Integer.decode(to), 2);
        Weights a = new Weights(dtype, RANK, IN, Integer.decode(from), Integer.decode(to), 3);
        Weights b = new Weights(dtype, OUT, RANK, Integer.decode(from), Integer.decode(to), 4);

        double vv = 0;
        double dd = 0;
        double vd = 0;
        for (int i = 0; i < OUT; i++) {
            for (int j = 0; j < IN; j++) {
                double v = aligned.at(i, j) - base.at(i, j);
                double delta = 0;
                for (int k = 0; k < RANK; k++) {
                    delta += 2 * b.at(i, k) * a.at(k, j);
                }
                vv += v * v;
                dd += delta * delta;
                vd += v * delta;
            }
        }
        for (KernelKind kernel : KernelKind.values()) {
            double rounding = kernel == KernelKind.DJL ? 1e-12 : 1e-7;
            ModuleRow row = score(kernel, base, aligned, a, b);
            assertThat(row.alignmentNorm() / Math.sqrt(vv)).isCloseTo(1, within(rounding));
            assertThat(row.deltaNorm() / Math.sqrt(dd)).isCloseTo(1, within(1e-12));
            assertThat(row.cosine()).isCloseTo(vd / Math.sqrt(vv) / Math.sqrt(dd), within(rounding));
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyTensorWithNaNOrInfinityIsNamedWithItsFileAndCount(KernelKind kernel) {
        Weights fine = new Weights(DType.F16, OUT, IN, 0x3c00, 0x3fff, 1);
        Weights nan = new Weights(DType.BF16, OUT, IN, 0x7f81, 0x7fff, 2);
        Weights infinite = new Weights(DType.F16, RANK, IN, 0x7c00, 0x7c00, 3);
        Weights b = new Weights(DType.F16, OUT, RANK, 0x3c00, 0x3fff, 4);

        assertThat(Refusal.of(() -> score(kernel, nan, fine, infinite, b)))
                .containsExactlyInAnyOrder(
                        folder.resolve("base/model.safetensors") + ": module '" + MODULE + "', tensor '" + MODULE
                                + ".weight' " + OUT * IN + " NaN or infinite: the model's weight cannot be compared;"
                                + " download it again, or leave the module out: --exclude '" + MODULE + "'",
                        folder.resolve("adapter/adapter_model.safetensors") + ": module '" + MODULE + "', tensor '"
                                + PREFIX + ".lora_A.weight' " + RANK * IN + " NaN or infinite: it cannot be scored;"
                                + " check how it was trained, remove the module with 'prune --prune-module " + MODULE
                                + "', or leave it out: --exclude '" + MODULE + "'");
    }

    @ParameterizedTest
    @EnumSource
    void anAdapterThatAddsNothingIsReportedAsSuch(KernelKind kernel) {
        Weights base = new Weights(DType.F16, OUT, IN, 0x3c00, 0x3fff, 1);
        Weights aligned = new Weights(DType.F16, OUT, IN, 0x3c00, 0x3fff, 2);
        Weights a = new Weights(DType.F16, RANK, IN, 0x3c00, 0x3fff, 3);
        ModuleRow row = score(kernel, base, aligned, a, new Weights(DType.F16, OUT, RANK, 0, 0, 4));
        assertThat(row.unscored()).isEqualTo("zero-delta");
        assertThat(row.score()).isNull();
        assertThat(row.decision()).isEqualTo(ModuleRow.KEEP);
    }

    private ModuleRow score(KernelKind kernel, Weights base, Weights aligned, Weights a, Weights b) {
        new TinyCheckpoint().tensor(base.named(MODULE + ".weight")).writeTo(folder.resolve("base"));
        new TinyCheckpoint().tensor(aligned.named(MODULE + ".weight")).writeTo(folder.resolve("aligned"));
        Path adapter = new TinyAdapter()
                .tensor(a.named(PREFIX + ".lora_A.weight"))
                .tensor(b.named(PREFIX + ".lora_B.weight"))
                .writeTo(folder.resolve("adapter"));
        Optional<SelectionRule> rule = Optional.of(new SelectionRule.Share(0.5));
        return TinyRun.score(TinyRun.options(folder, adapter, MetricKind.COSINE, List.of(), rule, kernel))
                .modules()
                .get(0);
    }

    /** A matrix of one 16-bit type, with random bit patterns from a range and random signs. */
    private record Weights(DType dtype, int height, int width, short[] bits) {

        Weights(DType dtype, int height, int width, int from, int to, long seed) {
            this(dtype, height, width, new short[height * width]);
            Random random = new Random(seed);
            for (int i = 0; i < bits.length; i++) {
                bits[i] = (short) (from + random.nextInt(to - from + 1) | (random.nextBoolean() ? 0x8000 : 0));
            }
        }

        TinyTensor named(String name) {
            ByteBuffer bytes = ByteBuffer.allocate(bits.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asShortBuffer().put(bits);
            return new TinyTensor(name, dtype, List.of((long) height, (long) width), bytes.array());
        }

        double at(int row, int column) {
            IntFunction<Double> value = dtype == DType.F16 ? Weights::half : Weights::brain;
            return value.apply(bits[row * width + column] & 0xffff);
        }

        private static double brain(int bits) {
            return Float.intBitsToFloat(bits << 16);
        }

        private static double half(int bits) {
            int exponent = bits >> 10 & 0x1f;
            double fraction = (bits & 0x3ff) / 1024.0;
            double magnitude = exponent == 0 ? Math.scalb(fraction, -14) : Math.scalb(1 + fraction, exponent - 15);
            return bits < 0x8000 ? magnitude : -magnitude;
        }
    }
}
