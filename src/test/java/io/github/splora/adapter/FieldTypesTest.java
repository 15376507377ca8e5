package io.github.splora.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyAdapter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldTypesTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "target_modules | [1]",
                "target_modules | [[\"q\"]]",
                "target_modules | [null]",
                "exclude_modules | {\"a\": \"b\"}",
                "exclude_modules | true",
                "modules_to_save | 1.5",
                "target_parameters | \"experts.down_proj\"",
                "layers_to_transform | \"1\"",
                "layers_to_transform | [1.5]",
                "use_rslora | \"true\"",
                "use_dora | 1",
                "fan_in_fan_out | \"no\"",
                "init_lora_weights | 3"
            })
    void aFieldOfAnotherTypeIsNamedWithItsValue(String field, String value) {
        Path config = written(field, value);
        assertThat(Refusal.of(() -> AdapterConfig.read(config)))
                .singleElement()
                .asString()
                .startsWith(config + ": " + field + " ")
                .contains(": must be ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "target_modules | \".*q\"",
                "target_modules | null",
                "exclude_modules | [\"q\"]",
                "target_parameters | [\"experts.down_proj\"]",
                "layers_to_transform | 3",
                "layers_to_transform | [3, 4]",
                "layers_pattern | \"h\"",
                "init_lora_weights | \"gaussian\"",
                "use_rslora | null"
            })
    void acceptsWhatPeftWrites(String field, String value) {
        assertThat(AdapterConfig.read(written(field, value)).toJson().has(field))
                .isTrue();
    }

    @Test
    void allAreNamedAtOnce() {
        Path config = new TinyAdapter()
                .config("use_dora", "1")
                .config("target_modules", "7")
                .module("q_proj", 2, 2)
                .writeTo(folder)
                .resolve("adapter_config.json");
        assertThat(Refusal.of(() -> AdapterConfig.read(config))).hasSize(2);
    }

    private Path written(String field, String value) {
        return new TinyAdapter()
                .config(field, value)
                .module("q_proj", 2, 2)
                .writeTo(folder)
                .resolve("adapter_config.json");
    }
}
