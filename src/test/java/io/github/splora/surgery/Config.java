package io.github.splora.surgery;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.json.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A PEFT config to rewrite; the fields under test are placed between others, as in a real config. */
final class Config {

    private Config() {}

    /** @param fields JSON members on one line, with single quotes for double quotes */
    static AdapterConfig of(Path folder, String fields) {
        String json = "{'auto_mapping': null, 'r': 2, 'lora_alpha': 4.50, " + fields
                + ", 'peft_type': 'LORA', 'zzz_of_the_future': {'b': 1, 'a': [0.10]}}";
        try {
            Path file = folder.resolve(AdapterConfig.FILE_NAME);
            return AdapterConfig.read(Files.writeString(file, json.replace('\'', '"')));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the value of {@code field} after removing {@code removed}, on one line, with single quotes. */
    static String rewritten(
            AdapterConfig config, ConfigStyle style, String field, List<String> kept, List<String> removed) {
        ObjectNode json = new ConfigRewrite(config, kept, removed).in(style);
        return oneLine(json, field);
    }

    static List<String> keys(ObjectNode json) {
        return json.properties().stream().map(Map.Entry::getKey).toList();
    }

    static String oneLine(ObjectNode json, String field) {
        return String.valueOf(json.get(field)).replace('"', '\'');
    }

    /** Returns the whole document on one line, with single quotes. */
    static String oneLine(ObjectNode json) {
        return StrictJson.write(json).replaceAll("\\n *", "").replace('"', '\'');
    }
}
