package io.github.splora.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.score.ModuleScore;
import io.github.splora.score.ModuleScore.Unscored;
import io.github.splora.select.Decision;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModuleRowTest {

    private static ModuleScore score(String name, Double score, Unscored unscored) {
        return new ModuleScore(name, List.of(48L, 96L), 8, 2.0, score, 1.5, 1.4, 0.1, 0.2, 3.0, 0.5, 0.25, unscored);
    }

    @Test
    void aRowSaysWhereTheModuleSitsAndWhatBecomesOfIt() {
        ModuleRow row = ModuleRow.of(new Decision(score("model.layers.12.self_attn.q_proj", 1.0, null), true, "high"));
        assertThat(row.block()).isEqualTo(12);
        assertThat(row.type()).isEqualTo("q_proj");
        assertThat(row.decision()).isEqualTo("prune");
        assertThat(row.reason()).isEqualTo("high");
    }

    @Test
    void aModuleOutsideAnyBlockHasNoNumber() {
        assertThat(ModuleRow.of(new Decision(score("lm_head", 1.0, null), false, ""))
                        .block())
                .isNull();
    }

    @Test
    void aScoredRowGivesItsScoreBack() {
        ModuleScore score = score("layers.0.q", 1.0, null);
        assertThat(ModuleRow.of(new Decision(score, true, "high")).toScore()).contains(score);
    }

    @ParameterizedTest
    @EnumSource(Unscored.class)
    void anUnscoredRowGivesItsReasonBack(Unscored reason) {
        ModuleScore score = score("layers.0.q", null, reason);
        assertThat(ModuleRow.of(new Decision(score, false, reason.sentence())).toScore())
                .contains(score);
    }

    @Test
    void aRowWithNeitherScoreNorKnownReasonGivesNothing() {
        ModuleRow row = new ModuleRow(
                "q",
                null,
                "q",
                List.of(1L, 1L),
                1,
                1,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                "of-the-future",
                "keep",
                "");
        assertThat(row.toScore()).isEmpty();
    }

    @Test
    void aRowWithAnInfiniteScoreGivesNothing() {
        ModuleRow row = ModuleRow.of(new Decision(score("q", Double.POSITIVE_INFINITY, null), true, ""));
        assertThat(row.toScore()).isEmpty();
    }
}
