package io.github.splora.pairing;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.Block;
import io.github.splora.adapter.LoraModule;
import io.github.splora.adapter.TargetMatcher;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the linear layers that an adapter leaves alone, in the transformer blocks in which it has modules: two-dimensional weights,
 * except for embeddings, routers, and the layers of single experts, which transformers stacks.
 */
public final class BareLayers {

    private static final String WEIGHT = ".weight";
    private static final String LORA_A = ".lora_A.weight";
    private static final String LORA_B = ".lora_B.weight";
    private static final Pattern NOT_LINEAR = Pattern.compile(
            "(?:.*\\.)?(?:gate|router|wg|[^.]*(?:expert_gate|embed|attention_bias|norm)[^.]*)|.*\\.experts\\..*",
            Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

    private final Adapter adapter;
    private final Checkpoint checkpoint;
    private final WeightNames names;
    /** Path of a block in the checkpoint → path of the same block in the adapter's names. */
    private final Map<String, String> blocks = new HashMap<>();

    private BareLayers(Adapter adapter, Checkpoint checkpoint) {
        this.adapter = adapter;
        this.checkpoint = checkpoint;
        this.names = WeightNames.of(checkpoint);
        for (LoraModule module : adapter.modules()) {
            Optional<Block> own = Block.of(module.name());
            List<StoredWeight> found = Layouts.find(module, names, checkpoint);
            if (own.isPresent() && found.size() == 1) {
                Block.of(found.get(0).name())
                        .ifPresent(stored -> blocks.put(stored.path(), own.get().path()));
            }
        }
    }

    /**
     * Returns a module of rank 0 for each layer, which adds nothing yet: in natural order, with the names and types that the
     * adapter's own modules have.
     *
     * @param scaling the modules' scaling
     */
    public static List<LoraModule> of(Adapter adapter, Checkpoint checkpoint, double scaling) {
        BareLayers layers = new BareLayers(adapter, checkpoint);
        TargetMatcher targets = adapter.config().targets();
        List<LoraModule> modules = new ArrayList<>();
        for (String stored : ModulePairing.unpairedLayers(adapter.modules(), checkpoint)) {
            layers.moduleName(stored)
                    .filter(name -> !targets.saves(name))
                    .map(name -> layers.module(name, checkpoint.tensor(stored + WEIGHT), scaling))
                    .ifPresent(modules::add);
        }
        modules.sort((one, other) -> LoraModule.NATURAL_ORDER.compare(one.name(), other.name()));
        return modules;
    }

    /** Returns a layer's name as the adapter would spell it; empty if it is not a linear layer of one of the adapter's blocks. */
    private Optional<String> moduleName(String stored) {
        Optional<String> path = Block.of(stored).map(Block::path).filter(blocks::containsKey);
        if (path.isEmpty() || NOT_LINEAR.matcher(stored).matches() || !isFloat(stored)) {
            return Optional.empty();
        }
        String name = blocks.get(path.get()) + stored.substring(path.get().length());
        String tensor = stored + WEIGHT;
        String inMemory = NameAliases.inMemory(name + ".");
        return Stream.of(name, inMemory.substring(0, inMemory.length() - 1))
                .filter(spelling -> names.candidates(spelling).equals(List.of(tensor)))
                .findFirst();
    }

    private boolean isFloat(String stored) {
        DType dtype = checkpoint.tensor(stored + WEIGHT).dtype();
        return DType.WEIGHTS.contains(dtype) || DType.SCALED_WEIGHTS.contains(dtype);
    }

    private LoraModule module(String name, StoredTensor weight, double scaling) {
        Optional<LoraModule> like = adapter.modules().stream()
                .filter(module -> module.loraA().name().endsWith(module.name() + LORA_A))
                .findFirst();
        String prefix = like.map(module -> {
                    String tensor = module.loraA().name();
                    return tensor.substring(0, tensor.length() - module.name().length() - LORA_A.length());
                })
                .orElse("base_model.model.");
        LoraModule any = like.orElse(adapter.modules().get(0));
        boolean isTransposed = adapter.config().fanInFanOut();
        long rows = weight.shape().get(0);
        long columns = weight.shape().get(1);
        String a = prefix + name + LORA_A;
        String b = prefix + name + LORA_B;
        return LoraModule.linear(
                name,
                empty(any.loraA(), a, List.of(0L, isTransposed ? rows : columns)),
                empty(any.loraB(), b, List.of(isTransposed ? columns : rows, 0L)),
                scaling,
                List.of(a, b));
    }

    /** A tensor without elements, which is in no file. */
    private static StoredTensor empty(StoredTensor like, String name, List<Long> shape) {
        return new StoredTensor(like.file(), new TensorInfo(name, like.dtype(), shape, 0, 0));
    }
}
