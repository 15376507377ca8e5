package io.github.splora.preset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PresetsTest {

    @Test
    void everyFileOfConfigsIsAPreset() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("configs"))) {
            assertThat(Presets.all().stream().map(preset -> preset.name() + ".args"))
                    .containsExactlyInAnyOrderElementsOf(
                            files.map(file -> file.getFileName().toString()).toList());
        }
        assertThat(Presets.all()).allSatisfy(preset -> {
            assertThat(preset.base()).matches("[\\w.-]+/[\\w.-]+").isNotEqualTo(preset.aligned());
            assertThat(preset.aligned()).matches("[\\w.-]+/[\\w.-]+");
        });
    }

    @Test
    void aPresetIsFoundByItsNameAndByItsAlignedModel() {
        assertThat(Presets.named("llama-3.1-8b-instruct")).hasValueSatisfying(preset -> {
            assertThat(preset.base()).isEqualTo("meta-llama/Llama-3.1-8B");
            assertThat(Presets.ofAligned("META-LLAMA/llama-3.1-8b-instruct")).hasValue(preset);
        });
        assertThat(Presets.named("llama")).isEmpty();
    }
}
