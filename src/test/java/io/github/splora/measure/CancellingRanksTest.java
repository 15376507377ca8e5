package io.github.splora.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.correct.CorrectionMethods;
import io.github.splora.correct.CorrectionRequest;
import io.github.splora.correct.CorrectionSettings;
import io.github.splora.delta.LowRank;
import io.github.splora.linalg.Matrix;
import io.github.splora.pairing.ModulePairing;
import io.github.splora.surgery.ActionKind;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.djl.TensorEngine;
import io.github.splora.tensor.loops.LoopKernel;
import io.github.splora.tensor.loops.PlainLoops;
import io.github.splora.testing.DenseMatrix;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import io.github.splora.testing.TinyTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A delta gets the same figures whichever factors it is written in; where rounding decides what it is, it gets none. */
class CancellingRanksTest {

    private static final String MODULE = "model.layers.0.mlp";
    private static final String PREFIX = "base_model.model.";
    private static final int RANK = 3;

    /** Kinds of modules, each with factors of few digits and the layer that they belong to. */
    enum Kind {
        LORA(MODULE + ".up_proj", "r", "3", List.of(30L, 44L)),
        DORA(MODULE + ".up_proj", "use_dora", "true", List.of(30L, 44L)),
        PISSA(MODULE + ".up_proj", "init_lora_weights", "\"pissa\"", List.of(30L, 44L)),
        OLORA(MODULE + ".up_proj", "init_lora_weights", "\"olora\"", List.of(30L, 44L)),
        CONVOLUTION(MODULE + ".conv", "r", "3", List.of(24L, 5L, 3L, 3L)),
        EMBEDDING("model.embed_tokens", "r", "3", List.of(50L, 24L)),
        EXPERTS(MODULE + ".experts.down_proj", "target_parameters", "[\"experts.down_proj\"]", List.of(2L, 24L, 30L));

        private final String layer;
        private final String field;
        private final String value;
        private final List<Long> weight;

        Kind(String layer, String field, String value, List<Long> weight) {
            this.layer = layer;
            this.field = field;
            this.value = value;
            this.weight = weight;
        }

        TinyCheckpoint checkpoint(long seed) {
            boolean isParameter = this == EXPERTS;
            return new TinyCheckpoint()
                    .seed(seed)
                    .random(
                            layer + (isParameter ? "" : ".weight"),
                            weight.stream().mapToLong(Long::longValue).toArray());
        }

        TinyAdapter honest() {
            return switch (this) {
                case LORA, PISSA, OLORA -> with(few(".lora_A.weight", RANK, 44), few(".lora_B.weight", 30, RANK));
                case DORA ->
                    with(
                            few(".lora_A.weight", RANK, 44),
                            few(".lora_B.weight", 30, RANK),
                            TinyTensor.of(PREFIX + layer + ".lora_magnitude_vector", List.of(30L), magnitudes()));
                case CONVOLUTION -> with(few(".lora_A.weight", RANK, 5, 3, 3), few(".lora_B.weight", 24, RANK, 1, 1));
                case EMBEDDING -> with(few(".lora_embedding_A", RANK, 50), few(".lora_embedding_B", 24, RANK));
                case EXPERTS ->
                    with(
                            few(MODULE + ".experts", ".lora_A.weight", 2 * RANK, 30),
                            few(MODULE + ".experts", ".lora_B.weight", 24, 2 * RANK));
            };
        }

        private TinyAdapter with(TinyTensor... tensors) {
            TinyAdapter adapter =
                    new TinyAdapter().config("r", Integer.toString(RANK)).config(field, value);
            Arrays.stream(tensors).forEach(adapter::tensor);
            return adapter;
        }

        private TinyTensor few(String suffix, int... shape) {
            return few(layer, suffix, shape);
        }

        private static TinyTensor few(String module, String suffix, int... shape) {
            int width = Arrays.stream(shape).skip(1).reduce(1, (x, y) -> x * y);
            return tensor(
                    PREFIX + module + suffix,
                    Arrays.stream(shape).asLongStream().boxed().toList(),
                    DenseMatrix.random(shape[0], width, suffix.hashCode()).flat());
        }

        private static float[] magnitudes() {
            float[] values = new float[30];
            for (int o = 0; o < values.length; o++) {
                values[o] = 3 + o % 5;
            }
            return values;
        }
    }

    enum Computing {
        JAVA(1e-6),
        DJL(1e-9);

        private final double tolerance;

        Computing(double tolerance) {
            this.tolerance = tolerance;
        }

        Kernel kernel() {
            return this == DJL ? TensorEngine.start("cpu").kernel() : new LoopKernel(PlainLoops::new);
        }
    }

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void theFiguresAreThoseOfTheProduct(Kind kind) {
        for (ReferenceKind reference : ReferenceKind.values()) {
            if (kind == Kind.DORA && !reference.takesFullRank()) {
                continue;
            }
            for (Computing computing : Computing.values()) {
                Measurement honest = measure(kind, each -> each, reference, computing);
                for (UnaryOperator<Factors> disguise :
                        List.<UnaryOperator<Factors>>of(each -> mixed(each, 4096), CancellingRanksTest::unbalanced)) {
                    Measurement disguised = measure(kind, disguise, reference, computing);
                    assertThat(disguised.isIllConditioned()).isFalse();
                    assertThat(disguised.deltaNorm()).isCloseTo(honest.deltaNorm(), within(1e-9 * honest.deltaNorm()));
                    assertThat(disguised.compared().distance())
                            .isCloseTo(
                                    honest.compared().distance(),
                                    within(computing.tolerance
                                            * (1 + honest.compared().distance())));
                    assertThat(disguised.compared().cosine())
                            .isCloseTo(honest.compared().cosine(), within(computing.tolerance));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whereRoundingDecidesNothingIsCompared(Kind kind) {
        for (int bits : new int[] {20, 50, 120}) {
            Measurement measured =
                    measure(kind, each -> cancelling(each, bits), ReferenceKind.ALIGNMENT, Computing.JAVA);
            assertThat(measured.isIllConditioned()).isTrue();
            assertThat(measured.comparison()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCALE", "PROJECT", "ATTENUATE", "DEFLATE"})
    void correctionsCorrectTheProduct(ActionKind action) {
        for (Kind kind : List.of(Kind.LORA, Kind.CONVOLUTION)) {
            for (Computing computing : Computing.values()) {
                Matrix honest = corrected(kind, each -> each, action, computing);
                Matrix disguised = corrected(kind, each -> mixed(each, 4096), action, computing);
                assertThat(disguised.values())
                        .containsExactly(honest.values(), within(1e-5 * Math.sqrt(honest.squaredNorm())));
            }
        }
    }

    /** The same product: {@code B M · M⁻¹ A}, exact in float32. */
    private static Factors mixed(Factors factors, double t) {
        Matrix a = copy(factors.a());
        Matrix b = copy(factors.b());
        for (int x = 0; x < a.columns(); x++) {
            a.values()[x] -= t * a.at(1, x);
        }
        for (int o = 0; o < b.rows(); o++) {
            b.values()[o * RANK + 1] += t * b.at(o, 0);
        }
        return new Factors(a, b);
    }

    /** The same product, in ranks of lengths that float32 can just hold. */
    private static Factors unbalanced(Factors factors) {
        Matrix a = copy(factors.a());
        Matrix b = copy(factors.b());
        for (int x = 0; x < a.columns(); x++) {
            a.values()[a.columns() + x] *= 0x1p120;
        }
        for (int o = 0; o < b.rows(); o++) {
            b.values()[o * RANK + 1] *= 0x1p-120;
        }
        return new Factors(a, b);
    }

    /** One honest rank, and two whose product is exactly zero. */
    private static Factors cancelling(Factors factors, int bits) {
        Matrix a = copy(factors.a());
        Matrix b = copy(factors.b());
        for (int x = 0; x < a.columns(); x++) {
            a.values()[a.columns() + x] = Math.scalb(1.0, bits);
            a.values()[2 * a.columns() + x] = Math.scalb(1.0, bits);
        }
        for (int o = 0; o < b.rows(); o++) {
            b.values()[o * RANK + 1] = 1;
            b.values()[o * RANK + 2] = -1;
        }
        return new Factors(a, b);
    }

    private static Matrix copy(Matrix matrix) {
        return new Matrix(matrix.rows(), matrix.columns(), matrix.values().clone());
    }

    private Measurement measure(
            Kind kind, UnaryOperator<Factors> disguise, ReferenceKind reference, Computing computing) {
        return measure(kind, disguise, computing, List.of(reference.reference(ReferenceSettings.DEFAULT)), List.of())
                .get(0);
    }

    private Matrix corrected(Kind kind, UnaryOperator<Factors> disguise, ActionKind action, Computing computing) {
        List<LowRank> results = new ArrayList<>();
        CorrectionRequest request = new CorrectionRequest(
                CorrectionMethods.of(action, new CorrectionSettings(0.6, 0.6, false))
                        .orElseThrow()
                        .replacement()
                        .orElseThrow(),
                (module, ofMatrices) -> ofMatrices.forEach(each -> results.add(each.corrected())));
        measure(kind, disguise, computing, List.of(), List.of(request));
        return results.get(0).b().times(results.get(0).a());
    }

    private List<Measurement> measure(
            Kind kind,
            UnaryOperator<Factors> disguise,
            Computing computing,
            List<Reference> references,
            List<CorrectionRequest> corrections) {
        try (Adapter honest = Adapter.open(kind.honest().writeTo(folder.resolve("honest")));
                Adapter adapter = Adapter.open(
                        disguised(kind, honest.modules().get(0), disguise).writeTo(folder.resolve("adapter")));
                Checkpoint base = Checkpoint.open(kind.checkpoint(1).writeTo(folder.resolve("base")));
                Checkpoint aligned = Checkpoint.open(kind.checkpoint(2).writeTo(folder.resolve("aligned")))) {
            List<List<Measurement>> measured = new ModuleScorer(
                            computing.kernel(), references, corrections, 1, Resources.of(1))
                    .measure(ModulePairing.pair(adapter.modules(), adapter.config(), base, aligned), module -> {});
            return measured.isEmpty() ? List.of() : measured.get(0);
        }
    }

    /** The same adapter with other factors. */
    private static TinyAdapter disguised(Kind kind, LoraModule module, UnaryOperator<Factors> disguise) {
        List<Factors> factors = module.factors().stream().map(disguise).toList();
        TinyAdapter adapter = kind.with();
        if (kind == Kind.DORA) {
            adapter.tensor(
                    TinyTensor.of(PREFIX + kind.layer + ".lora_magnitude_vector", List.of(30L), Kind.magnitudes()));
        }
        return adapter.tensor(tensor(
                        module.loraA().name(),
                        module.loraA().shape(),
                        module.kind().valuesOfA(factors)))
                .tensor(tensor(
                        module.loraB().name(),
                        module.loraB().shape(),
                        module.kind().valuesOfB(factors)));
    }

    private static TinyTensor tensor(String name, List<Long> shape, double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return TinyTensor.of(name, shape, floats);
    }
}
