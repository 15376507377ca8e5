package io.github.splora.effects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.pairing.Counterparts;
import io.github.splora.pairing.MergedPairing;
import io.github.splora.score.Effect;
import io.github.splora.score.Effect.Kind;
import io.github.splora.storage.StoredTensor;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a merged fine-tune changes in the model besides the weights that are modules. */
public final class MergedEffects {

    /** Fields of a model's {@code config.json} that do not change what the weights compute. */
    private static final Set<String> HARMLESS = Set.of(
            "_name_or_path",
            "transformers_version",
            "torch_dtype",
            "dtype",
            "use_cache",
            "_commit_hash",
            "bos_token_id",
            "eos_token_id",
            "pad_token_id",
            "unsloth_version",
            "unsloth_fixed");

    /**
     * Fields that change the model where only one of the two has them: every version of transformers writes them for the
     * models that know them, or only for models that use them. Others appear and vanish with library versions.
     */
    private static final Set<String> WATCHED = Set.of(
            "auto_map",
            "rope_scaling",
            "transformers_weights",
            "model_type",
            "num_hidden_layers",
            "num_attention_heads",
            "num_key_value_heads",
            "num_experts_per_tok",
            "hidden_act",
            "hidden_activation",
            "activation_function",
            "rms_norm_eps",
            "layer_norm_eps",
            "layer_norm_epsilon");

    private static final String ROPE_THETA = "rope_theta";
    private static final double USUAL_ROPE_THETA = 10_000;

    private MergedEffects() {}

    /**
     * Returns every change, sorted by name within tensors, missing tensors and settings.
     *
     * @param withVocabulary whether embeddings and heads are modules
     */
    public static List<Effect> of(Checkpoint base, Checkpoint aligned, Checkpoint adapted, boolean withVocabulary) {
        Counterparts ofBase = new Counterparts(base);
        Counterparts ofAligned = new Counterparts(aligned);
        Stream<Effect> tensors = MergedPairing.otherTensors(adapted, withVocabulary).stream()
                .flatMap(tensor -> AdapterEffects.replaced(tensor.name(), tensor, ofBase, ofAligned).stream());
        Counterparts ofAdapted = new Counterparts(adapted);
        Stream<Effect> missing = aligned.tensorNames().stream()
                .filter(name -> !adapted.contains(name))
                .map(aligned::tensor)
                .filter(tensor -> !MergedPairing.isScale(tensor, aligned))
                .flatMap(tensor -> missing(tensor, ofAdapted.of(tensor.name())).stream());
        return Stream.of(tensors, missing, settings(aligned, adapted))
                .flatMap(each -> each)
                .toList();
    }

    /**
     * @param found the tensor of another name that the merged model uses instead: the same one under an alias, or, for a head,
     *     an embedding, which may differ
     */
    private static Collection<Effect> missing(StoredTensor tensor, Optional<StoredTensor> found) {
        boolean isTied = found.isPresent() && !end(found.get().name()).equals(end(tensor.name()));
        Optional<Effect> effect = found.isEmpty()
                ? AdapterEffects.effect(tensor.name(), Kind.MISSING_TENSOR, Change.added(tensor))
                : isTied
                        ? AdapterEffects.effect(
                                tensor.name(), Kind.SAVED_WEIGHT, Change.of(found.get(), tensor, Optional.empty()))
                        : Optional.empty();
        return effect.stream().toList();
    }

    /** Returns the last two parts of a name, such as {@code lm_head.weight}. */
    private static String end(String name) {
        int leaf = name.lastIndexOf('.');
        return name.substring(leaf < 0 ? 0 : name.lastIndexOf('.', leaf - 1) + 1);
    }

    /** The fields of {@code config.json} that differ, if both checkpoints have one. */
    private static Stream<Effect> settings(Checkpoint aligned, Checkpoint adapted) {
        if (aligned.config().isEmpty() || adapted.config().isEmpty()) {
            return Stream.empty();
        }
        ObjectNode one = aligned.config().get();
        ObjectNode other = adapted.config().get();
        Set<String> fields = new TreeSet<>();
        one.fieldNames().forEachRemaining(fields::add);
        other.fieldNames().forEachRemaining(fields::add);
        if (ropeTheta(one) != ropeTheta(other)) {
            fields.add(ROPE_THETA);
        }
        return fields.stream()
                .filter(field -> !HARMLESS.contains(field))
                .filter(field -> field.equals(ROPE_THETA)
                        ? ropeTheta(one) != ropeTheta(other)
                        : isChanged(value(one, field), value(other, field), WATCHED.contains(field)))
                .map(field -> new Effect("config.json " + field, Kind.SETTING, null, null));
    }

    /** Returns the base of rotary embeddings, which transformers 5 writes into {@code rope_parameters}. */
    private static double ropeTheta(ObjectNode config) {
        JsonNode field = config.path("rope_parameters").path(ROPE_THETA);
        return (field.isNumber() ? field : config.path(ROPE_THETA)).asDouble(USUAL_ROPE_THETA);
    }

    private static boolean isChanged(JsonNode one, JsonNode other, boolean isWatched) {
        return (isWatched || (!one.isNull() && !other.isNull())) && !one.equals(other);
    }

    private static JsonNode value(ObjectNode config, String field) {
        JsonNode value = config.get(field);
        return value == null ? JsonNodeFactory.instance.nullNode() : value;
    }
}
