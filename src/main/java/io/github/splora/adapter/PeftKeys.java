package io.github.splora.adapter;

import java.util.Arrays;
import java.util.Set;

/**
 * The rule by which PEFT finds an adapter's tensors: it looks each one up under {@code base_model.model.} and the
 * module's path in the model, and ignores every other key. {@link AdapterKey} reads more freely, so that files with other
 * keys can be described and repaired.
 *
 * @see <a href="https://github.com/huggingface/peft/blob/main/src/peft/utils/save_and_load.py">
 *     set_peft_model_state_dict</a>
 */
public final class PeftKeys {

    /** What every key begins with. */
    public static final String PREFIX = "base_model.model.";

    /** Components that wrappers of a model in training (torch.compile, checkpointing, FSDP) put into module paths. */
    private static final Set<String> WRAPPERS =
            Set.of("_orig_mod", "_checkpoint_wrapped_module", "_fsdp_wrapped_module");

    private PeftKeys() {}

    /** Whether PEFT would look for a tensor of that name, given that the model has the module. */
    public static boolean isFound(String tensorName) {
        return tensorName.startsWith(PREFIX) && isPath(tensorName.substring(PREFIX.length()));
    }

    /** Whether PEFT would find both factors of a module. */
    public static boolean isFound(LoraModule module) {
        return isFound(module.loraA().name()) && isFound(module.loraB().name());
    }

    /** Whether a name without the prefix can be a path in the model: no second prefix, no wrapper of the training. */
    public static boolean isPath(String name) {
        return !name.startsWith(PREFIX) && Arrays.stream(name.split("\\.")).noneMatch(WRAPPERS::contains);
    }
}
