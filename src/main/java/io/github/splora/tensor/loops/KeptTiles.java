package io.github.splora.tensor.loops;

import java.util.ArrayList;
import java.util.List;

/** All tiles of an alignment delta, kept between walks over the same weights; the memory is reused for other weights. */
final class KeptTiles {

    private final Tile.Shape shape;
    private final int tilesOfPiece;
    private final List<Tile[]> pieces = new ArrayList<>();
    private boolean isFilled;

    /** @param tilesOfPiece number of tiles for each piece of a block */
    KeptTiles(Tile.Shape shape, int tilesOfPiece) {
        this.shape = shape;
        this.tilesOfPiece = tilesOfPiece;
    }

    Tile.Shape shape() {
        return shape;
    }

    /** Whether a walk has filled the tiles. */
    boolean isFilled() {
        return isFilled;
    }

    void setFilled(boolean filled) {
        isFilled = filled;
    }

    /** Returns the tiles of the piece of this number, counted over all blocks. */
    Tile[] piece(int number) {
        while (pieces.size() <= number) {
            pieces.add(Tile.several(tilesOfPiece, shape));
        }
        return pieces.get(number);
    }
}
