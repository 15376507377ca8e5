#!/usr/bin/env python3
"""Checks bin/splora against the real PEFT client.

For every (base, aligned, adapter): splora's scores against dense_scores.py, then prunings of several
sizes, actions and config styles, each loaded by PeftModel.from_pretrained in both loading modes. A pruned
adapter passes if it loads without a warning that the original does not give, and if its logits equal,
bit for bit, those of the original adapter with lora_B of the same modules set to zero.

    check_peft.py                                                  the triples in testdata/
    check_peft.py --base DIR --aligned DIR --adapter DIR           one triple
    check_peft.py --scenarios DIR                                  testdata/ and DIR/scenario-*
                                                                   (default: $SPLORA_SHARED/scenarios)

Prints one line a check and `N passed, N failed`; exit code 1 if a check failed.
"""

import argparse
import copy
import json
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer
from transformers import AutoModelForCausalLM
from transformers.utils import logging as transformers_logging

from checking import REPOSITORY, SPLORA, Tally, names, recorded_warnings, require, splora
from dense_scores import ADAPTER_CONFIG, ADAPTER_WEIGHTS, LORA_KEY, PEFT_PREFIX, SafetensorsFile, compare, dense_scores

DEFAULT_RULE = 0.5
# What a drop may change in adapter_config.json; every other key must come through as it was.
OWNED_KEYS = {"target_modules", "exclude_modules", "rank_pattern", "alpha_pattern"}
ACTIONS = {
    "drop, exclude": ["--action", "drop", "--config-style", "exclude"],
    "drop, targets": ["--action", "drop", "--config-style", "targets"],
    "zero": ["--action", "zero"],
}


@dataclass
class Triple:
    """Three folders that belong together."""

    name: str
    base: Path
    aligned: Path
    adapter: Path

    def options(self):
        return ["--base", self.base, "--aligned", self.aligned, "--adapter", self.adapter]


# ---- (a) scores ----------------------------------------------------------------------------------


def check_scores(triple, rows, reference, population):
    document = json.loads(
        splora("score", *triple.options(), "--format", "json", "--reference", reference, "--population", population)
    )
    # The comparison reads the parameters from the document, so see that they are the ones asked for.
    said = json.dumps(document.get("parameters", {})).lower()
    require(
        f'"{reference}"' in said and f'"{population}"' in said,
        f"parameters do not name {reference} and {population}: {said}",
    )
    failures, worst, _ = compare(rows, document)
    require(not failures, f"{len(failures)} deviations, worst: {worst[1]}" if worst[0] else failures[:1])


# ---- (b) prunings: what is selected --------------------------------------------------------------


def score(row):
    return row["alignment"]["type"]["score"]


def block(module):
    """The first number in a module name, as a string, or None."""
    match = re.search(r"\.(\d+)\.", module)
    return match and match.group(1)


def ranked(rows):
    """Names of the modules that have a score, highest first, ties by name."""
    return [r["name"] for r in sorted(rows, key=lambda r: (-score(r), r["name"]))]


def ranked_blocks(rows):
    """Sets of modules by block, highest mean score first."""
    blocks = {}
    for row in rows:
        blocks.setdefault(block(row["name"]), []).append(row)
    by_mean = sorted(blocks.values(), key=lambda b: (-sum(map(score, b)) / len(b), int(block(b[0]["name"]))))
    return [{row["name"] for row in members} for members in by_mean]


def selections(rows):
    """What to ask for and what ought to go: (label, options, expected modules)."""
    scored = [r for r in rows if score(r) is not None]
    order = ranked(scored)
    for count in dict.fromkeys((1, len(order) // 2, len(order) - 1)):
        yield f"--count {count}", ["--count", count], set(order[:count])
    yield "default rule", [], {r["name"] for r in scored if score(r) > DEFAULT_RULE}
    blocks = ranked_blocks(scored)
    for count in dict.fromkeys((1, len(blocks) // 2, len(blocks) - 1)):
        yield (
            f"--granularity block --count {count}",
            ["--granularity", "block", "--count", count],
            set().union(*blocks[:count]),
        )


# ---- (b) prunings: the files ---------------------------------------------------------------------


def module_of(key):
    match = LORA_KEY.fullmatch(key)
    return match["module"].removeprefix(PEFT_PREFIX) if match else None


def is_zero(file, key):
    return not file.tensor(key).any()


def removed_modules(original, pruned, action):
    """The modules whose tensors are gone (drop), or whose lora_B was turned into zeros (zero)."""
    if action == "zero":
        return {
            module_of(key)
            for key in original.names()
            if ".lora_B." in key and key in pruned.names() and not is_zero(original, key) and is_zero(pruned, key)
        }
    return {module_of(key) for key in original.names() if key not in pruned.names()}


def check_removed(original, pruned, action, expected, output):
    removed = removed_modules(original, pruned, action)
    require(
        removed == expected,
        f"{len(removed)} modules removed, {len(expected)} expected;"
        f" kept in error: {names(expected - removed) or 'none'};"
        f" removed in error: {names(removed - expected) or 'none'}",
    )
    report = json.loads((output / "splora-report.json").read_text())
    decided = {m["name"] for m in report["modules"] if m["decision"] == "prune"}
    require(decided == expected, f"splora-report.json names {len(decided)} modules, {len(expected)} expected")
    require(report["summary"]["pruned"] == len(expected), f"summary.pruned is {report['summary']['pruned']}")


def check_kept(triple, original, pruned, action, expected, output):
    """Kept tensors bit for bit, untouched config keys, and every other file of the adapter."""
    extra = set(pruned.names()) - set(original.names())
    require(not extra, f"new tensors: {names(extra)}")
    for key in original.names():
        touched = module_of(key) in expected and (action == "drop" or ".lora_B." in key)
        if not touched:
            require(key in pruned.names(), f"{key} is missing")
            require(pruned.raw(key) == original.raw(key), f"{key} is not bit-identical")
        elif action == "zero":
            require(pruned.raw(key)[:2] == original.raw(key)[:2], f"{key} changed its dtype or shape")
        else:
            require(key not in pruned.names(), f"{key} is still there")
    check_config(triple, action, output)
    for file in triple.adapter.rglob("*"):
        carried = output / file.relative_to(triple.adapter)
        if file.is_file() and file.name not in (ADAPTER_CONFIG, ADAPTER_WEIGHTS):
            # The model card gets a section of its own behind everything else.
            rest = len(file.read_bytes()) if file.name == "README.md" else None
            require(
                carried.is_file() and carried.read_bytes()[:rest] == file.read_bytes(),
                f"{file.name} was not carried over as it is",
            )


def check_config(triple, action, output):
    before, after = (json.loads((folder / ADAPTER_CONFIG).read_text()) for folder in (triple.adapter, output))
    owned = OWNED_KEYS if action == "drop" else set()
    changed = {
        key
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key) or (key in before) != (key in after)
    } - owned
    require(not changed, f"{ADAPTER_CONFIG} changed in {names(changed)}")


# ---- (b) prunings: the client --------------------------------------------------------------------


class Client:
    """The aligned model with PEFT on top, and what the original adapter does on it."""

    def __init__(self, triple):
        self.aligned = AutoModelForCausalLM.from_pretrained(triple.aligned, dtype=torch.float32).eval()
        generator = torch.Generator().manual_seed(2024)
        self.ids = torch.randint(0, self.aligned.config.vocab_size, (2, 24), generator=generator)
        self.adapter = triple.adapter
        self.usual_warnings = {}
        for low_memory in (False, True):
            _, heard = self.load(triple.adapter, low_memory)
            self.usual_warnings[low_memory] = set(heard)
        self.zeroed_logits = {}

    def load(self, folder, low_memory):
        """A fresh model with the adapter of that folder, and the warnings that loading it gave."""
        with recorded_warnings() as heard:
            model = PeftModel.from_pretrained(copy.deepcopy(self.aligned), str(folder), low_cpu_mem_usage=low_memory)
        return model.eval(), heard

    @torch.no_grad()
    def logits(self, model):
        return model(input_ids=self.ids).logits

    def logits_without(self, modules):
        """Logits of the original adapter with lora_B of these modules set to zero."""
        key = frozenset(modules)
        if key not in self.zeroed_logits:
            model, _ = self.load(self.adapter, False)
            for name, layer in lora_layers(model).items():
                if name in modules:
                    torch.nn.init.zeros_(layer.lora_B["default"].weight)
            self.zeroed_logits[key] = self.logits(model)
        return self.zeroed_logits[key]


def lora_layers(model):
    return {
        name.removeprefix(PEFT_PREFIX): module
        for name, module in model.named_modules()
        if isinstance(module, LoraLayer)
    }


def check_client(client, output, low_memory, action, expected):
    model, heard = client.load(output, low_memory)
    new = [w for w in heard if w not in client.usual_warnings[low_memory]]
    require(not new, f"{len(new)} new warnings, first: {new[:1]}")
    on_meta = [name for name, p in model.named_parameters() if p.is_meta]
    require(not on_meta, f"{len(on_meta)} parameters stayed on the meta device: {names(on_meta)}")
    original_layers = {module_of(key) for key in SafetensorsFile(client.adapter / ADAPTER_WEIGHTS).names()}
    wanted = original_layers - expected if action == "drop" else original_layers
    built = set(lora_layers(model))
    require(built == wanted, f"PEFT built {len(built)} LoRA modules, {len(wanted)} expected")
    got, reference = client.logits(model), client.logits_without(expected)
    require(torch.isfinite(got).all().item(), "logits are not finite")
    require(
        torch.equal(got, reference),
        f"logits differ from those of the zeroed original by up to {(got - reference).abs().max().item():.3g}",
    )


def check_effect(client, expected):
    """Guards the comparison itself: without the modules the model must answer otherwise."""
    require(
        not torch.equal(client.logits_without(expected), client.logits_without(())),
        f"removing {len(expected)} modules does not change the logits",
    )


# ---- all of it -----------------------------------------------------------------------------------


def check_pruning(tally, triple, client, original, label, action, options, expected):
    with tempfile.TemporaryDirectory() as work:
        output = Path(work) / "pruned"
        label = f"{triple.name}, prune {label}"
        if tally.check(f"{label}: runs", splora, "prune", *triple.options(), "--output", output, *options) is None:
            return
        pruned = tally.check(f"{label}: writes an adapter", SafetensorsFile, output / ADAPTER_WEIGHTS)
        if pruned is None:
            return
        tally.check(
            f"{label}: removes exactly the {len(expected)} expected modules",
            check_removed,
            original,
            pruned,
            action,
            expected,
            output,
        )
        tally.check(f"{label}: keeps everything else", check_kept, triple, original, pruned, action, expected, output)
        for low_memory in (False, True):
            tally.check(
                f"{label}: loads without a warning, same logits (low_cpu_mem_usage={low_memory})",
                check_client,
                client,
                output,
                low_memory,
                action,
                expected,
            )


def check_triple(tally, triple):
    rows = dense_scores(triple.base, triple.aligned, triple.adapter)
    for reference in ("alignment", "safelora"):
        for population in ("type", "all"):
            label = f"{triple.name}, score --reference {reference} --population {population}"
            tally.check(f"{label}: as computed densely", check_scores, triple, rows, reference, population)
    client = Client(triple)
    original = SafetensorsFile(triple.adapter / ADAPTER_WEIGHTS)
    for label, options, expected in selections(rows):
        if not expected:
            continue
        tally.check(f"{triple.name}, {label}: the removal can be seen in the logits", check_effect, client, expected)
        for action, action_options in ACTIONS.items():
            check_pruning(
                tally,
                triple,
                client,
                original,
                f"{label} ({action})",
                action.partition(",")[0],
                [*options, *action_options],
                expected,
            )


def triples_of_testdata():
    """Those in safetensors; adapters and checkpoints in pickles are check_compat.py's."""
    for file in sorted((REPOSITORY / "testdata").glob("*/expected-scores.json")):
        places = json.loads(file.read_text())
        folders = ((file.parent / places[part]).resolve() for part in ("base", "aligned", "adapter"))
        triple = Triple(file.parent.name, *folders)
        if (triple.adapter / ADAPTER_WEIGHTS).is_file():
            yield triple


def triples_of_scenarios(folder):
    for scenario in sorted(Path(folder).glob("scenario-*")):
        yield Triple(scenario.name, scenario / "base", scenario / "aligned", scenario / "adapter")


def chosen_triples(options):
    if options.adapter:
        return [Triple(options.adapter.name, options.base, options.aligned, options.adapter)]
    scenarios = options.scenarios
    if scenarios is None and "SPLORA_SHARED" in os.environ:
        scenarios = Path(os.environ["SPLORA_SHARED"]) / "scenarios"
    return [*triples_of_testdata(), *(triples_of_scenarios(scenarios) if scenarios else [])]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for part in ("base", "aligned", "adapter"):
        parser.add_argument(f"--{part}", type=Path)
    parser.add_argument("--scenarios", type=Path)
    options = parser.parse_args()
    if len({bool(part) for part in (options.base, options.aligned, options.adapter)}) == 2:
        parser.error("--base, --aligned and --adapter belong together")
    if not SPLORA.is_file():
        sys.exit(f"{SPLORA} does not exist")
    torch.set_num_threads(1)
    transformers_logging.disable_progress_bar()
    tally = Tally()
    for triple in chosen_triples(options):
        check_triple(tally, triple)
    print(f"{tally.passed} passed, {tally.failed} failed")
    sys.exit(1 if tally.failed or not tally.passed else 0)


if __name__ == "__main__":
    main()
