package io.github.splora.surgery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.TargetMatcher;
import io.github.splora.error.BadInputException;
import java.util.List;

/**
 * Rewrites {@code target_parameters} for an adapter that has lost some of its parameters: whatever the
 * {@link ConfigStyle}, it names what is left, since {@code exclude_modules} has no say in parameters.
 *
 * @param config the adapter's config
 * @param kept names of the parameters that stay
 * @param removed names of those that go; none leaves the config as it is
 */
record ParameterRewrite(AdapterConfig config, List<String> kept, List<String> removed) {

    private static final String FIELD = "target_parameters";

    /** For an adapter that loses none. */
    static ParameterRewrite none(AdapterConfig config) {
        return new ParameterRewrite(config, List.of(), List.of());
    }

    /** Changes the copy of the config. */
    void applyTo(ObjectNode json) {
        if (removed.isEmpty()) {
            return;
        }
        List<String> suffixes = ModuleSuffixes.of(kept, removed);
        if (ModuleSuffixes.matchAny(suffixes, removed)) {
            throw new BadInputException(
                    config.file(),
                    FIELD,
                    json.get(FIELD),
                    "no list of names tells the parameters that stay from those that go; use --action zero");
        }
        ArrayNode list = json.putArray(FIELD);
        suffixes.forEach(list::add);
    }

    /** A wrong config would make a client build what was removed, or lose what was kept, without a word. */
    void check(ObjectNode json) {
        TargetMatcher after = config.targetsOf(json);
        for (String name : kept) {
            if (!after.targetsParameter(name)) {
                throw new IllegalStateException("the rewritten config loses the kept parameter " + name);
            }
        }
        for (String name : removed) {
            if (after.targetsParameter(name)) {
                throw new IllegalStateException("the rewritten config still targets the removed parameter " + name);
            }
        }
    }
}
