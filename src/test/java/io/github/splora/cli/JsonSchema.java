package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.splora.json.StrictJson;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A schema in docs. */
record JsonSchema(ObjectNode document, Schema schema) {

    static JsonSchema of(String file) {
        ObjectNode document = StrictJson.readObject(Path.of("docs", file));
        return new JsonSchema(
                document,
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(document));
    }

    List<String> errors(JsonNode node) {
        return schema.validate(node).stream().map(Error::toString).toList();
    }

    /** Checks that a definition names exactly a record's fields, and requires all. */
    void assertDescribes(Class<? extends Record> type, String definition) {
        JsonNode described =
                definition.isEmpty() ? document : document.get("$defs").get(definition);
        List<String> fields = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
        assertThat(((ObjectNode) described.get("properties")).properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyElementsOf(fields);
        assertThat(StrictJson.texts(described.get("required"))).containsExactlyElementsOf(fields);
    }
}
