package io.github.splora.surgery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.error.BadInputException;
import io.github.splora.storage.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZeroActionTest {

    @TempDir
    Path folder;

    private Path old;
    private Path pruned;

    @BeforeEach
    void nameFolders() throws IOException {
        old = folder.resolve("old");
        pruned = Files.createDirectory(folder.resolve("pruned"));
    }

    private static Action zero() {
        return ActionKind.ZERO.action(ConfigStyle.EXCLUDE);
    }

    private void prune(TinyAdapter tiny, String... selected) throws IOException {
        try (Adapter adapter = tiny.open()) {
            zero().requireApplicable(adapter);
            AdapterWriter.write(adapter, zero().apply(adapter, Set.of(selected)), pruned);
        }
    }

    private void assertRefused(TinyAdapter tiny, String why) throws IOException {
        try (Adapter adapter = tiny.open()) {
            assertThatThrownBy(() -> zero().requireApplicable(adapter))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(adapter.config().file() + ": " + why);
        }
    }

    @Test
    void onlyTheSelectedBIsZeroed() throws IOException {
        prune(new TinyAdapter(old, "layers.0.q", "layers.1.q").and("lm_head.weight", DType.F16, 2), "layers.1.q");
        Map<String, String> expected = TinyAdapter.tensorsIn(old);
        expected.put("layers.1.q.lora_B.weight", "F32 [4, 2] " + "00".repeat(32));
        assertThat(TinyAdapter.tensorsIn(pruned)).isEqualTo(expected);
    }

    @Test
    void aZeroedTensorKeepsItsTypeAndMayBeLong() throws IOException {
        prune(
                new TinyAdapter(old)
                        .and("q.lora_A.weight", DType.BF16, 2, 4)
                        .and("q.lora_B.weight", DType.BF16, 40_000, 2),
                "q");
        assertThat(TinyAdapter.tensorsIn(pruned))
                .containsEntry("q.lora_B.weight", "BF16 [40000, 2] " + "00".repeat(160_000));
    }

    @Test
    void theConfigKeepsItsBytes() throws IOException {
        prune(new TinyAdapter(old, "layers.0.q", "layers.1.q"), "layers.1.q");
        assertThat(pruned.resolve(AdapterConfig.FILE_NAME))
                .hasSameBinaryContentAs(old.resolve(AdapterConfig.FILE_NAME));
    }

    @Test
    void everyModuleMayBeZeroed() throws IOException {
        prune(new TinyAdapter(old, "layers.0.q", "layers.1.q"), "layers.0.q", "layers.1.q");
        assertThat(TinyAdapter.tensorsIn(pruned))
                .hasSize(4)
                .containsEntry("layers.0.q.lora_B.weight", "F32 [4, 2] " + "00".repeat(32))
                .containsEntry("layers.1.q.lora_B.weight", "F32 [4, 2] " + "00".repeat(32));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pissa", "olora", "of_the_future"})
    void anAdapterThatChangesTheBaseWeightsIsRefused(String initialization) throws IOException {
        assertRefused(
                new TinyAdapter(old, "q").with("'init_lora_weights': '" + initialization + "'"),
                "init_lora_weights " + initialization
                        + ": loading this adapter changes the base weights of all its modules,"
                        + " so zeroing a module would not restore the aligned one; use --action drop");
    }

    @Test
    void doraIsRefusedBecauseItsMagnitudesWouldStay() throws IOException {
        assertRefused(
                new TinyAdapter(old, "q")
                        .and("q.lora_magnitude_vector", DType.F32, 4)
                        .with("'use_dora': true"),
                "use_dora true: a DoRA module keeps its trained magnitudes, so zeroing a module would not"
                        + " restore the aligned one; use --action drop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora_only", "all"})
    void trainedBiasesAreRefusedBecauseTheyWouldStay(String bias) throws IOException {
        assertRefused(
                new TinyAdapter(old, "q").with("'bias': '" + bias + "'"),
                "bias " + bias + ": the modules' biases were also trained and stay, so zeroing a module would"
                        + " not restore the aligned one; use --action drop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false", "'gaussian'", "'orthogonal'", "'eva'"})
    void acceptsAnAdapterThatLeavesTheBaseWeightsUnchanged(String initialization) throws IOException {
        prune(new TinyAdapter(old, "q").with("'init_lora_weights': " + initialization), "q");
        assertThat(TinyAdapter.tensorsIn(pruned)).hasSize(2);
    }

    @Test
    void aBiasOfBIsRefused() throws IOException {
        assertRefused(
                new TinyAdapter(old, "q").and("q.lora_B.bias", DType.F32, 4).with("'lora_bias': true"),
                "lora_bias true: B has a bias that stays, so zeroing a module would not restore the aligned"
                        + " one; use --action drop");
    }
}
