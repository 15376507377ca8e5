package io.github.splora.correct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.alignment.Accuracy;
import io.github.splora.alignment.KrylovSpaces;
import io.github.splora.alignment.Spectrum;
import io.github.splora.delta.LowRank;
import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.SymmetricEigen;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfinementTest {

    private static final int IN = 12;
    private static final int OUT = 7;

    private static LowRank confined(LowRank delta, Matrix task, Matrix requests, double weight) {
        RecordedInputs recorded = (module, inFeatures) -> {
            assertThat(module).isEqualTo("layer");
            assertThat(inFeatures).isEqualTo(delta.a().columns());
            return new LayerInputs(task, requests);
        };
        return new Confinement(recorded, weight)
                .correct(new CorrectionSubject(
                        "layer", delta, new Spectrum(OUT, IN, 1), new KrylovSpaces(OUT, IN, 1, Accuracy.DEFAULT)))
                .corrected();
    }

    private static LowRank delta(int rank) {
        return new LowRank(Matrix.random(rank, IN, 1), Matrix.random(OUT, rank, 2));
    }

    private static Matrix product(LowRank delta) {
        return delta.b().times(delta.a());
    }

    /** {@code KᵀK}, divided by its mean eigenvalue. */
    private static Matrix moments(Matrix factor) {
        return factor.transposeTimes(factor).scaledBy(IN / factor.squaredNorm());
    }

    private static Matrix identity() {
        return Matrix.unitColumns(IN, 0, IN);
    }

    private static Matrix inverse(Matrix symmetric) {
        SymmetricEigen eigen = SymmetricEigen.of(symmetric);
        double[] inverses = eigen.values().clone();
        for (int i = 0; i < inverses.length; i++) {
            inverses[i] = 1 / inverses[i];
        }
        return eigen.vectors().scaledColumns(inverses).times(eigen.vectors().transpose());
    }

    /** Fewer rows than features, as many, and more; rank 1 and full rank. */
    @ParameterizedTest
    @CsvSource({"1, 3, 4, 100", "3, 12, 12, 1", "7, 40, 30, 2", "3, 2, 40, 10", "3, 40, 1, 1e5"})
    void itIsWhatTheDenseFormulaSays(int rank, int ofTask, int ofRequests, double weight) {
        Matrix task = Matrix.random(ofTask, IN, 3);
        Matrix requests = Matrix.random(ofRequests, IN, 4).scaledBy(50);
        Matrix actual = product(confined(delta(rank), task, requests, weight));
        assertThat(actual.minus(dense(delta(rank), task, requests, weight)).squaredNorm())
                .isLessThan(1e-18 * actual.squaredNorm());
    }

    private static Matrix dense(LowRank delta, Matrix task, Matrix requests, double weight) {
        Matrix t = moments(task).plus(identity());
        Matrix found =
                product(delta).times(t).times(inverse(t.plus(moments(requests).scaledBy(weight))));
        return found.scaledBy(
                Math.sqrt(effect(delta, task) / found.times(task.transpose()).squaredNorm()));
    }

    @ParameterizedTest
    @CsvSource({"0.99", "0.95", "0.9", "0.85"})
    void theWeightForACosineGivesIt(double cosine) {
        Matrix task = Matrix.random(30, IN, 3);
        Matrix requests = Matrix.random(8, IN, 4);
        LowRank one = delta(3);
        LowRank other = new LowRank(Matrix.random(5, IN, 8), Matrix.random(OUT, 5, 9));
        LayerInputs inputs = new LayerInputs(task, requests);
        TaskAgreement both = new ConfinedDelta(one, inputs)
                .agreement()
                .plus(new ConfinedDelta(other, inputs).agreement())
                .plus(TaskAgreement.NONE);

        double weight = both.weightFor(cosine);

        double agreeing = 0;
        double size = 0;
        for (LowRank delta : List.of(one, other)) {
            Matrix before = product(delta).times(task.transpose());
            Matrix after = dense(delta, task, requests, weight).times(task.transpose());
            agreeing += before.inner(after);
            size += before.squaredNorm();
        }
        assertThat(agreeing / size).isCloseTo(cosine, within(2e-3));
    }

    @Test
    void aHigherCosineAllowsALowerWeight() {
        TaskAgreement agreement = new ConfinedDelta(
                        delta(3), new LayerInputs(Matrix.random(30, IN, 3), Matrix.random(8, IN, 4)))
                .agreement();
        double before = 1e7;
        for (double cosine : new double[] {0.01, 0.9, 0.95, 0.99, 0.99999, 0.999999999}) {
            double weight = agreement.weightFor(cosine);
            assertThat(weight).isPositive().isLessThan(before);
            before = weight;
        }
        assertThat(agreement.weightFor(0.01)).isEqualTo(1e6);
    }

    @Test
    void whereNothingIsDoneToTheTaskAnyWeightIsAllowed() {
        assertThat(TaskAgreement.NONE.weightFor(0.9)).isEqualTo(1e6);
        LowRank none = new LowRank(Matrix.random(2, IN, 1), Matrix.zeros(OUT, 2));
        LayerInputs inputs = new LayerInputs(Matrix.random(5, IN, 3), Matrix.random(4, IN, 4));
        assertThat(new ConfinedDelta(none, inputs).agreement().weightFor(0.9)).isEqualTo(1e6);
    }

    /** One module is so large, and so close to the requests, that all modules together would allow nothing. */
    @Test
    void aSingleLargeModuleDoesNotDecide() {
        Matrix task = Matrix.random(30, IN, 3);
        Matrix requests = Matrix.random(4, IN, 4);
        LayerInputs inputs = new LayerInputs(task, requests);
        TaskAgreement honest = TaskAgreement.NONE;
        for (int i = 0; i < 20; i++) {
            LowRank small = new LowRank(Matrix.random(3, IN, i), Matrix.random(OUT, 3, 100 + i));
            honest = honest.plus(new ConfinedDelta(small, inputs).agreement());
        }
        LowRank large = new LowRank(requests.rows(0, 2).scaledBy(1e6), Matrix.random(OUT, 2, 1));
        TaskAgreement alone = new ConfinedDelta(large, inputs).agreement();
        assertThat(honest.plus(alone).weightFor(0.93)).isGreaterThan(0.7 * honest.weightFor(0.93));
    }

    /** What is left of such a module does nothing to the task, so no factor could make up for it. */
    @Test
    void aModuleThatReadsOnlyWhatRequestsHaveIsNotEnlargedWithoutLimit() {
        Matrix requests = Matrix.random(3, IN, 4);
        Matrix elsewhere = Matrix.random(1, IN, 6).scaledBy(1e-3);
        LowRank delta = new LowRank(requests.rows(0, 1).plus(elsewhere), Matrix.random(OUT, 1, 2));
        LowRank confined = confined(delta, requests, requests, 1e6);
        assertThat(confined.b().squaredNorm())
                .isCloseTo(
                        16 * delta.b().squaredNorm(), within(1e-9 * confined.b().squaredNorm()));
    }

    @Test
    void aHigherWeightLeavesRequestsWithLessAndTheTaskWithAsMuch() {
        Matrix task = Matrix.random(30, IN, 3);
        Matrix requests = Matrix.random(4, IN, 4);
        double before = effect(delta(4), requests);
        for (double weight : new double[] {0.1, 1, 10, 100}) {
            LowRank confined = confined(delta(4), task, requests, weight);
            assertThat(effect(confined, requests)).isLessThan(before);
            assertThat(effect(confined, task)).isCloseTo(effect(delta(4), task), within(1e-9 * effect(delta(4), task)));
            before = effect(confined, requests);
        }
    }

    @Test
    void requestsThatHaveNothingInCommonWithTheTaskAreLeftWithNothing() {
        Matrix task = Matrix.unitColumns(IN, 0, 3).transpose();
        Matrix requests = Matrix.unitColumns(IN, 5, 3).transpose();
        LowRank confined = confined(delta(4), task, requests, 1e6);
        assertThat(product(confined)
                        .minus(product(delta(4)))
                        .times(task.transpose())
                        .squaredNorm())
                .isLessThan(1e-20);
        assertThat(effect(confined, requests)).isLessThan(1e-10 * effect(delta(4), requests));
    }

    @Test
    void withoutWeightNothingChanges() {
        LowRank delta = delta(3);
        LowRank confined = confined(delta, Matrix.random(5, IN, 3), Matrix.random(5, IN, 4), 0);
        assertThat(product(confined).minus(product(delta)).squaredNorm()).isLessThan(1e-25);
    }

    private static double effect(LowRank delta, Matrix inputs) {
        return product(delta).times(inputs.transpose()).squaredNorm();
    }

    @ParameterizedTest
    @CsvSource({"1e-6, 1e5", "1e-300, 1e300"})
    void theLengthOfTheInputsDoesNotMatter(double ofTask, double ofRequests) {
        Matrix task = Matrix.random(5, IN, 3);
        Matrix requests = Matrix.random(4, IN, 4);
        Matrix once = product(confined(delta(3), task, requests, 10));
        Matrix scaled = product(confined(delta(3), task.scaledBy(ofTask), requests.scaledBy(ofRequests), 10));
        assertThat(scaled.minus(once).squaredNorm()).isLessThan(1e-20 * once.squaredNorm());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void inputsOfZerosAreAsGoodAsNone(boolean areRequests) {
        Matrix zeros = Matrix.zeros(3, IN);
        Matrix some = Matrix.random(4, IN, 4);
        LowRank delta = delta(2);
        Matrix confined = product(areRequests ? confined(delta, some, zeros, 10) : confined(delta, zeros, some, 10));
        if (areRequests) {
            assertThat(confined.minus(product(delta)).squaredNorm()).isLessThan(1e-25);
        } else {
            assertThat(confined.times(some.transpose()).squaredNorm()).isLessThan(effect(delta, some) / 4);
        }
    }

    @Test
    void aDeltaOfZerosStays() {
        LowRank none = new LowRank(Matrix.random(2, IN, 1), Matrix.zeros(OUT, 2));
        LowRank confined = confined(none, Matrix.random(5, IN, 3), Matrix.random(4, IN, 4), 10);
        assertThat(product(confined).squaredNorm()).isZero();
    }
}
