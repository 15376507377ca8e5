package io.github.splora.pairing;

import io.github.splora.adapter.Block;
import java.util.List;
import java.util.Locale;

/** The part of a model that reads images, sound or text: their layers are often named alike from the block on. */
enum Tower {
    VISION(List.of("vision", "visual", "image", "video", "vit")),
    AUDIO(List.of("audio", "speech", "sound")),
    TEXT(List.of());

    private final List<String> words;

    Tower(List<String> words) {
        this.words = words;
    }

    /** By what stands before the block's number; what names neither images nor sound is text. */
    static Tower of(String name) {
        String path = Block.of(name).map(Block::path).orElse(name).toLowerCase(Locale.ROOT);
        for (Tower tower : values()) {
            if (tower.words.stream().anyMatch(path::contains)) {
                return tower;
            }
        }
        return TEXT;
    }
}
