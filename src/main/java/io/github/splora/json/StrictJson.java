package io.github.splora.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes the small JSON files around a model (configs, shard indexes, splora's reports). Reading rejects
 * trailing text and, except in configs, duplicate keys, and preserves every digit of a number; writing formats text like Python's
 * {@code json.dumps(indent=2)}, so that a rewritten PEFT config differs from the original only where it must.
 */
public final class StrictJson {

    private static final Logger LOG = LoggerFactory.getLogger(StrictJson.class);

    /** The largest known shard indexes are a few MB; a much larger file is not one of these files. */
    private static final long MAX_BYTES = 64L << 20;

    /**
     * Enough for an index of two million tensors; a document with more, smaller values would take gigabytes as a tree.
     */
    private static final int MAX_TOKENS = 4_000_000;
    /** PEFT's configs nest three levels deep, splora's reports five. */
    private static final int MAX_DEPTH = 100;
    /** Python writes 17; no computed number is longer than this limit. */
    private static final int MAX_DIGITS = 1000;

    private static final JsonMapper MAPPER = mapper(true);

    /** As Python's json reads it: of two members of the same name, the last one counts. */
    private static final JsonMapper LIKE_PYTHON = mapper(false);

    private static JsonMapper mapper(boolean isStrict) {
        return JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxTokenCount(MAX_TOKENS)
                                .maxNestingDepth(MAX_DEPTH)
                                .maxNumberLength(MAX_DIGITS)
                                .maxStringLength((int) MAX_BYTES)
                                .maxNameLength((int) MAX_BYTES)
                                .build())
                        .build())
                .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, isStrict)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                // Accept documents of later versions, which may have additional fields.
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                // Python writes and reads NaN and Infinity; a config may contain them and must keep them.
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
                .build();
    }

    private static final ObjectWriter WRITER = MAPPER.writer(pythonLayout()).with(new VisibleText());

    private StrictJson() {}

    /**
     * Reads the JSON object in a file from a model's folder.
     *
     * @throws BadInputException if it is not a regular file (reading a pipe could block forever), or as in
     *     {@link #readNamed}
     */
    public static ObjectNode readObject(Path file) {
        requireRegular(file);
        return readNamed(file);
    }

    private static void requireRegular(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
            throw new BadInputException(file, null, null, "is not a regular file");
        }
    }

    /**
     * Reads the JSON object in a model's or adapter's config as Python's json reads it, and with it every program that loads
     * the model: a name may occur twice (the last value counts, and a warning names it), and the text must be UTF-8 without
     * a byte order mark. The limits are those of {@link #readNamed}.
     *
     * @throws BadInputException as in {@link #readObject}, or if Python could not read the text
     */
    public static ObjectNode readConfig(Path file) {
        requireRegular(file);
        return read(file, bytes -> {
            String text = utf8(file, bytes);
            warnOfRepeatedNames(file, text);
            return LIKE_PYTHON.createParser(text);
        });
    }

    /**
     * Reads the JSON object in a file that the user named, which may be a pipe.
     *
     * @throws BadInputException if the file is missing, unreadable, over 64 MiB, not JSON, not an object, or exceeds
     *     the limits on values, nesting or digits
     */
    public static ObjectNode readNamed(Path file) {
        return read(file, MAPPER::createParser);
    }

    /**
     * Reads the JSON object that a stream consists of.
     *
     * @param name what messages call the stream
     * @throws BadInputException as in {@link #readNamed}
     */
    public static ObjectNode readStream(InputStream in, String name) {
        Path label = Path.of(name);
        return read(label, () -> readBounded(label, in), MAPPER::createParser);
    }

    /** Starts to parse a document. */
    private interface Parsing {
        JsonParser start(byte[] bytes) throws IOException;
    }

    /** Reads the bytes of a document. */
    private interface Reading {
        byte[] bytes() throws IOException;
    }

    private static ObjectNode read(Path file, Parsing parsing) {
        return read(file, () -> readBounded(file), parsing);
    }

    private static ObjectNode read(Path file, Reading reading, Parsing parsing) {
        JsonNode root;
        try (JsonParser parser = parsing.start(reading.bytes())) {
            root = ((ObjectMapper) parser.getCodec()).readTree(parser);
        } catch (StreamConstraintsException e) {
            throw new BadInputException(
                    file,
                    null,
                    null,
                    "exceeds the limits for JSON" + " files: " + MAX_TOKENS + " values and names, " + MAX_DEPTH
                            + " levels, and " + MAX_DIGITS + " digits per number",
                    e);
        } catch (JsonProcessingException e) {
            throw new BadInputException(file, where(e), null, "not valid JSON: " + reason(e), e);
        } catch (NumberFormatException e) {
            // Jackson throws this for exponents with many digits, which its length check does not cover.
            throw new BadInputException(file, null, null, "not valid JSON: the exponent of a number is too large", e);
        } catch (AccessDeniedException e) {
            throw new BadInputException(file, null, null, "cannot be read: permission denied", e);
        } catch (NoSuchFileException e) {
            throw new BadInputException(file, null, null, "no such file", e);
        } catch (IOException e) {
            throw new BadInputException(file, null, null, "cannot be read: " + e.getMessage(), e);
        }
        if (!(root instanceof ObjectNode object)) {
            throw new BadInputException(file, null, null, "must be a JSON object");
        }
        return object;
    }

    /** Returns the JSON object that a text consists of; empty if it is anything else, or exceeds a limit. */
    public static Optional<ObjectNode> parsedObject(String text) {
        try (JsonParser parser = MAPPER.createParser(text)) {
            return MAPPER.readTree(parser) instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Returns {@code value} as JSON on one line. */
    public static String writeLine(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Returns {@code value} (a tree or a record) as indented JSON with a final line break. */
    public static String write(Object value) {
        try {
            return WRITER.writeValueAsString(value) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot be written as JSON: " + value.getClass(), e);
        }
    }

    /** Converts a record to a tree. */
    public static ObjectNode toTree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** Converts a number, text, truth value or null to a tree. */
    static JsonNode toNode(@Nullable Object value) {
        return MAPPER.valueToTree(value);
    }

    /**
     * Converts a tree from {@link #readObject} to a record.
     *
     * @throws BadInputException naming the field that does not fit
     */
    public static <T> T fromTree(Path file, ObjectNode tree, Class<T> type) {
        try {
            return MAPPER.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw new BadInputException(file, null, null, "not the expected document: " + e.getOriginalMessage(), e);
        }
    }

    /** Returns Jackson's message without the place where an unfinished part begins, which names no file. */
    private static String reason(JsonProcessingException e) {
        return e.getOriginalMessage().replaceFirst(" \\(start marker at \\[Source: .*", "");
    }

    /** Returns the elements of a list as text; empty if {@code value} is not a list. */
    public static List<String> texts(JsonNode value) {
        List<String> texts = new ArrayList<>();
        value.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static String utf8(Path file, byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadInputException(
                    file, null, null, "is not UTF-8, and Python cannot read it; save it as UTF-8", e);
        }
        if (text.startsWith("\uFEFF")) {
            throw new BadInputException(
                    file,
                    null,
                    null,
                    "begins with a byte order mark, and Python's json rejects it; save it without one");
        }
        return text;
    }

    private static void warnOfRepeatedNames(Path file, String text) {
        try {
            MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            if (e.getOriginalMessage().startsWith("Duplicate field")) {
                LOG.warn(
                        "{}: {}: {}; as in Python, the last value counts",
                        Printable.text(file.toString()),
                        where(e),
                        Printable.text(e.getOriginalMessage()));
            }
        }
    }

    private static byte[] readBounded(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new BadInputException(file, null, null, "is a folder, not a JSON file");
        }
        checkSize(file, Files.size(file));
        try (InputStream in = Files.newInputStream(file)) {
            return readBounded(file, in);
        }
    }

    /** Reads a stream whose size is unknown until it has been read, as that of a pipe. */
    private static byte[] readBounded(Path file, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes((int) MAX_BYTES + 1);
        checkSize(file, bytes.length);
        return bytes;
    }

    private static void checkSize(Path file, long size) {
        if (size > MAX_BYTES) {
            throw new BadInputException(
                    file, "size", size + " bytes", "exceeds the limit for JSON files, " + MAX_BYTES + " bytes");
        }
    }

    private static @Nullable String where(JsonProcessingException e) {
        return e.getLocation() == null
                ? null
                : "line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }

    private static DefaultPrettyPrinter pythonLayout() {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        return new DefaultPrettyPrinter(Separators.createDefaultInstance()
                        .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                        .withObjectEmptySeparator("")
                        .withArrayEmptySeparator(""))
                .withObjectIndenter(indenter)
                .withArrayIndenter(indenter);
    }
}
