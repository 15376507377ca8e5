package io.github.splora.fleet;

import io.github.splora.error.BadInputException;
import io.github.splora.gate.Gate;
import io.github.splora.gate.Gates;
import io.github.splora.report.RunReport;
import io.github.splora.report.Verdict;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What makes a verdict. An adapter is blocked if a blocking condition holds, if something changes the model that has no score, if it
 * has modules that PEFT would not load, or if its config names another model; it is reviewed if a reviewing condition holds.
 *
 * @param block conditions that block
 * @param review conditions that call for a person
 * @param accepted patterns of the changes without a score that are accepted
 * @param isForeignAllowed whether adapters are judged whose config names another model than the aligned one
 */
public record Policy(List<Gate> block, List<Gate> review, List<String> accepted, boolean isForeignAllowed)
        implements Serializable {

    /** No conditions: an adapter is allowed if everything in it could be judged. */
    public static final Policy NONE = new Policy(List.of(), List.of(), List.of(), false);

    static final String BLOCK = "block";
    static final String REVIEW = "review";
    static final String ALLOW_UNSCORED = "allow-unscored";
    static final String ALLOW_FOREIGN = "allow-foreign";
    static final List<String> FIELDS = List.of(BLOCK, REVIEW, ALLOW_UNSCORED, ALLOW_FOREIGN);

    public Policy {
        block = List.copyOf(block);
        review = List.copyOf(review);
        accepted = List.copyOf(accepted);
    }

    /** A verdict with its reasons; none for an adapter that is allowed. */
    public record Decision(FleetVerdict verdict, List<String> reasons) {}

    /**
     * Reads a policy.
     *
     * @param file YAML if its name ends in .yaml or .yml, or else JSON
     * @throws BadInputException if it is not one, or says something that nobody would notice to be ignored
     */
    public static Policy read(Path file) {
        return new PolicyFile(file).read();
    }

    /**
     * Judges an adapter.
     *
     * @param foreign what says that the adapter was trained on another model; empty if nothing does
     */
    public Decision decide(RunReport report, Optional<String> foreign) {
        List<String> reasons = new ArrayList<>();
        if (!isForeignAllowed) {
            foreign.ifPresent(reasons::add);
        }
        new Gates(block, accepted).verdict(report).failures().forEach(gate -> reasons.add(gate.message()));
        if (!reasons.isEmpty()) {
            return new Decision(FleetVerdict.BLOCK, reasons);
        }
        List<String> doubts = review.stream()
                .map(gate -> gate.judge(report))
                .filter(gate -> !gate.passed())
                .map(Verdict.Gate::message)
                .toList();
        return new Decision(doubts.isEmpty() ? FleetVerdict.ALLOW : FleetVerdict.REVIEW, doubts);
    }

    /** Returns the policy as a ledger states it. */
    public Map<String, Object> described() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(BLOCK, block.stream().map(Gate::toString).toList());
        fields.put(REVIEW, review.stream().map(Gate::toString).toList());
        fields.put(ALLOW_UNSCORED, accepted);
        fields.put(ALLOW_FOREIGN, isForeignAllowed);
        return fields;
    }
}
