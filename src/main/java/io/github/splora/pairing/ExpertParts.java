package io.github.splora.pairing;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How a stacked experts parameter is assembled from separate expert modules: the rows of an expert's first layer, then
 * those of the next.
 *
 * @param parameter the stack's name in its module, such as {@code gate_up_proj}
 * @param parts names of the expert's layers, in order
 * @see <a href="https://github.com/huggingface/transformers/blob/main/src/transformers/conversion_mapping.py">the
 *     conversions of transformers 5</a>
 */
record ExpertParts(String parameter, List<String> parts) {

    private static final List<ExpertParts> KNOWN = List.of(
            new ExpertParts("gate_up_proj", List.of("gate_proj", "up_proj")),
            new ExpertParts("gate_up_proj", List.of("w1", "w3")),
            new ExpertParts("down_proj", List.of("down_proj")),
            new ExpertParts("down_proj", List.of("w2")),
            new ExpertParts("up_proj", List.of("up_proj")));

    private static final Pattern LAYER =
            Pattern.compile("(?<experts>.+)\\.(?<index>\\d{1,9})\\.(?<layer>[^.]+?)(?:\\.weight)?", Pattern.DOTALL);

    /**
     * The position of an expert's layer in a stack.
     *
     * @param parameter the name of the stack
     * @param expert the expert's number
     * @param index index of the layer among the expert's parts
     * @param count number of parts per expert
     */
    record Part(String parameter, int expert, int index, int count) {}

    /** Returns the known ways in which a stacked parameter is split into layers. */
    static List<ExpertParts> of(String parameter) {
        return KNOWN.stream().filter(known -> known.parameter.equals(parameter)).toList();
    }

    /**
     * Returns the stacks that a layer, given by its module or tensor name, may belong to; empty if it is not an
     * expert's.
     */
    static List<Part> inStacks(String layer) {
        Matcher match = LAYER.matcher(layer);
        if (!match.matches()) {
            return List.of();
        }
        return KNOWN.stream()
                .filter(known -> known.parts.contains(match.group("layer")))
                .map(known -> new Part(
                        match.group("experts") + "." + known.parameter,
                        Integer.parseInt(match.group("index")),
                        known.parts.indexOf(match.group("layer")),
                        known.parts.size()))
                .toList();
    }

    /** Returns the model's names of the parameters that a tensor could be, or be part of. */
    static Stream<String> stacksOf(String tensor) {
        return Stream.concat(Stream.of(tensor), inStacks(tensor).stream().map(Part::parameter))
                .map(NameAliases::inMemory);
    }
}
