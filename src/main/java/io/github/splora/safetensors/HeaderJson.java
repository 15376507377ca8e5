package io.github.splora.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.github.splora.error.BadInputException;
import io.github.splora.storage.TensorInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of a header, read token by token because a tree built from 100 MB of JSON would take gigabytes.
 *
 * @param tensors by name, in JSON order
 * @param metadata in JSON order; empty if absent or null
 */
record HeaderJson(Map<String, TensorInfo> tensors, Map<String, String> metadata) {

    /** The reference implementation's JSON parser rejects the 128th level. */
    private static final int MAX_DEPTH = 127;

    /**
     * Only the header's length limits its contents. Names are not interned: a header may have hundreds of thousands
     * that are used once, and the JVM's string table would keep them.
     */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength((int) HeaderParser.MAX_HEADER_LENGTH)
                    .maxNameLength((int) HeaderParser.MAX_HEADER_LENGTH)
                    .maxNumberLength((int) HeaderParser.MAX_HEADER_LENGTH)
                    .maxNestingDepth(MAX_DEPTH)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    /**
     * @param file for messages
     * @param header exactly the bytes of the JSON
     * @throws BadInputException if the bytes are not the JSON of a header
     * @throws IOException if the bytes cannot be read
     */
    static HeaderJson read(Path file, InputStream header) throws IOException {
        // A new decoder reports malformed bytes; an InputStreamReader created from a charset would silently replace
        // them.
        Reader characters = new InputStreamReader(header, StandardCharsets.UTF_8.newDecoder());
        try (JsonParser json = JSON.createParser(characters)) {
            return new Reading(new JsonCursor(file, json)).header();
        } catch (CharacterCodingException e) {
            throw new BadInputException(file, HeaderField.HEADER, null, "is not valid UTF-8", e);
        } catch (JsonEOFException e) {
            throw new BadInputException(file, HeaderField.HEADER, null, "ends in the middle of its JSON", e);
        } catch (StreamConstraintsException e) {
            throw new BadInputException(
                    file, HeaderField.HEADER, null, "nests JSON values deeper than " + MAX_DEPTH + " levels", e);
        } catch (JsonProcessingException e) {
            throw new BadInputException(file, HeaderField.HEADER, null, notJson(e), e);
        }
    }

    private static String notJson(JsonProcessingException e) {
        String where = e.getLocation() == null
                ? ""
                : " near character " + e.getLocation().getCharOffset();
        return "is not valid JSON" + where + ": " + e.getOriginalMessage();
    }

    /** A single pass over the JSON. */
    private static final class Reading {

        private final JsonCursor cursor;
        private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        private @Nullable Map<String, String> metadata;

        Reading(JsonCursor cursor) {
            this.cursor = cursor;
        }

        HeaderJson header() throws IOException {
            if (cursor.next() != JsonToken.START_OBJECT) {
                throw cursor.fault(HeaderField.HEADER, "must be a JSON object");
            }
            while (cursor.next() != JsonToken.END_OBJECT) {
                entry(cursor.text(HeaderField.HEADER));
            }
            if (cursor.next() != null) {
                throw cursor.fault(HeaderField.HEADER, "must end after its JSON object");
            }
            return new HeaderJson(tensors, metadata == null ? Map.of() : metadata);
        }

        private void entry(String name) throws IOException {
            if (name.equals(HeaderField.METADATA)) {
                metadata();
            } else if (tensors.containsKey(name)) {
                throw cursor.duplicate(HeaderField.tensor(name));
            } else {
                tensors.put(name, TensorEntry.read(cursor, name));
            }
        }

        private void metadata() throws IOException {
            if (metadata != null) {
                throw cursor.duplicate(HeaderField.METADATA);
            }
            Map<String, String> entries = new LinkedHashMap<>();
            metadata = entries;
            JsonToken token = cursor.next();
            if (token == JsonToken.VALUE_NULL) {
                return;
            }
            if (token != JsonToken.START_OBJECT) {
                throw cursor.fault(HeaderField.METADATA, "must be a JSON object of strings");
            }
            while (cursor.next() != JsonToken.END_OBJECT) {
                metadataEntry(cursor.text(HeaderField.METADATA), entries);
            }
        }

        private void metadataEntry(String key, Map<String, String> entries) throws IOException {
            String field = HeaderField.metadata(key);
            if (cursor.next() != JsonToken.VALUE_STRING) {
                throw cursor.fault(field, "must be a string, like all metadata");
            }
            if (entries.putIfAbsent(key, cursor.text(field)) != null) {
                throw cursor.duplicate(field);
            }
        }
    }
}
