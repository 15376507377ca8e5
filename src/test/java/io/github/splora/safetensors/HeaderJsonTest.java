package io.github.splora.safetensors;

import static io.github.splora.safetensors.RawFile.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderJsonTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"{}", " \t\r\n{}", "{} \t\r\n", "{ }"})
    void anEmptyObjectIsAHeaderAndMayBeSurroundedByWhitespace(String json) {
        try (SafetensorsFile file = SafetensorsFile.open(RawFile.of(folder, json, 0))) {
            assertThat(file.header()).isEqualTo(new SafetensorsHeader(Map.of(), Map.of(), 8 + json.length()));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]   | header […]: must be a JSON object",
                "null | header null: must be a JSON object",
                "\"a\"| header \"a\": must be a JSON object",
                "{}{} | header {…}: must end after its JSON object",
                "{} 1 | header 1: must end after its JSON object",
                "`  ` | header: must be a JSON object",
                "{\"a | header: ends in the middle of its JSON",
                "{\"a\": | header: ends in the middle of its JSON",
            })
    void anythingButOneObjectIsRefused(String json, String refusal) {
        assertThat(refusal(json)).isEqualTo(refusal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{a:1}",
                "{'a':1}",
                "{} x",
                "{\"a\":{\"dtype\":NaN}}",
                "{,}",
                "{1:2}",
                "/**/{}",
                "{}\0",
                "{\"a\n\":1}",
                "{\"__metadata__\":{\"a\":\"b\",}}",
                "{\"a\":{\"shape\":[01]}}",
                "{\"a\":{\"x\":\"\\q\"}}"
            })
    void laxJsonIsRefused(String json) {
        assertThat(refusal(json)).startsWith("header: is not valid JSON near character ");
    }

    @Test
    void badJsonIsRefusedWithItsPlace() {
        assertThat(refusal("{\"a\" 1}"))
                .isEqualTo("header: is not valid JSON near character 5: Unexpected character"
                        + " ('1' (code 49)): was expecting a colon to separate field name and value");
    }

    @Test
    void aByteOrderMarkIsRefused() {
        assertThat(refusal("\uFEFF{}")).startsWith("header: is not valid JSON near character ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"FF", "C080", "EDA080", "F4908080", "E282"})
    void bytesThatAreNotUtf8AreRefused(String hex) {
        byte[] json = "{\"__metadata__\":{\"k\":\"#\"}}".getBytes(StandardCharsets.UTF_8);
        byte[] bad = HexFormat.of().parseHex(hex);
        int hash = 22;
        byte[] spliced = new byte[json.length - 1 + bad.length];
        System.arraycopy(json, 0, spliced, 0, hash);
        System.arraycopy(bad, 0, spliced, hash, bad.length);
        System.arraycopy(json, hash + 1, spliced, hash + bad.length, json.length - hash - 1);
        assertThat(RawFile.refusal(RawFile.of(folder, spliced, 0))).isEqualTo("header: is not valid UTF-8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"t\":{\"dtype\":\"\\ud800\"}} | tensor 't' dtype",
                "{\"t\":{\"x\":[{\"y\":\"\\ud800\"}]}} | tensor 't' x",
                "{\"__metadata__\":{\"k\":\"\\udfff\"}} | __metadata__ 'k'",
            })
    void unpairedSurrogateEscapesInStringsAreRefused(String json, String field) {
        assertThat(refusal(json)).startsWith(field + " ").endsWith(": has an unpaired surrogate escape");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"\\ud800\":{}}",
                "{\"\\udc00\\ud800\":{}}",
                "{\"t\":{\"\\ud83dx\":1}}",
                "{\"__metadata__\":{\"\\ud800\":\"\"}}"
            })
    void unpairedSurrogateEscapesInNamesAreRefused(String json) {
        assertThat(refusal(json))
                .startsWith("header: is not valid JSON near character ")
                .contains("surrogate");
    }

    @Test
    void escapesAndTextBeyondTheBasicPlaneAreRead() {
        String json = "{\"__metadata__\":{\"\\u0041\":\"\\ud83d\\ude00\",\"é\":\"😀\\n\"},"
                + tensor("\\\"\\/", "U8", "[1]", "[0,1]") + "}";
        try (SafetensorsFile file = SafetensorsFile.open(RawFile.of(folder, json, 1))) {
            assertThat(file.header().metadata()).isEqualTo(Map.of("A", "😀", "é", "😀\n"));
            assertThat(file.tensor("\"/").byteLength()).isEqualTo(1);
        }
    }

    @Test
    void aTensorNamedTwiceIsRefusedHoweverItIsSpelt() {
        String json = "{" + tensor("a", "U8", "[1]", "[0,1]") + "," + tensor("\\u0061", "U8", "[1]", "[0,1]") + "}";
        assertThat(refusal(json)).isEqualTo("tensor 'a': appears twice in the header, which the format forbids");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null"})
    void metadataMayBeEmptyOrNull(String metadata) {
        try (SafetensorsFile file =
                SafetensorsFile.open(RawFile.of(folder, "{\"__metadata__\":" + metadata + "}", 0))) {
            assertThat(file.header().metadata()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]                | __metadata__ […]: must be a JSON object of strings",
                "\"x\"             | __metadata__ \"x\": must be a JSON object of strings",
                "{\"k\":1}         | __metadata__ 'k' 1: must be a string, like all metadata",
                "{\"k\":null}      | __metadata__ 'k' null: must be a string, like all metadata",
                "{\"k\":{}}        | __metadata__ 'k' {…}: must be a string, like all metadata",
                "{\"k\":\"a\",\"k\":\"a\"} | __metadata__ 'k': appears twice in the header, which the format forbids",
                "null,\"__metadata__\":{}  | __metadata__: appears twice in the header, which the format forbids",
            })
    void metadataHoldsStringsUnderDistinctKeysOnly(String metadata, String refusal) {
        assertThat(refusal("{\"__metadata__\":" + metadata + "}")).isEqualTo(refusal);
    }

    @Test
    void nestingBeyondTheLimitIsRefusedAndUpToItSkipped() {
        assertThat(refusal("{\"t\":{\"x\":" + "[".repeat(126) + "]".repeat(126) + "}}"))
                .isEqualTo("header: nests JSON values deeper than 127 levels");
        assertThat(refusal("{\"t\":{\"x\":" + "[".repeat(125) + "]".repeat(125) + "}}"))
                .isEqualTo("tensor 't' dtype: is missing");
    }

    @Test
    void stringsAndNumbersFarBeyondJacksonsOwnLimitsAreRead() {
        String text = "x".repeat(25_000_000);
        String name = "n".repeat(100_000);
        String json = "{\"__metadata__\":{\"" + name + "\":\"" + text + "\"},\"" + name + "\":{\"extra\":0."
                + "1".repeat(5_000) + "," + tensor("a", "U8", "[0]", "[0,0]").substring(5) + "}";
        try (SafetensorsFile file = SafetensorsFile.open(RawFile.of(folder, json, 0))) {
            assertThat(file.header().metadata().get(name)).hasSize(text.length());
            assertThat(file.tensor(name).elementCount()).isZero();
        }
    }

    private String refusal(String json) {
        return RawFile.refusal(RawFile.of(folder, json, 0));
    }
}
