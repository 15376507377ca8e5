package io.github.splora.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.json.StrictJson;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A PEFT {@code adapter_config.json} of type LORA. PEFT adds keys with every release, so only the keys that determine a
 * module's delta are read; all others are preserved unchanged.
 *
 * <p>See PEFT's {@code LoraConfig} for the meaning of each field.
 */
public final class AdapterConfig {

    public static final String FILE_NAME = "adapter_config.json";

    private final Path file;
    private final ObjectNode json;
    private final int rank;
    private final double loraAlpha;
    private final boolean rsLora;
    private final ModulePattern<Integer> rankPattern;
    private final ModulePattern<Double> alphaPattern;

    private AdapterConfig(Path file, ObjectNode json) {
        this.file = file;
        this.json = json;
        this.rank = asRank(json.path("r"), "r");
        this.loraAlpha = asAlpha(json.path("lora_alpha"), "lora_alpha");
        this.rsLora = json.path("use_rslora").asBoolean(false);
        this.rankPattern = pattern("rank_pattern", value -> asRank(value, "rank_pattern"));
        this.alphaPattern = pattern("alpha_pattern", value -> asAlpha(value, "alpha_pattern"));
    }

    /**
     * Reads a config.
     *
     * @throws BadInputException if it is not a LORA config, uses a feature whose delta is not {@code s·BA} of one
     *     linear layer, or lacks a rank or an alpha
     */
    public static AdapterConfig read(Path file) {
        ObjectNode json = StrictJson.readConfig(file);
        FieldTypes.check(file, json);
        UnsupportedFeatures.refuse(file, json);
        return new AdapterConfig(file, json);
    }

    public Path file() {
        return file;
    }

    /** Returns a copy of the document as read, which the caller may change. */
    public ObjectNode toJson() {
        return json.deepCopy();
    }

    /** Returns a config for the same file with the content of {@code changed}. */
    public AdapterConfig with(ObjectNode changed) {
        return new AdapterConfig(file, changed.deepCopy());
    }

    /** Returns {@code base_model_name_or_path}, the model that the adapter was trained on; empty if the config names none. */
    public String baseModel() {
        return json.path("base_model_name_or_path").asText("");
    }

    /** Returns {@code r}, the rank of modules that no {@code rank_pattern} matches. */
    public int rank() {
        return rank;
    }

    /** Returns {@code lora_alpha}, the alpha of modules that no {@code alpha_pattern} matches. */
    public double loraAlpha() {
        return loraAlpha;
    }

    public boolean rsLora() {
        return rsLora;
    }

    /** Returns a module's rank according to the config: from {@code rank_pattern}, else {@code r}. */
    public int rankOf(String moduleName) {
        return rankPattern.valueFor(moduleName).orElse(rank);
    }

    /** Returns {@code s} in {@code ΔW = s·BA}: alpha / r, or alpha / √r with rsLoRA, after applying the patterns. */
    public double scalingOf(String moduleName) {
        double alpha = alphaPattern.valueFor(moduleName).orElse(loraAlpha);
        int r = rankOf(moduleName);
        return alpha / (rsLora ? Math.sqrt(r) : r);
    }

    /** Whether the base layers store their weight as {@code [in, out]} (GPT-2's Conv1D). */
    public boolean fanInFanOut() {
        return json.path("fan_in_fan_out").asBoolean(false);
    }

    /** Whether each row of the adapted weight has a trained magnitude (DoRA). */
    public boolean usesDora() {
        return json.path("use_dora").asBoolean(false);
    }

    /** Returns the parameters, given as name suffixes, that the adapter targets in addition to its modules. */
    public List<String> targetParameters() {
        return StrictJson.texts(json.path("target_parameters"));
    }

    /** Returns which biases of the base model were also trained: {@code none}, {@code lora_only} or {@code all}. */
    public String bias() {
        return json.path("bias").asText("none");
    }

    /** Whether an embedding and the head tied to it share the same factors. */
    public boolean tiesWeights() {
        return json.path("ensure_weight_tying").asBoolean(false);
    }

    /** Whether B has a bias ({@code lora_bias}). */
    public boolean loraBias() {
        return json.path("lora_bias").asBoolean(false);
    }

    /** Returns what loading the adapter does to the base weights. */
    public Initialization initialization() {
        return Initialization.of(initLoraWeights());
    }

    /** Returns {@code init_lora_weights} if it is a string ({@code pissa}, {@code gaussian}, …), else "". */
    public String initLoraWeights() {
        return json.path("init_lora_weights").isTextual()
                ? json.get("init_lora_weights").textValue()
                : "";
    }

    /** Returns a matcher for the modules that PEFT wraps under this config. */
    public TargetMatcher targets() {
        return targetsOf(json);
    }

    /** Returns the matcher for a changed {@link #toJson() copy} of this config. */
    public TargetMatcher targetsOf(ObjectNode changed) {
        return new TargetMatcher(file, changed);
    }

    /** Returns the {@code rank_pattern} and {@code alpha_pattern} keys that match no module; PEFT warns about these. */
    public List<String> deadPatterns(Collection<String> modules) {
        return Stream.of(rankPattern, alphaPattern)
                .flatMap(pattern -> pattern.keysMatchingNone(modules).stream())
                .toList();
    }

    /** Removes the {@link #deadPatterns} from a copy of this config. */
    public void removeDeadPatterns(ObjectNode copy, Collection<String> modules) {
        removeKeys(copy.path("rank_pattern"), rankPattern.keysMatchingNone(modules));
        removeKeys(copy.path("alpha_pattern"), alphaPattern.keysMatchingNone(modules));
    }

    private static void removeKeys(JsonNode pattern, List<String> keys) {
        if (pattern instanceof ObjectNode object) {
            // Not all at once: removing a list from a set of keys searches the list for each key.
            keys.forEach(object::remove);
        }
    }

    private <V> ModulePattern<V> pattern(String field, Function<JsonNode, V> asValue) {
        JsonNode node = json.path(field);
        Map<String, V> values = new LinkedHashMap<>();
        if (node instanceof ObjectNode object) {
            object.properties().forEach(entry -> values.put(entry.getKey(), asValue.apply(entry.getValue())));
        } else if (!node.isMissingNode() && !node.isNull()) {
            throw new BadInputException(file, field, node, "must be a map from module patterns to numbers");
        }
        return new ModulePattern<>(values, file, field);
    }

    private int asRank(JsonNode value, String field) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw new BadInputException(file, field, shown(value), "a rank must be a whole number of at least 1");
        }
        return value.intValue();
    }

    private double asAlpha(JsonNode value, String field) {
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw new BadInputException(file, field, shown(value), "an alpha must be a finite number");
        }
        return value.doubleValue();
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "(absent)" : value.toString();
    }
}
