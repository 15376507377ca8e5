package io.github.splora.adapter;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The transformer block that a module sits in.
 *
 * @param path the module name up to and with the block's number: {@code model.layers.3}, {@code encoder.block.0}; two
 *     stacks with equal numbers differ in it
 * @param index that number
 */
public record Block(String path, int index) {

    private static final Pattern FIRST_NUMBER = Pattern.compile("(?:^|.*?\\.)(\\d{1,9})(?=\\.)");

    /** The block of a module: at the first component of its name that is a number. None for, say, {@code lm_head}. */
    public static Optional<Block> of(String moduleName) {
        Matcher match = FIRST_NUMBER.matcher(moduleName);
        return match.lookingAt()
                ? Optional.of(new Block(moduleName.substring(0, match.end()), Integer.parseInt(match.group(1))))
                : Optional.empty();
    }

    /**
     * A module's name from its block's container on: {@code layers.3.self_attn.q_proj} of
     * {@code model.layers.3.self_attn.q_proj}. It is what stays when a model is wrapped or renamed. The whole name for a
     * module outside any block.
     */
    public static String suffixFromBlock(String moduleName) {
        return of(moduleName)
                .map(block -> {
                    int number = block.path().lastIndexOf('.');
                    int container = number < 0 ? 0 : block.path().lastIndexOf('.', number - 1) + 1;
                    return moduleName.substring(container);
                })
                .orElse(moduleName);
    }
}
