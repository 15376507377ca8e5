package io.github.splora.cli;

import io.github.splora.preset.Preset;
import io.github.splora.preset.Presets;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code splora presets}. */
@Command(name = "presets", description = "Lists the pairs of models that --preset knows.")
final class PresetsCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<Preset> presets = Presets.all();
        int name = width(presets.stream().map(Preset::name).toList());
        int aligned = width(presets.stream().map(Preset::aligned).toList());
        String row = "%-" + name + "s  %-" + aligned + "s  %s%n";
        out.printf(row, "PRESET", "ALIGNED", "BASE");
        presets.forEach(preset -> out.printf(row, preset.name(), preset.aligned(), preset.base()));
        out.flush();
        return ExitCode.DONE;
    }

    private static int width(List<String> cells) {
        return cells.stream().mapToInt(String::length).max().orElse(0);
    }
}
