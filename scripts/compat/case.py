"""What a case is: a model, an adapter that PEFT writes on it, and what splora is expected to do with them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .models import ModelKind

WORKS, REFUSED, EITHER = "works", "refused", "either"


class Named:
    """A case of any type: it has a group and a name."""

    @property
    def label(self):
        return f"{self.group} / {self.name}"

    @property
    def slug(self):
        return re.sub(r"[^a-z0-9]+", "-", f"{self.group} {self.name}".lower()).strip("-")

    def matches(self, pattern):
        return pattern.lower() in f"{self.group} {self.name}".lower() or re.search(pattern, self.slug)


@dataclass(frozen=True)
class Places:
    """The folders of a case. The client_ folders hold the same models in a format that PEFT and the oracle can read."""

    base: Path
    aligned: Path
    adapter: Path
    client_base: Path
    client_aligned: Path

    @classmethod
    def of(cls, base, aligned, adapter):
        """Folders that PEFT can read as they are."""
        return cls(base, aligned, adapter, base, aligned)

    def options(self):
        return ["--base", self.base, "--aligned", self.aligned, "--adapter", self.adapter]


@dataclass(frozen=True)
class Case(Named):
    """
    One row of the table.

    lora: the arguments of PEFT's LoraConfig, or a function (model) -> PeftConfig for another type of adapter.
    prepare: applied to the aligned model before PEFT wraps it, as (model, LoraConfig).
    base_layout, aligned_layout: how the checkpoints are stored, as (source folder, folder); None for as saved.
    client_layout: the same for the copies that PEFT and the oracle read; "same" for the ones splora reads.
    adapter: the folder of an existing adapter, instead of one that PEFT writes now.
    edit_adapter: applied to the adapter's folder after PEFT has written it.
    expected: WORKS, or REFUSED with a message that matches the regular expression `refusal`.
    drop, zero: WORKS, REFUSED (with exit code 4 and a message that matches `drop_refusal` or `zero_refusal`), or
        EITHER if both a clear refusal and a correct result are acceptable.
    oracle: "peft" (the layers of the loaded model) or "files" (module by module from the files).
    reload: whether PEFT and transformers of the pinned versions can load the adapter at all.
    """

    group: str
    name: str
    kind: ModelKind
    lora: dict | Callable
    prepare: Callable | None = None
    base_layout: Callable | None = None
    aligned_layout: Callable | None = None
    client_layout: Callable | str | None = "same"
    adapter: Path | None = None
    edit_adapter: Callable | None = None
    expected: str = WORKS
    refusal: str = ""
    drop: str = WORKS
    drop_refusal: str = ""
    zero: str = WORKS
    zero_refusal: str = ""
    oracle: str = "peft"
    reload: bool = True
    options: tuple = ()
