package io.github.splora.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.error.Problem;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.storage.StoredTensor;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModulePairingTest {

    private static final String Q = "model.layers.0.self_attn.q_proj";
    private static final String V = "model.layers.0.self_attn.v_proj";

    @TempDir
    Path folder;

    private Path base;
    private Path aligned;

    @BeforeEach
    void nameCheckpoints() {
        base = folder.resolve("base");
        aligned = folder.resolve("aligned");
    }

    @Test
    void pairsEachModuleWithItsTwoWeights() {
        TinyCheckpoint model = new TinyCheckpoint()
                .random(Q + ".weight", 6, 4)
                .random(V + ".weight", 2, 4)
                .random("lm_head.weight", 9, 4);
        pair(new TinyAdapter().module(V, 2, 4).module(Q, 6, 4), model, model, paired -> {
            assertThat(paired).extracting(PairedModule::name).containsExactly(Q, V);
            PairedModule q = paired.get(0);
            assertThat(tensor(q.weights().get(0).base()).name()).isEqualTo(Q + ".weight");
            assertThat(tensor(q.weights().get(0).base()).file().path()).startsWith(base);
            assertThat(tensor(q.weights().get(0).aligned()).file().path()).startsWith(aligned);
            assertThat(q.shape()).containsExactly(6L, 4L);
            assertThat(q.weights().get(0).transposed()).isFalse();
            assertThat(q.byteLength()).isEqualTo(2 * 6 * 4 * 4);
        });
    }

    @Test
    void baseAndAlignedMayNameTheLayerDifferently() {
        pair(
                new TinyAdapter().module(Q, 6, 4),
                new TinyCheckpoint().random("layers.0.self_attn.q_proj.weight", 6, 4),
                new TinyCheckpoint().random("language_model." + Q + ".weight", 6, 4),
                paired -> assertThat(paired)
                        .singleElement()
                        .satisfies(q -> assertThat(
                                        tensor(q.weights().get(0).base()).name())
                                .isEqualTo("layers.0.self_attn.q_proj.weight"))
                        .satisfies(q -> assertThat(
                                        tensor(q.weights().get(0).aligned()).name())
                                .isEqualTo("language_model." + Q + ".weight")));
    }

    @Test
    void aVisionLanguageAdapterFitsACheckpointWithTheSwappedPrefix() {
        String module = "model.language_model.layers.0.self_attn.q_proj";
        TinyCheckpoint llava = new TinyCheckpoint()
                .random("language_model.model.layers.0.self_attn.q_proj.weight", 6, 4)
                .random("vision_tower.vision_model.encoder.layers.0.self_attn.q_proj.weight", 6, 4);
        pair(new TinyAdapter().module(module, 6, 4), llava, llava, paired -> assertThat(paired)
                .singleElement()
                .satisfies(q -> assertThat(tensor(q.weights().get(0).base()).name())
                        .isEqualTo("language_model.model.layers.0.self_attn.q_proj.weight")));
    }

    @Test
    void aWeightStoredInByOutIsTransposed() {
        TinyCheckpoint gpt2 = new TinyCheckpoint().random("h.0.attn.c_attn.weight", 4, 12);
        pair(new TinyAdapter().module("transformer.h.0.attn.c_attn", 12, 4), gpt2, gpt2, paired -> {
            assertThat(paired.get(0).weights().get(0).transposed()).isTrue();
            assertThat(paired.get(0).shape()).containsExactly(12L, 4L);
        });
    }

    @Test
    void aShapeThatFitsOneWayOnlyOverrulesFanInFanOut() {
        TinyCheckpoint model = new TinyCheckpoint().random(Q + ".weight", 6, 4);
        pair(new TinyAdapter().config("fan_in_fan_out", "true").module(Q, 6, 4), model, model, paired -> assertThat(
                        paired.get(0).weights().get(0).transposed())
                .isFalse());
    }

    @Test
    void aSquareWeightIsTransposedIfFanInFanOutSaysSoAndTheCheckpointDoesNotShow() {
        TinyCheckpoint gpt2 =
                new TinyCheckpoint().random("h.0.attn.c_proj.weight", 4, 4).random("h.0.attn.c_proj.bias", 4);
        TinyAdapter adapter = new TinyAdapter().module("transformer.h.0.attn.c_proj", 4, 4);
        pair(adapter.config("fan_in_fan_out", "true"), gpt2, gpt2, paired -> assertThat(
                        paired.get(0).weights().get(0).transposed())
                .isTrue());
        pair(adapter.config("fan_in_fan_out", "false"), gpt2, gpt2, paired -> assertThat(
                        paired.get(0).weights().get(0).transposed())
                .isFalse());
    }

    @Test
    void aSquareWeightIsOrientedLikeAllOthersRegardlessOfFanInFanOut() {
        TinyCheckpoint gpt2 =
                new TinyCheckpoint().random("h.0.attn.c_proj.weight", 4, 4).random("h.0.mlp.c_proj.weight", 16, 4);
        TinyAdapter adapter = new TinyAdapter()
                .config("fan_in_fan_out", "false")
                .module("transformer.h.0.attn.c_proj", 4, 4)
                .module("transformer.h.0.mlp.c_proj", 4, 16);
        pair(adapter, gpt2, gpt2, paired -> assertThat(paired)
                .extracting(pair -> pair.weights().get(0).transposed())
                .containsExactly(true, true));
    }

    @Test
    void aCheckpointThatShowsItsLayersOverrulesFanInFanOut() {
        String square = "h.0.attn.c_proj";
        TinyCheckpoint conv1d = new TinyCheckpoint()
                .random(square + ".weight", 4, 4)
                .random(square + ".bias", 4)
                .random("h.0.attn.c_attn.weight", 4, 12)
                .random("h.0.attn.c_attn.bias", 12);
        TinyCheckpoint linear = new TinyCheckpoint()
                .random(square + ".weight", 4, 4)
                .random(square + ".bias", 4)
                .random("h.0.attn.c_attn.weight", 12, 4)
                .random("h.0.attn.c_attn.bias", 12);
        TinyCheckpoint withoutBiases = new TinyCheckpoint().random(square + ".weight", 4, 4);
        for (String flag : List.of("true", "false")) {
            TinyAdapter adapter =
                    new TinyAdapter().config("fan_in_fan_out", flag).module("transformer." + square, 4, 4);
            assertThat(isTransposed(adapter, conv1d)).as(flag).isTrue();
            assertThat(isTransposed(adapter, linear)).as(flag).isFalse();
            assertThat(isTransposed(adapter, withoutBiases)).as(flag).isFalse();
        }
    }

    @Test
    void theTypeOfModelOverrulesFanInFanOutWhereNoBiasShowsTheLayers() {
        TinyCheckpoint square =
                new TinyCheckpoint().random("h.0.attn.c_proj.weight", 4, 4).random("h.0.attn.c_proj.bias", 4);
        for (String flag : List.of("true", "false")) {
            TinyAdapter adapter =
                    new TinyAdapter().config("fan_in_fan_out", flag).module("transformer.h.0.attn.c_proj", 4, 4);
            assertThat(isTransposed(adapter, square.config("{\"model_type\":\"gpt2\"}")))
                    .as(flag)
                    .isTrue();
            assertThat(isTransposed(adapter, square.config("{\"model_type\":\"llama\"}")))
                    .as(flag)
                    .isFalse();
        }
    }

    @Test
    void saysIfTheAdapterDecidesHowSquareWeightsAreRead() {
        String module = "transformer.h.0.attn.c_proj";
        TinyCheckpoint square =
                new TinyCheckpoint().random("h.0.attn.c_proj.weight", 4, 4).random("h.0.attn.c_proj.bias", 4);
        TinyAdapter adapter = new TinyAdapter().module(module, 4, 4);
        assertThat(undecided(adapter, square)).containsExactly("fan_in_fan_out");
        assertThat(undecided(
                        new TinyAdapter().module("transformer.h.0.other", 8, 4),
                        square.random("h.0.other.weight", 8, 4)))
                .isEmpty();
        assertThat(undecided(adapter.module("transformer.h.0.other", 8, 4), square))
                .as("another module of the adapter is no evidence")
                .containsExactly("fan_in_fan_out");
        assertThat(undecided(adapter, square.random("h.0.fc.weight", 4, 8).random("h.0.fc.bias", 8)))
                .isEmpty();
        assertThat(undecided(
                        new TinyAdapter().module(module, 4, 4),
                        new TinyCheckpoint()
                                .random("h.0.attn.c_proj.weight", 4, 4)
                                .random("h.0.attn.c_proj.bias", 4)
                                .config("{\"model_type\":\"llama\"}")))
                .isEmpty();
        assertThat(undecided(
                        new TinyAdapter().module(module, 4, 4),
                        new TinyCheckpoint().random("h.0.attn.c_proj.weight", 4, 4)))
                .isEmpty();
    }

    @Test
    void saysIfTheOrientationOfSquareExpertsIsNotShown() {
        TinyAdapter adapter = new TinyAdapter()
                .config("target_parameters", "[\"experts.down_proj\"]")
                .experts("model.layers.0.mlp.experts", 2, 4, 4);
        TinyCheckpoint model = new TinyCheckpoint().random("model.layers.0.mlp.experts.down_proj", 2, 4, 4);
        assertThat(undecided(adapter, model)).containsExactly("orientation of square experts");
        assertThat(undecided(adapter, model.config("{\"model_type\":\"gpt_oss\"}")))
                .isEmpty();
    }

    private List<String> undecided(TinyAdapter adapter, TinyCheckpoint model) {
        try (Checkpoint checkpoint = Checkpoint.open(model.writeTo(folder.resolve("undecided")));
                Adapter opened = Adapter.open(adapter.writeTo(folder.resolve("undecided-adapter")))) {
            return ModulePairing.undecidedOrientations(opened.modules(), opened.config(), checkpoint);
        }
    }

    private boolean isTransposed(TinyAdapter adapter, TinyCheckpoint model) {
        List<Boolean> transposed = new ArrayList<>();
        pair(
                adapter,
                model,
                model,
                paired -> transposed.add(paired.get(0).weights().get(0).transposed()));
        return transposed.get(0);
    }

    @Test
    void refusesAModuleThatTheModelLacks() {
        TinyCheckpoint model = new TinyCheckpoint().random("model.layers.1.self_attn.q_proj.weight", 6, 4);
        String lacking = ": module '" + Q + "': no tensor in this checkpoint matches this module of the adapter";
        assertThat(refusal(new TinyAdapter().module(Q, 6, 4), model, model))
                .containsExactly(base + lacking, aligned + lacking);
    }

    @Test
    void refusesAnAmbiguousModuleWithAllThatItCouldBe() {
        TinyCheckpoint clear = new TinyCheckpoint().random(Q + ".weight", 6, 4);
        TinyCheckpoint twice = new TinyCheckpoint()
                .random("one.layers.0.self_attn.q_proj.weight", 6, 4)
                .random("two.layers.0.self_attn.q_proj.weight", 6, 4);
        assertThat(refusal(new TinyAdapter().module(Q, 6, 4), clear, twice))
                .containsExactly(
                        aligned + ": module '" + Q
                                + "' [one.layers.0.self_attn.q_proj.weight, two.layers.0.self_attn.q_proj.weight]:"
                                + " several tensors match this module of the adapter; choose one with --tower one or --tower two");
    }

    @Test
    void refusesAShapeThatFitsNeitherWay() {
        TinyCheckpoint fitting = new TinyCheckpoint().random(Q + ".weight", 6, 4);
        TinyCheckpoint other = new TinyCheckpoint().random(Q + ".weight", 6, 5);
        assertThat(refusal(new TinyAdapter().module(Q, 6, 4), fitting, other))
                .containsExactly(aligned + ": tensor '" + Q
                        + ".weight' shape [6, 5]: the adapter's module '" + Q + "' needs [6, 4];"
                        + " was it trained on another model?");
    }

    @Test
    void refusesBaseAndAlignedWhoseShapesDiffer() {
        TinyCheckpoint straight = new TinyCheckpoint().random(Q + ".weight", 6, 4);
        TinyCheckpoint transposed = new TinyCheckpoint().random(Q + ".weight", 4, 6);
        assertThat(refusal(new TinyAdapter().module(Q, 6, 4), straight, transposed))
                .containsExactly(aligned.resolve("model.safetensors") + ": tensor '" + Q
                        + ".weight' shape [4, 6]: the base checkpoint has [6, 4]" + " ("
                        + base.resolve("model.safetensors") + ")");
    }

    @Test
    void refusesAWeightThatIsNotAMatrix() {
        TinyCheckpoint fitting = new TinyCheckpoint().random(Q + ".weight", 6, 4);
        TinyCheckpoint flat = new TinyCheckpoint().random(Q + ".weight", 24);
        assertThat(refusal(new TinyAdapter().module(Q, 6, 4), flat, fitting))
                .singleElement()
                .asString()
                .contains("shape [24]: ");
    }

    @Test
    void refusesWeightsThatAreNotFloats() {
        TinyCheckpoint fitting = new TinyCheckpoint().random(Q + ".weight", 6, 4);
        TinyCheckpoint codes = new TinyCheckpoint().zeros(Q + ".weight", DType.I8, 6, 4);
        assertThat(refusal(new TinyAdapter().module(Q, 6, 4), fitting, codes))
                .containsExactly(aligned + ": tensor '" + Q
                        + ".weight' dtype I8: only [F16, BF16, F32, F64] and 8-bit floats with scales can be compared; use a 16- or"
                        + " 32-bit checkpoint");
    }

    @Test
    void baseAndAlignedMayBeOfDifferentFloatingPointTypes() {
        pair(
                new TinyAdapter().module(Q, 6, 4),
                new TinyCheckpoint().zeros(Q + ".weight", DType.BF16, 6, 4),
                new TinyCheckpoint().zeros(Q + ".weight", DType.F16, 6, 4),
                paired -> assertThat(paired).hasSize(1));
    }

    @Test
    void namesTheMismatchesOfAllModulesAndBothCheckpointsAtOnce() {
        TinyAdapter adapter = new TinyAdapter().module(Q, 6, 4).module(V, 6, 4).module("lm_head", 9, 4);
        TinyCheckpoint one = new TinyCheckpoint().random(Q + ".weight", 7, 4).random(V + ".weight", 6, 4);
        TinyCheckpoint two = new TinyCheckpoint()
                .random(Q + ".weight", 6, 4)
                .random(V + ".weight", 4, 6)
                .random("lm_head.weight", 9, 4);
        assertThat(refusal(adapter, one, two))
                .hasSize(3)
                .anyMatch(line -> line.startsWith(base + ": tensor '" + Q + ".weight' shape [7, 4]"))
                .anyMatch(line -> line.startsWith(base + ": module 'lm_head'"))
                .anyMatch(line ->
                        line.contains("tensor '" + V + ".weight' shape [4, 6]: the base checkpoint has [6, 4]"));
    }

    @Test
    void oneCheckpointCanBeCheckedAlone() {
        Path model = new TinyCheckpoint().random(Q + ".weight", 6, 4).writeTo(base);
        try (Adapter adapter = Adapter.open(
                        new TinyAdapter().module(Q, 6, 4).module(V, 6, 4).writeTo(folder));
                Checkpoint checkpoint = Checkpoint.open(model)) {
            assertThat(ModulePairing.problems(adapter.modules(), adapter.config(), checkpoint))
                    .singleElement()
                    .extracting(Problem::field)
                    .isEqualTo("module '" + V + "'");
            assertThat(ModulePairing.problems(adapter.modules().subList(0, 1), adapter.config(), checkpoint))
                    .isEmpty();
        }
    }

    @Test
    void layersWithoutAModuleAreTheOtherMatrices() {
        Path model = new TinyCheckpoint()
                .random("layers.0.self_attn.q_proj.weight", 6, 4)
                .random("layers.0.self_attn.v_proj.weight", 6, 4)
                .random("layers.0.norm.weight", 4)
                .random("layers.0.self_attn.v_proj.bias", 6, 1)
                .writeTo(base);
        try (Adapter adapter = Adapter.open(new TinyAdapter().module(Q, 6, 4).writeTo(folder));
                Checkpoint checkpoint = Checkpoint.open(model)) {
            assertThat(ModulePairing.unpairedLayers(adapter.modules(), checkpoint))
                    .containsExactly("layers.0.self_attn.v_proj");
        }
    }

    @Test
    void refusesTwoModulesThatClaimOneTensor() {
        TinyCheckpoint textOnly = new TinyCheckpoint().random(Q + ".weight", 6, 4);
        TinyAdapter both = new TinyAdapter()
                .module("model.language_model.layers.0.self_attn.q_proj", 6, 4)
                .module("model.vision_tower.layers.0.self_attn.q_proj", 6, 4);
        assertThat(refusal(both, textOnly, textOnly)).isNotEmpty();
        TinyAdapter twice = new TinyAdapter().module("base." + Q, 6, 4).module("other." + Q, 6, 4);
        assertThat(refusal(twice, textOnly, textOnly))
                .contains(base + ": tensor '" + Q + ".weight': it matches two modules of the adapter:" + " 'base." + Q
                        + "' and 'other." + Q + "'");
    }

    @Test
    void aVocabularyThatWasResizedMattersOnlyWhereItIsTargeted() {
        TinyCheckpoint before = new TinyCheckpoint()
                .random(Q + ".weight", 6, 4)
                .random("model.embed_tokens.weight", 10, 4)
                .random("lm_head.weight", 10, 4);
        TinyCheckpoint after = new TinyCheckpoint()
                .random(Q + ".weight", 6, 4)
                .random("model.embed_tokens.weight", 12, 4)
                .random("lm_head.weight", 12, 4);
        pair(new TinyAdapter().module(Q, 6, 4), before, after, paired -> assertThat(paired)
                .hasSize(1));
        TinyAdapter onBoth = new TinyAdapter()
                .module("lm_head", 12, 4)
                .random("base_model.model.model.embed_tokens.lora_embedding_A", 2, 12)
                .random("base_model.model.model.embed_tokens.lora_embedding_B", 4, 2);
        assertThat(refusal(onBoth, before, after))
                .containsExactly(
                        base
                                + ": tensor 'lm_head.weight' shape [10, 4]: a vocabulary of 10 tokens, but the adapter's module 'lm_head'"
                                + " was trained on 12; name the checkpoint with the resized vocabulary, or"
                                + " exclude the module: --exclude 'lm_head'",
                        base
                                + ": tensor 'model.embed_tokens.weight' shape [10, 4]: a vocabulary of 10 tokens, but the adapter's module"
                                + " 'model.embed_tokens' was trained on 12; name the checkpoint with the"
                                + " resized vocabulary, or exclude the module: --exclude 'model.embed_tokens'");
    }

    private void pair(
            TinyAdapter tiny,
            TinyCheckpoint baseModel,
            TinyCheckpoint alignedModel,
            Consumer<List<PairedModule>> check) {
        try (Adapter adapter = Adapter.open(tiny.writeTo(folder.resolve("adapter")));
                Checkpoint first = Checkpoint.open(baseModel.writeTo(base));
                Checkpoint second = Checkpoint.open(alignedModel.writeTo(aligned))) {
            check.accept(ModulePairing.pair(adapter.modules(), adapter.config(), first, second));
        }
    }

    private List<String> refusal(TinyAdapter adapter, TinyCheckpoint baseModel, TinyCheckpoint alignedModel) {
        return Refusal.of(() -> pair(adapter, baseModel, alignedModel, paired -> {}));
    }

    private static StoredTensor tensor(StoredMatrix matrix) {
        return matrix.tensors().get(0);
    }
}
