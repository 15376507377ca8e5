"""Adapters that exist with their models: those of testdata/, of $SPLORA_SHARED/scenarios, or one that the user names.

Each is pruned to several sizes, by module and by block, and by the default rule. A pruned adapter passes if exactly the
modules that the dense scores rank highest are gone, everything else is bit-identical, PEFT loads it in both
low_cpu_mem_usage modes without a warning that the original does not give, and the model's logits equal, bit for bit,
those with the original adapter in which lora_B of these modules is zero.

Triples are not rows of the table: they are fixtures, not kinds of adapters.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import transformers as tf

from checking import Tally, require, splora, succeed
from dense_scores import (
    ADAPTER_CONFIG,
    ADAPTER_WEIGHTS,
    LORA_KEY,
    PEFT_PREFIX,
    POPULATIONS,
    SafetensorsFile,
    dense_scores,
)
from program import REPOSITORY, launch, run_splora

from .case import Named, Places
from .client import Client, check_output
from .files import (
    STYLES,
    adapter_tensors,
    check_carried_over,
    check_config,
    check_decision,
    check_dropped,
    check_zeroed,
)
from .models import ModelKind, ids
from .ranking import selections
from .run import Row, check_built, compare_scores

SCORES = "scores"
REFERENCES = ("alignment", "safelora")
CAUSAL = ModelKind(
    "causal",
    None,
    tf.AutoModelForCausalLM,
    lambda config: {"input_ids": ids(length=24, vocabulary=config.vocab_size)},
)


@dataclass(frozen=True)
class Triple(Named):
    """Three folders that belong together, and the part of the checks to run: SCORES, or a style of pruning."""

    group: str
    folder: str
    places: Places
    part: str
    kind = None

    @property
    def name(self):
        return f"{self.folder}, {self.part}"


def parts(group, name, base, aligned, adapter):
    return [Triple(group, name, Places.of(base, aligned, adapter), part) for part in (SCORES, *STYLES)]


def of_testdata():
    """Those in safetensors; cases/checkpoints.py covers pickled adapters and checkpoints."""
    for file in sorted((REPOSITORY / "testdata").glob("*/expected-scores.json")):
        places = json.loads(file.read_text())
        folders = [(file.parent / places[part]).resolve() for part in ("base", "aligned", "adapter")]
        if (folders[-1] / ADAPTER_WEIGHTS).is_file():
            yield from parts("testdata", file.parent.name, *folders)


def of_scenarios():
    shared = Path(os.environ.get("SPLORA_SHARED", REPOSITORY.parent / "shared"))
    for scenario in sorted((shared / "scenarios").glob("scenario-*")):
        yield from parts("scenarios", scenario.name, scenario / "base", scenario / "aligned", scenario / "adapter")


def of_user(base, aligned, adapter):
    return parts("named", adapter.name, base, aligned, adapter)


CASES = [*of_testdata(), *of_scenarios()]


def module_of(key):
    match = LORA_KEY.fullmatch(key)
    return match["module"].removeprefix(PEFT_PREFIX) if match else None


class TripleRun:
    """One part of the checks of a triple."""

    def __init__(self, case, _models, work, _full):
        self.case, self.places, self.work = case, case.places, work
        self.row = Row(case.group, case.name, in_table=False)
        self.tally = Tally(self.row.lines.append)

    def check(self, what, function, *arguments):
        return self.tally.check(f"{self.case.label}, {what}", function, *arguments)

    def run(self):
        rows = dense_scores(self.places.base, self.places.aligned, self.places.adapter, REFERENCES)
        self.client = Client(CAUSAL, self.places)
        self.tensors = adapter_tensors(self.places.adapter)
        self.owner = {key: module_of(key) for key in self.tensors}
        if self.case.part == SCORES:
            self.check_scores(rows)
            self.check("bin/splora scores like the warm JVM", self.check_launched_score)
            self.check("bin/splora prunes like the warm JVM", self.check_launched_prune)
            for label, _, expected in selections(rows):
                self.check(f"{label}: the removal changes the logits", self.check_effect, expected)
        else:
            for label, options, expected in selections(rows):
                self.check_pruning(label, options, expected)
        return self.row.count(self.tally)

    # ---- scores

    def check_scores(self, rows):
        for reference in REFERENCES:
            for population in POPULATIONS:
                label = f"score --reference {reference} --population {population}"
                self.check(f"{label}: as computed densely", self.check_score, rows, reference, population)

    def check_score(self, rows, reference, population):
        options = ("--format", "json", "--reference", reference, "--population", population)
        document = json.loads(splora("score", *self.places.options(), *options))
        # The comparison reads the parameters from the document, so make sure that they are the requested ones.
        said = json.dumps(document.get("parameters", {})).lower()
        require(
            f'"{reference}"' in said and f'"{population}"' in said,
            f"parameters do not name {reference} and {population}: {said}",
        )
        compare_scores(rows, document)

    def check_launched_score(self):
        command = ("score", *self.places.options(), "--format", "json")
        launched, warm = (json.loads(succeed(how(*command), "score")) for how in (launch, run_splora))
        require(launched.pop("timing").keys() == warm.pop("timing").keys(), "other fields of the timing")
        for document in (launched, warm):
            require(document["provenance"].pop("created"), "no time")
        require(launched == warm, "the documents differ")

    def check_launched_prune(self):
        outputs = [self.work / how.__name__ for how in (launch, run_splora)]
        for how, output in zip((launch, run_splora), outputs):
            succeed(how("prune", *self.places.options(), "--output", output), "prune")
        files = [sorted(path.relative_to(output) for path in output.rglob("*")) for output in outputs]
        require(files[0] == files[1] and files[0], f"other files: {files}")
        for name in (ADAPTER_WEIGHTS, ADAPTER_CONFIG):
            contents = {(output / name).read_bytes() for output in outputs}
            require(len(contents) == 1, f"{name} differs")

    def check_effect(self, expected):
        """Guards the comparison of logits itself: without the modules, the model must give others."""
        reference, untouched = (self.client.zeroed_reference(units, False) for units in (expected, ()))
        check_output(reference, reference, untouched)

    # ---- prunings

    def check_pruning(self, label, options, expected):
        style = self.case.part
        label, output = f"prune {label}", self.work / label.replace(" ", "")
        command = ("prune", *self.places.options(), "--output", output, *options, *STYLES[style])
        if self.check(f"{label}: runs", splora, *command) is None:
            return
        if self.check(f"{label}: writes an adapter", SafetensorsFile, output / ADAPTER_WEIGHTS) is None:
            return
        removal = f"{label}: removes exactly the {len(expected)} expected modules"
        self.check(removal, self.check_removed, style, output, expected)
        self.check(f"{label}: keeps everything else", self.check_kept, style, output)
        for low_memory in (False, True):
            mode = f"low_cpu_mem_usage={low_memory}"
            self.check(f"{label}: PEFT, {mode}", self.check_client, style, output, expected, low_memory)

    def check_removed(self, style, output, expected):
        pruned = adapter_tensors(output)
        if style == "zero":
            check_zeroed(self.tensors, pruned, self.owner, expected, factor=".lora_B.")
        else:
            kept = {key: key for key in self.tensors if self.owner[key] not in expected}
            check_dropped(self.tensors, pruned, kept)
        check_decision(output, expected)

    def check_kept(self, style, output):
        check_config(self.places.adapter, output, style)
        check_carried_over(self.places.adapter, output)

    def check_client(self, style, output, expected, low_memory):
        model = self.client.load_cleanly(output, low_memory)
        modules = set(self.owner.values())
        check_built(model, modules - expected if style != "zero" else modules)
        # One reference for both modes: how PEFT loads an adapter must not change what it computes.
        reference, untouched = (self.client.zeroed_reference(units, False) for units in (expected, ()))
        check_output(self.client.kind.answer(model), reference, untouched)
