package io.github.splora.pairing;

import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.Block;
import io.github.splora.adapter.LayerKind;
import io.github.splora.adapter.LayerKind.Dimensions;
import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.Quantization;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Printable;
import io.github.splora.error.Problem;
import io.github.splora.error.ProblemList;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pairs an adapter's modules with the tensors of checkpoints by name and reports every mismatch at once. */
public final class ModulePairing {

    private static final Logger LOG = LoggerFactory.getLogger(ModulePairing.class);
    private static final String WEIGHT = ".weight";

    private final AdapterConfig config;
    private final ProblemList problems = new ProblemList();

    private ModulePairing(AdapterConfig config) {
        this.config = config;
    }

    /**
     * Finds each module's base and aligned weight.
     *
     * @return in the order of {@code modules}
     * @throws BadInputException with one problem for every module that has no weight, several candidates, or a weight
     *     that does not fit
     */
    public static List<PairedModule> pair(
            List<LoraModule> modules, AdapterConfig config, Checkpoint base, Checkpoint aligned) {
        ModulePairing pairing = new ModulePairing(config);
        List<@Nullable FoundWeight> bases = pairing.weights(modules, base);
        List<@Nullable FoundWeight> aligneds = pairing.weights(modules, aligned);
        Map<String, Boolean> ofBase = pairing.squareIsTransposed(modules, bases, base);
        Map<String, Boolean> ofAligned = pairing.squareIsTransposed(modules, aligneds, aligned);
        List<PairedModule> paired = new ArrayList<>();
        for (int i = 0; i < modules.size(); i++) {
            if (bases.get(i) != null && aligneds.get(i) != null) {
                String kind = modules.get(i).kind().label();
                paired.add(pairing.join(
                        modules.get(i),
                        bases.get(i),
                        Objects.requireNonNull(ofBase.get(kind)),
                        aligneds.get(i),
                        Objects.requireNonNull(ofAligned.get(kind))));
            }
        }
        pairing.throwIfAny(modules.size());
        pairing.requireOneNamePerStack(paired);
        pairing.throwIfAny(modules.size());
        return paired;
    }

    /**
     * Rejects modules that reach the same stack of layers under different names, such as {@code model.layers} and {@code
     * x.layers}. A model has one name for it, so it would ignore the modules of the other.
     */
    private void requireOneNamePerStack(List<PairedModule> paired) {
        Map<String, PairedModule> byStack = new HashMap<>();
        for (PairedModule module : paired) {
            StoredTensor tensor = module.weights().get(0).aligned().tensors().get(0);
            Optional<String> ofModule = stack(module.name());
            Optional<String> ofTensor = stack(tensor.name());
            if (ofModule.isPresent() && ofTensor.isPresent()) {
                PairedModule first = byStack.putIfAbsent(ofTensor.get(), module);
                if (first != null && !stack(first.name()).equals(ofModule)) {
                    problems.add(new Problem(
                            "adapter",
                            "module '" + module.name() + "'",
                            null,
                            "the adapter has two names for one stack of layers, as in '" + first.name()
                                    + "'; a model knows only one of them, and PEFT would ignore the other's modules"));
                    return;
                }
            }
        }
    }

    /** Returns the path of the stack of layers that a name goes through: {@code model.layers}. */
    private static Optional<String> stack(String name) {
        return Block.of(name)
                .map(block -> block.path().substring(0, Math.max(0, block.path().lastIndexOf('.'))));
    }

    /** Returns what prevents the modules from being applied to a checkpoint; empty if they fit. */
    public static List<Problem> problems(List<LoraModule> modules, AdapterConfig config, Checkpoint checkpoint) {
        ModulePairing pairing = new ModulePairing(config);
        pairing.weights(modules, checkpoint);
        return pairing.problems.toList(modules.size(), "module");
    }

    /**
     * Returns the names of the checkpoint's linear layers (its two-dimensional weights) without a module in the
     * adapter.
     */
    public static List<String> unpairedLayers(List<LoraModule> modules, Checkpoint checkpoint) {
        boolean hasExperts = modules.stream().anyMatch(module -> BuiltLayers.isOfOneExpert(module.name()));
        return unpaired(modules, checkpoint)
                .filter(name ->
                        name.endsWith(WEIGHT) && checkpoint.tensor(name).shape().size() == 2)
                .map(name -> name.substring(0, name.length() - WEIGHT.length()))
                .filter(name -> hasExperts || !BuiltLayers.isOfOneExpert(name))
                .toList();
    }

    /** Returns the names of all layers with a weight of two or more dimensions but without a module in the adapter. */
    public static List<String> allUnpairedLayers(List<LoraModule> modules, Checkpoint checkpoint) {
        return unpaired(modules, checkpoint)
                .filter(name ->
                        name.endsWith(WEIGHT) && checkpoint.tensor(name).shape().size() >= 2)
                .map(name -> name.substring(0, name.length() - WEIGHT.length()))
                .toList();
    }

    /**
     * Returns the name of the tensor that is each module's weight, or of the first of its parts; without modules that have no
     * weight or several candidates.
     */
    public static Map<String, String> namesOfWeights(List<LoraModule> modules, Checkpoint checkpoint) {
        WeightNames names = WeightNames.of(checkpoint);
        Map<String, String> found = new HashMap<>();
        for (LoraModule module : modules) {
            List<StoredWeight> candidates = Layouts.find(module, names, checkpoint);
            if (candidates.size() == 1) {
                found.put(module.name(), candidates.get(0).name());
            }
        }
        return found;
    }

    /** Returns every name that a model may have for a layer of a checkpoint, such as with other prefixes. */
    public static Stream<String> namesInModel(String layer) {
        return WeightNames.namesInModel(layer);
    }

    /** Returns the names of the checkpoint's parameters, chiefly stacks of experts, without a module in the adapter. */
    public static List<String> unpairedParameters(List<LoraModule> modules, Checkpoint checkpoint) {
        return unpaired(modules, checkpoint)
                .flatMap(ExpertParts::stacksOf)
                .distinct()
                .toList();
    }

    private static Stream<String> unpaired(List<LoraModule> modules, Checkpoint checkpoint) {
        WeightNames names = WeightNames.of(checkpoint);
        Set<String> paired = modules.stream()
                .flatMap(module -> Layouts.find(module, names, checkpoint).stream())
                .flatMap(StoredWeight::tensors)
                .map(StoredTensor::name)
                .collect(Collectors.toSet());
        BuiltLayers built = BuiltLayers.of(checkpoint);
        // The adapter was made for the chosen tower alone, and for those that its names spell out.
        Optional<ChosenTower> tower = ChosenTower.of(checkpoint);
        Set<String> roots = paired.stream().map(ChosenTower::root).collect(Collectors.toSet());
        return checkpoint.tensorNames().stream()
                .filter(name -> !paired.contains(name) && built.contains(name))
                .filter(name ->
                        tower.isEmpty() || tower.get().contains(name) || roots.contains(ChosenTower.root(name)));
    }

    /** Returns each module's weight, or null where none fits, after recording the problem. */
    private List<@Nullable FoundWeight> weights(List<LoraModule> modules, Checkpoint checkpoint) {
        WeightNames names = WeightNames.of(checkpoint);
        List<@Nullable FoundWeight> weights = new ArrayList<>();
        Map<List<Object>, String> claims = new HashMap<>();
        for (LoraModule module : modules) {
            FoundWeight weight = weight(module, names, checkpoint);
            // An embedding and its tied head share a tensor; two modules of one kind never do.
            String earlier = weight == null
                    ? null
                    : claims.putIfAbsent(List.of(module.kind().label(), weight.whole()), module.name());
            weights.add(
                    weight == null || earlier == null
                            ? weight
                            : reject(
                                    checkpoint,
                                    TensorInfo.label(
                                            weight.whole().tensors().get(0).name()),
                                    null,
                                    "it matches two modules of the adapter: '" + earlier + "' and '" + module.name()
                                            + "'"));
        }
        return weights;
    }

    private @Nullable FoundWeight weight(LoraModule module, WeightNames names, Checkpoint checkpoint) {
        List<StoredWeight> candidates = Layouts.find(module, names, checkpoint);
        Optional<String> quantized = QuantizedWeights.find(module.name(), candidates, names, checkpoint);
        if (quantized.isPresent()) {
            String scheme = Quantization.of(checkpoint, quantized.get()).orElseThrow();
            return reject(checkpoint, TensorInfo.label(quantized.get()), null, scheme + ": " + Quantization.ADVICE);
        }
        if (candidates.size() != 1) {
            return reject(
                    checkpoint,
                    "module '" + module.name() + "'",
                    candidates.isEmpty()
                            ? null
                            : candidates.stream().map(StoredWeight::name).toList(),
                    candidates.isEmpty()
                            ? "no tensor in this checkpoint matches this module of the adapter"
                                    + ChosenTower.of(checkpoint)
                                            .map(tower -> " below the tower '" + tower.path() + "'")
                                            .orElse("")
                                    + FusedLayers.advice(module.name(), checkpoint)
                            : "several tensors match this module of the adapter"
                                    + ChosenTower.advice(candidates.stream()
                                            .map(StoredWeight::name)
                                            .toList()));
        }
        StoredWeight weight = candidates.get(0);
        Optional<StoredTensor> other = weight.tensors()
                .filter(t -> !DType.WEIGHTS.contains(t.dtype()) && !DType.SCALED_WEIGHTS.contains(t.dtype()))
                .findFirst();
        if (other.isPresent()) {
            return reject(
                    checkpoint,
                    TensorInfo.label(other.get().name()) + " dtype",
                    other.get().dtype(),
                    "only " + DType.WEIGHTS
                            + " and 8-bit floats with scales can be compared; use a 16- or 32-bit checkpoint");
        }
        Dimensions d = module.dimensions();
        Set<Boolean> transpositions = module.kind().transpositions(d, weight.shape());
        if (transpositions.isEmpty()) {
            problems.add(
                    // One line for each kind of module, whatever their number.
                    "shape of " + module.type() + " " + module.shape() + " " + weight.shape(),
                    new Problem(
                            checkpoint.location().toString(),
                            weight.label() + " shape",
                            weight.shape().toString(),
                            misfit(module, weight)),
                    "do not fit " + module.type() + ": adapter " + needed(module) + ", model " + weight.shape()
                            + "; was the adapter trained on another model?");
            return null;
        }
        long rows = d.matrices() * (transpositions.contains(false) ? d.out() : d.in());
        return new FoundWeight(weight.asMatrix(rows, checkpoint::scalesOf), transpositions);
    }

    private static String misfit(LoraModule module, StoredWeight weight) {
        return Vocabulary.mismatch(module, weight.shape())
                .orElse("the adapter's module '" + module.name() + "' needs " + needed(module)
                        + "; was it trained on another model?");
    }

    /** Returns the shapes of weights that a module fits. */
    private static String needed(LoraModule module) {
        List<List<Long>> shapes = module.kind().weightShapes(module.dimensions());
        return shapes.size() == 1 ? shapes.get(0).toString() : "one of " + shapes;
    }

    /** Checkpoints may differ in how they store stacks of experts; one that is transposed is then read as if it were not. */
    private PairedModule join(
            LoraModule module,
            FoundWeight base,
            boolean squareIsTransposedInBase,
            FoundWeight aligned,
            boolean squareIsTransposed) {
        boolean transposed = aligned.isTransposed(squareIsTransposed);
        boolean baseIsTransposed = base.isTransposed(squareIsTransposedInBase);
        if (baseIsTransposed != transposed && (transposed ? aligned : base).canBeFlipped()) {
            return transposed
                    ? join(module, base, false, aligned.flipped(), false)
                    : join(module, base.flipped(), false, aligned, false);
        }
        if (baseIsTransposed != transposed
                || !base.whole().shape().equals(aligned.whole().shape())) {
            StoredTensor tensor = aligned.whole().tensors().get(0);
            StoredTensor baseTensor = base.whole().tensors().get(0);
            problems.add(
                    "shape of base",
                    new Problem(
                            tensor.file().path().toString(),
                            TensorInfo.label(tensor.name()) + " shape",
                            tensor.shape().toString(),
                            "the base checkpoint has " + baseTensor.shape() + " ("
                                    + baseTensor.file().path() + ")"));
            return new PairedModule(module, List.of());
        }
        List<StoredMatrix> bases = base.matrices(module);
        List<StoredMatrix> aligneds = aligned.matrices(module);
        return new PairedModule(
                module,
                IntStream.range(0, bases.size())
                        .mapToObj(i -> new Weights(bases.get(i), aligneds.get(i), transposed))
                        .toList());
    }

    /**
     * Determines, per kind of layer, whether square weights, which fit either way, are transposed. PEFT corrects a
     * wrong {@code fan_in_fan_out} when it sees the layers; splora sees only shapes. The checkpoint decides if it shows
     * what its layers are. If not, and all other weights of that kind in the adapter agree, they decide; otherwise the
     * flag does, unless it names layers that the checkpoint cannot have. For parameters, whose orientation depends on the model, the type of model decides instead of the flag.
     */
    private Map<String, Boolean> squareIsTransposed(
            List<LoraModule> modules, List<@Nullable FoundWeight> weights, Checkpoint checkpoint) {
        Map<String, Set<Boolean>> seen = new HashMap<>();
        Map<String, Boolean> decided = new HashMap<>();
        boolean saysTransposed = config.fanInFanOut() && Conv1dLayers.arePossibleIn(checkpoint);
        for (int i = 0; i < modules.size(); i++) {
            LayerKind kind = modules.get(i).kind();
            decided.put(kind.label(), kind.onParameter() ? TransposedExperts.areIn(checkpoint) : saysTransposed);
            Set<Boolean> ofKind = seen.computeIfAbsent(kind.label(), label -> new HashSet<>());
            if (weights.get(i) != null && !weights.get(i).isAmbiguous()) {
                ofKind.addAll(weights.get(i).transpositions());
            }
        }
        seen.forEach((kind, ways) -> decided.computeIfPresent(
                kind, (label, otherwise) -> ways.size() == 1 ? ways.contains(true) : otherwise));
        if (IntStream.range(0, modules.size())
                .anyMatch(i -> weights.get(i) != null && weights.get(i).isAmbiguous())) {
            Conv1dLayers.areIn(checkpoint).ifPresent(isConv1d -> modules.stream()
                    .map(LoraModule::kind)
                    .filter(kind -> !kind.onParameter())
                    .forEach(kind -> decided.put(kind.label(), isConv1d)));
        }
        IntStream.range(0, modules.size())
                .filter(i -> modules.get(i).kind().onParameter()
                        && weights.get(i) != null
                        && weights.get(i).isAmbiguous()
                        && seen.getOrDefault(modules.get(i).kind().label(), Set.of())
                                        .size()
                                != 1
                        && !TransposedExperts.areIn(checkpoint))
                .findFirst()
                .ifPresent(i -> LOG.warn(
                        "{}: '{}' is a stack of square matrices, whose shape does not show whether it is stored as"
                                + " [E, out, in] or transposed; it is read as [E, out, in]. Target another parameter of the"
                                + " experts too, or leave it out: --exclude '{}'",
                        Printable.text(checkpoint.location().toString()),
                        Printable.text(modules.get(i).name()),
                        Printable.text(modules.get(i).name())));
        return decided;
    }

    /**
     * Returns what decides how square weights are read although an adapter can choose it: {@code fan_in_fan_out}, or which
     * parameters of experts it targets. Empty if the checkpoint shows the orientation of all its square weights.
     */
    public static List<String> undecidedOrientations(
            List<LoraModule> modules, AdapterConfig config, Checkpoint checkpoint) {
        boolean isShown = Conv1dLayers.areIn(checkpoint).isPresent() || !Conv1dLayers.arePossibleIn(checkpoint);
        List<LoraModule> doubtful = modules.stream()
                .filter(module -> module.kind().onParameter() ? !TransposedExperts.areIn(checkpoint) : !isShown)
                .toList();
        if (doubtful.isEmpty()) {
            return List.of();
        }
        List<@Nullable FoundWeight> weights = new ModulePairing(config).weights(doubtful, checkpoint);
        boolean expertsShow = IntStream.range(0, doubtful.size())
                .anyMatch(i -> doubtful.get(i).kind().onParameter()
                        && weights.get(i) != null
                        && !weights.get(i).isAmbiguous());
        return IntStream.range(0, doubtful.size())
                .filter(i -> weights.get(i) != null && weights.get(i).isAmbiguous())
                .filter(i -> !(doubtful.get(i).kind().onParameter() && expertsShow))
                .mapToObj(
                        i -> doubtful.get(i).kind().onParameter() ? "orientation of square experts" : "fan_in_fan_out")
                .distinct()
                .toList();
    }

    private @Nullable FoundWeight reject(
            Checkpoint checkpoint, String field, @Nullable Object value, String explanation) {
        problems.add(new Problem(
                checkpoint.location().toString(), field, value == null ? null : value.toString(), explanation));
        return null;
    }

    private void throwIfAny(int modules) {
        if (!problems.isEmpty()) {
            throw new BadInputException(problems.toList(modules, "module"));
        }
    }
}
