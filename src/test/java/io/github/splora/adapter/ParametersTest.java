package io.github.splora.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.storage.Values;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyAdapter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LoRA on {@code target_parameters}, as PEFT 0.21 writes it for a tiny Mixtral and as its ParamWrapper computes it. */
class ParametersTest {

    private static final String EXPERTS = "model.layers.0.mlp.experts";
    private static final String BOTH = "[\"mlp.experts.down_proj\", \"mlp.experts.gate_up_proj\"]";

    @TempDir
    Path folder;

    private static TinyAdapter both() {
        return new TinyAdapter()
                .config("target_parameters", BOTH)
                .experts(EXPERTS + ".base_layer", 3, 10, 4)
                .experts(EXPERTS, 3, 4, 5);
    }

    @Test
    void theParameterDeclaredFirstIsTheInnermost() {
        open(both(), adapter -> assertThat(adapter.modules())
                .extracting(LoraModule::name, LoraModule::shape, LoraModule::rank, LoraModule::type)
                .containsExactly(
                        tuple(EXPERTS + ".down_proj", List.of(3L, 4L, 5L), 2L, "down_proj"),
                        tuple(EXPERTS + ".gate_up_proj", List.of(3L, 10L, 4L), 2L, "gate_up_proj")));
    }

    @Test
    void aSingleParameterHasNoEnclosingWrapper() {
        open(
                new TinyAdapter()
                        .config("target_parameters", "[\"experts.gate_up_proj\"]")
                        .experts(EXPERTS, 3, 10, 4),
                adapter -> assertThat(adapter.modules())
                        .extracting(LoraModule::name)
                        .containsExactly(EXPERTS + ".gate_up_proj"));
    }

    @Test
    void whichParametersAreWrappedMayDifferByLayer() {
        String other = "model.layers.1.mlp.experts";
        open(
                new TinyAdapter()
                        .config(
                                "target_parameters",
                                "[\"layers.0.mlp.experts.down_proj\", \"layers.1.mlp.experts.gate_up_proj\"]")
                        .experts(EXPERTS, 3, 4, 5)
                        .experts(other, 3, 10, 4),
                adapter -> assertThat(adapter.modules())
                        .extracting(LoraModule::name)
                        .containsExactly(EXPERTS + ".down_proj", other + ".gate_up_proj"));
    }

    @Test
    void anEntryWithoutAModuleMatchesOnlyExperts() {
        open(
                new TinyAdapter()
                        .config("target_parameters", "[\"down_proj\"]")
                        .experts(EXPERTS, 3, 4, 5)
                        .module("model.layers.1.mlp.down_proj", 6, 4),
                adapter -> assertThat(adapter.modules())
                        .extracting(LoraModule::name)
                        .containsExactly(EXPERTS + ".down_proj", "model.layers.1.mlp.down_proj"));
    }

    @Test
    void eachExpertHasItsOwnFactors() {
        open(both(), adapter -> {
            LoraModule down = adapter.modules().get(0);
            double[] a = Values.of(down.loraA());
            double[] b = Values.of(down.loraB());
            List<Factors> factors = down.factors();
            assertThat(factors).hasSize(3);
            for (int e = 0; e < 3; e++) {
                for (int rho = 0; rho < 2; rho++) {
                    for (int i = 0; i < 5; i++) {
                        assertThat(factors.get(e).a().at(rho, i)).isEqualTo(a[(2 * e + rho) * 5 + i]);
                    }
                    for (int o = 0; o < 4; o++) {
                        assertThat(factors.get(e).b().at(o, rho)).isEqualTo(b[o * 6 + 3 * rho + e]);
                    }
                }
            }
        });
    }

    @Test
    void aMatrixThatIsAParameterIsAStackOfOne() {
        String gate = "model.layers.0.mlp.gate";
        open(
                new TinyAdapter()
                        .config("target_parameters", "[\"mlp.gate.weight\"]")
                        .module(gate, 3, 4),
                adapter -> {
                    LoraModule module = adapter.modules().get(0);
                    assertThat(module.name()).isEqualTo(gate + ".weight");
                    assertThat(module.shape()).containsExactly(3L, 4L);
                    assertThat(module.factors().get(0).b().values()).containsExactly(Values.of(module.loraB()));
                });
    }

    @Test
    void rankAndAlphaPatternsAreLookedUpByTheParametersName() {
        open(
                new TinyAdapter()
                        .config("target_parameters", BOTH)
                        .config("rank_pattern", "{\".*\\\\.gate_up_proj\": 4}")
                        .config("alpha_pattern", "{\"experts.down_proj\": 7}")
                        .random("base_model.model." + EXPERTS + ".base_layer.lora_A.weight", 12, 4)
                        .random("base_model.model." + EXPERTS + ".base_layer.lora_B.weight", 10, 12)
                        .experts(EXPERTS, 3, 4, 5),
                adapter -> assertThat(adapter.modules())
                        .extracting(LoraModule::rank, LoraModule::scaling)
                        .containsExactly(tuple(2L, 3.5), tuple(4L, 1.0)));
    }

    @Test
    void factorsThatDoNotFormAWholeStackAreRefused() {
        TinyAdapter odd = new TinyAdapter()
                .config("target_parameters", "[\"experts.down_proj\"]")
                .random("base_model.model." + EXPERTS + ".lora_A.weight", 5, 4)
                .random("base_model.model." + EXPERTS + ".lora_B.weight", 6, 5);
        assertThat(refusal(odd))
                .singleElement()
                .asString()
                .endsWith("shape [5, 4]: the first dimension must be a multiple of rank 2, one rank per expert");
        TinyAdapter unequal = new TinyAdapter()
                .config("target_parameters", "[\"experts.down_proj\"]")
                .random("base_model.model." + EXPERTS + ".lora_A.weight", 6, 4)
                .random("base_model.model." + EXPERTS + ".lora_B.weight", 6, 4);
        assertThat(refusal(unequal))
                .singleElement()
                .asString()
                .endsWith("shape [6, 4]: must have as many columns as lora_A has rows, 6");
    }

    @Test
    void parametersThatCannotBeDistinguishedAreRefused() {
        String weights = folder.resolve("adapter_model.safetensors") + ": module '" + EXPERTS + "': ";
        assertThat(refusal(new TinyAdapter().config("target_parameters", BOTH).experts(EXPERTS, 3, 4, 5)))
                .containsExactly(weights + "target_parameters names [gate_up_proj, down_proj] in this module, but the"
                        + " file holds factors for a different number of parameters");
        assertThat(refusal(new TinyAdapter()
                        .config("target_parameters", "[\"experts.alpha\", \"experts.beta\"]")
                        .experts(EXPERTS + ".base_layer", 3, 10, 4)
                        .experts(EXPERTS, 3, 4, 5)))
                .containsExactly(weights + "target_parameters names [alpha, beta] in this module, but the file does not"
                        + " say which factors belong to which parameter; only the order of"
                        + " [gate_up_proj, gate_proj, up_proj, down_proj] is known");
    }

    @Test
    void remainingTensorsAreRenamedOnlyIfAWrapperIsGone() {
        open(both(), adapter -> {
            LoraModule down = adapter.modules().get(0);
            LoraModule gateUp = adapter.modules().get(1);
            String key = "base_model.model." + EXPERTS;
            assertThat(ParameterNesting.renamed(List.of(down, gateUp))).isEmpty();
            assertThat(ParameterNesting.renamed(List.of(down))).isEmpty();
            assertThat(ParameterNesting.renamed(List.of(gateUp)))
                    .containsOnly(
                            entry(key + ".base_layer.lora_A.weight", key + ".lora_A.weight"),
                            entry(key + ".base_layer.lora_B.weight", key + ".lora_B.weight"));
        });
    }

    private void open(TinyAdapter tiny, Consumer<Adapter> check) {
        try (Adapter adapter = Adapter.open(tiny.writeTo(folder))) {
            check.accept(adapter);
        }
    }

    private List<String> refusal(TinyAdapter tiny) {
        return Refusal.of(() -> open(tiny, adapter -> {}));
    }
}
