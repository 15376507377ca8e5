package io.github.splora.select;

import io.github.splora.adapter.Block;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.score.ModuleScore;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Applies a {@link SelectionRule}: scores in, one {@link Decision} for each module out, in the same order. */
public final class Selection {

  /** Modules that are selected as one, with the score that decides: the mean of their scores. */
  private record Unit(String name, double score, List<ModuleScore> modules) {}

  private static final Comparator<Unit> HIGHEST_FIRST =
      // Subtracting from zero makes −0.0 and 0.0 the tie that they are.
      Comparator.<Unit>comparingDouble(unit -> 0.0 - unit.score()).thenComparing(Unit::name);

  private final SelectionRule rule;
  private final Granularity granularity;

  public Selection(SelectionRule rule, Granularity granularity) {
    this.rule = rule;
    this.granularity = granularity;
  }

  /**
   * Decides for every module. One without a score is kept.
   *
   * @throws BadInputException if the rule asks for more units than have a score
   */
  public List<Decision> decide(List<ModuleScore> scores) {
    List<Unit> ranking = ranking(scores);
    int pruned = numberToPrune(ranking);
    Map<String, Decision> decisions = new HashMap<>();
    for (int place = 0; place < ranking.size(); place++) {
      Unit unit = ranking.get(place);
      boolean prune = place < pruned;
      String reason = reason(unit, place, prune);
      unit.modules().forEach(score -> decisions.put(score.name(), new Decision(score, prune, reason)));
    }
    return scores.stream()
        .map(score -> score.isScored() ? decisions.get(score.name()) : kept(score))
        .toList();
  }

  private List<Unit> ranking(List<ModuleScore> scores) {
    Map<String, List<ModuleScore>> members = new TreeMap<>();
    scores.stream().filter(ModuleScore::isScored).forEach(score ->
        members.computeIfAbsent(unitName(score), name -> new ArrayList<>()).add(score));
    return members.entrySet().stream()
        .map(entry -> new Unit(entry.getKey(), meanScore(entry.getValue()), entry.getValue()))
        .sorted(HIGHEST_FIRST)
        .toList();
  }

  private String unitName(ModuleScore score) {
    return granularity == Granularity.BLOCK ? score.block().map(Block::path).orElse(score.name()) : score.name();
  }

  private static double meanScore(List<ModuleScore> modules) {
    return modules.stream().mapToDouble(ModuleScore::score).sum() / modules.size();
  }

  private int numberToPrune(List<Unit> ranking) {
    if (rule instanceof SelectionRule.Above above) {
      return (int) ranking.stream().filter(unit -> unit.score() > above.pruneAbove()).count();
    } else if (rule instanceof SelectionRule.Share share) {
      // In decimal: 0.145 of 100 is 14.5, though no double is.
      return BigDecimal.valueOf(share.fraction()).multiply(BigDecimal.valueOf(ranking.size()))
          .setScale(0, RoundingMode.HALF_UP)
          .intValueExact();
    } else if (rule instanceof SelectionRule.Highest highest) {
      if (highest.count() > ranking.size()) {
        throw new BadInputException(List.of(new Problem("--count", null, String.valueOf(highest.count()),
            "only " + ranking.size() + " " + granularity + "s have a score and can be pruned")));
      }
      return highest.count();
    }
    return 0;
  }

  private String reason(Unit unit, int place, boolean prune) {
    String what = granularity == Granularity.BLOCK ? "block score " : "score ";
    String score = String.format(Locale.ROOT, "%.4g", unit.score());
    if (rule instanceof SelectionRule.Above above) {
      return what + score + (prune ? " is above " : " is not above ") + above.pruneAbove();
    }
    return rule instanceof SelectionRule.None
        ? "no selection rule was given"
        : what + score + " is number " + (place + 1) + " from the top";
  }

  private static Decision kept(ModuleScore score) {
    return new Decision(score, false, score.unscored().sentence());
  }
}
