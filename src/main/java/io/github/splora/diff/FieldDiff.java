package io.github.splora.diff;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.diff.Diff.Field;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares the fields of two JSON objects. */
final class FieldDiff {

    private FieldDiff() {}

    /**
     * Returns the fields that differ.
     *
     * @param prefix of their names
     */
    static List<Field> of(String prefix, ObjectNode before, ObjectNode after) {
        Set<String> names = new LinkedHashSet<>();
        before.fieldNames().forEachRemaining(names::add);
        after.fieldNames().forEachRemaining(names::add);
        List<Field> fields = new ArrayList<>();
        for (String name : names) {
            JsonNode old = before.get(name);
            JsonNode now = after.get(name);
            if (old == null || !old.equals(now)) {
                fields.add(new Field(prefix + name, text(old), text(now)));
            }
        }
        return fields;
    }

    private static @Nullable String text(@Nullable JsonNode value) {
        return value == null ? null : value.toString();
    }
}
