package io.github.splora.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProblemTest {

    @Test
    void isOneLineOfFileFieldValueAndExplanation() {
        assertThat(new Problem("a.json", "r", "0", "a rank is at least 1"))
                .hasToString("a.json: r 0: a rank is at least 1");
    }

    @Test
    void omitsAbsentParts() {
        assertThat(new Problem("a.json", null, null, "no such file")).hasToString("a.json: no such file");
        assertThat(new Problem("a.json", "r", null, "missing")).hasToString("a.json: r: missing");
        assertThat(new Problem("a.json", null, "x", "odd")).hasToString("a.json: x: odd");
    }

    @Test
    void noPartCanMoveTheCursorForgeALineOrReverseText() {
        Problem hostile = new Problem("a\u001b[2J", "b\nsplora: done", "c\u202e\u2028d", "e\r\tf");
        assertThat(hostile).hasToString("a\\u001b[2J: b\\nsplora: done c\\u202e\\u2028d: e\\r\\tf");
    }

    @Test
    void aLongPartIsCutAndSaysSo() {
        String value = "x".repeat(1001);
        assertThat(new Problem("a", "b", value, "c")).hasToString("a: b " + "x".repeat(1000) + "…: c");
    }

    @Test
    void aPartOfMaximumLengthIsPrintedWhole() {
        String value = "x".repeat(1000);
        assertThat(new Problem("a", "b", value, "c")).hasToString("a: b " + value + ": c");
    }

    @Test
    void theRecordKeepsThePartsAsTheyAre() {
        assertThat(new Problem("a\n", "b", "c", "d").file()).isEqualTo("a\n");
    }
}
