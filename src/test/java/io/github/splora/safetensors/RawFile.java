package io.github.splora.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.splora.error.BadInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Valid and invalid files built from bytes, without the writer under test. */
final class RawFile {

    private RawFile() {}

    /** Writes a file with that header and the given number of data bytes, which count up from 0. */
    static Path of(Path folder, String json, int dataLength) {
        return of(folder, json.getBytes(StandardCharsets.UTF_8), dataLength);
    }

    static Path of(Path folder, byte[] json, int dataLength) {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        rest.writeBytes(json);
        for (int i = 0; i < dataLength; i++) {
            rest.write(i);
        }
        return withLength(folder, json.length, rest.toByteArray());
    }

    /** Writes a file that claims a header of that length, regardless of what follows. */
    static Path withLength(Path folder, long length, byte[] rest) {
        ByteBuffer bytes = ByteBuffer.allocate(8 + rest.length).order(ByteOrder.LITTLE_ENDIAN);
        return ofBytes(folder, bytes.putLong(length).put(rest).array());
    }

    static Path ofBytes(Path folder, byte[] bytes) {
        try {
            return Files.write(folder.resolve("raw.safetensors"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the entry of one tensor, with all parts as they appear in the JSON. */
    static String tensor(String name, String dtype, String shape, String offsets) {
        return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets
                + "}";
    }

    /** Returns why {@link SafetensorsFile#open} rejects the file, without the file name, which must come first. */
    static String refusal(Path file) {
        BadInputException refused = catchThrowableOfType(
                BadInputException.class, () -> SafetensorsFile.open(file).close());
        assertThat(refused).as("refusal of %s", file).isNotNull();
        assertThat(refused).hasMessageStartingWith(file + ": ");
        return refused.getMessage().substring(file.toString().length() + 2);
    }
}
