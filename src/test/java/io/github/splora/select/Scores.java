package io.github.splora.select;

import io.github.splora.score.ModuleScore;
import io.github.splora.score.ModuleScore.Unscored;
import java.util.ArrayList;
import java.util.List;

/** Builds scores to select from. A selection uses only the name and the score. */
final class Scores {

    private final List<ModuleScore> scores = new ArrayList<>();

    private Scores() {}

    static Scores of(String name, double score) {
        return new Scores().and(name, score);
    }

    /** Returns {@code layers.0.q} to {@code layers.(n-1).q}, highest score first. */
    static List<ModuleScore> descending(int n) {
        Scores scores = new Scores();
        for (int i = 0; i < n; i++) {
            scores.and("layers." + i + ".q", n - i);
        }
        return scores.list();
    }

    Scores and(String name, double score) {
        return add(name, score, null);
    }

    Scores unscored(String name, Unscored reason) {
        return add(name, null, reason);
    }

    List<ModuleScore> list() {
        return List.copyOf(scores);
    }

    private Scores add(String name, Double score, Unscored reason) {
        scores.add(new ModuleScore(
                name, List.of(4L, 4L), 2, 1.0, score, null, null, null, null, null, null, null, reason));
        return this;
    }
}
