package io.github.splora.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.Printable;
import io.github.splora.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds a SARIF 2.1.0 document: findings in the form that code scanners and pull-request checks read.
 *
 * @see <a href="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html">The specification</a>
 */
public final class Sarif {

    private static final String SCHEMA =
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    /** What a finding is about. Identifiers stay as they are across versions. */
    public enum Rule {
        GATE_FAILED("splora/gate-failed", "error", "A condition of the run failed."),
        MODULE_SELECTED("splora/module-selected", "warning", "A module is misaligned by the rule of the run."),
        CHANGE_NOT_SCORED(
                "splora/change-not-scored", "warning", "A part of the fine-tune changes the model without a score."),
        WARNING("splora/warning", "note", "Something that a person should know."),
        ADAPTER_BLOCKED("splora/adapter-blocked", "error", "The policy blocks an adapter."),
        ADAPTER_TO_REVIEW("splora/adapter-to-review", "warning", "The policy calls for a review of an adapter."),
        ADAPTER_NOT_JUDGED("splora/adapter-not-judged", "error", "An adapter could not be judged.");

        private final String id;
        private final String level;
        private final String sentence;

        Rule(String id, String level, String sentence) {
            this.id = id;
            this.level = level;
            this.sentence = sentence;
        }
    }

    private final ObjectNode document;
    private final ArrayNode results;

    /** @param version of splora */
    public Sarif(String version) {
        document = StrictJson.toTree(Map.of());
        document.put("$schema", SCHEMA).put("version", "2.1.0");
        ObjectNode run = document.putArray("runs").addObject();
        ObjectNode driver = run.putObject("tool").putObject("driver");
        driver.put("name", "splora").put("version", Printable.text(version));
        ArrayNode rules = driver.putArray("rules");
        for (Rule rule : Rule.values()) {
            ObjectNode described = rules.addObject().put("id", rule.id);
            described.putObject("shortDescription").put("text", rule.sentence);
            described.putObject("defaultConfiguration").put("level", rule.level);
        }
        results = run.putArray("results");
    }

    /**
     * Adds a finding.
     *
     * @param adapter path or hub id
     * @param module null if the whole adapter is meant
     */
    public void add(Rule rule, String message, String adapter, @Nullable String module) {
        ObjectNode result = results.addObject();
        result.put("ruleId", rule.id)
                .put("ruleIndex", Arrays.asList(Rule.values()).indexOf(rule))
                .put("level", rule.level);
        result.putObject("message").put("text", Printable.line(message));
        ObjectNode location = result.putArray("locations").addObject();
        location.putObject("physicalLocation").putObject("artifactLocation").put("uri", uri(adapter));
        if (module != null) {
            location.putArray("logicalLocations")
                    .addObject()
                    .put("fullyQualifiedName", Printable.text(module))
                    .put("kind", "module");
        }
    }

    /** Returns the document, with a final line break. */
    public String toJson() {
        return StrictJson.write(document);
    }

    /** Returns a path as a relative or absolute URI reference: everything but unreserved characters and slashes is encoded. */
    private static String uri(String path) {
        StringBuilder uri = new StringBuilder(path.startsWith("/") ? "file://" : "");
        for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
            char character = (char) (each & 0xff);
            if (character < 0x80 && (Character.isLetterOrDigit(character) || "-._~/".indexOf(character) >= 0)) {
                uri.append(character);
            } else {
                uri.append('%').append(String.format("%02X", each & 0xff));
            }
        }
        return uri.toString();
    }
}
