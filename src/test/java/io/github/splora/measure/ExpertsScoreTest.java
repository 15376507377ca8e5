package io.github.splora.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.pairing.ModulePairing;
import io.github.splora.pairing.PairedModule;
import io.github.splora.tensor.djl.TensorEngine;
import io.github.splora.testing.DenseMatrix;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import io.github.splora.testing.TinyTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A mixture of experts, in any layout on disk, gives the same numbers as dense arithmetic over the whole stack. */
class ExpertsScoreTest {

    private static final int EXPERTS = 3;
    private static final int HIDDEN = 8;
    private static final int INNER = 6;
    private static final int RANK = 2;
    private static final String LAYER = "model.layers.0.mlp.experts";

    /** Ways in which a checkpoint can store the same experts. */
    enum OnDisk {
        STACKED,
        STACKED_TRANSPOSED,
        MIXTRAL,
        BY_EXPERT;

        TinyCheckpoint write(List<DenseMatrix> gates, List<DenseMatrix> ups, List<DenseMatrix> downs) {
            TinyCheckpoint checkpoint = new TinyCheckpoint();
            switch (this) {
                case STACKED ->
                    checkpoint
                            .tensor(stack(LAYER + ".gate_up_proj", below(gates, ups)))
                            .tensor(stack(LAYER + ".down_proj", downs));
                case STACKED_TRANSPOSED ->
                    checkpoint
                            .tensor(stack(LAYER + ".gate_up_proj", transposed(below(gates, ups))))
                            .tensor(stack(LAYER + ".down_proj", transposed(downs)));
                case MIXTRAL ->
                    byExpert(
                            checkpoint,
                            "model.layers.0.block_sparse_moe.experts.",
                            "w1",
                            "w3",
                            "w2",
                            gates,
                            ups,
                            downs);
                case BY_EXPERT ->
                    byExpert(
                            checkpoint,
                            "layers.0.mlp.experts.",
                            "gate_proj",
                            "up_proj",
                            "down_proj",
                            gates,
                            ups,
                            downs);
            }
            return checkpoint;
        }

        private static void byExpert(
                TinyCheckpoint checkpoint,
                String experts,
                String gate,
                String up,
                String down,
                List<DenseMatrix> gates,
                List<DenseMatrix> ups,
                List<DenseMatrix> downs) {
            for (int e = 0; e < EXPERTS; e++) {
                checkpoint
                        .tensor(matrix(experts + e + "." + gate + ".weight", gates.get(e)))
                        .tensor(matrix(experts + e + "." + up + ".weight", ups.get(e)))
                        .tensor(matrix(experts + e + "." + down + ".weight", downs.get(e)));
            }
        }
    }

    @TempDir
    Path folder;

    private final List<DenseMatrix> gates = experts(INNER, HIDDEN, 10);
    private final List<DenseMatrix> ups = experts(INNER, HIDDEN, 20);
    private final List<DenseMatrix> downs = experts(HIDDEN, INNER, 30);
    private final List<DenseMatrix> alignedGates = experts(INNER, HIDDEN, 40);
    private final List<DenseMatrix> alignedUps = experts(INNER, HIDDEN, 50);
    private final List<DenseMatrix> alignedDowns = experts(HIDDEN, INNER, 60);
    private final DenseMatrix gateUpA = DenseMatrix.random(RANK * EXPERTS, HIDDEN, 70);
    private final DenseMatrix gateUpB = DenseMatrix.random(2 * INNER, RANK * EXPERTS, 80);
    private final DenseMatrix downA = DenseMatrix.random(RANK * EXPERTS, INNER, 90);
    private final DenseMatrix downB = DenseMatrix.random(HIDDEN, RANK * EXPERTS, 100);

    @ParameterizedTest
    @EnumSource
    void aStackIsMeasuredAsAWhole(OnDisk layout) {
        OnDisk base = layout == OnDisk.STACKED_TRANSPOSED ? layout : OnDisk.STACKED;
        List<Measurement> measured = measure(parameters(), base, layout, ReferenceKind.ALIGNMENT);

        assertThat(measured)
                .extracting(measurement -> measurement.module().name())
                .containsExactly(LAYER + ".down_proj", LAYER + ".gate_up_proj");
        assertDense(measured.get(0), deltas(downA, downB), minus(alignedDowns, downs));
        assertDense(
                measured.get(1), deltas(gateUpA, gateUpB), minus(below(alignedGates, alignedUps), below(gates, ups)));
    }

    @Test
    void safeLoraProjectsExpertByExpert() {
        Measurement down = measure(parameters(), OnDisk.MIXTRAL, OnDisk.BY_EXPERT, ReferenceKind.SAFELORA)
                .get(0);

        List<DenseMatrix> deltas = deltas(downA, downB);
        List<DenseMatrix> alignment = minus(alignedDowns, downs);
        double squared = 0;
        for (int e = 0; e < EXPERTS; e++) {
            DenseMatrix v = alignment.get(e);
            DenseMatrix image = v.times(v.transposed()).times(deltas.get(e));
            squared += Math.pow(deltas.get(e).plus(-1 / v.norm(), image).norm(), 2);
        }
        assertThat(down.comparison().distance()).isCloseTo(Math.sqrt(squared), within(1e-11 * Math.sqrt(squared)));
    }

    @ParameterizedTest
    @EnumSource(names = {"STACKED", "MIXTRAL"})
    void oneExpertsLayerIsMeasuredAlone(OnDisk layout) {
        String experts = "model.layers.0.block_sparse_moe.experts.";
        TinyAdapter adapter = new TinyAdapter()
                .tensor(matrix(
                        "base_model.model." + experts + "2.w3.lora_A.weight", DenseMatrix.random(RANK, HIDDEN, 1)))
                .tensor(matrix(
                        "base_model.model." + experts + "2.w3.lora_B.weight", DenseMatrix.random(INNER, RANK, 2)))
                .tensor(matrix(
                        "base_model.model." + experts + "1.w2.lora_A.weight", DenseMatrix.random(RANK, INNER, 3)))
                .tensor(matrix(
                        "base_model.model." + experts + "1.w2.lora_B.weight", DenseMatrix.random(HIDDEN, RANK, 4)));
        List<Measurement> measured = measure(adapter, layout, OnDisk.STACKED, ReferenceKind.ALIGNMENT);

        assertDense(
                measured.get(0),
                List.of(DenseMatrix.zeros(HIDDEN, INNER)
                        .plus(2, DenseMatrix.random(HIDDEN, RANK, 4).times(DenseMatrix.random(RANK, INNER, 3)))),
                List.of(alignedDowns.get(1).plus(-1, downs.get(1))));
        assertDense(
                measured.get(1),
                List.of(DenseMatrix.zeros(INNER, HIDDEN)
                        .plus(2, DenseMatrix.random(INNER, RANK, 2).times(DenseMatrix.random(RANK, HIDDEN, 1)))),
                List.of(alignedUps.get(2).plus(-1, ups.get(2))));
    }

    private TinyAdapter parameters() {
        return new TinyAdapter()
                .config("target_parameters", "[\"experts.gate_up_proj\", \"experts.down_proj\"]")
                .tensor(matrix("base_model.model." + LAYER + ".base_layer.lora_A.weight", gateUpA))
                .tensor(matrix("base_model.model." + LAYER + ".base_layer.lora_B.weight", gateUpB))
                .tensor(matrix("base_model.model." + LAYER + ".lora_A.weight", downA))
                .tensor(matrix("base_model.model." + LAYER + ".lora_B.weight", downB));
    }

    private List<Measurement> measure(
            TinyAdapter tiny, OnDisk baseLayout, OnDisk alignedLayout, ReferenceKind reference) {
        try (Adapter adapter = Adapter.open(tiny.writeTo(folder.resolve("adapter")));
                Checkpoint base =
                        Checkpoint.open(baseLayout.write(gates, ups, downs).writeTo(folder.resolve("base")));
                Checkpoint aligned = Checkpoint.open(alignedLayout
                        .write(alignedGates, alignedUps, alignedDowns)
                        .writeShardedTo(folder.resolve("aligned")))) {
            List<PairedModule> pairs = ModulePairing.pair(adapter.modules(), adapter.config(), base, aligned);
            return new ModuleScorer(
                            TensorEngine.start("cpu").kernel(),
                            List.of(reference.reference(ReferenceSettings.DEFAULT)),
                            List.of(),
                            1,
                            Resources.of(2))
                    .measure(pairs, module -> {})
                    .get(0);
        }
    }

    private static void assertDense(Measurement measured, List<DenseMatrix> deltas, List<DenseMatrix> alignment) {
        DenseMatrix delta = stacked(deltas);
        DenseMatrix v = stacked(alignment);
        DenseMatrix difference = DenseMatrix.zeros(v.height(), v.width())
                .plus(1 / delta.norm(), delta)
                .plus(-1 / v.norm(), v);
        assertThat(measured.comparison().distance()).isCloseTo(difference.norm(), within(1e-12));
        assertThat(measured.deltaNorm()).isCloseTo(delta.norm(), within(1e-10));
        assertThat(measured.alignmentNorm()).isCloseTo(v.norm(), within(1e-10));
    }

    /** {@code ΔW_e = s B_e A_e} as PEFT reshapes the factors: A to [E, r, in], B to [out, r, E]. */
    private static List<DenseMatrix> deltas(DenseMatrix a, DenseMatrix b) {
        List<DenseMatrix> deltas = new ArrayList<>();
        for (int e = 0; e < EXPERTS; e++) {
            DenseMatrix delta = DenseMatrix.zeros(b.height(), a.width());
            for (int o = 0; o < b.height(); o++) {
                for (int i = 0; i < a.width(); i++) {
                    for (int rho = 0; rho < RANK; rho++) {
                        delta.rows()[o][i] += 2 * b.rows()[o][rho * EXPERTS + e] * a.rows()[e * RANK + rho][i];
                    }
                }
            }
            deltas.add(delta);
        }
        return deltas;
    }

    private static List<DenseMatrix> experts(int out, int in, long seed) {
        return List.of(
                DenseMatrix.random(out, in, seed),
                DenseMatrix.random(out, in, seed + 1),
                DenseMatrix.random(out, in, seed + 2));
    }

    private static List<DenseMatrix> minus(List<DenseMatrix> left, List<DenseMatrix> right) {
        List<DenseMatrix> differences = new ArrayList<>();
        for (int e = 0; e < EXPERTS; e++) {
            differences.add(left.get(e).plus(-1, right.get(e)));
        }
        return differences;
    }

    private static List<DenseMatrix> below(List<DenseMatrix> upper, List<DenseMatrix> lower) {
        List<DenseMatrix> both = new ArrayList<>();
        for (int e = 0; e < EXPERTS; e++) {
            both.add(stacked(List.of(upper.get(e), lower.get(e))));
        }
        return both;
    }

    private static List<DenseMatrix> transposed(List<DenseMatrix> matrices) {
        return matrices.stream().map(DenseMatrix::transposed).toList();
    }

    private static DenseMatrix stacked(List<DenseMatrix> matrices) {
        return new DenseMatrix(
                matrices.stream().flatMap(m -> List.of(m.rows()).stream()).toArray(double[][]::new));
    }

    private static TinyTensor stack(String name, List<DenseMatrix> experts) {
        return tensor(
                name,
                stacked(experts),
                List.of((long) experts.size(), (long) experts.get(0).height(), (long)
                        experts.get(0).width()));
    }

    private static TinyTensor matrix(String name, DenseMatrix matrix) {
        return tensor(name, matrix, List.of((long) matrix.height(), (long) matrix.width()));
    }

    private static TinyTensor tensor(String name, DenseMatrix matrix, List<Long> shape) {
        double[] values = matrix.flat();
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return TinyTensor.of(name, shape, floats);
    }
}
