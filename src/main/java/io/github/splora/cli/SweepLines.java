package io.github.splora.cli;

import io.github.splora.error.Printable;
import io.github.splora.run.SweepProgress;
import io.github.splora.sweep.Evaluation;
import io.github.splora.sweep.Trial;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a sweep, one line for each evaluation.
 *
 * @param tell prints a line
 * @param isEvaluating whether there are evaluations to report
 */
record SweepLines(Consumer<String> tell, boolean isEvaluating) implements SweepProgress {

    @Override
    public void tried(Trial trial, int atMost) {
        if (isEvaluating) {
            tell.accept(trial.number() + 1 + " of " + atMost + ": "
                    + (trial.failure() != null ? trial.failure() : figures(trial.figures())) + seconds(trial.seconds())
                    + "  " + trial.origin());
        }
    }

    @Override
    public void confirming(Trial trial, Evaluation evaluation) {
        tell.accept(
                "held back: " + figures(evaluation.figures()) + seconds(evaluation.seconds()) + "  " + trial.origin());
    }

    @Override
    public void warn(String sentence) {
        tell.accept(Printable.line("warning: " + sentence));
    }

    private static String figures(Map<String, Double> figures) {
        return figures.entrySet().stream()
                .map(figure ->
                        String.format(Locale.ROOT, "%s %.4g", Printable.text(figure.getKey()), figure.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String seconds(@Nullable Double seconds) {
        return seconds == null ? "" : String.format(Locale.ROOT, " (%.1f s)", seconds);
    }
}
