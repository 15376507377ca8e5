package io.github.splora.pairing;

import io.github.splora.adapter.Block;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.error.Excerpt;
import io.github.splora.error.Problem;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The tower of a model that the user named: the tensors below a path, such as {@code language_model}.
 *
 * @param path whole parts of a path
 * @param isRoot whether {@code path} is all that comes before the blocks' container, rather than some of its parts
 */
public record ChosenTower(String path, boolean isRoot) {

    private static final int SHOWN = 8;

    /** Returns the tower that was chosen for a checkpoint; empty if none was, or if the checkpoint has no such tower. */
    static Optional<ChosenTower> of(Checkpoint checkpoint) {
        return checkpoint.tower().flatMap(name -> among(checkpoint.tensorNames(), name));
    }

    /** Returns the tower of that name among those of the tensors. */
    static Optional<ChosenTower> among(Collection<String> tensorNames, String name) {
        Set<String> roots = roots(tensorNames);
        String path = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (path.isEmpty()) {
            return Optional.empty();
        }
        ChosenTower tower = new ChosenTower(path, roots.contains(path));
        return roots.stream().anyMatch(tower::hasRoot) ? Optional.of(tower) : Optional.empty();
    }

    /** Returns what is wrong with the tower that was chosen for both checkpoints: it must exist in one of them. */
    public static List<Problem> problems(Checkpoint base, Checkpoint aligned) {
        if (aligned.tower().isEmpty() || of(aligned).isPresent() || of(base).isPresent()) {
            return List.of();
        }
        Set<String> roots = roots(aligned.tensorNames());
        return List.of(new Problem(
                aligned.location().toString(),
                "--tower",
                aligned.tower().get(),
                (base == aligned ? "no tensors" : "no tensors here or in the base checkpoint")
                        + " lie below a path of that name; "
                        + (roots.isEmpty()
                                ? "the model has no towers to choose from"
                                : "the towers here are "
                                        + Excerpt.of(roots.stream().limit(SHOWN).toList(), roots.size()))));
    }

    /** Whether a tensor lies in the tower. */
    boolean contains(String tensorName) {
        return Block.of(tensorName).isPresent()
                ? hasRoot(root(tensorName))
                : isRoot ? tensorName.startsWith(path + ".") : ("." + tensorName).contains("." + path + ".");
    }

    private boolean hasRoot(String root) {
        return isRoot ? root.equals(path) : ("." + root + ".").contains("." + path + ".");
    }

    /** Returns the paths above the containers of blocks: {@code language_model.model}; without the empty path. */
    private static Set<String> roots(Collection<String> tensorNames) {
        Set<String> roots = new TreeSet<>();
        tensorNames.stream()
                .filter(name -> Block.of(name).isPresent())
                .map(ChosenTower::root)
                .filter(root -> !root.isEmpty())
                .forEach(roots::add);
        return roots;
    }

    /** Returns the path above a tensor's block and the block's container. */
    static String root(String tensorName) {
        int length = tensorName.length() - Block.suffixFromBlock(tensorName).length();
        return tensorName.substring(0, Math.max(0, length - 1));
    }

    /** Returns how to choose among tensors that a name fits equally well; "" if no tower's name tells them apart. */
    static String advice(Collection<String> tensorNames) {
        List<String> towers = choices(tensorNames);
        return towers.isEmpty() ? "" : "; choose one with --tower " + String.join(" or --tower ", towers);
    }

    private static List<String> choices(Collection<String> tensorNames) {
        Set<String> roots = roots(tensorNames);
        return roots.stream()
                .flatMap(root -> Stream.concat(parts(root), Stream.of(root))
                        .filter(name -> among(tensorNames, name).stream().allMatch(tower -> roots.stream()
                                .filter(tower::hasRoot)
                                .toList()
                                .equals(List.of(root))))
                        .findFirst()
                        .stream())
                .distinct()
                .toList();
    }

    private static Stream<String> parts(String root) {
        return Arrays.stream(root.split("\\."));
    }
}
