package io.github.splora.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.splora.error.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import org.snakeyaml.engine.v2.schema.Schema;

/**
 * Reads a small YAML 1.2 file as the JSON that it means. Whatever has no counterpart in JSON (anchors, tags, further documents, keys
 * that are not text) and whatever JSON refuses here (duplicate keys) is refused with its line.
 */
public final class StrictYaml {

    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 20;
    /** Reading a number takes time that grows with the square of its length. */
    private static final int MAX_DIGITS = 1000;

    private static final Schema SCHEMA = new CoreSchema();

    private final Path file;
    private final Iterator<Event> events;

    private StrictYaml(Path file, String text) {
        this.file = file;
        LoadSettings settings = LoadSettings.builder()
                .setLabel(String.valueOf(file.getFileName()))
                .setCodePointLimit(MAX_BYTES)
                .build();
        events = new Parse(settings).parseString(text).iterator();
    }

    /**
     * A document.
     *
     * @param tree what it says
     * @param lines the line of every field and list element, by its JSON pointer ({@code /block/0}), from 1 on
     */
    public record Document(ObjectNode tree, Map<String, Integer> lines) {}

    /** Whether a file's name says that it is YAML. */
    public static boolean isNamed(Path file) {
        return String.valueOf(file.getFileName()).matches("(?i).*\\.ya?ml");
    }

    /**
     * Reads the mapping in a file that the user named.
     *
     * @throws BadInputException if the file is missing, unreadable, over 1 MiB, or not such a document
     */
    public static Document readNamed(Path file) {
        Map<String, Integer> lines = new HashMap<>();
        StrictYaml reader = new StrictYaml(file, text(file));
        try {
            return new Document(reader.document(lines), lines);
        } catch (MarkedYamlEngineException e) {
            throw new BadInputException(
                    file,
                    e.getProblemMark()
                            .map(StrictYaml::line)
                            .map("line %d"::formatted)
                            .orElse(null),
                    null,
                    "not valid YAML: " + e.getProblem(),
                    e);
        } catch (YamlEngineException e) {
            throw new BadInputException(file, null, null, "not valid YAML: " + e.getMessage(), e);
        }
    }

    private static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new BadInputException(
                        file, "size", null, "exceeds the limit for YAML files, " + MAX_BYTES + " bytes");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadInputException(file, null, null, "is not UTF-8; save it as UTF-8", e);
        } catch (NoSuchFileException e) {
            throw new BadInputException(file, null, null, "no such file", e);
        } catch (IOException e) {
            throw new BadInputException(file, null, null, "cannot be read: " + e.getMessage(), e);
        }
    }

    private ObjectNode document(Map<String, Integer> lines) {
        expect(Event.ID.StreamStart);
        Event start = events.next();
        if (start.getEventId() == Event.ID.StreamEnd) {
            throw refusal(null, null, "is empty; write a mapping, or {} for one without fields");
        }
        Event root = events.next();
        if (!(value(root, "", lines, 1) instanceof ObjectNode tree)) {
            throw refusal(root, null, "must be a mapping");
        }
        expect(Event.ID.DocumentEnd);
        Event end = events.next();
        if (end.getEventId() != Event.ID.StreamEnd) {
            throw refusal(end, null, "a second document begins; write one");
        }
        return tree;
    }

    private void expect(Event.ID kind) {
        if (events.next().getEventId() != kind) {
            throw new IllegalStateException("no " + kind);
        }
    }

    private JsonNode value(Event event, String pointer, Map<String, Integer> lines, int depth) {
        if (depth > MAX_DEPTH) {
            throw refusal(event, null, "is nested more than " + MAX_DEPTH + " levels deep");
        }
        requirePlain(event);
        return switch (event.getEventId()) {
            case Scalar -> scalar((ScalarEvent) event);
            case SequenceStart -> sequence(pointer, lines, depth);
            case MappingStart -> mapping(pointer, lines, depth);
            default -> throw new IllegalStateException(event.toString());
        };
    }

    /** Refuses what JSON cannot say, before anything is made of it. */
    private void requirePlain(Event event) {
        if (event.getEventId() == Event.ID.Alias) {
            throw refusal(event, null, "aliases (*name) are not read; write the value, or quote the text");
        }
        if (((NodeEvent) event).getAnchor().isPresent()) {
            throw refusal(event, null, "anchors (&name) are not read; write the value without one, or quote the text");
        }
        Optional<String> tag =
                event instanceof ScalarEvent scalar ? scalar.getTag() : ((CollectionStartEvent) event).getTag();
        if (tag.isPresent()) {
            throw refusal(
                    event, tag.get(), "tags (!name) are not read; write the value without one, or quote the text");
        }
    }

    private JsonNode scalar(ScalarEvent event) {
        Tag tag = SCHEMA.getScalarResolver().resolve(event.getValue(), event.isPlain());
        if (!event.isPlain() || tag.equals(Tag.STR)) {
            return TextNode.valueOf(event.getValue());
        }
        if (event.getValue().length() > MAX_DIGITS) {
            throw refusal(event, null, "a number has more than " + MAX_DIGITS + " digits");
        }
        Object value = Objects.requireNonNull(SCHEMA.getSchemaTagConstructors().get(tag))
                .construct(new ScalarNode(tag, event.getValue(), event.getScalarStyle()));
        return StrictJson.toNode(value);
    }

    private ArrayNode sequence(String pointer, Map<String, Integer> lines, int depth) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Event next = events.next(); next.getEventId() != Event.ID.SequenceEnd; next = events.next()) {
            String place = pointer + "/" + array.size();
            note(next, place, lines);
            array.add(value(next, place, lines, depth + 1));
        }
        return array;
    }

    private ObjectNode mapping(String pointer, Map<String, Integer> lines, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (Event next = events.next(); next.getEventId() != Event.ID.MappingEnd; next = events.next()) {
            requirePlain(next);
            if (!(next instanceof ScalarEvent scalar) || !(scalar(scalar) instanceof TextNode key)) {
                throw refusal(next, null, "a key must be text");
            }
            String name = key.textValue();
            if (object.has(name)) {
                throw refusal(next, name, "is there twice; remove one");
            }
            String place = pointer + "/" + name;
            note(next, place, lines);
            object.set(name, value(events.next(), place, lines, depth + 1));
        }
        return object;
    }

    private static void note(Event event, String place, Map<String, Integer> lines) {
        event.getStartMark().ifPresent(mark -> lines.put(place, line(mark)));
    }

    private static int line(Mark mark) {
        return mark.getLine() + 1;
    }

    private BadInputException refusal(@Nullable Event event, @Nullable String value, String explanation) {
        return new BadInputException(
                file,
                Optional.ofNullable(event)
                        .flatMap(Event::getStartMark)
                        .map(mark -> "line " + line(mark))
                        .orElse(null),
                value,
                explanation);
    }
}
