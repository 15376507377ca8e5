package io.github.splora.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.adapter.LoraModule;
import io.github.splora.error.BadInputException;
import io.github.splora.pairing.PairedModule;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.djl.TensorEngine;
import io.github.splora.testing.DenseMatrix;
import io.github.splora.testing.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Low-rank measurements agree with dense float64 matrices. */
class ModuleScorerTest {

    private static final int OUT = 24;
    private static final int IN = 40;
    private static final double SCALING = -1.75;

    @TempDir
    Path folder;

    private final Kernel kernel = TensorEngine.start("cpu").kernel();
    private final DenseMatrix base = DenseMatrix.random(OUT, IN, 1);
    private final DenseMatrix aligned = DenseMatrix.random(OUT, IN, 2);
    private final DenseMatrix a = DenseMatrix.random(3, IN, 3);
    private final DenseMatrix b = DenseMatrix.random(OUT, 3, 4);

    @Test
    void alignmentIsTheDistanceOfTheUnitVectors() throws IOException {
        Measurement measured =
                measure(ReferenceKind.ALIGNMENT, pair("m", base, aligned, a, b)).get(0);

        DenseMatrix v = aligned.plus(-1, base);
        DenseMatrix delta = delta();
        DenseMatrix difference =
                DenseMatrix.zeros(OUT, IN).plus(1 / delta.norm(), delta).plus(-1 / v.norm(), v);
        assertThat(measured.comparison().distance()).isCloseTo(difference.norm(), within(1e-12));
        assertThat(measured.comparison().cosine()).isCloseTo(delta.inner(v) / delta.norm() / v.norm(), within(1e-12));
        assertThat(measured.comparison().referenceNorm()).isCloseTo(v.norm(), within(1e-10));
        assertThat(measured.deltaNorm()).isCloseTo(delta.norm(), within(1e-10));
        assertThat(measured.alignmentNorm()).isCloseTo(v.norm(), within(1e-10));
    }

    @Test
    void safeLoraIsTheDistanceToTheDenseOperatorsImage() throws IOException {
        Measurement measured =
                measure(ReferenceKind.SAFELORA, pair("m", base, aligned, a, b)).get(0);

        DenseMatrix v = aligned.plus(-1, base);
        DenseMatrix delta = delta();
        DenseMatrix image = DenseMatrix.zeros(OUT, IN)
                .plus(1 / v.norm(), v.times(v.transposed()).times(delta));
        assertThat(measured.comparison().distance())
                .isCloseTo(image.plus(-1, delta).norm(), within(1e-11 * delta.norm()));
        assertThat(measured.comparison().referenceNorm()).isCloseTo(image.norm(), within(1e-11 * image.norm()));
        assertThat(measured.comparison().cosine())
                .isCloseTo(image.inner(delta) / image.norm() / delta.norm(), within(1e-12));
    }

    @Test
    void modulesOfSeveralAdaptersOnOneLayerReadItsWeightsTogetherAndOnce() throws IOException {
        PairedModule one = pair("m", base, aligned, a, b);
        PairedModule other = new PairedModule(
                pair("n", base, aligned, DenseMatrix.random(3, IN, 5), b).tuned(), one.weights());
        for (ReferenceKind reference : ReferenceKind.values()) {
            AtomicInteger walks = new AtomicInteger();
            Kernel counting = new Watched(kernel, 1, walks::incrementAndGet);
            List<Measurement> alone = List.of(
                    measure(reference, one).get(0), measure(reference, other).get(0));
            List<Measurement> together = scorer(counting, reference, Resources.of(2))
                    .measure(List.of(one, other), m -> {})
                    .get(0);
            assertThat(together).isEqualTo(alone);
            assertThat(walks).as("walks for %s", reference).hasValue(reference == ReferenceKind.SAFELORA ? 2 : 1);
        }
    }

    @Test
    void neitherThreadsNorMemoryChangeASingleBit() throws IOException {
        List<PairedModule> modules = many();

        List<Measurement> alone = scorer(kernel, ReferenceKind.SAFELORA, Resources.of(1))
                .measure(modules, m -> {})
                .get(0);
        List<Measurement> together = scorer(kernel, ReferenceKind.SAFELORA, Resources.of(4))
                .measure(modules, m -> {})
                .get(0);
        List<Measurement> inLittle = scorer(kernel, ReferenceKind.SAFELORA, new Resources(4, 1))
                .measure(modules, m -> {})
                .get(0);

        assertThat(together).isEqualTo(alone);
        assertThat(inLittle).isEqualTo(alone);
        assertThat(together).extracting(Measurement::module).containsExactlyElementsOf(modules);
    }

    @Test
    void modulesAreMeasuredSideBySideOnlyWhileThereIsMemoryForThem() throws IOException {
        assertThat(mostWalksAtATime(new Resources(4, 64 << 20), 10 << 20)).isEqualTo(4);
        // Each module takes a little more memory than its walk.
        assertThat(mostWalksAtATime(new Resources(4, 32 << 20), 10 << 20)).isEqualTo(2);
        assertThat(mostWalksAtATime(new Resources(4, 1), 10 << 20)).isEqualTo(1);
    }

    @Test
    void aRankAboveTheWeightsSizeIsRefusedIfItsProductsExceedTheBudget() throws IOException {
        PairedModule hostile =
                pair("m", base, aligned, DenseMatrix.random(4000, IN, 3), DenseMatrix.random(OUT, 4000, 4));
        assertThat(Refusal.of(() -> scorer(kernel, ReferenceKind.ALIGNMENT, new Resources(1, 256 << 20))
                        .measure(List.of(hostile), m -> {})))
                .singleElement()
                .asString()
                .contains("module 'm' rank 4000: exceeds the weight's smaller side")
                .contains("need 489 MiB, more than --memory (256 MiB)");
        PairedModule odd = pair("n", base, aligned, DenseMatrix.random(60, IN, 3), DenseMatrix.random(OUT, 60, 4));
        assertThat(scorer(kernel, ReferenceKind.ALIGNMENT, new Resources(1, 1))
                        .measure(List.of(odd), m -> {})
                        .get(0))
                .hasSize(1);
    }

    @Test
    void productsOfRanksCountAsMemory() throws IOException {
        DenseMatrix large = DenseMatrix.random(OUT, IN, 5);
        List<PairedModule> modules = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            modules.add(
                    pair("m" + i, large, aligned, DenseMatrix.random(1200, IN, i), DenseMatrix.random(OUT, 1200, i)));
        }
        // Of 44 MiB each, beside factors of 8 MiB.
        assertThat(mostWalksAtATime(modules, new Resources(2, 80 << 20), 1)).isEqualTo(1);
        assertThat(mostWalksAtATime(modules, new Resources(2, 160 << 20), 1)).isEqualTo(2);
    }

    /** Returns the largest number of concurrent walks; each walk waits a moment for the others to start. */
    private int mostWalksAtATime(Resources resources, long bytesOfWalk) throws IOException {
        return mostWalksAtATime(many(), resources, bytesOfWalk);
    }

    private int mostWalksAtATime(List<PairedModule> modules, Resources resources, long bytesOfWalk) {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(resources.threads());
        Kernel watched = new Watched(kernel, bytesOfWalk, () -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            all.countDown();
            try {
                all.await(200, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            now.decrementAndGet();
        });
        scorer(watched, ReferenceKind.ALIGNMENT, resources).measure(modules.subList(0, resources.threads()), m -> {});
        return most.get();
    }

    @Test
    void progressHearsOfEveryModuleOnce() throws IOException {
        List<PairedModule> modules = List.of(pair("x", base, aligned, a, b), pair("y", aligned, base, a, b));
        List<PairedModule> heard = new ArrayList<>();

        scorer(kernel, ReferenceKind.ALIGNMENT, Resources.of(2)).measure(modules, heard::add);

        assertThat(heard).containsExactlyInAnyOrderElementsOf(modules);
    }

    @Test
    void aModuleWhoseBIsZeroHasNothingToCompare() throws IOException {
        Measurement measured = measure(ReferenceKind.ALIGNMENT, pair("m", base, aligned, a, DenseMatrix.zeros(OUT, 3)))
                .get(0);

        assertThat(measured.deltaNorm()).isZero();
        assertThat(measured.alignmentNorm()).isPositive();
        assertThat(measured.comparison()).isNull();
    }

    @Test
    void aLayerThatAlignmentLeftAloneHasNoReference() throws IOException {
        for (ReferenceKind reference : ReferenceKind.values()) {
            Measurement measured =
                    measure(reference, pair("m" + reference, base, base, a, b)).get(0);

            assertThat(measured.alignmentNorm()).isZero();
            assertThat(measured.deltaNorm()).isPositive();
            assertThat(measured.comparison()).isNull();
        }
    }

    @Test
    void tensorsWithNaNOrInfinityAreAllNamedWithTheirCount() throws IOException {
        DenseMatrix broken = DenseMatrix.random(OUT, IN, 1);
        broken.rows()[2][3] = Double.NaN;
        broken.rows()[4][5] = Double.NEGATIVE_INFINITY;
        DenseMatrix brokenA = DenseMatrix.random(3, IN, 3);
        brokenA.rows()[0][0] = Double.POSITIVE_INFINITY;

        assertThatThrownBy(() -> measure(ReferenceKind.ALIGNMENT, pair("m", broken, aligned, brokenA, b)))
                .isInstanceOf(BadInputException.class)
                .hasMessage(path("m.A")
                        + ": module 'm', tensor 'm.A' 1 NaN or infinite: it cannot be scored; check how it"
                        + " was trained, remove the module with 'prune --prune-module m', or leave it out: --exclude 'm'"
                        + System.lineSeparator() + path("m.base") + ": module 'm', tensor 'm.base' 2 NaN or infinite:"
                        + " the model's weight cannot be compared; download it again, or leave the module out: --exclude"
                        + " 'm'");
    }

    @Test
    void aFileThatWasCutShortIsBadInput() throws IOException {
        PairedModule pair = pair("m", base, aligned, a, b);
        byte[] start = new byte[200];
        Files.write(pair.weights().get(0).base().tensors().get(0).file().path(), start);

        assertThatThrownBy(() -> measure(ReferenceKind.ALIGNMENT, pair))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("m.base.safetensors: file size 200 bytes: changed while it was read");
    }

    private DenseMatrix delta() {
        return DenseMatrix.zeros(OUT, IN).plus(SCALING, b.times(a));
    }

    private List<Measurement> measure(ReferenceKind reference, PairedModule... modules) {
        return scorer(kernel, reference, Resources.of(1))
                .measure(List.of(modules), module -> {})
                .get(0);
    }

    private static ModuleScorer scorer(Kernel kernel, ReferenceKind reference, Resources resources) {
        return new ModuleScorer(
                kernel, List.of(reference.reference(ReferenceSettings.DEFAULT)), List.of(), 1, resources);
    }

    private List<PairedModule> many() throws IOException {
        List<PairedModule> modules = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            modules.add(pair("m" + i, DenseMatrix.random(OUT, IN, 10 + i), aligned, a, b));
        }
        return modules;
    }

    /** A kernel that calls a watcher at each walk. */
    private record Watched(Kernel kernel, long workspace, Runnable watcher) implements Kernel {

        @Override
        public void run(Pass pass, Weights weights) {
            watcher.run();
            kernel.run(pass, weights);
        }

        @Override
        public long workspaceBytes(Weights weights) {
            return workspace;
        }
    }

    private PairedModule pair(String name, DenseMatrix from, DenseMatrix to, DenseMatrix loraA, DenseMatrix loraB)
            throws IOException {
        LoraModule lora = LoraModule.linear(
                name,
                loraA.stored(folder, name + ".A", DType.F32),
                loraB.stored(folder, name + ".B", DType.F16),
                SCALING,
                List.of());
        return new PairedModule(
                lora,
                List.of(new Weights(
                        StoredMatrix.of(from.stored(folder, name + ".base", DType.BF16)),
                        StoredMatrix.of(to.stored(folder, name + ".aligned", DType.F16)),
                        false)));
    }

    private Path path(String name) {
        return folder.resolve(name + ".safetensors");
    }
}
