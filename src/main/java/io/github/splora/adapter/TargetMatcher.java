package io.github.splora.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.json.StrictJson;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Determines which modules PEFT wraps under a config, from {@code target_modules}, {@code exclude_modules},
 * {@code modules_to_save}, {@code layers_to_transform} and {@code layers_pattern}, and which parameters it wraps, from
 * {@code target_parameters}.
 *
 * @see <a href="https://github.com/huggingface/peft/blob/main/src/peft/tuners/tuners_utils.py">
 *     check_target_module_exists</a>
 */
public final class TargetMatcher {

    private static final String FIRST_INDEX = ".*?\\.[^.]*\\.";
    private static final String INDEX = "(?P<idx>\\d+)\\.";

    /** No layer's number is longer. */
    private static final int MAX_DIGITS = 100;

    private final boolean namesItsTargets;
    private final Predicate<String> included;
    private final Predicate<String> excluded;
    private final Predicate<String> saved;
    private final Set<String> parameters;

    TargetMatcher(Path file, ObjectNode config) {
        JsonNode targets = config.path("target_modules");
        this.namesItsTargets = targets.isArray() || isRegex(targets);
        PythonRegex regex = new PythonRegex(file);
        this.included = included(targets, config, regex);
        this.excluded = listOrRegex(config.path("exclude_modules"), regex, "exclude_modules");
        this.saved = saved(config.path("modules_to_save"), regex);
        this.parameters = Set.copyOf(StrictJson.texts(config.path("target_parameters")));
    }

    /** Whether PEFT wraps the target of {@code module}: a module of the model, or a parameter of one. */
    public boolean targets(LoraModule module) {
        return module.kind().onParameter() ? targetsParameter(module.name()) : targets(module.name());
    }

    /** Whether PEFT wraps the parameter of that name. {@code exclude_modules} does not apply to parameters. */
    public boolean targetsParameter(String parameterName) {
        return ModuleNames.ends(parameterName).anyMatch(parameters::contains);
    }

    /** Whether PEFT wraps the module of that name (the model's name, without {@code base_model.model.}). */
    public boolean targets(String moduleName) {
        return !excluded.test(moduleName) && !saved.test(moduleName) && included.test(moduleName);
    }

    /** Whether {@code modules_to_save} replaces the module of that name as a whole. */
    public boolean saves(String moduleName) {
        return saved.test(moduleName);
    }

    /** Whether {@code exclude_modules} excludes the module of that name. */
    public boolean excludes(String moduleName) {
        return excluded.test(moduleName);
    }

    /** Whether the config names its targets; if not, PEFT decides by the type of model. */
    public boolean namesItsTargets() {
        return namesItsTargets;
    }

    /** Whether a {@code target_modules} value is a regular expression, rather than a list or {@code all-linear}. */
    public static boolean isRegex(JsonNode value) {
        return value.isTextual() && !value.textValue().equals("all-linear");
    }

    /**
     * Null and {@code all-linear} match any module; a full name in a list matches regardless of
     * {@code layers_to_transform}.
     */
    private static Predicate<String> included(JsonNode targets, ObjectNode config, PythonRegex regex) {
        if (!targets.isArray() && !isRegex(targets)) {
            return name -> true;
        }
        Predicate<String> listed = listOrRegex(targets, regex, "target_modules");
        Predicate<String> wholeNames = StrictJson.texts(targets)::contains;
        return targets.isArray() ? wholeNames.or(listed.and(layers(config, regex))) : listed;
    }

    /**
     * Matches by a list of suffixes that follow a dot, or by one regular expression for the whole name; any other value
     * matches nothing.
     */
    private static Predicate<String> listOrRegex(JsonNode value, PythonRegex regex, String field) {
        if (value.isTextual() && !value.textValue().isEmpty()) {
            return regex.compile(value.textValue(), field)::matches;
        }
        Set<String> suffixes = Set.copyOf(StrictJson.texts(value));
        return name -> ModuleNames.ends(name).anyMatch(suffixes::contains);
    }

    private static Predicate<String> saved(JsonNode value, PythonRegex regex) {
        PatternList modules = PatternList.ofModules(StrictJson.texts(value), regex, "modules_to_save");
        return name -> modules.first(name).isPresent();
    }

    private static Predicate<String> layers(ObjectNode config, PythonRegex regex) {
        JsonNode wanted = config.path("layers_to_transform");
        Set<BigInteger> indexes = new HashSet<>();
        (wanted.isArray() ? wanted : List.of(wanted)).forEach(index -> {
            if (index.isInt()) {
                indexes.add(BigInteger.valueOf(index.intValue()));
            }
        });
        if (indexes.isEmpty()) {
            return name -> true;
        }
        JsonNode pattern = config.path("layers_pattern");
        List<String> texts = pattern.isTextual() ? List.of(pattern.textValue()) : StrictJson.texts(pattern);
        regex.limit(texts.size(), PatternList.MAX_EXPRESSIONS, "layers_pattern");
        List<NameRegex> given = texts.stream()
                .filter(text -> !text.isEmpty())
                .map(text -> regex.compile("(?:^|.*?\\.)", text, "\\." + INDEX, "layers_pattern"))
                .toList();
        List<NameRegex> patterns =
                given.isEmpty() ? List.of(regex.compile(FIRST_INDEX + INDEX, "layers_to_transform")) : given;
        return name -> patterns.stream()
                .map(candidate -> candidate.groupAtStart(name, "idx"))
                .flatMap(Optional::stream)
                .findFirst()
                .map(index -> isAmong(index, indexes))
                .orElse(false);
    }

    /** Whether the number is one of the indexes. It may have leading zeros, or the digits of another script. */
    private static boolean isAmong(String number, Set<BigInteger> indexes) {
        return number.length() <= MAX_DIGITS && indexes.contains(new BigInteger(number));
    }
}
