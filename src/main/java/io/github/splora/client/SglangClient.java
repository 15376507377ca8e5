package io.github.splora.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.adapter.Fusion;
import io.github.splora.adapter.LoraModule;
import io.github.splora.error.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * SGLang: stacks a layer's q, k, v and its gate, up on loading, so q and v, and gate and up, must both be present (a
 * missing k counts as zeros); accepts target modules only as a list; supports one rank and one scaling.
 */
final class SglangClient implements Client {

    private static final Map<String, Set<String>> NEEDED =
            Map.of(Fusion.QKV, Set.of("q_proj", "v_proj"), Fusion.GATE_UP, Set.of("gate_proj", "up_proj"));

    @Override
    public String title() {
        return "SGLang";
    }

    @Override
    public Demands demands() {
        return new Demands(false, true, true, true);
    }

    @Override
    public List<Problem> problems(AdapterContent content) {
        return Findings.of(List.of(
                targets(content),
                fusions(content),
                ScalingRule.ALPHA_OVER_R.problems(title(), content),
                ranks(content),
                BaseWeights.unchanged(title(), content),
                Tensors.loraOnly(
                        content,
                        Tensors::isBaseWeight,
                        "SGLang loads only lora_A.weight and lora_B.weight, so this tensor would be missing")));
    }

    private static List<Problem> targets(AdapterContent content) {
        JsonNode targets = content.config().toJson().path("target_modules");
        return targets.isArray()
                ? List.of()
                : List.of(new Problem(
                        content.config().file().toString(),
                        "target_modules",
                        targets.isMissingNode() ? "(absent)" : targets.toString(),
                        "SGLang requires a list of names here; splora prune --client sglang --action drop writes one"));
    }

    private static List<Problem> fusions(AdapterContent content) {
        Map<String, Set<String>> parts = new TreeMap<>(LoraModule.NATURAL_ORDER);
        content.modules().forEach(module -> parts.computeIfAbsent(Fusion.of(module.name()), fusion -> new TreeSet<>())
                .add(module.type()));
        List<Problem> problems = new ArrayList<>();
        parts.forEach((fusion, present) -> {
            Set<String> missing =
                    new TreeSet<>(NEEDED.getOrDefault(fusion.substring(fusion.lastIndexOf('.') + 1), Set.of()));
            missing.removeAll(present);
            if (!missing.isEmpty() && !present.contains(fusion.substring(fusion.lastIndexOf('.') + 1))) {
                problems.add(new Problem(
                        content.weights().toString(),
                        "module '" + fusion + "'",
                        null,
                        "has tensors for "
                                + present + " but not for " + missing
                                + ", which SGLang cannot load; prune such modules together (--granularity"
                                + " fusion) or zero them (--action zero)"));
            }
        });
        return problems;
    }

    private static List<Problem> ranks(AdapterContent content) {
        int rank = content.config().rank();
        return content.modules().stream()
                .filter(module -> module.rank() != rank)
                .map(module -> new Problem(
                        content.weights().toString(),
                        "module '" + module.name() + "' rank",
                        String.valueOf(module.rank()),
                        "SGLang loads only modules whose rank equals the config's r, " + rank))
                .toList();
    }
}
