"""What a case is: a model, an adapter that PEFT writes on it, and what splora ought to make of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .models import ModelKind

WORKS, REFUSED, EITHER = "works", "refused", "either"


@dataclass(frozen=True)
class Places:
    """The folders of a case. The client's aligned model is what splora's is for a reader that knows its format."""

    base: Path
    aligned: Path
    adapter: Path
    client_base: Path
    client_aligned: Path

    def options(self):
        return ["--base", self.base, "--aligned", self.aligned, "--adapter", self.adapter]


@dataclass(frozen=True)
class Case:
    """
    One row of the table.

    lora: the arguments of PEFT's LoraConfig, or a function (model) -> PeftConfig for another kind of adapter.
    prepare: what is done to the aligned model before PEFT wraps it, as (model, LoraConfig).
    base_layout, aligned_layout: how the checkpoints lie on disk, as (source folder, folder), None for as saved.
    client_layout: the same for the copies that PEFT and the oracle read; "same" for splora's own.
    adapter: the folder of an adapter from elsewhere, in place of one that PEFT writes now.
    edit_adapter: what is done to the adapter's folder after PEFT has written it.
    expected: WORKS, or REFUSED with the `refusal` that the sentence must match (a regular expression).
    drop, zero: WORKS, REFUSED (then with exit code 4 and a sentence that matches `drop_refusal`, `zero_refusal`), or
        EITHER where both a clear refusal and a right result will do.
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

    @property
    def slug(self):
        return re.sub(r"[^a-z0-9]+", "-", f"{self.group} {self.name}".lower()).strip("-")

    def matches(self, pattern):
        return pattern.lower() in f"{self.group} {self.name}".lower() or re.search(pattern, self.slug)
