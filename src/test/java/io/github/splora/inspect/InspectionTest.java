package io.github.splora.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import io.github.splora.storage.DType;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectionTest {

    @TempDir
    Path folder;

    @Test
    void listsAnAdaptersModulesAndTheTensorsThatBelongToNone() {
        new TinyAdapter()
                .module("model.layers.1.v_proj", 6, 4)
                .module("model.layers.0.q_proj", 6, 4)
                .zeros("base_model.model.lm_head.weight", DType.BF16, 9, 4)
                .writeTo(folder);
        Inspection seen = Inspection.of(folder);
        assertThat(seen.kind()).isEqualTo("adapter");
        assertThat(seen.path()).isEqualTo(folder.toString());
        assertThat(seen.modules())
                .containsExactly(
                        new Inspection.Module("model.layers.0.q_proj", List.of(6L, 4L), 2, 2, "F32"),
                        new Inspection.Module("model.layers.1.v_proj", List.of(6L, 4L), 2, 2, "F32"));
        assertThat(seen.tensors())
                .containsExactly(new Inspection.Tensor("base_model.model.lm_head.weight", List.of(9L, 4L), "BF16", 72));
    }

    @Test
    void showsTheMainFactsOfAnAdaptersConfig() {
        new TinyAdapter()
                .config("base_model_name_or_path", "\"org/base\"")
                .module("q_proj", 6, 4)
                .writeTo(folder);
        Map<String, Object> facts = Inspection.of(folder).facts();
        assertThat(facts.keySet()).startsWith("base_model_name_or_path", "peft_type", "r", "lora_alpha");
        assertThat(facts)
                .containsEntry("base_model_name_or_path", TextNode.valueOf("org/base"))
                .containsEntry("modules", 1)
                .containsEntry("tensors", 2)
                .containsEntry("parameters", 20L)
                .containsEntry("bytes", 80L)
                .containsEntry("dtypes", Map.of("F32", 2L));
    }

    @Test
    void anAdaptersFileMeansTheAdapter() {
        new TinyAdapter().module("q_proj", 6, 4).writeTo(folder);
        assertThat(Inspection.of(folder.resolve("adapter_model.safetensors")).kind())
                .isEqualTo("adapter");
    }

    @Test
    void listsACheckpointsTensorsAcrossItsShards() {
        new TinyCheckpoint()
                .config("{\"model_type\": \"llama\"}")
                .random("b", 2, 3)
                .zeros("a", DType.BF16, 4)
                .zeros("c", DType.F32)
                .writeShardedTo(folder);
        Inspection seen = Inspection.of(folder);
        assertThat(seen.kind()).isEqualTo("checkpoint");
        assertThat(seen.modules()).isEmpty();
        assertThat(seen.tensors())
                .containsExactly(
                        new Inspection.Tensor("a", List.of(4L), "BF16", 8),
                        new Inspection.Tensor("b", List.of(2L, 3L), "F32", 24),
                        new Inspection.Tensor("c", List.of(), "F32", 4));
        assertThat(seen.facts())
                .containsExactly(
                        Map.entry("model_type", TextNode.valueOf("llama")),
                        Map.entry("shards", 2),
                        Map.entry("tensors", 3),
                        Map.entry("parameters", 11L),
                        Map.entry("bytes", 36L),
                        Map.entry("dtypes", Map.of("BF16", 1L, "F32", 2L)));
    }

    @Test
    void aFolderWithNeitherIsRefused() {
        assertThat(Refusal.of(() -> Inspection.of(folder)))
                .singleElement()
                .asString()
                .startsWith(folder + ": no checkpoint here");
    }
}
