package io.github.splora.client;

import io.github.splora.adapter.LoraModule;
import io.github.splora.error.Problem;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Hugging Face's text-generation-inference: looks for tensors under the expected names, layer by layer, and silently
 * ignores everything else.
 */
final class TgiClient implements Client {

    private static final Pattern KNOWN = Pattern.compile(
            "model\\.layers\\.\\d+\\.(self_attn\\.(q|k|v|o|qkv)_proj|mlp\\.((gate|up|down|c)_proj|c_fc))");

    @Override
    public String title() {
        return "TGI";
    }

    @Override
    public Demands demands() {
        return new Demands(true, false, false, true);
    }

    @Override
    public List<Problem> problems(AdapterContent content) {
        return Findings.of(List.of(
                names(content),
                new Layers(title(), content).gaps(),
                ScalingRule.ALPHA_OVER_R_OR_ROOT.problems(title(), content),
                Punica.ranks(title(), content),
                BaseWeights.unchanged(title(), content),
                Tensors.plainNames(content, true, "TGI does not recognize this name and ignores the tensor"),
                Tensors.loraOnly(
                        content,
                        Tensors::isBaseWeight,
                        "TGI loads only lora_A.weight and lora_B.weight, so this tensor would be missing")));
    }

    @Override
    public List<Problem> problems(AdapterContent content, ModelLayers model) {
        return new Layers(title(), content).end(model);
    }

    private static List<Problem> names(AdapterContent content) {
        List<String> unknown = content.modules().stream()
                .map(LoraModule::name)
                .filter(name -> !KNOWN.matcher(name).matches())
                .toList();
        return unknown.isEmpty()
                ? List.of()
                : List.of(new Problem(
                        content.weights().toString(),
                        "module '" + unknown.get(0) + "'",
                        null,
                        "TGI does not support LoRA on this layer (only on the projections of"
                                + " model.layers.N.self_attn and .mlp) and ignores it"
                                + Findings.andOthers(unknown.size())
                                + "; merge the adapter into the model for this client"));
    }
}
