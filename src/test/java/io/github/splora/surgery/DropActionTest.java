package io.github.splora.surgery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.error.BadInputException;
import io.github.splora.safetensors.SafetensorsFile;
import io.github.splora.storage.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DropActionTest {

  @TempDir Path folder;
  private Path old;
  private Path pruned;

  @BeforeEach
  void nameFolders() throws IOException {
    old = folder.resolve("old");
    pruned = Files.createDirectory(folder.resolve("pruned"));
  }

  private static Action drop() {
    return Actions.DROP.action(ConfigStyle.EXCLUDE);
  }

  private void prune(TinyAdapter tiny, String... selected) throws IOException {
    try (Adapter adapter = tiny.open()) {
      drop().requireApplicable(adapter);
      AdapterWriter.write(adapter, drop().apply(adapter, Set.of(selected)), pruned);
    }
  }

  @Test
  void allTensorsOfASelectedModuleGoAndEveryOtherStaysBitForBit() throws IOException {
    prune(new TinyAdapter(old, "layers.0.q", "layers.1.q")
        .and("layers.1.q.lora_B.bias", DType.F32, 4)
        .and("lm_head.weight", DType.BF16, 3, 5)
        .with("'lora_bias': true"), "layers.1.q");
    Map<String, String> expected = TinyAdapter.tensorsIn(old);
    expected.keySet().removeIf(name -> name.startsWith("layers.1.q."));
    assertThat(expected).hasSize(3);
    assertThat(TinyAdapter.tensorsIn(pruned)).isEqualTo(expected);
  }

  @Test
  void magnitudesAndBiasesThatWereTrainedAlongGoWithTheirModule() throws IOException {
    prune(new TinyAdapter(old, "layers.0.q", "layers.1.q")
        .and("layers.0.q.lora_magnitude_vector", DType.F32, 4).and("layers.1.q.lora_magnitude_vector", DType.F32, 4)
        .and("layers.0.q.base_layer.bias", DType.F32, 4).and("layers.1.q.base_layer.bias", DType.F32, 4)
        .and("layers.1.norm.bias", DType.F32, 4)
        .with("'use_dora': true, 'bias': 'all'"), "layers.1.q");
    assertThat(TinyAdapter.tensorsIn(pruned)).containsOnlyKeys("layers.0.q.lora_A.weight", "layers.0.q.lora_B.weight",
        "layers.0.q.lora_magnitude_vector", "layers.0.q.base_layer.bias", "layers.1.norm.bias");
  }

  @Test
  void aWeightThatWasSavedWholeStaysUnderTheNameOfALayerThatIsNotWrapped() throws IOException {
    prune(new TinyAdapter(old, "layers.0.q")
        .and("embed_tokens.lora_embedding_A", DType.F32, 2, 10).and("embed_tokens.lora_embedding_B", DType.F32, 4, 2)
        .and("embed_tokens.base_layer.weight", DType.F32, 10, 4), "embed_tokens");
    assertThat(TinyAdapter.tensorsIn(pruned)).containsOnlyKeys(
        "layers.0.q.lora_A.weight", "layers.0.q.lora_B.weight", "embed_tokens.weight");
    assertThat(TinyAdapter.tensorsIn(pruned).get("embed_tokens.weight"))
        .isEqualTo(TinyAdapter.tensorsIn(old).get("embed_tokens.base_layer.weight"));
  }

  @Test
  void aModuleWhoseNameBeginsLikeASelectedOneStays() throws IOException {
    prune(new TinyAdapter(old, "layers.1.q", "layers.1.q_norm", "layers.10.q"), "layers.1.q");
    assertThat(TinyAdapter.tensorsIn(pruned)).containsOnlyKeys("layers.1.q_norm.lora_A.weight",
        "layers.1.q_norm.lora_B.weight", "layers.10.q.lora_A.weight", "layers.10.q.lora_B.weight");
  }

  @Test
  void theConfigExcludesTheSelectedModulesInNaturalOrder() throws IOException {
    prune(new TinyAdapter(old, "m.layers.2.q", "m.layers.10.q", "m.layers.3.k", "m.layers.4.q"),
        "m.layers.10.q", "m.layers.3.k", "m.layers.2.q");
    assertThat(AdapterConfig.read(pruned.resolve(AdapterConfig.FILE_NAME)).toJson().get("exclude_modules"))
        .extracting(node -> node.textValue()).containsExactly("layers.2.q", "layers.3.k", "layers.10.q");
  }

  @Test
  void theMetadataOfTheWeightsStays() throws IOException {
    prune(new TinyAdapter(old, "layers.0.q", "layers.1.q"), "layers.1.q");
    try (SafetensorsFile weights = SafetensorsFile.open(pruned.resolve(Adapter.WEIGHTS_FILE))) {
      assertThat(weights.header().metadata()).isEqualTo(Map.of("format", "pt", "who", "a test"));
    }
  }

  @Test
  void withNothingSelectedTheConfigKeepsItsBytesAndTheWeightsTheirTensors() throws IOException {
    prune(new TinyAdapter(old, "layers.0.q", "layers.1.q"));
    assertThat(pruned.resolve(AdapterConfig.FILE_NAME)).hasSameBinaryContentAs(old.resolve(AdapterConfig.FILE_NAME));
    assertThat(TinyAdapter.tensorsIn(pruned)).isEqualTo(TinyAdapter.tensorsIn(old));
  }

  @Test
  void anAdapterMustKeepAModule() throws IOException {
    try (Adapter adapter = new TinyAdapter(old, "layers.0.q", "layers.1.q").open()) {
      assertThatThrownBy(() -> drop().apply(adapter, Set.of("layers.0.q", "layers.1.q")))
          .isInstanceOf(BadInputException.class)
          .hasMessage(old + ": every module would be removed, and PEFT refuses an adapter that targets nothing;"
              + " ship the aligned model without an adapter, or use --action zero");
    }
  }

  @Test
  void anAdapterThatChangesTheBaseWeightsCanBeDroppedFrom() throws IOException {
    prune(new TinyAdapter(old, "layers.0.q", "layers.1.q").with("'init_lora_weights': 'pissa'"), "layers.0.q");
    assertThat(TinyAdapter.tensorsIn(pruned)).containsOnlyKeys("layers.1.q.lora_A.weight", "layers.1.q.lora_B.weight");
  }
}
