package io.github.splora.inspect;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.FileNames;
import io.github.splora.error.Printable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whether an adapter was trained on the aligned model that it is compared with, by the name in its config
 * ({@code base_model_name_or_path}) and the names of both checkpoints.
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

    public static TrainedOn of(Adapter adapter, Checkpoint base, Checkpoint aligned) {
        return of(
                adapter.config().baseModel(), folder(adapter), Optional.of(ModelName.of(base)), ModelName.of(aligned));
    }

    /** The same where the base model is not known. */
    public static TrainedOn of(Adapter adapter, Checkpoint aligned) {
        return of(adapter.config().baseModel(), folder(adapter), Optional.empty(), ModelName.of(aligned));
    }

    static TrainedOn of(String recorded, Path adapterFolder, Optional<ModelName> base, ModelName aligned) {
        if (recorded.isBlank()) {
            return new TrainedOn(
                    Verdict.UNKNOWN,
                    "cannot check that the adapter was trained on --aligned: its adapter_config.json has no"
                            + " base_model_name_or_path");
        }
        String told = "adapter_config.json says that the adapter was trained on '" + Printable.text(recorded) + "'";
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
