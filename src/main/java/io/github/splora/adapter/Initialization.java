package io.github.splora.adapter;

import java.util.Locale;
import java.util.Set;

/**
 * What loading an adapter does to the base weights, according to {@code init_lora_weights}.
 *
 * @see <a href="https://github.com/huggingface/peft/blob/main/src/peft/tuners/lora/layer.py">PEFT's LoraLayer</a>
 */
public enum Initialization {
    /** Nothing: a module adds s·BA. */
    PLAIN,
    /** Subtracts {@code s·Q_r R_r} of {@code W = QR} from the weight. */
    OLORA,
    /** Subtracts the weight's best approximation of rank r. */
    PISSA,
    /** An unknown value, from a later release of PEFT. */
    UNKNOWN;

    /** Values that leave the base weights unchanged, besides {@code true} and {@code false}. */
    private static final Set<String> HARMLESS = Set.of("", "gaussian", "orthogonal", "eva", "mica", "lora_ga");

    /** @param word {@code init_lora_weights} if it is a string, else "" */
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
