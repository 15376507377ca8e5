package io.github.splora.select;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import io.github.splora.error.Problem;
import io.github.splora.score.ModuleScore;
import io.github.splora.select.Ranking.Unit;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Applies a {@link SelectionRule} to scores. */
public final class Selection {

    private final SelectionRule rule;
    private final Granularity granularity;

    public Selection(SelectionRule rule, Granularity granularity) {
        this.rule = rule;
        this.granularity = granularity;
    }

    /**
     * Decides for every module. A module without a score is kept, unless the rule selects all modules and an action can
     * still be applied to it.
     *
     * @return one decision for each module, in the same order
     * @throws BadInputException if the rule asks for more units than have a score
     */
    public List<Decision> decide(List<ModuleScore> scores) {
        if (rule instanceof SelectionRule.All) {
            return scores.stream()
                    .map(score -> score.unscored() == null || score.unscored().isAboutScoreAlone()
                            ? new Decision(score, true, "all modules are selected")
                            : kept(score))
                    .toList();
        }
        List<Unit> ranking = Ranking.of(scores, granularity).units();
        int pruned = numberToPrune(ranking);
        Map<String, Decision> decisions = new HashMap<>();
        for (int place = 0; place < ranking.size(); place++) {
            Unit unit = ranking.get(place);
            // The ranking is not by score alone: negligible units come last.
            boolean prune = rule instanceof SelectionRule.Above above ? unit.score() > above.limit() : place < pruned;
            String reason = reason(unit, place, ranking.size(), prune);
            unit.modules().forEach(score -> decisions.put(score.name(), new Decision(score, prune, reason)));
        }
        return scores.stream()
                .map(score -> score.isScored() ? decisions.get(score.name()) : kept(score))
                .toList();
    }

    private int numberToPrune(List<Unit> ranking) {
        if (rule instanceof SelectionRule.Above above) {
            return (int) ranking.stream()
                    .filter(unit -> unit.score() > above.limit())
                    .count();
        } else if (rule instanceof SelectionRule.Share share) {
            // In decimal, 0.145 of 100 is exactly 14.5; in binary floating point, it is not.
            return BigDecimal.valueOf(share.fraction())
                    .multiply(BigDecimal.valueOf(ranking.size()))
                    .setScale(0, RoundingMode.HALF_UP)
                    .intValueExact();
        } else if (rule instanceof SelectionRule.Highest highest) {
            if (highest.count() > ranking.size()) {
                throw new BadInputException(List.of(new Problem(
                        "--count",
                        null,
                        String.valueOf(highest.count()),
                        "only " + Plural.of(ranking.size(), granularity.toString())
                                + Plural.choose(ranking.size(), " has", " have") + " a score and can be pruned")));
            }
            return highest.count();
        }
        return 0;
    }

    private String reason(Unit unit, int place, int units, boolean prune) {
        String what = granularity == Granularity.MODULE ? "score " : granularity + " score ";
        String score = String.format(Locale.ROOT, "%.4g", unit.score());
        if (rule instanceof SelectionRule.Above above) {
            return what + score + (prune ? " is above " : " is not above ") + above.limit();
        }
        return rule instanceof SelectionRule.None
                ? "no selection rule was given"
                : what + score + " is rank " + (place + 1) + " of " + units;
    }

    private static Decision kept(ModuleScore score) {
        return new Decision(
                score, false, Objects.requireNonNull(score.unscored()).sentence());
    }
}
