package io.github.splora.client;

import io.github.splora.error.Problem;
import java.util.List;

/**
 * Predibase's LoRAX, the origin of TGI's LoRA support. The layers that it supports depend on the model; it is built
 * with a PEFT version without rsLoRA, so it ignores the flag.
 */
final class LoraxClient implements Client {

    @Override
    public String title() {
        return "LoRAX";
    }

    @Override
    public Demands demands() {
        return new Demands(true, false, false, true);
    }

    @Override
    public List<Problem> problems(AdapterContent content) {
        return Findings.of(List.of(
                new Layers(title(), content).gaps(),
                ScalingRule.ALPHA_OVER_R.problems(title(), content),
                Punica.ranks(title(), content),
                BaseWeights.unchanged(title(), content),
                Tensors.plainNames(content, true, "LoRAX does not recognize this name and ignores the tensor"),
                Tensors.loraOnly(
                        content,
                        Tensors::isBaseWeight,
                        "LoRAX loads only lora_A.weight and lora_B.weight, so this tensor would be missing")));
    }

    @Override
    public List<Problem> problems(AdapterContent content, ModelLayers model) {
        return new Layers(title(), content).end(model);
    }
}
