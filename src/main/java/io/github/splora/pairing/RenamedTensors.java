package io.github.splora.pairing;

import io.github.splora.adapter.Block;
import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.storage.StoredTensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tensors of a merged model whose names splora understands, but transformers may not: it renames all tensors of a model, or all of
 * one of its parts, in one of a few ways, and starts others at random.
 */
public final class RenamedTensors {

    /** Prefixes that files of a model with one part have or lack as a whole. */
    private static final Set<String> OF_MODELS =
            Set.of("model.", "transformer.", "gpt_neox.", "bert.", "roberta.", "vit.", "backbone.");
    /** Prefixes of the parts of a model that has several. */
    private static final Set<String> OF_PARTS =
            Set.of("model.", "language_model.", "language_model.model.", "model.language_model.");

    private static final List<String> PARTS =
            List.of("text_config", "vision_config", "audio_config", "thinker_config", "talker_config");

    /** How a name differs from its counterpart's: the parts before what they share. */
    private record Renaming(String prefix, String ofAligned) {

        static Renaming of(String name, String aligned) {
            String one = NameAliases.inMemory(name);
            String other = NameAliases.inMemory(aligned);
            int shared = 0;
            for (int length = 1; length <= Math.min(one.length(), other.length()); length++) {
                if (one.charAt(one.length() - length) != other.charAt(other.length() - length)) {
                    break;
                }
                boolean isWhole = isBoundary(one, length) && isBoundary(other, length);
                shared = isWhole ? length : shared;
            }
            return new Renaming(one.substring(0, one.length() - shared), other.substring(0, other.length() - shared));
        }

        private static boolean isBoundary(String name, int length) {
            return length == name.length() || name.charAt(name.length() - length - 1) == '.';
        }

        boolean isNone() {
            return prefix.isEmpty() && ofAligned.isEmpty();
        }

        boolean isKnown(boolean hasParts) {
            return isNone()
                    || (OF_MODELS.contains(prefix) && ofAligned.isEmpty())
                    || (OF_MODELS.contains(ofAligned) && prefix.isEmpty())
                    || (hasParts
                            && (OF_PARTS.contains(prefix) || prefix.isEmpty())
                            && (OF_PARTS.contains(ofAligned) || ofAligned.isEmpty()));
        }
    }

    private RenamedTensors() {}

    /** Returns the merged model's names that differ from the aligned model's in another way than those of their part, or an unknown one. */
    public static List<String> in(Checkpoint adapted, Checkpoint aligned) {
        boolean hasParts = aligned.config()
                .map(config -> PARTS.stream().anyMatch(config::has))
                .orElse(false);
        Counterparts counterparts = new Counterparts(aligned);
        Map<String, Renaming> renamings = new TreeMap<>();
        Map<String, Set<Renaming>> byPart = new HashMap<>();
        for (String name : adapted.tensorNames()) {
            Optional<StoredTensor> counterpart = counterparts.of(name);
            if (counterpart.isPresent() && !isHead(name)) {
                Renaming renaming = Renaming.of(name, counterpart.get().name());
                renamings.put(name, renaming);
                byPart.computeIfAbsent(part(counterpart.get().name(), hasParts), key -> new HashSet<>())
                        .add(renaming);
            }
        }
        return renamings.entrySet().stream()
                .filter(each -> !each.getValue().isNone())
                .filter(each -> !each.getValue().isKnown(hasParts)
                        || byPart.getOrDefault(
                                                part(
                                                        counterparts
                                                                .of(each.getKey())
                                                                .orElseThrow()
                                                                .name(),
                                                        hasParts),
                                                Set.of())
                                        .size()
                                > 1)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** A head is outside the part that a prefix names, or shares the tensor of an embedding. */
    private static boolean isHead(String name) {
        int leaf = name.lastIndexOf('.');
        return leaf > 0 && LoraModule.isHead(name.substring(0, leaf));
    }

    private static String part(String name, boolean hasParts) {
        return hasParts
                ? Tower.of(name)
                        + Block.of(name)
                                .map(block -> " " + block.path().replaceAll("\\d+$", ""))
                                .orElse("")
                : "";
    }
}
