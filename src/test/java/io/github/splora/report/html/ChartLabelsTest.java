package io.github.splora.report.html;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.report.html.SweepChart.Label;
import org.junit.jupiter.api.Test;

class ChartLabelsTest {

    private final ChartLabels labels = new ChartLabels(200, 100);

    @Test
    void theFirstLabelIsBesideItsPoint() {
        labels.addPoint(50, 50);
        assertThat(labels.place(50, 50, 7, false)).isEqualTo(new Label("58", "46", "", 7));
    }

    @Test
    void aLabelAtTheEdgeIsOnTheOtherSide() {
        labels.addPoint(196, 50);
        assertThat(labels.place(196, 50, 12, false)).isEqualTo(new Label("188", "46", "end", 12));
    }

    @Test
    void neighborsDoNotCoverEachOther() {
        labels.addPoint(50, 50);
        labels.addPoint(51, 51);
        Label first = labels.place(50, 50, 18, false);
        Label second = labels.place(51, 51, 13, false);
        assertThat(first).isNotNull();
        assertThat(second).isNotNull();
        assertThat(second.y()).isNotEqualTo(first.y());
    }

    @Test
    void withoutRoomALabelIsLeftOutUnlessItIsNeeded() {
        for (double x = 0; x <= 200; x += 4) {
            for (double y = 0; y <= 100; y += 4) {
                labels.addPoint(x, y);
            }
        }
        assertThat(labels.place(100, 50, 1, false)).isNull();
        assertThat(labels.place(100, 50, 1, true)).isNotNull();
    }
}
