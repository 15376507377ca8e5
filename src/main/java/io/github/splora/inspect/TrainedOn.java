package io.github.splora.inspect;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.FileNames;
import io.github.splora.error.Printable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whether an adapter was trained on the aligned model that it is compared with, by the name in its config
 * ({@code base_model_name_or_path}) and the names of both checkpoints; and by the weights of the model of that name, if it is on
 * this machine.
 *
 * @param verdict the conclusion
 * @param sentence says it; empty if all is well
 */
public record TrainedOn(Verdict verdict, String sentence) {

    /** What the names say. */
    public enum Verdict {
        /** The adapter was trained on the aligned model. */
        ALIGNED,
        /** It was trained on the model before alignment: the two may be swapped. */
        BASE,
        /** It was trained on a third model. */
        OTHER,
        /** The names cannot be compared. */
        UNKNOWN
    }

    /** Whether the names contradict the options. */
    public boolean isContradiction() {
        return verdict == Verdict.BASE || verdict == Verdict.OTHER;
    }

    /** Returns the sentence, if there is one. */
    public List<String> warnings() {
        return sentence.isEmpty() ? List.of() : List.of(sentence);
    }

    /** Compares names, and weights if the model that the config names is on this machine. */
    public static TrainedOn of(Adapter adapter, RecordedModels models) {
        String recorded = adapter.config().baseModel();
        ModelName aligned = ModelName.of(models.aligned());
        TrainedOn byName = of(recorded, folder(adapter), models.base().map(ModelName::of), aligned);
        if (recorded.isBlank()) {
            return byName;
        }
        Optional<RecordedModel> found = models.find(recorded, folder(adapter));
        return found.isPresent()
                ? byWeights(byName, told(recorded), found.get(), aligned)
                : byName.verdict() == Verdict.UNKNOWN
                        ? new TrainedOn(
                                Verdict.UNKNOWN, byName.sentence() + ", and not by weights: it is not on this machine")
                        : byName;
    }

    /** Weights that were compared outweigh names. */
    private static TrainedOn byWeights(TrainedOn byName, String told, RecordedModel found, ModelName aligned) {
        boolean isAligned = found.isAligned() == WeightIdentity.SAME;
        boolean isBase = found.isBase() == WeightIdentity.SAME;
        if (isAligned && !isBase) {
            return new TrainedOn(Verdict.ALIGNED, "");
        }
        if (isBase && !isAligned) {
            return byName.verdict() == Verdict.BASE
                    ? byName
                    : new TrainedOn(
                            Verdict.BASE,
                            told + ", whose weights are those of --base, not of --aligned: check that the two are not"
                                    + " swapped, and pass the model that it was trained on as --aligned");
        }
        if (found.isAligned() == WeightIdentity.DIFFERENT) {
            return new TrainedOn(
                    Verdict.OTHER,
                    told + ", whose weights (" + Printable.text(found.location().toString())
                            + ") are not those of --aligned ('" + Printable.text(aligned.label())
                            + "'): scores compare the adapter with a model that it was not trained on");
        }
        return byName.verdict() == Verdict.UNKNOWN
                ? new TrainedOn(
                        Verdict.UNKNOWN,
                        byName.sentence() + ", and not by weights: those of "
                                + Printable.text(found.location().toString())
                                + " fit both models or neither, or are stored in another way")
                : byName;
    }

    private static String told(String recorded) {
        return "adapter_config.json says that the adapter was trained on '" + Printable.text(recorded) + "'";
    }

    static TrainedOn of(String recorded, Path adapterFolder, Optional<ModelName> base, ModelName aligned) {
        if (recorded.isBlank()) {
            return new TrainedOn(
                    Verdict.UNKNOWN,
                    "cannot check that the adapter was trained on --aligned: its adapter_config.json has no"
                            + " base_model_name_or_path");
        }
        String told = told(recorded);
        try {
            boolean isBase = base.isPresent() && base.get().isNamed(recorded, adapterFolder);
            if (aligned.isNamed(recorded, adapterFolder)) {
                return new TrainedOn(Verdict.ALIGNED, "");
            }
            boolean isBaseByConfig = base.isPresent() && base.get().isNamedInConfig(recorded);
            boolean isAlignedByConfig = aligned.isNamedInConfig(recorded);
            if (isBase
                    || (isBaseByConfig
                            && !isAlignedByConfig
                            && aligned.configName().isPresent())) {
                return new TrainedOn(
                        Verdict.BASE,
                        told + ", which is --base, not --aligned: check that the two are not swapped, and pass the"
                                + " model that it was trained on as --aligned");
            }
            if (aligned.isComparable(recorded)) {
                return new TrainedOn(
                        Verdict.OTHER,
                        told + ", but --aligned is '" + Printable.text(aligned.label())
                                + "': scores compare the adapter" + " with a model that it was not trained on");
            }
            if (isAlignedByConfig) {
                return new TrainedOn(Verdict.ALIGNED, "");
            }
        } catch (InvalidPathException e) {
            return unknown(told, aligned);
        }
        return unknown(told, aligned);
    }

    private static TrainedOn unknown(String told, ModelName aligned) {
        return new TrainedOn(
                Verdict.UNKNOWN,
                told + "; whether that is --aligned ('" + Printable.text(aligned.label())
                        + "') cannot be checked by their names");
    }

    private static Path folder(Adapter adapter) {
        return FileNames.folderOf(adapter.location());
    }
}
