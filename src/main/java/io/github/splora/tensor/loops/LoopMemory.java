package io.github.splora.tensor.loops;

import io.github.splora.tensor.Operand;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reusable buffers of one {@link LoopKernel} walk, allocated on first use. */
final class LoopMemory {

    private final TileLoops loops;
    private final List<StoredBlock> blocks = new ArrayList<>();
    private final Map<Tile.Shape, Map<Operand, Tile[]>> tiles = new EnumMap<>(Tile.Shape.class);

    LoopMemory(TileLoops loops) {
        this.loops = loops;
    }

    TileLoops loops() {
        return loops;
    }

    /** One block per matrix of the walk. */
    List<StoredBlock> blocks(int matrices) {
        while (blocks.size() < matrices) {
            blocks.add(new StoredBlock(loops));
        }
        return blocks.subList(0, matrices);
    }

    /** Tiles for one piece of an operand. */
    Tile[] tiles(Operand operand, Tile.Shape shape, int count) {
        return tiles.computeIfAbsent(shape, s -> new EnumMap<>(Operand.class))
                .computeIfAbsent(operand, o -> Tile.several(count, shape));
    }
}
