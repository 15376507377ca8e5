package io.github.splora.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.adapter.LoraModule;
import io.github.splora.measure.Comparison;
import io.github.splora.measure.Measurement;
import io.github.splora.pairing.PairedModule;
import io.github.splora.pairing.Weights;
import io.github.splora.score.ModuleScore.Unscored;
import io.github.splora.statistics.Estimators;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.storage.StoredTensor;
import io.github.splora.testing.DenseMatrix;
import io.github.splora.testing.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A delta that is a matter of rounding is refused, unless it is too short to matter beside what alignment changed. */
class ScoreBoardTest {

    @TempDir
    Path folder;

    private StoredTensor tensor;
    private double longest = 10;

    @Test
    void refusesEveryDeltaThatIsAMatterOfRounding() throws IOException {
        assertThat(Refusal.of(() -> scores(1e-2, 1e9)))
                .hasSize(2)
                .allMatch(line -> line.contains("m.safetensors: module 'm") && line.contains("ranks cancel"));
    }

    @Test
    void aDeltaThatIsTooShortToMatterCountsAsZero() throws IOException {
        assertThat(scores(1e-9, 1e-4))
                .extracting(ModuleScore::unscored)
                .containsExactly(null, Unscored.ZERO_DELTA, Unscored.ZERO_DELTA);
    }

    /** A long delta of another module, which its maker can choose, does not make a short one harmless. */
    @Test
    void noOtherModuleDecidesWhatIsTooShortToMatter() throws IOException {
        longest = 1e12;
        assertThat(Refusal.of(() -> scores(1e-9, 1e-3))).hasSize(1).allMatch(line -> line.contains("module 'm2'"));
    }

    /** Scores a delta of norm 10, and others that are zero up to an uncertainty. */
    private List<ModuleScore> scores(double... uncertainties) throws IOException {
        tensor = DenseMatrix.random(4, 4, 1).stored(folder, "m", DType.F32);
        List<Measurement> measurements = new ArrayList<>();
        measurements.add(new Measurement(pair("m0"), longest, 3, new Comparison(1, 0.5, 3)));
        for (double uncertainty : uncertainties) {
            measurements.add(new Measurement(pair("m" + measurements.size()), 1e-20, 3, null, uncertainty));
        }
        return ScoreBoard.of(
                measurements.stream().map(each -> each.module().tuned()).toList(),
                Set.of(),
                measurements,
                MetricKind.COSINE.metric(),
                new Standardization(PopulationKind.ALL.population(), Estimators.DEFAULT),
                folder);
    }

    private PairedModule pair(String name) {
        StoredMatrix weight = StoredMatrix.of(tensor);
        return new PairedModule(
                LoraModule.linear(name, tensor, tensor, 1, List.of()), List.of(new Weights(weight, weight, false)));
    }
}
