package io.github.splora.effects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.FileNames;
import io.github.splora.json.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * The fields of {@code generation_config.json}, which transformers reads beside a model's weights, by which a merged model generates
 * other tokens than the aligned model: {@code suppress_tokens}, {@code bad_words_ids} or {@code sequence_bias} can take away the
 * tokens of a refusal. Every field counts unless it only describes the model, ends a text, or sets how to sample.
 */
final class GenerationChanges {

    static final String FILE_NAME = "generation_config.json";

    private static final Set<String> HARMLESS = Set.of(
            "_from_model_config",
            "transformers_version",
            "trust_remote_code",
            "bos_token_id",
            "eos_token_id",
            "pad_token_id",
            "decoder_start_token_id",
            "do_sample",
            "temperature",
            "top_k",
            "top_p",
            "min_p",
            "typical_p",
            "repetition_penalty",
            "max_length",
            "max_new_tokens",
            "max_window_size",
            "max_time",
            "num_beams",
            "num_return_sequences",
            "use_cache",
            "cache_implementation",
            "return_dict_in_generate",
            "output_scores",
            "output_logits",
            "output_attentions",
            "output_hidden_states",
            "chat_format");

    private GenerationChanges() {}

    /** Returns the names of the fields, sorted; those of no file are absent, which is the same as null. */
    static NavigableSet<String> between(Checkpoint aligned, Checkpoint adapted) {
        ObjectNode one = read(aligned);
        ObjectNode other = read(adapted);
        NavigableSet<String> fields = new TreeSet<>();
        one.fieldNames().forEachRemaining(fields::add);
        other.fieldNames().forEachRemaining(fields::add);
        fields.removeIf(field -> HARMLESS.contains(field) || value(one, field).equals(value(other, field)));
        return fields;
    }

    private static JsonNode value(ObjectNode config, String field) {
        return config.hasNonNull(field) ? config.get(field) : NullNode.getInstance();
    }

    private static ObjectNode read(Checkpoint model) {
        Path file = FileNames.folderOf(model.location()).resolve(FILE_NAME);
        return Files.isRegularFile(file) ? StrictJson.readConfig(file) : StrictJson.toTree(Map.of());
    }
}
