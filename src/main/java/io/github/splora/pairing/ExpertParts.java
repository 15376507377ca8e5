package io.github.splora.pairing;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a stacked parameter of experts consists of where each expert is a module of its own: rows of the first part, then
 * rows of the next.
 *
 * @param parameter the stack's name in its module, {@code gate_up_proj}
 * @param parts the names of an expert's layers, in order
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
     * Where an expert's layer lies in a stack.
     *
     * @param parameter the stack
     * @param expert the expert's number
     * @param index which of its parts the layer is
     * @param count how many parts an expert has
     */
    record Part(String parameter, int expert, int index, int count) {}

    /** What a parameter may consist of. */
    static List<ExpertParts> of(String parameter) {
        return KNOWN.stream().filter(known -> known.parameter.equals(parameter)).toList();
    }

    /** What a layer, by its module's or its tensor's name, may be a part of; nothing if it is of no expert. */
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

    /** The parameters that a tensor could be, or be a part of, as the model names them. */
    static Stream<String> stacksOf(String tensor) {
        return Stream.concat(Stream.of(tensor), inStacks(tensor).stream().map(Part::parameter))
                .map(NameAliases::inMemory);
    }
}
