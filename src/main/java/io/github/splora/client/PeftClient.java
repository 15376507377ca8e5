package io.github.splora.client;

import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.LoadedModules;
import io.github.splora.adapter.LoraModule;
import io.github.splora.adapter.PeftKeys;
import io.github.splora.adapter.TargetMatcher;
import io.github.splora.error.Plural;
import io.github.splora.error.Problem;
import io.github.splora.error.ProblemList;
import java.util.List;
import java.util.stream.Stream;

/** Hugging Face PEFT, which defines the format: it builds what the config targets and warns if the tensors differ. */
final class PeftClient implements Client {

    @Override
    public String title() {
        return "PEFT";
    }

    @Override
    public Demands demands() {
        return Demands.NONE;
    }

    @Override
    public List<Problem> problems(AdapterContent content) {
        AdapterConfig config = content.config();
        TargetMatcher targets = config.targets();
        List<String> names = content.modules().stream().map(LoraModule::name).toList();
        ProblemList problems = new ProblemList();
        unfoundKeys(content).forEach(problems::add);
        for (LoraModule module : content.modules()) {
            if (PeftKeys.isFound(module) && !LoadedModules.isSelected(module, config, targets, content.modules())) {
                problems.add(new Problem(
                        config.file().toString(),
                        "module '" + module.name() + "'",
                        null,
                        "has tensors, but target_modules and exclude_modules do not select it: PEFT would"
                                + " ignore them"));
            }
        }
        content.modules().stream()
                .filter(module -> !LoadedModules.isOfItsLayer(module))
                .map(module -> new Problem(
                        content.weights().toString(),
                        "module '" + module.name() + "'",
                        null,
                        "PEFT would ignore its factors: an embedding's are named lora_embedding_A and lora_embedding_B, and"
                                + " other layers' lora_A and lora_B"))
                .forEach(problems::add);
        for (String key : config.deadPatterns(names).stream().distinct().toList()) {
            problems.add(new Problem(
                    config.file().toString(),
                    "rank_pattern or alpha_pattern",
                    "'" + key + "'",
                    "matches no module of the adapter: PEFT would warn"));
        }
        return problems.toList(names.size(), "module");
    }

    /** Returns one problem if PEFT would not find some of the tensors, because of their names. */
    static List<Problem> unfoundKeys(AdapterContent content) {
        List<String> unfound = content.tensorNames().stream()
                .filter(name -> !PeftKeys.isFound(name))
                .sorted()
                .toList();
        return unfound.isEmpty()
                ? List.of()
                : List.of(new Problem(
                        content.weights().toString(),
                        "tensor '" + unfound.get(0) + "'",
                        null,
                        "PEFT would ignore "
                                + Plural.share(
                                        unfound.size(), content.tensorNames().size(), "tensor")
                                + " with such names and leave those modules without effect; a name must be '"
                                + PeftKeys.PREFIX + "' followed by the module's path in the model, without names of"
                                + " training wrappers (_orig_mod, module, _fsdp_wrapped_module, ...); rename the"
                                + " tensors, or unwrap the model and save the adapter again"));
    }

    @Override
    public List<Problem> problems(AdapterContent content, ModelLayers model) {
        TargetMatcher targets = content.config().targets();
        Stream<String> layers =
                targets.namesItsTargets() ? model.bare().stream().filter(targets::targets) : Stream.empty();
        ProblemList problems = new ProblemList();
        Stream.concat(layers, model.bareParameters().stream().filter(targets::targetsParameter))
                .map(name -> new Problem(
                        content.weights().toString(),
                        "module '" + name + "'",
                        null,
                        "the config targets this layer of " + model.location()
                                + ", but the adapter has no tensors for it: PEFT would warn, and may"
                                + " compute with uninitialized memory"))
                .forEach(problems::add);
        return problems.toList(content.modules().size() + problems.size(), "module");
    }
}
