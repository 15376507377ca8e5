package io.github.splora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.Splora;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.client.ClientKind;
import io.github.splora.gate.Gates;
import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.SingularValues;
import io.github.splora.measure.ReferenceKind;
import io.github.splora.measure.Resources;
import io.github.splora.report.RunReport;
import io.github.splora.score.MetricKind;
import io.github.splora.score.PopulationKind;
import io.github.splora.score.Scheme;
import io.github.splora.select.Granularity;
import io.github.splora.select.SelectionRule;
import io.github.splora.storage.DType;
import io.github.splora.storage.Values;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ActionParameter;
import io.github.splora.tensor.KernelKind;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyCheckpoint;
import io.github.splora.testing.TinyTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Restoring adds {@code α U_k Σ_k W_kᵀ} of V = W_aligned − W_base to the selected weights of a merged fine-tune. */
class MergedRestoreTest {

    private static final String QUERY = "model.layers.0.self_attn.q_proj.weight";
    private static final String UP = "model.layers.0.mlp.up_proj.weight";
    private static final String EXPERTS = "model.layers.1.mlp.experts.down_proj";
    private static final String NORM = "model.norm.weight";
    private static final double SHARE = 0.5;

    @TempDir
    Path folder;

    private Path base;
    private Path aligned;
    private Path adapted;

    private static TinyCheckpoint model(long seed) {
        return new TinyCheckpoint()
                .seed(seed)
                .random(QUERY, 6, 10)
                .random(UP, 12, 6)
                .random(EXPERTS, 3, 4, 6)
                .random(NORM, 10);
    }

    private void write(TinyCheckpoint base, TinyCheckpoint aligned, TinyCheckpoint adapted) {
        this.base = base.writeTo(folder.resolve("base"));
        this.aligned = aligned.writeTo(folder.resolve("aligned"));
        this.adapted = adapted.writeTo(folder.resolve("adapted"));
    }

    private RunReport restore(double share, int rank, SelectionRule rule) throws IOException {
        Map<ActionParameter, Double> parameters = new EnumMap<>(ActionKind.RESTORE.defaults());
        parameters.put(ActionParameter.RESTORED, share);
        parameters.put(ActionParameter.RESTORE_RANK, (double) rank);
        parameters.put(ActionParameter.TOLERANCE, 1e-6);
        return prune(new Surgery(ActionKind.RESTORE, null, parameters), rule);
    }

    private RunReport prune(Surgery surgery, SelectionRule rule) throws IOException {
        ScoreOptions score = new ScoreOptions(
                base.toString(),
                aligned.toString(),
                List.of(),
                Optional.of(adapted.toString()),
                "main",
                Scheme.of(MetricKind.COSINE, ReferenceKind.ALIGNMENT, PopulationKind.ALL),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.of(rule),
                Granularity.MODULE,
                ClientKind.PEFT,
                "cpu",
                KernelKind.JAVA,
                Resources.of(2),
                Gates.NONE);
        return new Splora(new HubCache(Path.of("target", "no-such-hub")), Progress.SILENT)
                .prune(new PruneOptions(score, Optional.empty(), folder.resolve("out"), surgery, false, false))
                .get(0);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"DROP", "RESTORE"})
    void anActionThatNeedsFactorsIsRefusedBeforeAnythingIsWritten(ActionKind action) {
        write(model(1), model(2), model(3));
        assertThatThrownBy(() -> prune(Surgery.of(action, null), new SelectionRule.Highest(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("action " + action
                        + " cannot be applied to a merged checkpoint, which has no factors; use drop or restore");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private double[] values(Path model, String name) {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            return Values.of(checkpoint.tensor(name));
        }
    }

    /** What was added to a tensor. */
    private double[] added(String name) {
        return difference(values(folder.resolve("out"), name), values(adapted, name));
    }

    private double[] v(String name) {
        return difference(values(aligned, name), values(base, name));
    }

    private static double[] difference(double[] from, double[] minus) {
        double[] difference = from.clone();
        Arrays.setAll(difference, i -> from[i] - minus[i]);
        return difference;
    }

    /** The dense counterpart: {@code U_k Σ_k W_kᵀ} of a matrix, padded to a square. */
    private static double[] truncated(double[] matrix, int rows, int columns, int k) {
        int size = Math.max(rows, columns);
        Matrix square = Matrix.zeros(size, size);
        for (int i = 0; i < rows; i++) {
            System.arraycopy(matrix, i * columns, square.values(), i * size, columns);
        }
        SingularValues svd = SingularValues.of(square);
        double[] kept = Arrays.copyOf(Arrays.copyOf(svd.values(), k), size);
        Matrix product = svd.left().scaledColumns(kept).times(svd.right().transpose());
        double[] truncated = new double[rows * columns];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(product.values(), i * size, truncated, i * columns, columns);
        }
        return truncated;
    }

    private static void assertScaled(double[] actual, double[] expected) {
        double[] scaled = Arrays.stream(expected).map(x -> SHARE * x).toArray();
        assertThat(actual).containsExactly(scaled, within(2e-6));
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "4"})
    void addsTheStrongestPartOfVToEveryMatrix(int k) throws IOException {
        write(model(1), model(2), model(3));
        restore(SHARE, k, new SelectionRule.Highest(3));
        assertScaled(added(QUERY), truncated(v(QUERY), 6, 10, k));
        assertScaled(added(UP), truncated(v(UP), 12, 6, k));
        for (int expert = 0; expert < 3; expert++) {
            double[] ofExpert = Arrays.copyOfRange(v(EXPERTS), 24 * expert, 24 * expert + 24);
            assertScaled(
                    Arrays.copyOfRange(added(EXPERTS), 24 * expert, 24 * expert + 24), truncated(ofExpert, 4, 6, k));
        }
    }

    @Test
    void aRankAboveTheWeightsSizesAddsAllOfV() throws IOException {
        write(model(1), model(2), model(3));
        restore(SHARE, 16, new SelectionRule.Highest(3));
        for (String name : List.of(QUERY, UP, EXPERTS)) {
            assertScaled(added(name), v(name));
        }
    }

    @Test
    void otherTensorsStayAsTheyAre() throws IOException {
        write(model(1), model(2), model(3));
        RunReport report = restore(SHARE, 2, new SelectionRule.Highest(1));
        for (String name : List.of(QUERY, UP, EXPERTS, NORM)) {
            boolean isSelected = report.modules().stream()
                    .anyMatch(row -> row.goes() && (name.equals(row.name()) || name.equals(row.name() + ".weight")));
            if (isSelected) {
                assertThat(values(folder.resolve("out"), name)).isNotEqualTo(values(adapted, name));
            } else {
                assertThat(values(folder.resolve("out"), name)).isEqualTo(values(adapted, name));
            }
        }
        assertThat(report.summary().pruned()).isEqualTo(1);
        assertThat(report.parameters().action()).isEqualTo("restore");
    }

    @Test
    void aWeightThatAlignmentLeftAloneStaysAsItIs() throws IOException {
        write(model(1), model(1), model(3));
        aligned = new TinyCheckpoint()
                .seed(1)
                .random(QUERY, 6, 10)
                .seed(2)
                .random(UP, 12, 6)
                .random(EXPERTS, 3, 4, 6)
                .writeTo(folder.resolve("partly"));
        restore(SHARE, 2, new SelectionRule.All());
        assertThat(added(QUERY)).containsOnly(0);
        assertThat(added(UP)).doesNotContain(0);
    }

    @Test
    void warnsWhereRoundingLosesWhatIsRestored() throws IOException {
        write(narrow(1), narrow(1.0078125f), narrow(1.5f));
        assertThat(restore(0.2, 1, new SelectionRule.All()).warnings())
                .anyMatch(warning -> warning.startsWith(
                        "rounding to the merged checkpoint's data type leaves 0 % of what is restored"));
        assertThat(values(folder.resolve("out"), QUERY)).containsOnly(1.5);
    }

    @Test
    void saysNothingWhereRoundingKeepsIt() throws IOException {
        write(narrow(1), narrow(2), narrow(1.5f));
        assertThat(restore(0.5, 1, new SelectionRule.All()).warnings()).noneMatch(warning -> warning.contains("round"));
        assertThat(values(folder.resolve("out"), QUERY)).containsOnly(2);
    }

    private static TinyCheckpoint narrow(float value) {
        ByteBuffer bytes = ByteBuffer.allocate(120).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        }
        return new TinyCheckpoint().tensor(new TinyTensor(QUERY, DType.BF16, List.of(6L, 10L), bytes.array()));
    }

    @Test
    void refusesEightBitWeights() {
        TinyCheckpoint eight = new TinyCheckpoint()
                .tensor(new TinyTensor(QUERY, DType.F8_E4M3, List.of(6L, 10L), new byte[60]))
                .tensor(new TinyTensor(QUERY + "_scale", DType.F32, List.of(1L), new byte[4]));
        write(model(1), model(2), eight);
        assertThat(Refusal.of(() -> restore(SHARE, 2, new SelectionRule.All())))
                .singleElement()
                .asString()
                .contains("8-bit weights have scales, which a restored weight would not fit");
        assertThat(folder.resolve("out")).doesNotExist();
    }
}
