package io.github.splora.client;

import io.github.splora.error.Problem;
import java.util.List;

/**
 * llama.cpp, through its {@code convert_lora_to_gguf.py}: relies on the tensors, reads only {@code lora_alpha} from the
 * config, and takes each module's rank from its matrices. Any module may be missing.
 */
final class LlamaCppClient implements Client {

    @Override
    public String title() {
        return "llama.cpp";
    }

    @Override
    public Demands demands() {
        return new Demands(false, false, false, true);
    }

    @Override
    public List<Problem> problems(AdapterContent content) {
        return Findings.of(List.of(
                ScalingRule.ALPHA_OVER_OWN_RANK.problems(title(), content),
                BaseWeights.unchanged(title(), content),
                Tensors.plainNames(content, false, "llama.cpp's converter fails on tensors with such names"),
                Tensors.loraOnly(
                        content,
                        LlamaCppClient::isConverted,
                        "llama.cpp's converter fails on tensors other than lora_A.weight and lora_B.weight")));
    }

    private static boolean isConverted(String tensorName) {
        return Tensors.isBaseWeight(tensorName) || tensorName.contains("_layernorm") || tensorName.contains(".norm");
    }
}
