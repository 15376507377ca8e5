package io.github.splora.surgery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.TargetMatcher;
import io.github.splora.error.BadInputException;
import io.github.splora.json.StrictJson;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Extends a PEFT config's targets to further modules of the model. Changes {@code target_modules} and, only if it excludes one of
 * them, {@code exclude_modules}.
 *
 * @param config the adapter's config
 * @param present names of the modules that the adapter has
 * @param added names of the modules to be targeted as well
 * @param others names of the model's layers that must not be targeted
 */
public record TargetExtension(
        AdapterConfig config, Collection<String> present, Collection<String> added, Collection<String> others) {

    /**
     * Applies the change to a copy of the config.
     *
     * @throws BadInputException if no targets fit exactly these modules
     */
    public void applyTo(ObjectNode json) {
        if (added.isEmpty()) {
            return;
        }
        JsonNode old = json.path("target_modules");
        include(json);
        for (List<String> names : List.of(types(), ModuleSuffixes.of(added, others), List.copyOf(added))) {
            if (TargetMatcher.isRegex(old)) {
                json.put(
                        "target_modules",
                        ConfigRewrite.prefixed(old.textValue(), "", "|" + ModuleSuffixes.asRegex(names)));
            } else {
                ArrayNode list = json.putArray("target_modules");
                Stream.concat(old(old).stream(), names.stream()).distinct().forEach(list::add);
            }
            if (isExact(json)) {
                return;
            }
        }
        throw new BadInputException(
                config.file(),
                "target_modules",
                old,
                "no targets fit exactly the modules to restore, '"
                        + added.iterator().next() + "' and others; use --restore-modules adapter");
    }

    /** The old list; where PEFT itself chooses the modules, the modules that the adapter has. */
    private List<String> old(JsonNode targets) {
        return targets.isArray() ? StrictJson.texts(targets) : ModuleSuffixes.of(present, others);
    }

    private List<String> types() {
        return added.stream()
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .distinct()
                .toList();
    }

    /** Takes the added modules out of {@code exclude_modules}. */
    private void include(ObjectNode json) {
        TargetMatcher before = config.targets();
        List<String> excluded = added.stream().filter(before::excludes).toList();
        if (excluded.isEmpty()) {
            return;
        }
        JsonNode old = json.path("exclude_modules");
        String regex = old.isTextual() ? old.textValue() : ModuleSuffixes.asRegex(StrictJson.texts(old));
        json.put("exclude_modules", ConfigRewrite.prefixed(regex, "(?!" + ModuleSuffixes.exactly(excluded) + "$)", ""));
    }

    private boolean isExact(ObjectNode json) {
        TargetMatcher before = config.targets();
        TargetMatcher after = config.targetsOf(json);
        List<String> untouched = new ArrayList<>(present);
        // Where PEFT chooses the modules, the matcher cannot know which layers it would have left out.
        if (before.namesItsTargets()) {
            untouched.addAll(others);
        }
        return added.stream().allMatch(after::targets)
                && untouched.stream().allMatch(name -> before.targets(name) == after.targets(name))
                && (before.namesItsTargets() || others.stream().noneMatch(after::targets));
    }
}
