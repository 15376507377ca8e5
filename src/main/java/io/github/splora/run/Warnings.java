package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.Initialization;
import io.github.splora.adapter.SavedTensor;
import io.github.splora.client.AdapterContent;
import io.github.splora.client.ClientKind;
import io.github.splora.error.Plural;
import io.github.splora.error.Printable;
import io.github.splora.report.Verdict;
import io.github.splora.score.Effect;
import io.github.splora.score.ModuleScore.Unscored;
import io.github.splora.select.Decision;
import io.github.splora.storage.TensorSource;
import io.github.splora.surgery.Rewrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Warnings that readers of an adapter's scores need. */
final class Warnings {

    private Warnings() {}

    /**
     * What a reader of a changed adapter must know besides.
     *
     * @param content what it becomes
     */
    static List<String> of(Adapter adapter, Rewrite rewrite, AdapterContent content, ClientKind client) {
        List<String> warnings = new ArrayList<>(of(adapter));
        if (rewrite.config().isPresent()
                && content.config().rank() > adapter.config().rank()) {
            warnings.addAll(client.client().requirements(content));
        }
        return warnings;
    }

    /**
     * Returns a warning if selected modules keep a whole weight or bias that the adapter saves, and that differs from the aligned
     * one: their factors are not all that changes them.
     */
    static List<String> keptWeights(Adapter adapter, Rewrite rewrite, Set<String> selected, List<Effect> effects) {
        Set<String> written = rewrite.tensors().stream().map(TensorSource::name).collect(Collectors.toSet());
        Set<String> changes = effects.stream().map(Effect::name).collect(Collectors.toSet());
        List<String> kept = SavedTensor.of(adapter).stream()
                .filter(saved -> saved.role() == SavedTensor.Role.REPLACES)
                .filter(saved -> written.contains(saved.tensor().name())
                        || written.contains(saved.tensor().name().replace(".base_layer.", ".")))
                .map(saved -> saved.name().replaceFirst("\\.weight$", ""))
                .filter(name -> changes.contains(name) && selected.contains(name.replaceFirst("\\.bias$", "")))
                .distinct()
                .toList();
        return kept.isEmpty()
                ? List.of()
                : List.of("the adapter also saves a whole weight or bias of "
                        + Plural.of(kept.size(), "selected module") + ", which stays and differs from the aligned one: "
                        + Verdict.names(kept));
    }

    static List<String> of(Adapter adapter) {
        AdapterConfig config = adapter.config();
        List<String> warnings = new ArrayList<>();
        if (config.initialization() == Initialization.UNKNOWN) {
            warnings.add("init_lora_weights '" + Printable.text(config.initLoraWeights())
                    + "': loading the adapter also changes the base"
                    + " weights, so a module adds more than s*BA; its score describes only s*BA");
        }
        if (config.initLoraWeights().equals("lora_ga")) {
            warnings.add(
                    "init_lora_weights 'lora_ga': training changed the base weights, and loading does not repeat that;"
                            + " scores describe s*BA, which is right only if --aligned is the model as training changed it");
        }
        return warnings;
    }

    /** Returns a sentence for each module that could have been confined, but has no score and was therefore not selected. */
    static List<String> notConfined(List<Decision> decisions) {
        return decisions.stream()
                .filter(decision -> !decision.prune() && decision.score().unscored() == Unscored.NO_REFERENCE)
                .map(decision -> "module '" + decision.score().name()
                        + "' was not confined, because alignment did not change its layer; it does to all requests what it did"
                        + " before")
                .toList();
    }
}
