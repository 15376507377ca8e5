#!/usr/bin/env python3
"""Records what the layers of an aligned model read, for `splora repair --calibration`.

    python scripts/record_calibration.py --model org/aligned --adapter DIR --task train.jsonl --output FILE

Runs the aligned model, without the adapter, over examples of the adapter's task and over other requests, and writes the
second moments of the inputs of each layer that the adapter changes. `--task` is JSON Lines with "prompt" and "answer",
such as the adapter's training data; do not use the examples that you evaluate with. The default requests are those in
scripts/prompts/requests.jsonl, half of them harmful; nothing is generated, so no answers are needed.

Exit codes: 0, the file is written; 2, wrong usage; 4, an input cannot be used.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from evaluation import inputs

REQUESTS = Path(__file__).resolve().parent / "prompts" / "requests.jsonl"
PREFIX = "base_model.model."
FACTOR = ".lora_A.weight"


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="the aligned model: a folder or a hub id")
    parser.add_argument(
        "--adapter",
        required=True,
        type=Path,
        metavar="DIR",
        help="PEFT adapter on disk, as safetensors: its layers are recorded",
    )
    parser.add_argument("--task", required=True, type=Path, metavar="FILE")
    parser.add_argument("--requests", type=Path, default=REQUESTS, metavar="FILE", help='JSON Lines with "prompt"')
    parser.add_argument("--output", required=True, type=Path, metavar="FILE")
    parser.add_argument("--examples", type=int, default=256, metavar="N", help="use the first N examples; default 256")
    parser.add_argument(
        "--rank", type=int, default=256, metavar="K", help="directions to keep per layer and set; default 256"
    )
    parser.add_argument("--system", metavar="TEXT", help="system prompt")
    parser.add_argument("--dtype", choices=("auto", "float32", "bfloat16", "float16"), default="auto")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, ...")
    given = parser.parse_args(argv)
    for name, most in (("examples", 10**6), ("rank", 1024)):
        if not 1 <= getattr(given, name) <= most:
            parser.error(f"--{name} {getattr(given, name)}: must be from 1 to {most}")
    return given


def adapted_layers(folder):
    """Returns the names of the layers that an adapter changes, from its weights."""
    from safetensors import SafetensorError, safe_open

    path = folder / "adapter_model.safetensors" if folder.is_dir() else folder
    try:
        with safe_open(path, "pt") as weights:
            keys = list(weights.keys())
    except (OSError, SafetensorError) as problem:
        raise inputs.BadInput(f"{path}: cannot be read: {problem}") from problem
    layers = sorted(key.removeprefix(PREFIX).removesuffix(FACTOR) for key in keys if key.endswith(FACTOR))
    if not layers:
        raise inputs.BadInput(f"{path}: has no tensor that ends in {FACTOR}, so it is not a LoRA adapter of layers")
    return layers


def common_length(conversations):
    """Returns how many tokens all conversations begin with: the same in every input, and far larger than the rest."""
    first = min(conversations, key=len)
    return next((i for i in range(len(first)) if any(one[i] != first[i] for one in conversations)), len(first) - 1)


def record(given):
    """Returns the tensors and the metadata of the file."""
    examples = inputs.read(given.task, ["prompt", "answer"])[: given.examples]
    requests = inputs.read(given.requests, ["prompt"])
    layers = adapted_layers(given.adapter)

    from evaluation.answering import Answerer  # late, so that a bad file is reported before a model is loaded
    from evaluation.recording import NotFinite, Recorder

    asked = Answerer(given.model, None, given.dtype, given.device, given.system)
    missing = [name for name in layers if name not in dict(asked.model.named_modules())]
    if missing:
        raise inputs.BadInput(f"{given.adapter}: layer {missing[0]}: {given.model} has no such layer")

    def ids(text):
        return asked.tokenizer(text, add_special_tokens=asked.tokenizer.chat_template is None)["input_ids"]

    end = asked.tokenizer.eos_token or ""
    sets = {
        "task": [ids(asked.text(row["prompt"]) + row["answer"] + end) for row in examples],
        "requests": [ids(asked.text(row["prompt"])) for row in requests],
    }
    limit = getattr(asked.model.config, "max_position_embeddings", None)
    for kind, conversations in sets.items():
        for number, conversation in enumerate(conversations, 1):
            if limit and len(conversation) > limit:
                file = given.task if kind == "task" else given.requests
                raise inputs.BadInput(
                    f"{file}: text {number} has {len(conversation)} tokens, but the model reads at most {limit}"
                )
    skipped = max(1, common_length([one for conversations in sets.values() for one in conversations]))
    recorder = Recorder(asked.model, layers, given.rank)
    tensors = {}
    for kind, conversations in sets.items():

        def told(number, kind=kind, conversations=conversations):
            if number % 16 == 0 or number == len(conversations):
                print(f"{kind}: {number} of {len(conversations)}", file=sys.stderr, flush=True)

        try:
            factors = recorder.record(conversations, skipped, told)
        except NotFinite:
            raise inputs.BadInput(
                f"{given.model}: activations are not finite; use --dtype bfloat16 or float32"
            ) from None
        for name, factor in factors.items():
            if factor is None:
                file = given.task if kind == "task" else given.requests
                raise inputs.BadInput(f"{file}: layer {name} read nothing of it; give more texts")
            tensors[f"{name}.{kind}"] = factor.contiguous()
    return tensors, {"splora_calibration": "1", "layers": json.dumps(recorder.names)}


def save(path, tensors, metadata):
    """Writes the file completely or not at all."""
    from safetensors.torch import save_file

    draft = path.with_name(f".{path.name}.new")
    try:
        save_file(tensors, draft, metadata)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def main(argv=None):
    given = parse(argv)
    try:
        if not given.output.absolute().parent.is_dir():
            raise inputs.BadInput(f"{given.output}: its folder does not exist")
        if given.output.is_dir():
            raise inputs.BadInput(f"{given.output}: is a folder; name a file")
        save(given.output, *record(given))
    except inputs.BadInput as problem:
        print(f"record_calibration: {problem}", file=sys.stderr)
        sys.exit(4)
    except (
        OSError,
        ValueError,
        RuntimeError,
    ) as problem:  # a model that cannot be loaded, or a device that is not there
        print(f"record_calibration: {(str(problem) or type(problem).__name__).splitlines()[0]}", file=sys.stderr)
        sys.exit(4)
    print(f"wrote {given.output}")


if __name__ == "__main__":
    main()
