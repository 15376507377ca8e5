package io.github.splora.surgery;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.LoraModule;
import io.github.splora.error.BadInputException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Rewrites a PEFT config for an adapter of which some modules get more ranks, so that every module's scaling stays what it was.
 * The largest rank becomes {@code r}, because clients size their memory by it; modules of another rank or alpha get entries in
 * {@code rank_pattern} and {@code alpha_pattern}. Every other key stays as it is, in its place.
 *
 * @param ranks the new rank of each module that gets more ranks, by its name
 */
record RankRewrite(Adapter adapter, Map<String, Integer> ranks) {

    /** Largest relative difference of a scaling that the config's arithmetic may leave. */
    private static final double SAME = 1e-14;

    /** What the config says of a module. */
    private record RankAndAlpha(int rank, double alpha) {}

    /**
     * Refuses adapters whose modules cannot be given more ranks.
     *
     * @throws BadInputException naming the field or module, and what to do instead
     */
    static void requirePossible(Adapter adapter, int added) {
        AdapterConfig config = adapter.config();
        String instead = "; use --action deflate, which keeps the rank";
        for (LoraModule module : adapter.modules()) {
            if (module.kind().onParameter()) {
                throw new BadInputException(
                        adapter.location(),
                        "module '" + module.name() + "'",
                        null,
                        "is on a parameter (target_parameters), whose rank splora does not change" + instead);
            }
            if (module.scaling() == 0) {
                throw new BadInputException(
                        config.file(),
                        "lora_alpha",
                        "0",
                        "scales module '" + module.name() + "' by 0, so nothing can be restored through it" + instead);
            }
            if (config.initLoraWeights().equals("orthogonal") && (module.rank() + added) % 2 != 0) {
                throw new BadInputException(
                        config.file(),
                        "init_lora_weights",
                        "orthogonal",
                        "PEFT loads such an adapter only if its rank is even, and " + module.rank() + " + " + added
                                + " is odd; choose another --restore-rank");
            }
        }
    }

    /** Returns the new config. Its meaning is checked against PEFT's rules before it is returned. */
    ObjectNode config() {
        AdapterConfig old = adapter.config();
        Map<String, RankAndAlpha> wanted = new LinkedHashMap<>();
        adapter.modules().forEach(module -> wanted.put(module.name(), wanted(module)));
        RankAndAlpha common = common(wanted);
        ObjectNode json = old.toJson();
        json.put("r", common.rank());
        putNumber(json, "lora_alpha", common.alpha());
        rewrite(json, "rank_pattern", wanted, each -> each.rank(), common.rank());
        rewrite(json, "alpha_pattern", wanted, each -> each.alpha(), common.alpha());
        check(json, wanted);
        return json;
    }

    private RankAndAlpha wanted(LoraModule module) {
        int rank = ranks.getOrDefault(module.name(), Math.toIntExact(module.rank()));
        return new RankAndAlpha(rank, alpha(module.scaling(), divisor(rank)));
    }

    private double divisor(int rank) {
        return adapter.config().rsLora() ? Math.sqrt(rank) : rank;
    }

    /** Returns the number near {@code scaling·divisor} that gives this very scaling, a whole one if there is one. */
    private static double alpha(double scaling, double divisor) {
        double alpha = scaling * divisor;
        double[] candidates = {Math.rint(alpha), alpha, Math.nextUp(alpha), Math.nextDown(alpha)};
        for (double candidate : candidates) {
            if (candidate / divisor == scaling) {
                return candidate;
            }
        }
        return alpha;
    }

    /** Returns what most of the modules with the largest rank need. */
    private static RankAndAlpha common(Map<String, RankAndAlpha> wanted) {
        int largest =
                wanted.values().stream().mapToInt(RankAndAlpha::rank).max().orElseThrow();
        Map<RankAndAlpha, Long> counts = wanted.values().stream()
                .filter(each -> each.rank() == largest)
                .collect(Collectors.groupingBy(each -> each, LinkedHashMap::new, Collectors.counting()));
        return counts.entrySet().stream()
                .max(Comparator.comparing((Map.Entry<RankAndAlpha, Long> entry) -> entry.getValue())
                        .thenComparing(entry -> entry.getKey().alpha()))
                .orElseThrow()
                .getKey();
    }

    private void rewrite(
            ObjectNode json,
            String field,
            Map<String, RankAndAlpha> wanted,
            ToDoubleFunction<RankAndAlpha> value,
            double common) {
        Map<Double, List<String>> others = wanted.keySet().stream()
                .filter(name -> value.applyAsDouble(of(wanted, name)) != common)
                .collect(Collectors.groupingBy(
                        name -> value.applyAsDouble(of(wanted, name)), LinkedHashMap::new, Collectors.toList()));
        if (others.isEmpty() && !json.path(field).isObject()) {
            return;
        }
        ObjectNode pattern = json.putObject(field);
        others.forEach((number, names) -> {
            Set<String> here = Set.copyOf(names);
            List<String> rest = wanted.keySet().stream()
                    .filter(name -> !here.contains(name))
                    .toList();
            keys(names, rest).forEach(key -> putNumber(pattern, key, number));
        });
    }

    /** Returns types if these tell the modules from the rest, else ends of names from the block on. */
    private static List<String> keys(List<String> names, List<String> rest) {
        List<String> types = names.stream()
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .distinct()
                .toList();
        return ModuleSuffixes.matchAny(types, rest) ? ModuleSuffixes.of(names, rest) : types;
    }

    private static void putNumber(ObjectNode json, String field, double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1L << 53) {
            json.put(field, (long) value);
        } else {
            json.put(field, value);
        }
    }

    private static RankAndAlpha of(Map<String, RankAndAlpha> wanted, String name) {
        return Objects.requireNonNull(wanted.get(name));
    }

    /** A wrong config would change the strength of a module without a word. */
    private void check(ObjectNode json, Map<String, RankAndAlpha> wanted) {
        AdapterConfig after = adapter.config().with(json);
        adapter.modules().forEach(module -> {
            double scaling = after.scalingOf(module.name());
            if (after.rankOf(module.name()) != of(wanted, module.name()).rank()
                    || Math.abs(scaling - module.scaling()) > SAME * Math.abs(module.scaling())) {
                throw new BadInputException(
                        adapter.config().file(),
                        "rank_pattern, alpha_pattern",
                        null,
                        "no patterns give module '" + module.name()
                                + "' its rank and scaling without changing another's; select all modules with --all");
            }
        });
    }
}
