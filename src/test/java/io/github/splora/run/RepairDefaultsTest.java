package io.github.splora.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.adapter.Adapter;
import io.github.splora.testing.TinyAdapter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepairDefaultsTest {

    private static final String BLOCK = "model.layers.0.";

    @TempDir
    Path folder;

    private RepairDefaults of(TinyAdapter adapter) {
        return RepairDefaults.of(Adapter.open(adapter.writeTo(folder)));
    }

    private static TinyAdapter ofRank(int rank) {
        return new TinyAdapter().config("r", String.valueOf(rank)).module(BLOCK + "self_attn.q_proj", 8, 8);
    }

    @ParameterizedTest
    @CsvSource({"1, 2.5", "8, 2.5", "11, 2.5", "12, 2", "16, 2", "23, 2", "24, 1.5", "32, 1.5", "256, 1.5"})
    void theExponentOfAnAttentionAdapterFallsWithItsRank(int rank, double exponent) {
        assertThat(of(ofRank(rank))).isEqualTo(new RepairDefaults(exponent, true));
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "8, 2", "11, 2", "12, 1.5", "16, 1.5", "23, 1.5", "24, 1", "32, 1", "256, 1"})
    void thatOfAnyOtherAdapterIsLower(int rank, double exponent) {
        TinyAdapter adapter = ofRank(rank).config("target_modules", "[\"q_proj\", \"up_proj\"]");
        assertThat(of(adapter.module(BLOCK + "mlp.up_proj", 8, 8))).isEqualTo(new RepairDefaults(exponent, false));
    }

    @ParameterizedTest
    @CsvSource({"8, 16, 32, 2", "8, 8, 32, 2.5", "8, 32, 32, 1.5"})
    void theMedianRankCounts(int one, int other, int third, double exponent) {
        TinyAdapter adapter = new TinyAdapter()
                .config("target_modules", "[\"q_proj\", \"k_proj\", \"v_proj\"]")
                .config(
                        "rank_pattern",
                        String.format("{\"q_proj\": %d, \"k_proj\": %d, \"v_proj\": %d}", one, other, third))
                .module(BLOCK + "self_attn.q_proj", 8, 8, one)
                .module(BLOCK + "self_attn.k_proj", 8, 8, other)
                .module(BLOCK + "self_attn.v_proj", 8, 8, third);
        assertThat(of(adapter)).isEqualTo(new RepairDefaults(exponent, true));
    }

    @Test
    void ofTwoMedianRanksTheLowerOneCounts() {
        TinyAdapter adapter = new TinyAdapter()
                .config("rank_pattern", "{\"q_proj\": 8, \"v_proj\": 32}")
                .module(BLOCK + "self_attn.q_proj", 8, 8, 8)
                .module(BLOCK + "self_attn.v_proj", 8, 8, 32);
        assertThat(of(adapter)).isEqualTo(new RepairDefaults(2.5, true));
    }

    @Test
    void theRankOfStackedExpertsIsThatOfOneExpert() {
        TinyAdapter adapter = new TinyAdapter()
                .config("r", "8")
                .config("target_modules", "[]")
                .config("target_parameters", "[\"mlp.experts.down_proj\"]")
                .experts(BLOCK + "mlp.experts", 4, 6, 10);
        assertThat(of(adapter)).isEqualTo(new RepairDefaults(2, false));
    }
}
