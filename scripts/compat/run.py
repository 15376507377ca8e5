"""Runs one case: compares scores with the oracle, prunings with PEFT, and refusals with the message they must give."""

import json
import re
from dataclasses import dataclass, field

from checking import Tally, last_line, names, require, splora
from dense_scores import RELATIVE_TOLERANCE, compare, dense_scores
from program import run_splora

from .case import EITHER, REFUSED
from .client import Client, check_output
from .files import (
    STYLES,
    adapter_tensors,
    check_config,
    check_decision,
    check_dropped,
    check_zeroed,
    kept_keys,
    owners,
    parameter_prefixes,
)
from .make import make_case
from .oracle import SCORED, lora_layers, oracle_rows
from .ranking import ranked

BAD_INPUT = 4


@dataclass
class Row:
    """The result of a case, and what the table says about it: each cell a word, or the reason why not."""

    group: str
    name: str
    scored: str = ""
    pruned: str = ""
    reloaded: str = ""
    zero: str = ""
    in_table: bool = True
    seconds: float = 0
    lines: list = field(default_factory=list)
    passed: int = 0
    failed: int = 0

    def count(self, tally):
        self.passed, self.failed = tally.passed, tally.failed
        return self


def refusal_of(done):
    """The one message with which splora refused; fails the check if it did not refuse."""
    require(done.returncode == BAD_INPUT, f"exit code {done.returncode} instead of {BAD_INPUT}: {last_line(done)}")
    require(not done.stdout.strip(), "the refusal also writes to standard output")
    lines = done.stderr.strip().splitlines()
    require("Exception" not in done.stderr, f"a stack trace: {lines[0]}")
    return lines[0].removeprefix("splora: ")


def check_refusal(done, pattern):
    sentence = refusal_of(done)
    require(re.search(pattern, done.stderr, re.I), f"refused, but not for /{pattern}/: {sentence}")
    return sentence


class CaseRun:
    """Takes one case through score, verify, prune and PEFT."""

    def __init__(self, case, models, work, full):
        self.case, self.work, self.full = case, work, full
        self.row = Row(case.group, case.name)
        self.tally = Tally(self.row.lines.append)
        self.places = make_case(case, models, work)

    def run(self):
        try:
            if self.case.expected == REFUSED:
                self.run_refused()
            else:
                self.run_working()
        finally:
            self.row.count(self.tally)
        return self.row

    def check(self, what, function, *arguments):
        return self.tally.check(f"{self.case.label}: {what}", function, *arguments)

    def neutral(self, text):
        """A message without this machine's folders."""
        for folder in (self.places.adapter, self.places.aligned, self.places.base):
            text = text.replace(f"{folder}/", "").replace(str(folder), folder.name)
        return text

    # ---- refused

    def run_refused(self):
        done = run_splora("score", *self.places.options())
        sentence = self.check("score refuses it by name", check_refusal, done, self.case.refusal)
        self.row.scored = f"refused: {self.neutral(sentence)}" if sentence else f"failed: {self.outcome(done)}"
        output = self.work / "refused"
        done = run_splora("prune", *self.places.options(), "--output", output)
        if self.check("prune refuses it by name", check_refusal, done, self.case.refusal):
            self.check("nothing is written", require, not output.exists(), "the output folder exists")

    def outcome(self, done):
        return self.neutral(last_line(done)) if done.returncode else "it is not refused"

    # ---- working

    def run_working(self):
        self.client = Client(self.case.kind, self.places) if self.case.reload else None
        if self.client and not self.client.modes:
            self.tally.fail(f"{self.case.name}: PEFT loads the original", str(self.client.broken))
            return
        done = run_splora("score", *self.places.options(), *self.case.options, "--format", "json")
        if self.case.expected == EITHER and done.returncode == BAD_INPUT:
            sentence = self.check("score refuses it by name", check_refusal, done, self.case.refusal)
            self.row.scored = f"refused: {self.neutral(sentence)}" if sentence else f"failed: {self.outcome(done)}"
            return
        if self.check("score", require, done.returncode == 0, last_line(done)) is None:
            self.row.scored = f"failed: {self.outcome(done)}"
            return
        document = json.loads(done.stdout)
        (self.work / "scores.json").write_text(done.stdout)
        rows = self.check("the dense oracle", self.oracle)
        if rows is None:
            return
        worst = self.check("score agrees with the oracle", compare_scores, rows, document)
        self.row.scored = as_bound(worst) if worst is not None else "failed: deviates"
        verify = ("verify", self.places.adapter, "--aligned", self.places.aligned)
        self.check("verify accepts the original", splora, *verify)
        if self.client:
            self.prepare_files()
            self.prune_all(ranked(rows))

    def oracle(self):
        if self.case.oracle == "files":
            return dense_scores(self.places.client_base, self.places.client_aligned, self.places.adapter, SCORED)
        base, aligned = (
            self.case.kind.load(folder) for folder in (self.places.client_base, self.places.client_aligned)
        )
        return oracle_rows(self.client.original(), base, aligned)

    # ---- prunings

    def prepare_files(self):
        model = self.client.original()
        self.tensors = adapter_tensors(self.places.adapter)
        if self.case.oracle == "files":
            self.owner = {
                key: key.removeprefix("base_model.model.").rpartition(".lora_")[0]
                for key in self.tensors
                if ".lora_" in key
            }
            self.prefixes = {}
        else:
            self.owner, self.prefixes = owners(self.tensors, model), parameter_prefixes(model)
        self.built = set(lora_layers(model))

    def prune_all(self, order):
        half, most = len(order) // 2, len(order) - 1
        if not order:
            self.row.pruned = "nothing: a single module has no others to be ranked against"
            return
        drops = [("exclude", 1), ("targets", half), ("exclude", most)]
        if self.full:
            drops = [(style, count) for style in ("exclude", "targets") for count in (1, half, most)]
        drops = [plan for plan in dict.fromkeys(drops) if plan[1] > 0]
        outcomes = [self.prune(style, order[:count], self.case.drop, self.case.drop_refusal) for style, count in drops]
        self.row.pruned = worst_of(outcomes)
        self.row.zero = self.prune("zero", order[: max(half, 1)], self.case.zero, self.case.zero_refusal)
        self.row.reloaded = "bit-equal" if all(o == "yes" for o in outcomes) else ""
        if self.client.broken and self.row.reloaded:
            self.row.reloaded += " (PEFT itself cannot load the original with low_cpu_mem_usage)"

    def prune(self, style, removed, wanted, pattern):
        """Runs and checks one pruning; returns the cell of the table."""
        failed_before = self.tally.failed
        label = f"prune {style} {len(removed)}"
        output = self.work / f"{style}-{len(removed)}"
        chosen = ("--scores", self.work / "scores.json", "--count", len(removed))
        done = run_splora(
            "prune", *self.places.options(), *self.case.options, *chosen, "--output", output, *STYLES[style]
        )
        if wanted == REFUSED or (wanted == EITHER and done.returncode):
            sentence = self.check(f"{label} is refused", check_refusal, done, pattern)
            if sentence is not None:
                self.check(f"{label} writes nothing", require, not output.exists(), "the output folder exists")
                return f"refused: {self.neutral(sentence)}"
            return f"failed: {self.outcome(done)}"
        if self.check(label, require, done.returncode == 0, last_line(done)) is None:
            return f"failed: {self.outcome(done)}"
        self.check(f"{label}: as ranked", check_decision, output, removed)
        self.check(f"{label}: files", self.check_files, style, output, removed)
        for low_memory in self.client.modes:
            mode = f"low_cpu_mem_usage={low_memory}"
            self.check(f"{label}: PEFT, {mode}", self.check_client, style, output, removed, low_memory)
        if style == "exclude" or self.full:
            self.check(f"{label}: verify", splora, "verify", output, "--aligned", self.places.aligned)
        return "yes" if self.tally.failed == failed_before else "failed"

    def check_files(self, style, output, removed):
        pruned = adapter_tensors(output)
        if style == "zero":
            check_zeroed(self.tensors, pruned, self.owner, removed)
        else:
            check_dropped(self.tensors, pruned, kept_keys(self.owner, self.tensors, self.prefixes, set(removed)))
        check_config(self.places.adapter, output, style)

    def check_client(self, style, output, removed, low_memory):
        model = self.client.load_cleanly(output, low_memory)
        if self.case.oracle != "files":
            check_built(model, self.built - set(removed) if style != "zero" else self.built)
        reference, untouched = self.reference(removed, low_memory), self.reference((), low_memory)
        check_output(self.case.kind.answer(model), reference, untouched)

    def reference(self, removed, low_memory):
        if self.case.oracle == "files":
            return self.client.output_without_tensors(self.tensors, self.owner, set(removed), low_memory)
        return self.client.reference(removed, low_memory)


def check_built(model, wanted):
    """PEFT built exactly these LoRA modules."""
    built = set(lora_layers(model))
    require(
        built == wanted,
        f"PEFT built {len(built)} LoRA modules, {len(wanted)} expected;"
        f" too many: {names(built - wanted) or 'none'}; missing: {names(wanted - built) or 'none'}",
    )


def compare_scores(rows, document):
    """The largest deviation of splora's scores from the dense ones; fails the check if it exceeds the tolerance."""
    failures, worst, _ = compare(rows, document)
    require(
        not failures,
        f"{len(failures)} deviations, first: {failures[0] if failures else ''}; worst: {worst[1]}",
    )
    return worst[0] or 1e-16


def worst_of(outcomes):
    """One cell for several prunings: the first that is not a plain yes."""
    return next((outcome for outcome in outcomes if outcome != "yes"), "yes")


def as_bound(deviation):
    """The smallest power of ten that the deviation does not exceed, at most that of the tolerance."""
    power = -16
    while deviation > 10.0**power:
        power += 1
    require(10.0**power <= RELATIVE_TOLERANCE * 10, "beyond the tolerance")
    return f"≤ 1e{power}"
