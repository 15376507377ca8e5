"""Merged fine-tunes: checkpoints that are scored by what they add to the aligned one."""

import json
import re
from dataclasses import dataclass

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file

from checking import Tally, last_line, names, require
from dense_scores import judge_all, measure_delta, natural_key
from program import run_splora

from . import layouts
from . import models as m
from .case import Named
from .make import train
from .oracle import SCORED
from .ranking import ranked
from .run import Row, as_bound, compare_scores, worst_of

VOCABULARY = re.compile(r"embed|wte|wpe|shared|lm_head")
SHARD = "20KB"


@dataclass(frozen=True)
class MergedCase(Named):
    """
    One row of the table.

    lora: the arguments of the LoraConfig of an adapter that is merged; None for a fine-tune of all weights.
    dtype: the type that the fine-tune is saved in.
    """

    group: str
    name: str
    kind: m.ModelKind
    lora: dict | None = None
    dtype: torch.dtype = torch.float32


def merged(name, kind, **more):
    return MergedCase("merged fine-tunes (--adapted)", name, kind, **more)


QV = {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"]}
CASES = [
    merged("Llama, an adapter merged with merge_and_unload", m.LLAMA, lora=QV),
    merged("Llama, all weights trained, tied", m.LLAMA_TIED),
    merged("Llama, saved in BF16 beside an F32 aligned model", m.LLAMA, dtype=torch.bfloat16),
    merged("GPT-2, Conv1D", m.GPT2),
    merged("Mixtral, one tensor per expert", m.MIXTRAL),
    merged("T5", m.T5),
    merged("ViT", m.VIT),
]


def tensors_in(folder):
    return {name: tensor for file in sorted(folder.glob("*.safetensors")) for name, tensor in load_file(file).items()}


def flat(tensor):
    return tensor.reshape(len(tensor), -1).double().numpy()


class MergedRun:
    """Runs one case: compares scores with the files in float64, and prunings with what transformers loads."""

    def __init__(self, case, models, work, _full):
        self.case, self.work = case, work
        self.row = Row(case.group, case.name)
        self.tally = Tally(self.row.lines.append)
        self.base, self.aligned = (models / case.kind.name / part for part in ("base", "aligned"))
        self.adapted = work / "adapted"
        self.write_adapted()

    def write_adapted(self):
        model = self.case.kind.load(self.aligned)
        if self.case.lora:
            wrapped = get_peft_model(model, LoraConfig(**self.case.lora))
            train(wrapped)
            model = wrapped.merge_and_unload()
        else:
            m.step_away(model, 9)
        model.to(self.case.dtype).save_pretrained(self.adapted, max_shard_size=SHARD)

    def check(self, what, function, *arguments):
        return self.tally.check(f"{self.case.label}: {what}", function, *arguments)

    def options(self):
        return ["--base", self.base, "--aligned", self.aligned, "--adapted", self.adapted]

    def run(self):
        done = run_splora("score", *self.options(), "--format", "json")
        if self.check("score", require, done.returncode == 0, last_line(done)) is None:
            self.row.scored = f"failed: {last_line(done)}"
        else:
            rows, document = self.oracle(), json.loads(done.stdout)
            worst = self.check("score agrees with the files in float64", compare_scores, rows, document)
            self.row.scored = as_bound(worst) if worst is not None else "failed: deviates"
            order = ranked(rows)
            outcomes = [self.prune(order[:count]) for count in (0, len(order) // 2, len(order))]
            self.row.pruned = worst_of(outcomes)
            self.row.reloaded = "bit-equal, in transformers" if self.row.pruned == "yes" else ""
            self.row.zero = "wrong usage"
        return self.row.count(self.tally)

    def oracle(self):
        base, aligned, adapted = map(tensors_in, (self.base, self.aligned, self.adapted))
        rows = []
        for name in sorted(adapted, key=lambda n: natural_key(n.removesuffix(".weight"))):
            module = name.removesuffix(".weight")
            if name != module and adapted[name].ndim >= 2 and not VOCABULARY.search(module):
                delta = flat(adapted[name]) - flat(aligned[name])
                v = flat(aligned[name]) - flat(base[name])
                rows.append(measure_delta(module, min(delta.shape), 1.0, delta, v, SCORED))
        return judge_all(rows)

    def prune(self, removed):
        failed_before = self.tally.failed
        label, output = f"prune {len(removed)}", self.work / f"pruned-{len(removed)}"
        done = run_splora("prune", *self.options(), "--count", len(removed), "--output", output)
        if self.check(label, require, done.returncode == 0, last_line(done)) is None:
            return f"failed: {last_line(done)}"
        self.check(f"{label}: files", self.check_files, output, removed)
        self.check(f"{label}: transformers", self.check_model, output, removed)
        return "yes" if self.tally.failed == failed_before else "failed"

    def expected(self, removed):
        """Each tensor as it must be: the aligned one in the fine-tune's type where restored, else the fine-tune's."""
        adapted, aligned = tensors_in(self.adapted), tensors_in(self.aligned)
        restored = {f"{module}.weight" for module in removed}
        return {
            name: aligned[name].to(tensor.dtype) if name in restored else tensor for name, tensor in adapted.items()
        }

    def check_files(self, output, removed):
        expected, found = self.expected(removed), tensors_in(output)
        require(expected.keys() == found.keys(), f"keys differ: {names(expected.keys() ^ found.keys())}")
        wrong = [
            name
            for name, tensor in expected.items()
            if tensor.dtype != found[name].dtype or not torch.equal(tensor, found[name])
        ]
        require(not wrong, f"not bit-identical: {names(wrong)}")
        for file in self.adapted.iterdir():
            require((output / file.name).is_file(), f"{file.name} is missing")

    def check_model(self, output, removed):
        """The pruned folder is a model whose output equals that of the fine-tune with the weights restored by hand."""
        kind = self.case.kind
        by_hand = self.work / f"by-hand-{len(removed)}"
        layouts.start(self.aligned, by_hand)
        layouts.store(self.expected(removed), by_hand)
        answer, reference = kind.answer(kind.load(output)), kind.answer(kind.load(by_hand))
        require(torch.isfinite(answer).all().item(), "the output is not finite")
        require(torch.equal(answer, reference), "the output differs from that of the model restored by hand")
