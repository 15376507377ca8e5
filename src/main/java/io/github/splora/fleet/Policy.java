package io.github.splora.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.gate.Gate;
import io.github.splora.gate.Gates;
import io.github.splora.json.StrictJson;
import io.github.splora.report.RunReport;
import io.github.splora.report.Verdict;
import io.github.splora.select.ModuleFilter;
import io.github.splora.statistics.Condition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;

/**
 * What makes a verdict. An adapter is blocked if a blocking condition holds, if something changes the model that has no score, if it
 * has modules that PEFT would not load, or if its config names another model; it is reviewed if a reviewing condition holds.
 *
 * @param block conditions that block
 * @param review conditions that call for a person
 * @param accepted patterns of the changes without a score that are accepted
 * @param isForeignAllowed whether adapters are judged whose config names another model than the aligned one
 */
public record Policy(List<Gate> block, List<Gate> review, List<String> accepted, boolean isForeignAllowed) {

    /** No conditions: an adapter is allowed if everything in it could be judged. */
    public static final Policy NONE = new Policy(List.of(), List.of(), List.of(), false);

    private static final String BLOCK = "block";
    private static final String REVIEW = "review";
    private static final String ALLOW_UNSCORED = "allow-unscored";
    private static final String ALLOW_FOREIGN = "allow-foreign";
    private static final Set<String> FIELDS = Set.of(BLOCK, REVIEW, ALLOW_UNSCORED, ALLOW_FOREIGN);

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
     * @throws BadInputException if it is not one, or says something that nobody would notice to be ignored
     */
    public static Policy read(Path file) {
        ObjectNode json = StrictJson.readNamed(file);
        json.fieldNames().forEachRemaining(field -> {
            if (!FIELDS.contains(field)) {
                throw new BadInputException(
                        file, field, null, "is not a field of a policy; the fields are " + String.join(", ", fields()));
            }
        });
        List<String> patterns = strings(file, json, ALLOW_UNSCORED);
        try {
            ModuleFilter.anyOf(ALLOW_UNSCORED, patterns);
        } catch (PatternSyntaxException e) {
            throw new BadInputException(
                    file,
                    ALLOW_UNSCORED,
                    e.getPattern(),
                    "is not a valid regular expression: " + e.getDescription(),
                    e);
        }
        JsonNode foreign = json.path(ALLOW_FOREIGN);
        if (!foreign.isMissingNode() && !foreign.isBoolean()) {
            throw new BadInputException(file, ALLOW_FOREIGN, foreign, "must be true or false");
        }
        return new Policy(gates(file, json, BLOCK), gates(file, json, REVIEW), patterns, foreign.booleanValue());
    }

    private static List<String> fields() {
        return List.of(BLOCK, REVIEW, ALLOW_UNSCORED, ALLOW_FOREIGN);
    }

    private static List<Gate> gates(Path file, ObjectNode json, String field) {
        List<Gate> gates = new ArrayList<>();
        for (String text : strings(file, json, field)) {
            try {
                gates.add(Condition.parse(text)
                        .filter(condition -> Gate.figures().contains(condition.figure()))
                        .map(Gate::new)
                        .orElseThrow(() -> new IllegalArgumentException("is not a condition: a figure ("
                                + String.join(", ", Gate.figures()) + "), then " + Condition.COMPARISONS
                                + ", then a number")));
            } catch (IllegalArgumentException e) {
                throw new BadInputException(file, field, text, String.valueOf(e.getMessage()), e);
            }
        }
        return gates;
    }

    private static List<String> strings(Path file, ObjectNode json, String field) {
        List<String> strings = new ArrayList<>();
        JsonNode array = json.path(field);
        if (!array.isMissingNode() && !array.isArray()) {
            throw new BadInputException(file, field, array, "must be a list of strings");
        }
        for (JsonNode each : array) {
            if (!each.isTextual()) {
                throw new BadInputException(file, field, each, "must be a string");
            }
            strings.add(each.textValue());
        }
        return strings;
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
