package io.github.splora.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.adapter.LoraModule;
import io.github.splora.error.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * vLLM: relies on the tensors, not on {@code target_modules}; any module may be missing, even one of a packed group. It
 * rejects the whole adapter if it finds anything unknown.
 */
final class VllmClient implements Client {

    /** The highest value that {@code --max-lora-rank} accepts. */
    private static final int HIGHEST_RANK = 512;
    /** All of these values, and the default. */
    private static final List<Integer> RANKS = List.of(1, 8, 16, 32, 64, 128, 256, 320, HIGHEST_RANK);

    private static final int DEFAULT_RANK = 16;

    @Override
    public String title() {
        return "vLLM";
    }

    @Override
    public Demands demands() {
        return Demands.NONE;
    }

    @Override
    public List<Problem> problems(AdapterContent content) {
        return Findings.of(List.of(
                fields(content),
                ScalingRule.ALPHA_OVER_R_OR_ROOT.problems("vLLM (except its newest versions)", content),
                BaseWeights.unchanged(title(), content),
                ranks(content),
                Tensors.plainNames(content, false, "vLLM rejects adapters with such tensor names"),
                Tensors.loraOnly(
                        content,
                        VllmClient::isKnownBaseWeight,
                        "vLLM rejects adapters with tensors other than lora_A.weight and lora_B.weight")));
    }

    @Override
    public List<Problem> problems(AdapterContent content, ModelLayers model) {
        return model.architecture()
                .flatMap(VllmNames::of)
                .map(names -> VllmKeys.problems(content, model, names))
                .orElse(List.of());
    }

    @Override
    public List<String> requirements(AdapterContent content) {
        long rank = Stream.concat(
                        Stream.of((long) content.config().rank()),
                        content.modules().stream().map(LoraModule::rank))
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return rank <= DEFAULT_RANK
                ? List.of()
                : RANKS.stream()
                        .filter(taken -> taken >= rank)
                        .findFirst()
                        .map(taken -> List.of("the adapter's rank is " + rank + ": start vLLM with --max-lora-rank "
                                + taken + " or more (its default is " + DEFAULT_RANK + ")"))
                        .orElse(List.of());
    }

    private static List<Problem> fields(AdapterContent content) {
        ObjectNode json = content.config().toJson();
        String file = content.config().file().toString();
        List<Problem> problems = new ArrayList<>();
        if (!json.has("target_modules")) {
            problems.add(new Problem(
                    file,
                    "target_modules",
                    "(absent)",
                    "vLLM rejects a config without this field; add it (null is enough)"));
        }
        if (!json.path("modules_to_save").isEmpty()) {
            problems.add(new Problem(
                    file,
                    "modules_to_save",
                    json.get("modules_to_save").toString(),
                    "vLLM rejects adapters that replace whole modules; merge the adapter into the model"
                            + " for this client"));
        }
        return problems;
    }

    private static List<Problem> ranks(AdapterContent content) {
        return content.modules().stream()
                .filter(module -> module.rank() > HIGHEST_RANK)
                .map(module -> rank(content, module))
                .toList();
    }

    private static Problem rank(AdapterContent content, LoraModule module) {
        return new Problem(
                content.weights().toString(),
                "module '" + module.name() + "' rank",
                String.valueOf(module.rank()),
                "exceeds vLLM's highest --max-lora-rank, " + HIGHEST_RANK);
    }

    private static boolean isKnownBaseWeight(String tensorName) {
        return tensorName.endsWith(".embed_tokens.base_layer.weight")
                || tensorName.endsWith(".lm_head.base_layer.weight");
    }
}
