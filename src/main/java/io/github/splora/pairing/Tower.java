package io.github.splora.pairing;

import io.github.splora.adapter.Block;
import java.util.List;
import java.util.Locale;

/**
 * The modality that part of a model processes: images, sound or text. Their layers often share names from the block on.
 */
enum Tower {
    VISION(List.of("vision", "visual", "image", "video", "vit")),
    AUDIO(List.of("audio", "speech", "sound")),
    TEXT(List.of());

    private final List<String> words;

    Tower(List<String> words) {
        this.words = words;
    }

    /**
     * Returns the tower of a name, judged by the part before the block's number; text unless it indicates images or
     * sound.
     */
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
