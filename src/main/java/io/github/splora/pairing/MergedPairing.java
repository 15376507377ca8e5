package io.github.splora.pairing;

import io.github.splora.adapter.MergedWeight;
import io.github.splora.adapter.TunedModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.Quantization;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.error.ProblemList;
import io.github.splora.storage.DType;
import io.github.splora.storage.Scales;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Pairs the weights of a merged fine-tune by name with those of the base and the aligned checkpoint. Every weight of two or
 * more dimensions is a module; those with one row per token only if requested.
 */
public final class MergedPairing {

    private static final String WEIGHT = ".weight";
    private static final Pattern NO_WEIGHT =
            Pattern.compile(".*_(?:scale|scale_inv|bias|blocks|scales)", Pattern.DOTALL);
    private static final Pattern SCALE = Pattern.compile("_scale(?:_inv)?$");
    private static final Pattern VOCABULARY =
            Pattern.compile("(?:.*\\.)?(?:[^.]*embed[^.]*|wte|wpe|shared|lm_head)(?:\\..*)?", Pattern.DOTALL);

    private final Checkpoint base;
    private final Checkpoint aligned;
    private final Checkpoint adapted;
    private final WeightNames baseNames;
    private final WeightNames alignedNames;
    private final boolean baseIsFlipped;
    private final boolean alignedIsFlipped;
    private final ProblemList problems = new ProblemList();
    /** Aligned weight to the merged weight that it was paired with. */
    private final Map<String, String> claims = new HashMap<>();

    private MergedPairing(Checkpoint base, Checkpoint aligned, Checkpoint adapted) {
        this.base = base;
        this.aligned = aligned;
        this.adapted = adapted;
        this.baseNames = WeightNames.of(base);
        this.alignedNames = WeightNames.of(aligned);
        this.baseIsFlipped = Stacks.areFlipped(base, baseNames, adapted);
        this.alignedIsFlipped = Stacks.areFlipped(aligned, alignedNames, adapted);
    }

    /**
     * Finds the modules and pairs their weights.
     *
     * @param takesPart selects modules by name
     * @param withVocabulary whether embeddings and heads are modules
     * @return in natural order; each with a {@link MergedWeight}
     * @throws BadInputException with a problem for every weight that has no counterpart, several, or one of another shape
     */
    public static List<PairedModule> pair(
            Checkpoint base,
            Checkpoint aligned,
            Checkpoint adapted,
            Predicate<String> takesPart,
            boolean withVocabulary) {
        MergedPairing pairing = new MergedPairing(base, aligned, adapted);
        List<PairedModule> paired = new ArrayList<>();
        int weights = 0;
        for (String name : adapted.tensorNames()) {
            StoredTensor tensor = adapted.tensor(name);
            String module = moduleOf(name);
            Optional<String> coded = codedModule(adapted, name);
            if (coded.isPresent() && takesPart.test(coded.get())) {
                weights++;
                pairing.problems.add(
                        "quantized", quantized(adapted, name, "; or leave it out: --exclude '" + coded.get() + "'"));
                continue;
            }
            boolean isModule = isModule(tensor) && (withVocabulary || !isVocabulary(module));
            if (isModule && takesPart.test(module)) {
                weights++;
                if (isComparable(tensor)) {
                    pairing.pair(module, tensor)
                            .filter(pairing::isScaledForLoaders)
                            .ifPresent(paired::add);
                } else {
                    pairing.problems.add("dtype", otherDType(adapted, tensor));
                }
            }
        }
        if (!pairing.problems.isEmpty()) {
            throw new BadInputException(pairing.problems.toList(weights, "weight"));
        }
        paired.sort((one, other) -> TunedModule.NATURAL_ORDER.compare(one.name(), other.name()));
        return paired;
    }

    /** Returns the module whose weight a tensor holds in quantized form; empty if it holds none. */
    private static Optional<String> codedModule(Checkpoint checkpoint, String name) {
        return Quantization.of(checkpoint, name).isEmpty()
                ? Optional.empty()
                : Optional.of(Quantization.moduleOfCodes(name).orElse(moduleOf(name)));
    }

    private static Problem quantized(Checkpoint checkpoint, String name, String alternative) {
        return new Problem(
                checkpoint.location().toString(),
                TensorInfo.label(name),
                null,
                Quantization.of(checkpoint, name).orElseThrow() + ": " + Quantization.ADVICE + alternative);
    }

    /**
     * Returns the tensors of the merged checkpoint that are not modules: vectors, biases, unknown tensors, and embeddings and
     * heads unless these are modules. The scales of 8-bit weights belong to their modules.
     */
    public static List<StoredTensor> otherTensors(Checkpoint adapted, boolean withVocabulary) {
        return adapted.tensorNames().stream()
                .map(adapted::tensor)
                .filter(tensor -> !isModule(tensor)
                        || (!withVocabulary
                                && VOCABULARY.matcher(moduleOf(tensor.name())).matches()))
                .filter(tensor -> !isScale(tensor, adapted))
                .toList();
    }

    /** Whether a tensor holds the scales of an 8-bit weight. */
    public static boolean isScale(StoredTensor tensor, Checkpoint adapted) {
        String weight = SCALE.matcher(tensor.name()).replaceFirst("");
        return !weight.equals(tensor.name())
                && adapted.contains(weight)
                && DType.SCALED_WEIGHTS.contains(adapted.tensor(weight).dtype());
    }

    /** Returns the name of the module that a weight tensor belongs to. */
    private static String moduleOf(String tensorName) {
        return tensorName.endsWith(WEIGHT)
                ? tensorName.substring(0, tensorName.length() - WEIGHT.length())
                : tensorName;
    }

    /** Scales of 8-bit weights and biases of stacked experts also have two dimensions, but are not weights. */
    private static boolean isModule(StoredTensor tensor) {
        return tensor.shape().size() >= 2
                && tensor.info().elementCount() > 0
                && (tensor.name().endsWith(WEIGHT)
                        || tensor.name().endsWith(".in_proj_weight")
                        || tensor.name().contains(".experts."))
                && !NO_WEIGHT.matcher(tensor.name()).matches();
    }

    private static boolean isComparable(StoredTensor tensor) {
        return DType.WEIGHTS.contains(tensor.dtype()) || DType.SCALED_WEIGHTS.contains(tensor.dtype());
    }

    private static Problem otherDType(Checkpoint checkpoint, StoredTensor tensor) {
        return new Problem(
                checkpoint.location().toString(),
                TensorInfo.label(tensor.name()) + " dtype",
                tensor.dtype().toString(),
                "weights of this dtype cannot be compared; use a 16- or 32-bit checkpoint");
    }

    /**
     * Whether loaders multiply a merged weight by its scales, as splora does. They do so only for layers that the config's {@code
     * quantization_config} covers; they take the plain values for others, and ignore the scales. If the aligned config has one,
     * too, both cover the same layers.
     */
    private boolean isScaledForLoaders(PairedModule pair) {
        StoredTensor tensor = pair.tuned().tensors().get(0);
        StoredTensor counterpart = pair.weights().get(0).aligned().tensors().get(0);
        boolean isScaled = DType.SCALED_WEIGHTS.contains(tensor.dtype());
        boolean isCovered = adapted.config().isEmpty()
                || (hasQuantization(adapted)
                        && (!hasQuantization(aligned) || DType.SCALED_WEIGHTS.contains(counterpart.dtype())));
        if (isScaled && !isCovered) {
            problems.add(
                    "scales that loaders ignore",
                    new Problem(
                            adapted.location().toString(),
                            TensorInfo.label(tensor.name()) + " dtype",
                            tensor.dtype().toString(),
                            "the quantization_config in config.json does not cover this weight, so transformers would ignore its"
                                    + " scales; save the model in 16 bits"));
        }
        return !isScaled || isCovered;
    }

    private static boolean hasQuantization(Checkpoint checkpoint) {
        return checkpoint
                .config()
                .map(config -> config.path("quantization_config").isObject())
                .orElse(false);
    }

    private Optional<PairedModule> pair(String module, StoredTensor tensor) {
        Optional<StoredTensor> from = partner(base, baseNames, tensor, baseIsFlipped);
        Optional<StoredTensor> to = partner(aligned, alignedNames, tensor, alignedIsFlipped);
        if (from.isEmpty() || to.isEmpty()) {
            return Optional.empty();
        }
        String earlier = claims.putIfAbsent(to.get().name(), tensor.name());
        if (earlier != null) {
            problems.add(new Problem(
                    adapted.location().toString(),
                    TensorInfo.label(tensor.name()),
                    null,
                    "matches the same aligned weight as " + TensorInfo.label(earlier)
                            + ": a model has only one of them, so remove the other"));
            return Optional.empty();
        }
        Weights weights = new Weights(
                matrix(base, from.get()), matrix(aligned, to.get()), Optional.of(matrix(adapted, tensor)), false);
        return Optional.of(new PairedModule(new MergedWeight(module, tensor), List.of(weights)));
    }

    private Optional<StoredTensor> partner(
            Checkpoint checkpoint, WeightNames names, StoredTensor tensor, boolean squareIsFlipped) {
        List<String> found = names.named(tensor.name());
        Optional<String> codes = (found.isEmpty()
                        ? Quantization.codesOf(moduleOf(tensor.name())).stream()
                                .flatMap(name -> names.named(name).stream())
                        : found.stream())
                .filter(name -> Quantization.of(checkpoint, name).isPresent())
                .findFirst();
        if (codes.isPresent()) {
            problems.add("quantized", quantized(checkpoint, codes.get(), ""));
            return Optional.empty();
        }
        if (found.size() != 1) {
            problems.add(new Problem(
                    checkpoint.location().toString(),
                    TensorInfo.label(tensor.name()),
                    found.isEmpty() ? null : found.toString(),
                    found.isEmpty()
                            ? "no tensor here matches this weight of the merged checkpoint"
                            : "several tensors match this weight of the merged checkpoint"
                                    + ChosenTower.advice(found)));
            return Optional.empty();
        }
        StoredTensor partner = Stacks.oriented(checkpoint.tensor(found.get(0)), tensor.shape(), squareIsFlipped);
        if (!partner.shape().equals(tensor.shape())) {
            problems.add(
                    "shape",
                    new Problem(
                            checkpoint.location().toString(),
                            TensorInfo.label(partner.name()) + " shape",
                            partner.shape().toString(),
                            "the merged checkpoint has " + tensor.shape() + "; was it made from this model?"));
            return Optional.empty();
        }
        if (!isComparable(partner)) {
            problems.add("dtype", otherDType(checkpoint, partner));
            return Optional.empty();
        }
        return Optional.of(partner);
    }

    /**
     * Returns a paired weight matrix by matrix: a stack {@code [E, out, in]} as E matrices, any other weight as it is. The order of
     * a matrix's two dimensions is that on disk.
     *
     * @throws BadInputException if a stack has scales
     */
    public static PairedModule separated(PairedModule module) {
        StoredTensor tensor = module.tuned().tensors().get(0);
        if (tensor.shape().size() != 3 || !tensor.name().contains(".experts.")) {
            return module;
        }
        Weights stack = module.weights().get(0);
        List<Weights> experts = new ArrayList<>();
        long rows = tensor.shape().get(1);
        for (long first = 0; first < rows * tensor.shape().get(0); first += rows) {
            experts.add(new Weights(
                    expert(stack.base(), first, rows),
                    expert(stack.aligned(), first, rows),
                    Optional.of(expert(stack.adapted().orElseThrow(), first, rows)),
                    false));
        }
        return new PairedModule(module.tuned(), experts);
    }

    private static StoredMatrix expert(StoredMatrix stack, long first, long rows) {
        StoredTensor tensor = stack.tensors().get(0);
        if (tensor.dtype().bits() <= Byte.SIZE) {
            throw new BadInputException(
                    tensor.file().path(),
                    TensorInfo.label(tensor.name()) + " dtype",
                    tensor.dtype(),
                    "stacked experts in 8 bits cannot be restored; use a 16- or 32-bit checkpoint");
        }
        return StoredMatrix.of(tensor, tensor.shape().get(0) * tensor.shape().get(1), Scales.NONE)
                .slice(first, rows);
    }

    private static StoredMatrix matrix(Checkpoint checkpoint, StoredTensor tensor) {
        return StoredMatrix.of(tensor, tensor.shape().get(0), checkpoint.scalesOf(tensor));
    }

    /** Whether a layer's name is that of an embedding or a head. */
    public static boolean isVocabulary(String layer) {
        return VOCABULARY.matcher(layer).matches();
    }
}
