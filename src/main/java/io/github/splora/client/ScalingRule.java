package io.github.splora.client;

import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.LoraModule;
import io.github.splora.error.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleBiFunction;

/**
 * How a client computes s in ΔW = s·BA. If the result differs from PEFT's, the client applies the module with the wrong
 * strength; no client reports that.
 */
enum ScalingRule {
    /** One s for all modules, from {@code lora_alpha} and {@code r}. */
    ALPHA_OVER_R("lora_alpha / r", false, (config, module) -> config.rank()),
    /** The same, but with the square root of r if {@code use_rslora} is set. */
    ALPHA_OVER_R_OR_ROOT(
            "lora_alpha / r (or its square root with use_rslora)",
            true,
            (config, module) -> config.rsLora() ? Math.sqrt(config.rank()) : config.rank()),
    /** {@code lora_alpha} divided by the rank of the module's matrices. */
    ALPHA_OVER_OWN_RANK("lora_alpha / the module's rank", false, (config, module) -> module.rank());

    private static final double SAME = 1e-9;

    private final String formula;
    private final boolean knowsRsLora;
    private final ToDoubleBiFunction<AdapterConfig, LoraModule> divisor;

    ScalingRule(String formula, boolean knowsRsLora, ToDoubleBiFunction<AdapterConfig, LoraModule> divisor) {
        this.formula = formula;
        this.knowsRsLora = knowsRsLora;
        this.divisor = divisor;
    }

    /** Returns one problem for all modules that {@code client} would scale incorrectly; empty if there are none. */
    List<Problem> problems(String client, AdapterContent content) {
        AdapterConfig config = content.config();
        List<LoraModule> wrong = content.modules().stream()
                .filter(module -> !isSame(scalingOf(config, module), module.scaling()))
                .toList();
        if (wrong.isEmpty()) {
            return List.of();
        }
        LoraModule first = wrong.get(0);
        return List.of(new Problem(
                config.file().toString(),
                String.join(", ", causes(config)),
                null,
                client + " scales by " + formula + ": " + figure(scalingOf(config, first)) + " instead of "
                        + figure(first.scaling()) + " for module '" + first.name() + "'"
                        + Findings.andOthers(wrong.size())
                        + ", so the strength would be wrong; " + remedy(content)));
    }

    private double scalingOf(AdapterConfig config, LoraModule module) {
        // llama.cpp treats an alpha of 0 as absent; the others multiply by it.
        return this == ALPHA_OVER_OWN_RANK && config.loraAlpha() == 0
                ? 1
                : config.loraAlpha() / divisor.applyAsDouble(config, module);
    }

    /** Returns the fields that the client interprets differently from PEFT. */
    private List<String> causes(AdapterConfig config) {
        List<String> causes = new ArrayList<>();
        if (config.rsLora() && !knowsRsLora) {
            causes.add("use_rslora");
        }
        for (String pattern : List.of("rank_pattern", "alpha_pattern")) {
            if (!config.toJson().path(pattern).isEmpty()) {
                causes.add(pattern);
            }
        }
        return causes.isEmpty() ? List.of("lora_alpha") : causes;
    }

    /** Returns the config change that makes both agree, if one alpha can express it; otherwise an alternative. */
    private String remedy(AdapterContent content) {
        AdapterConfig config = content.config();
        if (causes(config).equals(List.of("use_rslora"))) {
            LoraModule any = content.modules().get(0);
            return "in a copy of the adapter, set use_rslora to false and lora_alpha to "
                    + any.scaling() * divisor.applyAsDouble(config, any) + ", which has the same effect in all clients";
        }
        return "merge the adapter into the model for this client, or train it with a single alpha and rank";
    }

    private static boolean isSame(double a, double b) {
        return Math.abs(a - b) <= SAME * Math.max(Math.abs(a), Math.abs(b));
    }

    private static String figure(double scaling) {
        return String.format(Locale.ROOT, "%.4g", scaling);
    }
}
