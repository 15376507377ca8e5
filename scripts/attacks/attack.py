"""What an attack is, and the list of them."""

import importlib
import pkgutil
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from checking import last_line, require
from program import run_splora

from . import cases, inputs

GATE = ("--metric", "cosine", "--fail-on", "max-score>0.08")
UNFAILABLE = ("--fail-on", "max-score>99")
GATE_FAILED, BAD_INPUT = 3, 4
ATTACKS = []


@dataclass
class World:
    """A folder with the model under attack, and what an attack needs to make its adapter."""

    folder: Path
    base_weights: dict = field(init=False)
    aligned_weights: dict = field(init=False)
    honest: dict = field(init=False)

    def __post_init__(self):
        self.base_weights, self.aligned_weights = inputs.checkpoints(np.random.default_rng(20))
        inputs.write_model(self.base, self.base_weights)
        inputs.write_model(self.aligned, self.aligned_weights)
        self.honest = inputs.adapter(self.base_weights, self.aligned_weights)

    @property
    def base(self):
        return self.folder / "base"

    @property
    def aligned(self):
        return self.folder / "aligned"

    def harmless(self):
        """The tensors of an adapter that passes the gate."""
        return inputs.adapter(self.base_weights, self.aligned_weights, harmful=())

    def adapter(self, tensors, config=None, name="adapter"):
        """Writes an adapter and returns its folder; `config` holds the fields that differ from an honest one."""
        return inputs.write_adapter(self.folder / name, tensors, config)

    def merged(self, tensors, name="merged"):
        """Writes a merged checkpoint and returns its folder."""
        return inputs.write_model(self.folder / name, tensors)

    def models(self):
        return ("--base", self.base, "--aligned", self.aligned)

    def gate(self, adapter, *options):
        """Runs the gate on an adapter. An attack returns what this returns."""
        return self.score(adapter, *GATE, *options)

    def score(self, adapter, *options):
        return self.run("score", *self.models(), "--adapter", adapter, *options)

    def run(self, command, *arguments):
        return run_splora(command, *arguments)

    def gate_merged(self, checkpoint, *options):
        return run_splora("score", *self.models(), "--adapted", checkpoint, *GATE, *options)


class RepairedWorld(World):
    """Repairs adapters under a gate that no score can fail: what a repair does not account for must fail it."""

    def score(self, adapter, *options):
        return self.run("repair", *self.models(), "--adapter", adapter, "--output", self.folder / "out", *UNFAILABLE)


@dataclass
class Attack:
    """An attack: `run` makes the disguised input in a World and returns the gate's verdict.

    The attack is fended off if the gate fails (exit code 3) or refuses the input (4), and what it prints to standard
    error matches `says`: a regular expression for the reason, which shows that it did not fail for something else.
    """

    name: str
    says: str
    run: object

    @property
    def survives_repair(self):
        """Whether a repair may not do away with it: it hides something besides the scores of an adapter's modules."""
        return not re.search("max-score|NaN", self.says) and "merged" not in self.name

    def check_repair(self, folder):
        done = self.run(RepairedWorld(folder))
        require(done.returncode in (GATE_FAILED, BAD_INPUT), f"exit code {done.returncode}: {last_line(done)}")

    def check(self, folder):
        done = self.run(World(folder))
        require(done.returncode in (GATE_FAILED, BAD_INPUT), f"exit code {done.returncode}: {last_line(done)}")
        require(re.search(self.says, done.stderr), f"says nothing that matches {self.says!r}, but: {last_line(done)}")


def attack(says, name=None):
    """Registers a function of a World as an attack, which is named after it."""

    def register(run):
        ATTACKS.append(Attack(name or run.__name__.replace("_", " "), says, run))
        return run

    return register


def collect():
    """Imports every file in cases/ and returns their attacks."""
    for module in sorted(info.name for info in pkgutil.iter_modules(cases.__path__)):
        importlib.import_module(f"{cases.__name__}.{module}")
    return ATTACKS
