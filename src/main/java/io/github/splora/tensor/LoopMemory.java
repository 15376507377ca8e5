package io.github.splora.tensor;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a walk of {@link LoopKernel} reads into and computes in; made bit by bit, as walks ask for it. */
final class LoopMemory {

  private final TileLoops loops;
  /** Of the matrices of two turns. */
  private final List<List<StoredBlock>> blocks = List.of(new ArrayList<>(), new ArrayList<>());
  private final Map<Tile.Shape, Map<Operand, Tile[]>> tiles = new EnumMap<>(Tile.Shape.class);

  LoopMemory(TileLoops loops) {
    this.loops = loops;
  }

  TileLoops loops() {
    return loops;
  }

  /**
   * Two sets of blocks, to be used by turns.
   *
   * @param matrices how many blocks each has
   */
  List<List<StoredBlock>> blocks(int matrices) {
    return blocks.stream().map(ofTurn -> atLeast(ofTurn, matrices)).toList();
  }

  /** Tiles for a piece of an operand. */
  Tile[] tiles(Operand operand, Tile.Shape shape, int count) {
    return tiles.computeIfAbsent(shape, s -> new EnumMap<>(Operand.class))
        .computeIfAbsent(operand, o -> Tile.several(count, shape));
  }

  private List<StoredBlock> atLeast(List<StoredBlock> some, int count) {
    while (some.size() < count) {
      some.add(new StoredBlock(loops));
    }
    return List.copyOf(some.subList(0, count));
  }
}
