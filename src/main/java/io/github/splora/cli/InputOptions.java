package io.github.splora.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** The inputs of a run. */
final class InputOptions {

  @Option(names = "--base", required = true, paramLabel = "MODEL",
      description = "Checkpoint before alignment: a folder, a file of weights or index, or a cached hub id.")
  String base;

  @Option(names = "--aligned", required = true, paramLabel = "MODEL",
      description = "Aligned (instruct, chat) checkpoint that the adapter was trained on.")
  String aligned;

  @Option(names = "--adapter", required = true, paramLabel = "ADAPTER",
      description = "PEFT LoRA adapter: its folder, its file of weights, or a cached hub id. Repeatable, and a folder of"
          + " adapters counts as all of them: the checkpoints are read once.")
  List<String> adapters;
}
