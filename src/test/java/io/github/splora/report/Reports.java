package io.github.splora.report;

import io.github.splora.report.RunReport.AdapterInput;
import io.github.splora.report.RunReport.CheckpointInput;
import io.github.splora.report.RunReport.Engine;
import io.github.splora.report.RunReport.Inputs;
import io.github.splora.report.RunReport.Parameters;
import io.github.splora.report.RunReport.Timing;
import io.github.splora.report.RunReport.Tool;
import java.util.Arrays;
import java.util.List;

/** Reports with made-up figures. */
final class Reports {

  static final ModuleRow PRUNED = new ModuleRow("model.layers.0.q", 0, "q", List.of(48L, 96L), 8, 2, 1.25, 1.5, 1.4,
      0.08, -0.125, 3.0, 0.5, 0.5, null, "prune", "score 1.250 is above 0.5");
  static final ModuleRow KEPT = new ModuleRow("model.layers.11.k", 11, "k", List.of(4L, 96L), 16, 0.5, -123456.0, 1e-7,
      1.4, 0.08, 0.0, 4.0, 0.5, 0.5, null, "keep", "score -1.235e+05 is not above 0.5");
  static final ModuleRow UNSCORED = new ModuleRow("lm_head", null, "lm_head", List.of(8L, 96L), 8, 2, null, null, null,
      null, null, null, null, null, "left-out", "keep", "left out by \"--include\", or --exclude");

  private Reports() {}

  static RunReport of(ModuleRow... rows) {
    return of("threshold", 0.5, false, rows);
  }

  static RunReport of(String rule, Double value, boolean isDefault, ModuleRow... rows) {
    List<ModuleRow> modules = Arrays.asList(rows);
    return new RunReport(1, new Tool("splora", "1.2.3"), List.of("score", "--adapter", "my lora"), "e-diem",
        new Parameters("alignment", "type", "mean", "iqr", List.of("q"), List.of(), "module", rule, value, isDefault,
            "drop", "exclude"),
        new Inputs(new CheckpointInput("base", "ab"), new CheckpointInput("ünïcode/aligned", "cd"),
            new AdapterInput("adapter", "ef", "01")),
        new Engine("PyTorch", "2.7.1", "cpu", 4), modules, Summaries.of(modules), List.of("beware"),
        new Timing(0.5, 0.75, 1234567890123L));
  }
}
