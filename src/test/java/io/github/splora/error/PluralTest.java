package io.github.splora.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PluralTest {

    @Test
    void onlyOneIsSingular() {
        assertThat(Plural.of(0, "module")).isEqualTo("0 modules");
        assertThat(Plural.of(1, "module")).isEqualTo("1 module");
        assertThat(Plural.of(2, "module")).isEqualTo("2 modules");
        assertThat(Plural.grouped(1234, "byte")).isEqualTo("1,234 bytes");
        assertThat(Plural.share(1, 1, "module")).isEqualTo("1 of 1 module");
        assertThat(Plural.share(1, 24, "module")).isEqualTo("1 of 24 modules");
        assertThat(Plural.choose(1, "is", "are")).isEqualTo("is");
        assertThat(Plural.choose(0, "is", "are")).isEqualTo("are");
    }
}
