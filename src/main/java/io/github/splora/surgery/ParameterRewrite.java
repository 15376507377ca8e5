package io.github.splora.surgery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.TargetMatcher;
import io.github.splora.error.BadInputException;
import java.util.List;

/**
 * Rewrites {@code target_parameters} after parameters have been removed. In every {@link ConfigStyle} it names the
 * remaining ones, since {@code exclude_modules} does not apply to parameters.
 *
 * @param config the adapter's config
 * @param kept names of the parameters that stay
 * @param removed names of the removed parameters; if empty, the config is unchanged
 */
record ParameterRewrite(AdapterConfig config, List<String> kept, List<String> removed) {

    private static final String FIELD = "target_parameters";

    /** Returns a rewrite for an adapter that loses no parameters. */
    static ParameterRewrite none(AdapterConfig config) {
        return new ParameterRewrite(config, List.of(), List.of());
    }

    /** Applies the change to a copy of the config. */
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
                    "no list of names distinguishes the remaining parameters from the removed ones; use --action zero");
        }
        ArrayNode list = json.putArray(FIELD);
        suffixes.forEach(list::add);
    }

    /**
     * Checks the result, since a wrong config would make a client silently build removed parameters or lose kept ones.
     */
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
