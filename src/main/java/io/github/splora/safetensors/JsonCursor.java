package io.github.splora.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.splora.error.BadInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A position in a header's JSON. Applies the format's rules for strings and integers, and knows the file for messages.
 */
final class JsonCursor {

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,19}");

    private final Path file;
    private final JsonParser json;

    JsonCursor(Path file, JsonParser json) {
        this.file = file;
        this.json = json;
    }

    /** Advances to the next token and returns it; null at the end of the header. */
    JsonToken next() throws IOException {
        return json.nextToken();
    }

    /** Returns the current token. */
    JsonToken current() {
        return json.currentToken();
    }

    /**
     * Returns the current name or string. Rejects unpaired surrogate escapes, which Jackson accepts but UTF-8 cannot
     * encode.
     */
    String text(String field) throws IOException {
        String text = json.getText();
        if (!UnicodeText.isWellFormed(text)) {
            throw new BadInputException(file, field, HeaderField.shortened(text), "has an unpaired surrogate escape");
        }
        return text;
    }

    /** Returns the current number, which must consist of digits only and fit into a long. */
    long integer(String field) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NUMBER_INT
                && DIGITS.matcher(json.getText()).matches()) {
            try {
                return Long.parseLong(json.getText());
            } catch (NumberFormatException e) {
                // Nineteen digits may still be too large: fall through.
            }
        }
        throw fault(field, "must be an integer from 0 to " + Long.MAX_VALUE + " in plain digits");
    }

    /** Skips the current value, whatever its type. */
    void skip(String field) throws IOException {
        int depth = 0;
        do {
            JsonToken token = json.currentToken();
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.FIELD_NAME || token == JsonToken.VALUE_STRING) {
                text(field);
            }
        } while (depth > 0 && json.nextToken() != null);
    }

    /** Returns the exception for an invalid current value. */
    BadInputException fault(String field, String explanation) throws IOException {
        return new BadInputException(file, field, shown(), explanation);
    }

    /** Returns the exception for a fault whose value is not the current one. */
    BadInputException fault(String field, @Nullable Object value, String explanation) {
        return new BadInputException(file, field, value, explanation);
    }

    BadInputException duplicate(String field) {
        return fault(field, null, "appears twice in the header, which the format forbids");
    }

    private @Nullable String shown() throws IOException {
        JsonToken token = json.currentToken();
        if (token == null) {
            return null;
        }
        return switch (token) {
            case START_OBJECT -> "{…}";
            case START_ARRAY -> "[…]";
            case VALUE_STRING -> '"' + HeaderField.shortened(json.getText()) + '"';
            default -> HeaderField.shortened(json.getText());
        };
    }
}
