package io.github.splora.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.error.Problem;
import io.github.splora.inspect.Verification;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ConfigStyle;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What each client could not load, whole sentences; docs/clients.md says where the rules come from. */
class ClientsTest {

    private static final String Q = "model.layers.0.self_attn.q_proj";
    private static final String K = "model.layers.0.self_attn.k_proj";
    private static final String V = "model.layers.0.self_attn.v_proj";
    private static final String Q1 = "model.layers.1.self_attn.q_proj";
    private static final String V1 = "model.layers.1.self_attn.v_proj";
    private static final String GATE = "model.layers.0.mlp.gate_proj";
    private static final String UP = "model.layers.0.mlp.up_proj";

    @TempDir
    Path folder;

    /** Rank 8, alpha 16. */
    private static TinyAdapter plain() {
        return new TinyAdapter().config("r", "8").config("lora_alpha", "16");
    }

    private static TinyAdapter qv() {
        return plain().module(Q, 12, 10).module(V, 12, 10);
    }

    private String config(String rest) {
        return folder.resolve("adapter_config.json") + ": " + rest;
    }

    private String weights(String rest) {
        return folder.resolve("adapter_model.safetensors") + ": " + rest;
    }

    private List<String> problems(ClientKind client, TinyAdapter tiny) {
        try (Adapter adapter = Adapter.open(tiny.writeTo(folder))) {
            return Verification.problems(adapter, List.of(client)).stream()
                    .map(Problem::toString)
                    .toList();
        }
    }

    private List<String> problems(ClientKind client, TinyAdapter tiny, TinyCheckpoint model) {
        try (Adapter adapter = Adapter.open(tiny.writeTo(folder));
                Checkpoint checkpoint = Checkpoint.open(model.writeTo(folder.resolve("model")))) {
            return Verification.problems(adapter, checkpoint, List.of(client)).stream()
                    .map(Problem::toString)
                    .toList();
        }
    }

    @ParameterizedTest
    @EnumSource(ClientKind.class)
    void aPlainAdapterIsForEveryClient(ClientKind client) {
        assertThat(problems(client, qv())).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ClientKind.class)
    void patternsThatChangeNothingAreForEveryClient(ClientKind client) {
        assertThat(problems(
                        client,
                        qv().config("rank_pattern", "{\"q_proj\": 8}").config("alpha_pattern", "{\"v_proj\": 16}")))
                .isEmpty();
    }

    @Test
    void whoTakesRsLora() {
        assertThat(loadable(qv().config("use_rslora", "true")))
                .containsExactly(ClientKind.PEFT, ClientKind.VLLM, ClientKind.TGI);
    }

    @Test
    void whoTakesARankOfAModulesOwnIfItsScalingIsAlphaByThatRank() {
        assertThat(loadable(plain().config("rank_pattern", "{\"q_proj\": 16}")
                        .module(Q, 20, 20, 16)
                        .module(V, 20, 20)))
                .containsExactly(ClientKind.PEFT, ClientKind.LLAMA_CPP);
    }

    @Test
    void whoTakesARankOfAModulesOwnIfItsScalingIsAsThatOfTheOthers() {
        assertThat(loadable(plain().config("rank_pattern", "{\"q_proj\": 16}")
                        .config("alpha_pattern", "{\"q_proj\": 32}")
                        .module(Q, 20, 20, 16)
                        .module(V, 20, 20)))
                .containsExactly(ClientKind.PEFT, ClientKind.VLLM, ClientKind.TGI, ClientKind.LORAX);
    }

    @Test
    void nobodyButPeftTakesAnAlphaOfAModulesOwn() {
        assertThat(loadable(qv().config("alpha_pattern", "{\"q_proj\": 4}"))).containsExactly(ClientKind.PEFT);
    }

    @Test
    void nobodyButPeftTakesABiasOfB() {
        assertThat(loadable(qv().config("lora_bias", "true").random("base_model.model." + Q + ".lora_B.bias", 12)))
                .containsExactly(ClientKind.PEFT);
    }

    @Test
    void nobodyButPeftTakesSavedModules() {
        assertThat(loadable(
                        qv().config("modules_to_save", "[\"score\"]").random("base_model.model.score.weight", 2, 10)))
                .containsExactly(ClientKind.PEFT);
    }

    private Set<ClientKind> loadable(TinyAdapter tiny) {
        Set<ClientKind> loadable = EnumSet.noneOf(ClientKind.class);
        for (ClientKind client : ClientKind.values()) {
            if (problems(client, tiny).isEmpty()) {
                loadable.add(client);
            }
        }
        return loadable;
    }

    @Test
    void llamaCppReadsNoRsLora() {
        assertThat(problems(
                        ClientKind.LLAMA_CPP,
                        plain().config("r", "16")
                                .config("use_rslora", "true")
                                .module(Q, 20, 20)
                                .module(V, 20, 20)))
                .containsExactly(config("use_rslora: llama.cpp scales by lora_alpha / the module's rank:"
                        + " 1.000 instead of 4.000 for module '" + Q
                        + "' (1 more like it), so their strength would be wrong; in a"
                        + " copy of the adapter, set use_rslora to false and lora_alpha to 64.0, which means the same to all"
                        + " clients"));
    }

    @Test
    void llamaCppReadsNoAlphaPattern() {
        assertThat(problems(ClientKind.LLAMA_CPP, qv().config("alpha_pattern", "{\"q_proj\": 4}")))
                .containsExactly(config(
                        "alpha_pattern: llama.cpp scales by lora_alpha / the module's rank: 2.000 instead of 0.5000 for module '"
                                + Q
                                + "', so their strength would be wrong; merge the adapter into the model for this client, or train it"
                                + " with one alpha and one rank"));
    }

    @Test
    void llamaCppTakesAnAlphaOfZeroForNone() {
        assertThat(problems(ClientKind.LLAMA_CPP, qv().config("lora_alpha", "0")))
                .containsExactly(config(
                        "lora_alpha: llama.cpp scales by lora_alpha / the module's rank: 1.000 instead of 0.000 for module '"
                                + Q
                                + "' (1 more like it), so their strength would be wrong; merge the adapter into the model for this client,"
                                + " or train it with one alpha and one rank"));
        assertThat(problems(ClientKind.VLLM, qv().config("lora_alpha", "0"))).isEmpty();
    }

    @Test
    void llamaCppsConverterStopsAtWhatItDoesNotKnow() {
        assertThat(problems(
                        ClientKind.LLAMA_CPP,
                        qv().random("base_model.model.score.weight", 2, 10)
                                .random("base_model.model.model.norm.weight", 10)
                                .random("base_model.model.lm_head.base_layer.weight", 4, 10)))
                .containsExactly(
                        weights(
                                "tensor 'base_model.model.score.weight': llama.cpp's converter stops at tensors other"
                                        + " than lora_A.weight and lora_B.weight; merge the adapter into the model for this client"));
    }

    @Test
    void vllmKnowsNoPatterns() {
        assertThat(problems(
                        ClientKind.VLLM,
                        plain().config("rank_pattern", "{\"q_proj\": 16}")
                                .module(Q, 20, 20, 16)
                                .module(V, 20, 20)))
                .containsExactly(config("rank_pattern: vLLM (but for its newest versions) scales by"
                        + " lora_alpha / r (its root with use_rslora): 2.000 instead of 1.000 for module '" + Q
                        + "', so their"
                        + " strength would be wrong; merge the adapter into the model for this client, or train it with one alpha"
                        + " and one rank"));
    }

    @Test
    void vllmWantsTargetModulesToBeThereWhateverTheySay() {
        assertThat(problems(ClientKind.VLLM, qv().config("target_modules", "\".*_proj\"")))
                .isEmpty();
        assertThat(problems(ClientKind.VLLM, qv().config("target_modules", "null")))
                .isEmpty();
        assertThat(problems(ClientKind.VLLM, qv().withoutConfig("target_modules")))
                .containsExactly(config("target_modules"
                        + " (absent): vLLM refuses a config without this field; add it, null is enough"));
    }

    @Test
    void vllmRefusesSavedModulesAndTheirTensors() {
        assertThat(problems(
                        ClientKind.VLLM,
                        qv().config("modules_to_save", "[\"score\"]").random("base_model.model.score.weight", 2, 10)))
                .containsExactly(
                        config(
                                "modules_to_save [\"score\"]: vLLM refuses adapters that replace whole modules; merge the adapter"
                                        + " into the model for this client"),
                        weights(
                                "tensor 'base_model.model.score.weight': vLLM refuses adapters with tensors other than"
                                        + " lora_A.weight and lora_B.weight; merge the adapter into the model for this client"));
    }

    @Test
    void vllmHasAHighestRank() {
        assertThat(problems(ClientKind.VLLM, plain().config("r", "513").module(Q, 2, 2)))
                .containsExactly(weights("module '" + Q + "' rank 513: vLLM's --max-lora-rank goes up to 512"));
        assertThat(problems(ClientKind.VLLM, plain().config("r", "512").module(Q, 2, 2)))
                .isEmpty();
    }

    @Test
    void vllmTakesPartsOfWhatItPacks() {
        assertThat(problems(ClientKind.VLLM, plain().module(Q, 12, 10).module(GATE, 12, 10)))
                .isEmpty();
    }

    @Test
    void anAdaptersNameInTheTensorsIsForPeftAndSglangAlone() {
        TinyAdapter named = plain().random("base_model.model." + Q + ".lora_A.default.weight", 8, 10)
                .random("base_model.model." + Q + ".lora_B.default.weight", 12, 8);
        String tensor = "tensor 'base_model.model." + Q + ".lora_A.default.weight': ";
        String remedy = " (1 more like it); load the adapter with PEFT and save it again";
        assertThat(problems(ClientKind.PEFT, named)).isEmpty();
        assertThat(problems(ClientKind.VLLM, named))
                .containsExactly(weights(tensor + "vLLM refuses adapters with tensors of such a name" + remedy));
        assertThat(problems(ClientKind.TGI, named))
                .containsExactly(weights(tensor + "TGI does not know such a name and leaves the tensor out" + remedy));
        assertThat(problems(ClientKind.LORAX, named))
                .containsExactly(
                        weights(tensor + "LoRAX does not know such a name and leaves the tensor out" + remedy));
        assertThat(problems(ClientKind.LLAMA_CPP, named))
                .containsExactly(weights(tensor + "llama.cpp's converter stops at tensors of such a name" + remedy));
    }

    @Test
    void sglangWantsAListOfTargets() {
        assertThat(problems(ClientKind.SGLANG, qv().config("target_modules", "\".*_proj\"")))
                .containsExactly(config(
                        "target_modules \".*_proj\": SGLang wants a list of names here; splora prune --client sglang --action drop"
                                + " writes one"));
        assertThat(problems(ClientKind.SGLANG, qv().withoutConfig("target_modules")))
                .containsExactly(config(
                        "target_modules (absent): SGLang wants a list of names here; splora prune --client sglang --action drop"
                                + " writes one"));
    }

    @Test
    void sglangWantsQAndVTogetherAndGateAndUp() {
        String remedy =
                ", which SGLang cannot load; a prune must take such modules together (--granularity fusion) or zero"
                        + " them (--action zero)";
        assertThat(problems(
                        ClientKind.SGLANG,
                        plain().module(Q, 12, 10)
                                .module(K, 12, 10)
                                .module(V1, 12, 10)
                                .module(GATE, 12, 10)))
                .containsExactly(
                        weights(
                                "module 'model.layers.0.mlp.gate_up_proj': has tensors for [gate_proj] but not for [up_proj]"
                                        + remedy),
                        weights(
                                "module 'model.layers.0.self_attn.qkv_proj': has tensors for [k_proj, q_proj] but not for [v_proj]"
                                        + remedy),
                        weights(
                                "module 'model.layers.1.self_attn.qkv_proj': has tensors for [v_proj] but not for [q_proj]"
                                        + remedy));
        assertThat(problems(
                        ClientKind.SGLANG,
                        qv().module(GATE, 12, 10)
                                .module(UP, 12, 10)
                                .module("model.layers.1.self_attn.qkv_proj", 36, 10)
                                .module("model.layers.1.self_attn.o_proj", 12, 10)))
                .isEmpty();
    }

    @Test
    void sglangHasOneRank() {
        assertThat(problems(
                        ClientKind.SGLANG,
                        plain().config("rank_pattern", "{\"q_proj\": 16}")
                                .config("alpha_pattern", "{\"q_proj\": 32}")
                                .module(Q, 20, 20, 16)
                                .module(V, 20, 20)))
                .containsExactly(weights(
                        "module '" + Q + "' rank 16: SGLang loads only modules whose rank is the config's r, 8"));
    }

    @Test
    void sglangLeavesOutWhatIsNotLora() {
        assertThat(problems(
                        ClientKind.SGLANG,
                        qv().config("modules_to_save", "[\"lm_head\"]")
                                .random("base_model.model.lm_head.weight", 4, 10)))
                .containsExactly(weights(
                        "tensor 'base_model.model.lm_head.weight': SGLang loads nothing but lora_A.weight and lora_B.weight,"
                                + " so this would be missing; merge the adapter into the model for this client"));
    }

    @ParameterizedTest
    @EnumSource(
            value = ClientKind.class,
            names = {"TGI", "LORAX"})
    void oneLayerWithoutATypeLosesTheType(ClientKind client) {
        assertThat(problems(client, qv().module(V1, 12, 10)))
                .containsExactly(weights("modules 'model.layers.*.self_attn.q_proj': blocks [1] have none, and "
                        + client.client().title()
                        + " then leaves them out in all blocks; prune the adapter as it was trained with --action zero, or train it"
                        + " on all layers"));
    }

    @ParameterizedTest
    @EnumSource(
            value = ClientKind.class,
            names = {"TGI", "LORAX"})
    void aModelWithMoreLayersLosesTheType(ClientKind client) {
        TinyCheckpoint model = new TinyCheckpoint();
        for (String module : List.of(Q, K, V, Q1, V1, "vision.layers.2.self_attn.q_proj")) {
            model.random(module + ".weight", 12, 10);
        }
        assertThat(problems(client, plain().module(Q, 12, 10).module(V, 12, 10), model))
                .containsExactly(
                        weights("modules 'model.layers.*.self_attn.q_proj': blocks [1] have none, and "
                                + client.client().title()
                                + " then leaves them out in all blocks; prune the adapter as it was trained with --action zero, or train it"
                                + " on all layers"),
                        weights("modules 'model.layers.*.self_attn.v_proj': blocks [1] have none, and "
                                + client.client().title()
                                + " then leaves them out in all blocks; prune the adapter as it was trained with --action zero, or train it"
                                + " on all layers"));
        assertThat(problems(client, qv().module(Q1, 12, 10).module(V1, 12, 10), model))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = ClientKind.class,
            names = {"TGI", "LORAX"})
    void aRankThatIsPaddedSpoilsTheScalingOfTheNextType(ClientKind client) {
        TinyAdapter four = plain().config("r", "4").module(Q, 12, 10).module(V, 12, 10);
        assertThat(problems(client, four))
                .containsExactly(config("r 4: " + client.client().title() + " pads it to 8 and then"
                        + " divides lora_alpha by that for all types but the first, so their strength would be wrong; a rank of 8 or a"
                        + " multiple of 16 is safe"));
        assertThat(problems(client, plain().config("r", "4").module(Q, 12, 10))).isEmpty();
        assertThat(problems(client, plain().config("r", "24").module(Q, 12, 10).module(V, 12, 10)))
                .singleElement()
                .asString()
                .contains("r 24: ", " pads it to 32 ");
        assertThat(problems(client, plain().config("r", "48").module(Q, 12, 10).module(V, 12, 10)))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = ClientKind.class,
            names = {"TGI", "LORAX"})
    void aTypeHasOneRank(ClientKind client) {
        assertThat(problems(
                        client,
                        plain().config("rank_pattern", "{\"layers.1.self_attn.q_proj\": 16}")
                                .config("alpha_pattern", "{\"layers.1.self_attn.q_proj\": 32}")
                                .module(Q, 20, 20)
                                .module(Q1, 20, 20, 16)))
                .containsExactly(weights("type 'q_proj' ranks [8, 16]: "
                        + client.client().title() + " stacks the modules of a type, so they must all have one rank"));
    }

    @Test
    void tgiKnowsItsLayersByName() {
        assertThat(problems(
                        ClientKind.TGI,
                        plain().module("transformer.h.0.attn.c_attn", 12, 10).module("lm_head", 12, 10)))
                .containsExactly(
                        weights("module 'transformer.h.0.attn.c_attn': TGI has no such layer for LoRA (it knows the"
                                + " projections of model.layers.N.self_attn and .mlp) and leaves it out (1 more like it); merge the adapter"
                                + " into the model for this client"));
    }

    @Test
    void loraxSeesNoRsLora() {
        assertThat(problems(
                        ClientKind.LORAX,
                        plain().config("r", "16")
                                .config("use_rslora", "true")
                                .module(Q, 20, 20)
                                .module(V, 20, 20)))
                .containsExactly(config("use_rslora: LoRAX scales by lora_alpha / r: 1.000 instead of 4.000"
                        + " for module '" + Q
                        + "' (1 more like it), so their strength would be wrong; in a copy of the adapter, set"
                        + " use_rslora to false and lora_alpha to 64.0, which means the same to all clients"));
    }

    @ParameterizedTest
    @EnumSource(value = ClientKind.class, names = "PEFT", mode = Mode.EXCLUDE)
    void onlyPeftChangesTheBaseWeights(ClientKind client) {
        assertThat(problems(client, qv().config("init_lora_weights", "\"pissa\"")))
                .containsExactly(
                        config("init_lora_weights pissa: PEFT changes the base weights when it loads such an adapter, "
                                + client.client().title()
                                + " does not; convert it with PEFT's path_initial_model_for_weight_conversion"
                                + " first"));
    }

    @Test
    void everyProblemIsNamedAtOnce() {
        assertThat(problems(
                        ClientKind.TGI,
                        plain().config("r", "4")
                                .config("init_lora_weights", "\"olora\"")
                                .config("alpha_pattern", "{\"q_proj\": 1}")
                                .module(Q, 12, 10)
                                .module(V1, 12, 10)
                                .random("base_model.model.score.weight", 2, 10)))
                .hasSize(6);
    }

    /** What the adapter would be, not what it is, decides. */
    @Test
    void aRewriteThatMendsAnAdapterMakesItLoadable() {
        try (Adapter adapter =
                Adapter.open(qv().config("target_modules", "\".*_proj\"").writeTo(folder))) {
            ModelLayers model = new ModelLayers(folder, List.of(), List.of());
            ClientKind.SGLANG.requireLoadable(
                    AdapterContent.of(
                            adapter, ActionKind.DROP.action(ConfigStyle.LIST).apply(adapter, Set.of())),
                    model);
            assertThat(Refusal.of(() -> ClientKind.SGLANG.requireLoadable(AdapterContent.of(adapter), model)))
                    .hasSize(1);
            assertThat(Refusal.of(() -> ClientKind.SGLANG.requireLoadable(
                            AdapterContent.of(
                                    adapter,
                                    ActionKind.DROP.action(ConfigStyle.LIST).apply(adapter, Set.of(Q))),
                            model)))
                    .singleElement()
                    .asString()
                    .contains("[v_proj] but not for [q_proj]");
        }
    }

    /** Pruning for PEFT is what it was before there were other clients. */
    @Test
    void aPruneForPeftLeavesWhatPeftWarnedOfBefore() {
        try (Adapter adapter =
                Adapter.open(qv().config("rank_pattern", "{\"gone\": 4}").writeTo(folder))) {
            AdapterContent content = AdapterContent.of(adapter);
            ModelLayers model = new ModelLayers(folder, List.of(), List.of());
            assertThatCode(() -> ClientKind.PEFT.requireLoadable(content, model))
                    .doesNotThrowAnyException();
        }
    }
}
