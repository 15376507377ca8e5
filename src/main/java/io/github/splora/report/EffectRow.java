package io.github.splora.report;

import io.github.splora.score.Effect;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of the fine-tune that changes the model, but is not a module and has no score.
 *
 * @param name the changed tensor, without {@code .weight}, or the config field
 * @param kind {@code saved-weight}, {@code bias}, {@code tokens}, {@code vector}, {@code new-tensor}, {@code missing-tensor},
 *     {@code unknown-name} or
 *     {@code setting}
 * @param norm Frobenius norm of the change; null if it cannot be computed
 * @param cosine cosine between the change and the alignment delta of the same tensor; null if there is none
 * @param reason what it is, in a few words
 */
public record EffectRow(String name, String kind, @Nullable Double norm, @Nullable Double cosine, String reason) {

    /** Returns the row of an effect. */
    public static EffectRow of(Effect effect) {
        return new EffectRow(
                effect.name(),
                effect.kind().toString(),
                effect.norm(),
                effect.cosine(),
                effect.kind().sentence());
    }

    static List<EffectRow> of(List<Effect> effects) {
        return effects.stream().map(EffectRow::of).toList();
    }

    boolean isWhole() {
        return name != null && kind != null && reason != null;
    }

    boolean isFinite() {
        return Finite.all(norm, cosine);
    }
}
