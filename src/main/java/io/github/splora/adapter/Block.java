package io.github.splora.adapter;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The transformer block that contains a module.
 *
 * @param path the module name up to and including the block's number: {@code model.layers.3}, {@code encoder.block.0};
 *     it distinguishes equally numbered blocks of two stacks
 * @param index the block's number
 */
public record Block(String path, int index) {

    private static final Pattern FIRST_NUMBER = Pattern.compile("(?:^|.*?\\.)(\\d{1,9})(?=\\.)");

    /** Returns a module's block, up to the first numeric component of its name; empty for, say, {@code lm_head}. */
    public static Optional<Block> of(String moduleName) {
        Matcher match = FIRST_NUMBER.matcher(moduleName);
        return match.lookingAt()
                ? Optional.of(new Block(moduleName.substring(0, match.end()), Integer.parseInt(match.group(1))))
                : Optional.empty();
    }

    /**
     * Returns a module's name from its block's container on: {@code layers.3.self_attn.q_proj} for
     * {@code model.layers.3.self_attn.q_proj}. This part survives when a model is wrapped or renamed. For a module
     * outside any block, returns the whole name.
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
