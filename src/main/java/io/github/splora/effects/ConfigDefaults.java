package io.github.splora.effects;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * What transformers 5.18 assumes where a model's {@code config.json} omits a field: the defaults of the classes of text models and
 * of the models nested in them. {@code scripts/make_config_defaults.py} writes the table.
 */
final class ConfigDefaults {

    private static final String TABLE = "config-defaults.json";

    private ConfigDefaults() {}

    /** Loads the table when it is first needed. */
    private static final class Table {
        /** Python writes infinity as a word. */
        private static final JsonMapper MAPPER = JsonMapper.builder()
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .build();

        private static final JsonNode BY_TYPE = read();

        private static JsonNode read() {
            try (InputStream in = Objects.requireNonNull(ConfigDefaults.class.getResourceAsStream(TABLE))) {
                return MAPPER.readTree(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Returns the default of a field; null if the class has no other, and missing if the type of model is unknown. */
    static JsonNode of(String modelType, String field) {
        JsonNode defaults = Table.BY_TYPE.path(modelType);
        if (modelType.isEmpty() || !defaults.isObject()) {
            return MissingNode.getInstance();
        }
        JsonNode value = defaults.get(field);
        return value == null ? NullNode.getInstance() : value;
    }
}
