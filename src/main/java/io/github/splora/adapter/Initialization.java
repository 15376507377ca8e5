package io.github.splora.adapter;

import java.util.Locale;
import java.util.Set;

/**
 * What {@code init_lora_weights} does to the base weights whenever the adapter is loaded.
 *
 * @see <a href="https://github.com/huggingface/peft/blob/main/src/peft/tuners/lora/layer.py">PEFT's LoraLayer</a>
 */
public enum Initialization {
    /** Nothing: what a module adds is s·BA. */
    PLAIN,
    /** Takes {@code s·Q_r R_r} of {@code W = QR} out of the weight. */
    OLORA,
    /** Takes the weight's best approximation of rank r out of it. */
    PISSA,
    /** Of a later release of PEFT: nothing is known of it. */
    UNKNOWN;

    /** Those that leave the base weights as they are, besides {@code true} and {@code false}. */
    private static final Set<String> HARMLESS = Set.of("", "gaussian", "orthogonal", "eva", "mica", "lora_ga");

    /** @param word {@code init_lora_weights} where it is a word, else "" */
    static Initialization of(String word) {
        if (word.toLowerCase(Locale.ROOT).equals("olora")) {
            return OLORA;
        }
        if (word.equals("pissa")) {
            return PISSA;
        }
        return HARMLESS.contains(word) ? PLAIN : UNKNOWN;
    }

    /** Whether loading changes the base weights. */
    public boolean changesBaseWeights() {
        return this != PLAIN;
    }
}
