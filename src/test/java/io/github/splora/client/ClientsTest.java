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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What each client cannot load, as complete messages; docs/clients.md gives the source of the rules. */
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
    void everyClientLoadsAPlainAdapter(ClientKind client) {
        assertThat(problems(client, qv())).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ClientKind.class)
    void everyClientAcceptsPatternsThatChangeNothing(ClientKind client) {
        assertThat(problems(
                        client,
                        qv().config("rank_pattern", "{\"q_proj\": 8}").config("alpha_pattern", "{\"v_proj\": 16}")))
                .isEmpty();
    }

    @Test
    void clientsThatSupportRsLora() {
        assertThat(loadable(qv().config("use_rslora", "true")))
                .containsExactly(ClientKind.PEFT, ClientKind.VLLM, ClientKind.TGI);
    }

    @Test
    void clientsThatSupportAModulesOwnRankWithItsOwnScaling() {
        assertThat(loadable(plain().config("rank_pattern", "{\"q_proj\": 16}")
                        .module(Q, 20, 20, 16)
                        .module(V, 20, 20)))
                .containsExactly(ClientKind.PEFT, ClientKind.LLAMA_CPP);
    }

    @Test
    void clientsThatSupportAModulesOwnRankWithTheCommonScaling() {
        assertThat(loadable(plain().config("rank_pattern", "{\"q_proj\": 16}")
                        .config("alpha_pattern", "{\"q_proj\": 32}")
                        .module(Q, 20, 20, 16)
                        .module(V, 20, 20)))
                .containsExactly(ClientKind.PEFT, ClientKind.VLLM, ClientKind.TGI, ClientKind.LORAX);
    }

    @Test
    void onlyPeftSupportsAModulesOwnAlpha() {
        assertThat(loadable(qv().config("alpha_pattern", "{\"q_proj\": 4}"))).containsExactly(ClientKind.PEFT);
    }

    @Test
    void onlyPeftSupportsABiasOfB() {
        assertThat(loadable(qv().config("lora_bias", "true").random("base_model.model." + Q + ".lora_B.bias", 12)))
                .containsExactly(ClientKind.PEFT);
    }

    @Test
    void onlyPeftSupportsSavedModules() {
        assertThat(loadable(
                        qv().config("modules_to_save", "[\"score\"]").random("base_model.model.score.weight", 2, 10)))
                .containsExactly(ClientKind.PEFT);
    }

    @ParameterizedTest
    @CsvSource({"3, false", "4, true", "8, true", "64, true", "65, false"})
    void fireworksLoadsRanksFrom4To64(int rank, boolean isLoaded) {
        List<String> problems = problems(
                ClientKind.FIREWORKS,
                new TinyAdapter()
                        .config("r", String.valueOf(rank))
                        .module(Q, 80, 80)
                        .module(V, 80, 80));
        assertThat(problems)
                .isEqualTo(
                        isLoaded
                                ? List.of()
                                : List.of(config("r " + rank + ": Fireworks loads ranks from 4 to 64 only")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[\"q_proj\", \"v_proj\"] | ",
                "[\"q_proj\", \"w1\", \"block_sparse_moe.gate\"] | ",
                "[\"q_proj\", \"lm_head\", \"x\"] | target_modules lm_head: Fireworks does not support",
                "\".*_proj\" | target_modules \".*_proj\": Fireworks requires a list",
                "null | target_modules null: Fireworks requires a list"
            })
    void fireworksKnowsCertainTargets(String targets, @Nullable String problem) {
        List<String> problems = problems(ClientKind.FIREWORKS, qv().config("target_modules", targets));
        if (problem == null) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems).singleElement().asString().contains(problem);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ClientKind.class,
            names = {"FIREWORKS", "BASETEN", "TOGETHER"})
    void servicesLoadOneRankOnly(ClientKind client) {
        assertThat(problems(
                        client,
                        plain().config("rank_pattern", "{\"q_proj\": 16}")
                                .config("alpha_pattern", "{\"q_proj\": 32}")
                                .module(Q, 20, 20, 16)
                                .module(V, 20, 20)))
                .anySatisfy(line -> assertThat(line)
                        .contains("module '" + Q + "' rank 16", client.client().title(), "the config's r, 8"));
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
    void llamaCppIgnoresRsLora() {
        assertThat(problems(
                        ClientKind.LLAMA_CPP,
                        plain().config("r", "16")
                                .config("use_rslora", "true")
                                .module(Q, 20, 20)
                                .module(V, 20, 20)))
                .containsExactly(config("use_rslora: llama.cpp scales by lora_alpha / the module's rank:"
                        + " 1.000 instead of 4.000 for module '" + Q
                        + "' (and 1 more), so the strength would be wrong; in a"
                        + " copy of the adapter, set use_rslora to false and lora_alpha to 64.0, which has the"
                        + " same effect in all clients"));
    }

    @Test
    void llamaCppIgnoresAlphaPattern() {
        assertThat(problems(ClientKind.LLAMA_CPP, qv().config("alpha_pattern", "{\"q_proj\": 4}")))
                .containsExactly(config(
                        "alpha_pattern: llama.cpp scales by lora_alpha / the module's rank: 2.000 instead of 0.5000 for module '"
                                + Q
                                + "', so the strength would be wrong; merge the adapter into the model for this"
                                + " client, or train it with a single alpha and rank"));
    }

    @Test
    void llamaCppTreatsAnAlphaOfZeroAsAbsent() {
        assertThat(problems(ClientKind.LLAMA_CPP, qv().config("lora_alpha", "0")))
                .containsExactly(config(
                        "lora_alpha: llama.cpp scales by lora_alpha / the module's rank: 1.000 instead of 0.000 for module '"
                                + Q
                                + "' (and 1 more), so the strength would be wrong; merge the adapter into the model"
                                + " for this client,"
                                + " or train it with a single alpha and rank"));
        assertThat(problems(ClientKind.VLLM, qv().config("lora_alpha", "0"))).isEmpty();
    }

    @Test
    void llamaCppsConverterFailsOnUnknownTensors() {
        assertThat(problems(
                        ClientKind.LLAMA_CPP,
                        qv().random("base_model.model.score.weight", 2, 10)
                                .random("base_model.model.model.norm.weight", 10)
                                .random("base_model.model.lm_head.base_layer.weight", 4, 10)))
                .containsExactly(
                        weights("tensor 'base_model.model.score.weight': llama.cpp's converter fails on tensors"
                                + " other than lora_A.weight and lora_B.weight; merge the adapter into"
                                + " the model for this client"));
    }

    @Test
    void vllmIgnoresPatterns() {
        assertThat(problems(
                        ClientKind.VLLM,
                        plain().config("rank_pattern", "{\"q_proj\": 16}")
                                .module(Q, 20, 20, 16)
                                .module(V, 20, 20)))
                .containsExactly(config("rank_pattern: vLLM (except its newest versions) scales by"
                        + " lora_alpha / r (or its square root with use_rslora): 2.000 instead of 1.000 for"
                        + " module '" + Q
                        + "', so the strength would be wrong; merge the adapter into the model for this client,"
                        + " or train it with a single alpha and rank"));
    }

    @Test
    void vllmRequiresTargetModulesButIgnoresTheirValue() {
        assertThat(problems(ClientKind.VLLM, qv().config("target_modules", "\".*_proj\"")))
                .isEmpty();
        assertThat(problems(ClientKind.VLLM, qv().config("target_modules", "null")))
                .isEmpty();
        assertThat(problems(ClientKind.VLLM, qv().withoutConfig("target_modules")))
                .containsExactly(config("target_modules"
                        + " (absent): vLLM rejects a config without this field; add it (null is enough)"));
    }

    @Test
    void vllmRefusesSavedModulesAndTheirTensors() {
        assertThat(problems(
                        ClientKind.VLLM,
                        qv().config("modules_to_save", "[\"score\"]").random("base_model.model.score.weight", 2, 10)))
                .containsExactly(
                        config("modules_to_save [\"score\"]: vLLM rejects adapters that replace whole modules;"
                                + " merge the adapter"
                                + " into the model for this client"),
                        weights(
                                "tensor 'base_model.model.score.weight': vLLM rejects adapters with tensors other than"
                                        + " lora_A.weight and lora_B.weight; merge the adapter into the model for this client"));
    }

    @Test
    void vllmHasAHighestRank() {
        assertThat(problems(ClientKind.VLLM, plain().config("r", "513").module(Q, 2, 2)))
                .containsExactly(weights("module '" + Q + "' rank 513: exceeds vLLM's highest --max-lora-rank, 512"));
        assertThat(problems(ClientKind.VLLM, plain().config("r", "512").module(Q, 2, 2)))
                .isEmpty();
    }

    @Test
    void vllmAcceptsPartsOfPackedModules() {
        assertThat(problems(ClientKind.VLLM, plain().module(Q, 12, 10).module(GATE, 12, 10)))
                .isEmpty();
    }

    @Test
    void onlyPeftAndSglangAcceptAnAdapterNameInTensorNames() {
        TinyAdapter named = plain().random("base_model.model." + Q + ".lora_A.default.weight", 8, 10)
                .random("base_model.model." + Q + ".lora_B.default.weight", 12, 8);
        String tensor = "tensor 'base_model.model." + Q + ".lora_A.default.weight': ";
        String remedy = " (and 1 more); load the adapter with PEFT and save it again";
        assertThat(problems(ClientKind.PEFT, named)).isEmpty();
        assertThat(problems(ClientKind.VLLM, named))
                .containsExactly(weights(tensor + "vLLM rejects adapters with such tensor names" + remedy));
        assertThat(problems(ClientKind.TGI, named))
                .containsExactly(weights(tensor + "TGI does not recognize this name and ignores the tensor" + remedy));
        assertThat(problems(ClientKind.LORAX, named))
                .containsExactly(
                        weights(tensor + "LoRAX does not recognize this name and ignores the tensor" + remedy));
        assertThat(problems(ClientKind.LLAMA_CPP, named))
                .containsExactly(weights(tensor + "llama.cpp's converter fails on tensors with such names" + remedy));
    }

    @Test
    void sglangRequiresAListOfTargets() {
        assertThat(problems(ClientKind.SGLANG, qv().config("target_modules", "\".*_proj\"")))
                .containsExactly(config("target_modules \".*_proj\": SGLang requires a list of names here; splora prune"
                        + " --client sglang --action drop"
                        + " writes one"));
        assertThat(problems(ClientKind.SGLANG, qv().withoutConfig("target_modules")))
                .containsExactly(
                        config("target_modules (absent): SGLang requires a list of names here; splora prune --client"
                                + " sglang --action drop"
                                + " writes one"));
    }

    @Test
    void sglangRequiresQWithVAndGateWithUp() {
        String remedy = ", which SGLang cannot load; prune such modules together (--granularity fusion) or zero them"
                + " (--action zero)";
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
                        "module '" + Q + "' rank 16: SGLang loads only modules whose rank equals the config's r, 8"));
    }

    @Test
    void sglangIgnoresTensorsOtherThanLora() {
        assertThat(problems(
                        ClientKind.SGLANG,
                        qv().config("modules_to_save", "[\"lm_head\"]")
                                .random("base_model.model.lm_head.weight", 4, 10)))
                .containsExactly(weights("tensor 'base_model.model.lm_head.weight': SGLang loads only lora_A.weight and"
                        + " lora_B.weight, so this tensor would be missing; merge the adapter into the"
                        + " model for this client"));
    }

    @ParameterizedTest
    @EnumSource(
            value = ClientKind.class,
            names = {"TGI", "LORAX"})
    void oneLayerWithoutATypeLosesTheType(ClientKind client) {
        assertThat(problems(client, qv().module(V1, 12, 10)))
                .containsExactly(weights("modules 'model.layers.*.self_attn.q_proj': missing in blocks [1], and "
                        + client.client().title()
                        + " then ignores them in all blocks; prune the original adapter with --action zero, or"
                        + " train on all layers"));
    }

    @ParameterizedTest
    @EnumSource(
            value = ClientKind.class,
            names = {"TGI", "LORAX"})
    void aBlockWithAHugeNumberCostsNothing(ClientKind client) {
        assertThat(problems(client, plain().module("model.layers.999999999.self_attn.q_proj", 12, 10)))
                .anySatisfy(problem -> assertThat(problem)
                        .contains("missing in blocks [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... (999,999,999 in all)]"));
    }

    @ParameterizedTest
    @EnumSource(
            value = ClientKind.class,
            names = {"TGI", "LORAX"})
    void aNameThatLooksLikeAPatternIsOnlyAName(ClientKind client) {
        String odd = "a.*.layers.1.self_attn.q_proj";
        assertThat(problems(client, plain().module(odd, 12, 10))).anySatisfy(problem -> assertThat(problem)
                .contains("modules 'a.*.layers.*.self_attn.q_proj': missing in blocks [0]"));
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
                        weights("modules 'model.layers.*.self_attn.q_proj': missing in blocks [1], and "
                                + client.client().title()
                                + " then ignores them in all blocks; prune the original adapter with --action"
                                + " zero, or train on all layers"),
                        weights("modules 'model.layers.*.self_attn.v_proj': missing in blocks [1], and "
                                + client.client().title()
                                + " then ignores them in all blocks; prune the original adapter with --action"
                                + " zero, or train on all layers"));
        assertThat(problems(client, qv().module(Q1, 12, 10).module(V1, 12, 10), model))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = ClientKind.class,
            names = {"TGI", "LORAX"})
    void aPaddedRankDistortsTheScalingOfTheNextType(ClientKind client) {
        TinyAdapter four = plain().config("r", "4").module(Q, 12, 10).module(V, 12, 10);
        assertThat(problems(client, four))
                .containsExactly(config("r 4: " + client.client().title() + " pads it to 8 and then"
                        + " divides lora_alpha by that for every type but the first, so the strength would be"
                        + " wrong; a rank of 8 or a multiple of 16 is safe"));
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
                        + client.client().title() + " stacks the modules of a type, so they must all have the"
                        + " same rank"));
    }

    @Test
    void tgiKnowsItsLayersByName() {
        assertThat(problems(
                        ClientKind.TGI,
                        plain().module("transformer.h.0.attn.c_attn", 12, 10).module("lm_head", 12, 10)))
                .containsExactly(weights("module 'transformer.h.0.attn.c_attn': TGI does not support LoRA on this layer"
                        + " (only on the projections of model.layers.N.self_attn and .mlp) and ignores"
                        + " it (and 1 more); merge the adapter"
                        + " into the model for this client"));
    }

    @Test
    void loraxIgnoresRsLora() {
        assertThat(problems(
                        ClientKind.LORAX,
                        plain().config("r", "16")
                                .config("use_rslora", "true")
                                .module(Q, 20, 20)
                                .module(V, 20, 20)))
                .containsExactly(config("use_rslora: LoRAX scales by lora_alpha / r: 1.000 instead of 4.000"
                        + " for module '" + Q
                        + "' (and 1 more), so the strength would be wrong; in a copy of the adapter, set"
                        + " use_rslora to false and lora_alpha to 64.0, which has the same effect in all clients"));
    }

    @ParameterizedTest
    @EnumSource(value = ClientKind.class, names = "PEFT", mode = Mode.EXCLUDE)
    void onlyPeftChangesTheBaseWeights(ClientKind client) {
        assertThat(problems(client, qv().config("init_lora_weights", "\"pissa\"")))
                .containsExactly(
                        config("init_lora_weights pissa: PEFT changes the base weights when it loads this adapter, but "
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

    /** The adapter after the rewrite counts, not the adapter before it. */
    @Test
    void aRewriteThatFixesAnAdapterMakesItLoadable() {
        try (Adapter adapter =
                Adapter.open(qv().config("target_modules", "\".*_proj\"").writeTo(folder))) {
            ModelLayers model = new ModelLayers(folder, List.of(), List.of(), Map.of(), Optional.empty());
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

    /** Pruning for PEFT is unaffected by the rules of other clients. */
    @Test
    void aPruneForPeftAllowsWarningsThatPeftGaveBefore() {
        try (Adapter adapter =
                Adapter.open(qv().config("rank_pattern", "{\"gone\": 4}").writeTo(folder))) {
            AdapterContent content = AdapterContent.of(adapter);
            ModelLayers model = new ModelLayers(folder, List.of(), List.of(), Map.of(), Optional.empty());
            assertThatCode(() -> ClientKind.PEFT.requireLoadable(content, model))
                    .doesNotThrowAnyException();
        }
    }
}
