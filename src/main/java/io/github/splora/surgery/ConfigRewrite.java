package io.github.splora.surgery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.TargetMatcher;
import io.github.splora.error.BadInputException;
import io.github.splora.json.StrictJson;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Rewrites a PEFT config after modules or parameters have been removed. Changes only {@code exclude_modules} or
 * {@code target_modules}, {@code target_parameters}, and pattern entries that no longer match a module (PEFT warns
 * about those); every other key keeps its value and position.
 *
 * @param config the adapter's config
 * @param kept names of the modules that stay
 * @param removed names of the removed modules
 * @param parameters the same for parameters; at least one module or parameter stays
 */
record ConfigRewrite(AdapterConfig config, List<String> kept, List<String> removed, ParameterRewrite parameters) {

    private static final Pattern LEADING_FLAGS = Pattern.compile("^\\(\\?[aiLmsux]+\\)");

    /** Creates a rewrite for an adapter without target parameters. */
    ConfigRewrite(AdapterConfig config, List<String> kept, List<String> removed) {
        this(config, kept, removed, ParameterRewrite.none(config));
    }

    /** Whether a config must change even if no module is removed, because the style requires a list and it has none. */
    static boolean isNeeded(AdapterConfig config, ConfigStyle style) {
        return style == ConfigStyle.LIST
                && !config.toJson().path("target_modules").isArray();
    }

    /** Returns the new config, after checking its meaning against PEFT's rules. */
    ObjectNode in(ConfigStyle style) {
        ObjectNode json = config.toJson();
        if (!removed.isEmpty() || isNeeded(config, style)) {
            rewriteModules(json, style);
        }
        parameters.applyTo(json);
        config.removeDeadPatterns(
                json, Stream.concat(kept.stream(), parameters.kept().stream()).toList());
        check(json);
        parameters.check(json);
        return json;
    }

    /**
     * If no module remains, the targets are cleared instead of excluded, because PEFT warns about targets that match
     * nothing.
     */
    private void rewriteModules(ObjectNode json, ConfigStyle style) {
        if (kept.isEmpty()) {
            json.putArray("target_modules");
            json.putNull("layers_to_transform");
            json.putNull("layers_pattern");
            return;
        }
        switch (style) {
            case EXCLUDE -> exclude(json);
            case TARGETS -> target(json);
            case LIST -> list(json);
        }
    }

    private void exclude(ObjectNode json) {
        JsonNode old = json.path("exclude_modules");
        List<String> suffixes = ModuleSuffixes.of(removed, kept);
        boolean clear = !ModuleSuffixes.matchAny(suffixes, kept);
        if (clear && !old.isTextual()) {
            ArrayNode list = json.putArray("exclude_modules");
            old.forEach(list::add);
            suffixes.forEach(list::add);
            return;
        }
        String regex = clear ? ModuleSuffixes.asRegex(suffixes) : ModuleSuffixes.exactly(removed);
        if (old.isTextual()) {
            regex = prefixed(old.textValue(), "", "|" + regex);
        } else if (!old.isEmpty()) {
            regex = ModuleSuffixes.asRegex(StrictJson.texts(old)) + "|" + regex;
        }
        json.put("exclude_modules", regex);
    }

    private void target(ObjectNode json) {
        JsonNode old = json.path("target_modules");
        List<String> toRemove = ModuleSuffixes.of(removed, kept);
        if (TargetMatcher.isRegex(old)) {
            boolean clear = !ModuleSuffixes.matchAny(toRemove, kept);
            String gone = clear ? ModuleSuffixes.asRegex(toRemove) : ModuleSuffixes.exactly(removed);
            json.put("target_modules", prefixed(old.textValue(), "(?!(?:" + gone + ")$)", ""));
            return;
        }
        List<String> targeted = targeted(old);
        List<String> toKeep = ModuleSuffixes.of(targeted, removed, StrictJson.texts(old));
        if (!ModuleSuffixes.matchAny(toKeep, removed)) {
            put(json, toKeep);
        } else {
            json.put("target_modules", ModuleSuffixes.exactly(targeted));
            // PEFT rejects these alongside a regular expression; the names already determine the layers.
            json.putNull("layers_to_transform");
            json.putNull("layers_pattern");
        }
    }

    /**
     * Writes a list: of name suffixes if there was a list before, else of full names, which match regardless of layer.
     */
    private void list(ObjectNode json) {
        JsonNode old = json.path("target_modules");
        List<String> targeted = targeted(old);
        List<String> suffixes = ModuleSuffixes.of(targeted, removed, StrictJson.texts(old));
        List<String> names = old.isArray() && !ModuleSuffixes.matchAny(suffixes, removed) ? suffixes : targeted;
        if (ModuleSuffixes.matchAny(names, removed)) {
            throw new BadInputException(
                    config.file(),
                    "target_modules",
                    names,
                    "a list of names would also target removed modules, whose names end in the same way; use"
                            + " --action zero");
        }
        put(json, names);
    }

    private List<String> targeted(JsonNode old) {
        TargetMatcher before = config.targets();
        List<String> targeted = kept.stream().filter(before::targets).toList();
        if (targeted.isEmpty()) {
            throw new BadInputException(
                    config.file(),
                    "target_modules",
                    old,
                    "targets none of the modules that would be kept, so no client would load any of them");
        }
        return targeted;
    }

    private static void put(ObjectNode json, List<String> names) {
        ArrayNode list = json.putArray("target_modules");
        names.forEach(list::add);
    }

    /** Returns {@code before(?:regex)after}, with flags at the very start, the only place where Python accepts them. */
    static String prefixed(String regex, String before, String after) {
        Matcher flags = LEADING_FLAGS.matcher(regex);
        String lead = flags.find() ? flags.group() : "";
        return lead + before + "(?:" + regex.substring(lead.length()) + ")" + after;
    }

    /** Checks the result, since a wrong config would make a client silently build removed modules or lose kept ones. */
    private void check(ObjectNode json) {
        TargetMatcher before = config.targets();
        TargetMatcher after = config.targetsOf(json);
        for (String name : kept) {
            if (before.targets(name) != after.targets(name)) {
                throw new IllegalStateException("the rewritten config loses the kept module " + name);
            }
        }
        for (String name : removed) {
            if (after.targets(name)) {
                throw new IllegalStateException("the rewritten config still targets the removed module " + name);
            }
        }
    }
}
