package io.github.splora.scan;

import io.github.splora.checkpoint.HubCache;
import io.github.splora.preset.Preset;
import io.github.splora.preset.Presets;
import io.github.splora.run.ScoreOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Commands to run after a scan, ready to be pasted into a shell. */
final class NextSteps {

    private static final Pattern PLAIN = Pattern.compile("[\\w./@:+,=-]+");
    private static final String EVALUATION = "python scripts/evaluate_refusals.py --model ";

    private final String program;
    private final String adapter;
    private final String revision;

    /** @param program how the user starts splora */
    NextSteps(String program, String adapter, String revision) {
        this.program = quoted(program);
        this.adapter = adapter;
        this.revision = revision;
    }

    /** Returns the commands that repair the adapter and evaluate the result. */
    List<String> repair(ScoreOptions options) {
        String repaired = repaired();
        return List.of(
                program + " repair " + quoted(adapter) + " --base " + quoted(options.base()) + " --aligned "
                        + quoted(options.aligned()) + ofRevision()
                        + options.tower()
                                .map(tower -> " --tower " + quoted(tower))
                                .orElse("") + " --output " + quoted(repaired),
                EVALUATION + quoted(options.aligned()) + " --adapter " + quoted(repaired));
    }

    /** Returns the command that lists what is in the adapter. */
    List<String> inspection() {
        return List.of(program + " inspect " + quoted(adapter));
    }

    /** Returns the command that evaluates the adapter. */
    List<String> evaluation(ScoreOptions options) {
        return List.of(EVALUATION + quoted(options.aligned()) + " --adapter " + quoted(adapter));
    }

    /**
     * Returns the commands that fetch missing models and scan again.
     *
     * @param trainedOn the model that the adapter's config names
     * @param aligned the aligned model, if that is there
     */
    List<String> withoutModels(@Nullable String trainedOn, @Nullable String aligned) {
        Set<String> missing = new LinkedHashSet<>();
        String model = aligned == null ? trainedOn : aligned;
        if (aligned == null && model != null && HubCache.isId(model)) {
            missing.add(model);
        }
        Optional<Preset> preset = model == null ? Optional.empty() : Presets.ofAligned(model);
        preset.map(Preset::base).ifPresent(missing::add);
        List<String> commands = new ArrayList<>();
        missing.forEach(id -> commands.add(HubCache.download(id)));
        commands.add(program + " scan " + quoted(adapter)
                + (preset.isPresent()
                        ? ""
                        : " --base MODEL" + (aligned == null && missing.isEmpty() ? " --aligned MODEL" : "")));
        return commands;
    }

    private String ofRevision() {
        return revision.equals("main") ? "" : " --revision " + quoted(revision);
    }

    /** Returns a folder beside a local adapter, or in the current folder for one of the hub. */
    private String repaired() {
        String bare = adapter.replaceFirst("/+$", "").replaceFirst("/adapter_(model|config)[.]\\w+$", "");
        String place = HubCache.isId(bare) && !Files.exists(Path.of(bare))
                ? bare.replaceFirst(".*/", "").replaceFirst("@.*", "")
                : bare;
        return (place.isEmpty() || place.equals(".") || place.equals("..") ? "adapter" : place) + "-repaired";
    }

    /** Returns a word as a POSIX shell reads it back. */
    static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
