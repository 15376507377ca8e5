package io.github.splora.pairing;

import io.github.splora.adapter.Block;
import io.github.splora.adapter.ModuleNames;
import io.github.splora.checkpoint.Checkpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds a tensor by name in a checkpoint. Files and models name the same layer differently (a bare decoder omits
 * {@code model.}, Llava swaps two prefixes, Mixtral renames its {@code mlp}), so if the exact name is missing, the
 * search tries known {@linkplain NameAliases aliases} and prefixes, then the one tensor whose name agrees from the
 * block's container on. It never uses order or shape.
 */
final class WeightNames {

    private record Prefix(String ofModule, String onDisk) {}

    private static final List<Prefix> PREFIXES = List.of(
            new Prefix("model.language_model.", "language_model.model."),
            new Prefix("language_model.model.", "model.language_model."),
            new Prefix("model.language_model.", "model."),
            new Prefix("language_model.model.", "model."),
            new Prefix("language_model.", ""),
            new Prefix("model.", ""),
            new Prefix("transformer.", ""),
            new Prefix("gpt_neox.", ""),
            new Prefix("bert.", ""),
            new Prefix("roberta.", ""),
            new Prefix("vit.", ""),
            new Prefix("model.", "model.language_model."),
            new Prefix("", "model."),
            new Prefix("", "transformer."),
            new Prefix("", "language_model."));

    private final Set<String> names;
    private final Map<String, List<String>> namesBySuffix = new HashMap<>();

    private final Optional<ChosenTower> tower;

    WeightNames(Collection<String> tensorNames) {
        this(tensorNames, Optional.empty());
    }

    /** @param tower where to look for a name that is not there exactly */
    WeightNames(Collection<String> tensorNames, Optional<ChosenTower> tower) {
        this.tower = tower;
        names = new HashSet<>(tensorNames);
        for (String name : tensorNames) {
            if (Block.of(name).isPresent()) {
                namesBySuffix
                        .computeIfAbsent(Block.suffixFromBlock(name), suffix -> new ArrayList<>())
                        .add(name);
            }
        }
    }

    /** Returns the names of a checkpoint's tensors, with the tower that was chosen for it. */
    static WeightNames of(Checkpoint checkpoint) {
        return new WeightNames(checkpoint.tensorNames(), ChosenTower.of(checkpoint));
    }

    /** Returns every tensor that could be the module's weight: exactly one if the name is unambiguous. */
    List<String> candidates(String moduleName) {
        return named(moduleName + ".weight");
    }

    /** Returns every tensor that could correspond to that name in the model. */
    List<String> named(String tensorName) {
        List<String> spellings = NameAliases.of(tensorName).toList();
        if (tower.isPresent()
                && Tower.of(tensorName) == Tower.TEXT
                && spellings.stream().noneMatch(names::contains)) {
            List<String> chosen = inTower(spellings, tower.get());
            // Names outside blocks, such as the head's, may belong to no tower.
            if (!chosen.isEmpty() || Block.of(tensorName).isPresent()) {
                return chosen;
            }
        }
        return Stream.concat(
                        spellings.stream().filter(names::contains),
                        spellings.stream().flatMap(this::underOtherPrefixes))
                .findFirst()
                .map(List::of)
                .orElseGet(() ->
                        spellings.stream().flatMap(this::fromBlock).distinct().toList());
    }

    private List<String> inTower(List<String> spellings, ChosenTower chosen) {
        return spellings.stream()
                .flatMap(this::underOtherPrefixes)
                .filter(chosen::contains)
                .findFirst()
                .map(List::of)
                .orElseGet(() -> spellings.stream()
                        .flatMap(name -> closest(
                                name, sameSuffix(name).filter(chosen::contains).toList()))
                        .distinct()
                        .toList());
    }

    /** Returns every name under which a model may know a layer or tensor of a checkpoint: the reverse of {@link #named}. */
    static Stream<String> namesInModel(String name) {
        return NameAliases.of(name)
                .flatMap(WeightNames::withPrefixes)
                .flatMap(WeightNames::withPrefixes)
                .distinct();
    }

    private static Stream<String> withPrefixes(String name) {
        return Stream.concat(
                Stream.of(name),
                PREFIXES.stream()
                        .filter(prefix -> name.startsWith(prefix.onDisk()))
                        .map(prefix -> prefix.ofModule()
                                + name.substring(prefix.onDisk().length())));
    }

    private Stream<String> underOtherPrefixes(String name) {
        return PREFIXES.stream()
                .filter(prefix -> name.startsWith(prefix.ofModule()))
                .map(prefix ->
                        prefix.onDisk() + name.substring(prefix.ofModule().length()))
                .filter(names::contains);
    }

    /** Returns tensors of the same tower with the longest common suffix. */
    private Stream<String> fromBlock(String name) {
        return closest(
                name,
                sameSuffix(name)
                        .filter(other -> Tower.of(other) == Tower.of(name))
                        .toList());
    }

    private Stream<String> sameSuffix(String name) {
        return namesBySuffix.getOrDefault(Block.suffixFromBlock(name), List.of()).stream();
    }

    private static Stream<String> closest(String name, List<String> alike) {
        int longest =
                alike.stream().mapToInt(other -> commonEnd(name, other)).max().orElse(0);
        return alike.stream().filter(other -> commonEnd(name, other) == longest);
    }

    /** Returns the length of the longest suffix, starting after a dot, that two names share. */
    private static int commonEnd(String one, String other) {
        Set<String> ends = new HashSet<>(ModuleNames.ends(one).toList());
        return ModuleNames.ends(other)
                .filter(ends::contains)
                .mapToInt(String::length)
                .max()
                .orElse(0);
    }
}
