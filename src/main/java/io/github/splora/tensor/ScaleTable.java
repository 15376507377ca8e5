package io.github.splora.tensor;

import io.github.splora.storage.Scales;
import io.github.splora.storage.Values;

/** {@link Scales} read into memory; they are small compared with the weight. */
public final class ScaleTable {

    private final Scales scales;
    private final double[] values;
    private final long columns;

    public ScaleTable(Scales scales) {
        this.scales = scales;
        this.values = scales.tensor().map(Values::of).orElse(new double[] {1});
        this.columns = scales.tensor()
                .filter(tensor -> tensor.shape().size() == 2)
                .map(tensor -> tensor.shape().get(1))
                .orElse(1L);
    }

    /** Returns the scales that this table was read from. */
    public Scales scales() {
        return scales;
    }

    /** Returns the factor that the element at this position is multiplied by. */
    public double at(long row, long column) {
        return values.length == 1
                ? values[0]
                : values[Math.toIntExact(row / scales.blockRows() * columns + column / scales.blockColumns())];
    }
}
