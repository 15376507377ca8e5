package io.github.splora.run;

import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.correct.Correction;
import io.github.splora.error.Plural;
import io.github.splora.pairing.MergedPairing;
import io.github.splora.pairing.PairedModule;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorSource;
import io.github.splora.surgery.AlignedWeights;
import io.github.splora.surgery.RestoredWeights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What becomes of the selected weights of a merged checkpoint.
 *
 * @param tensors new tensors by the names of those that they replace
 * @param warnings what the user should know of them
 */
record Replacement(Map<String, TensorSource> tensors, List<String> warnings) {

    /** A smaller share of what is restored that is left after rounding calls for a warning. */
    private static final double MOSTLY = 0.9;

    /** Replaces weights with their aligned values. */
    static Replacement aligned(Checkpoint merged, List<PairedModule> selected) {
        AlignedWeights weights = alignedWeights(merged, selected);
        long count = weights.converted();
        return new Replacement(
                weights.tensors(),
                count == 0
                        ? List.of()
                        : List.of(count + " of the aligned weights " + Plural.choose(count, "is", "are")
                                + " stored in another data type than the merged "
                                + Plural.choose(count, "weight and was", "weights and were") + " rounded to it"));
    }

    /** Returns the aligned values of weights. */
    static AlignedWeights alignedWeights(Checkpoint merged, List<PairedModule> pairs) {
        Map<String, StoredTensor> aligned = new LinkedHashMap<>();
        pairs.forEach(pair -> aligned.put(
                tensor(pair), pair.weights().get(0).aligned().tensors().get(0)));
        return new AlignedWeights(merged, aligned);
    }

    /** Adds a part of what alignment did to weights. */
    static Replacement restored(
            Checkpoint merged,
            List<PairedModule> selected,
            Correction correction,
            ScoreOptions options,
            Progress progress) {
        CorrectedModules corrected = new CorrectedModules();
        List<PairedModule> matrices =
                selected.stream().map(MergedPairing::separated).toList();
        Scoring.correct(matrices, corrected.additions(List.of(correction)), options, progress);
        Map<String, Supplier<List<Factors>>> products = new LinkedHashMap<>();
        Map<String, Supplier<List<Factors>>> added = corrected.added(
                correction, matrices.stream().map(PairedModule::tuned).toList());
        matrices.stream()
                .filter(pair -> added.containsKey(pair.name()))
                .forEach(pair -> products.put(tensor(pair), added.get(pair.name())));
        RestoredWeights weights = new RestoredWeights(merged, products);
        double kept = weights.keptShare();
        return new Replacement(
                weights.tensors(),
                kept >= MOSTLY
                        ? List.of()
                        : List.of(String.format(
                                Locale.ROOT,
                                "rounding to the merged checkpoint's data type leaves %.0f %% of what is restored: most of it is"
                                        + " smaller than the spacing of the stored numbers; save the model in float32 first,"
                                        + " or increase --restore",
                                100 * Math.max(0, kept))));
    }

    static String tensor(PairedModule pair) {
        return pair.tuned().tensors().get(0).name();
    }
}
