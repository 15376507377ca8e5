package io.github.splora.effects;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.storage.DType;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import io.github.splora.testing.TinyTensor;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TiedFactorsTest {

    private static final String PREFIX = "base_model.model.";
    private static final String EMBEDDING = PREFIX + "model.embed_tokens.lora_embedding_";
    private static final String HEAD = PREFIX + "lm_head.lora_";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "true, true, none, true",
        "true, false, none, false",
        "false, true, none, false",
        "true, true, tied, false",
        "true, true, other, true",
    })
    void aModuleThatPeftBuildsBesideThoseOfTheFileIsNamed(
            boolean ensuresTying, boolean isTied, String head, boolean expected) {
        TinyAdapter adapter = new TinyAdapter()
                .config("target_modules", "[\"embed_tokens\", \"lm_head\"]")
                .config("ensure_weight_tying", String.valueOf(ensuresTying));
        adapter.zeros(EMBEDDING + "A", DType.F32, 2, 9).zeros(EMBEDDING + "B", DType.F32, 4, 2);
        if (head.equals("tied")) {
            adapter.zeros(HEAD + "A.weight", DType.F32, 2, 4).zeros(HEAD + "B.weight", DType.F32, 9, 2);
        } else if (head.equals("other")) {
            adapter.module("lm_head", 9, 4);
        }
        TinyCheckpoint model = new TinyCheckpoint()
                .tensor(TinyTensor.zeros("model.embed_tokens.weight", DType.F32, 9, 4))
                .config("{\"tie_word_embeddings\": " + isTied + "}");
        try (Checkpoint aligned = Checkpoint.open(model.writeTo(folder.resolve("model")));
                Adapter opened = Adapter.open(adapter.writeTo(folder.resolve("adapter")))) {
            assertThat(TiedFactors.addToTheModel(opened, aligned)).isEqualTo(expected);
        }
    }
}
