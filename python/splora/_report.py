"""The report as dataclasses. docs/json.md describes every field; `Report.document` has those that are not here."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Module:
    """One module that the adapter changes."""

    name: str
    type: str
    rank: int
    scaling: float
    decision: str
    reason: str
    score: float | None = None
    distance: float | None = None
    expected_distance: float | None = None
    spread: float | None = None
    cosine: float | None = None
    delta_norm: float | None = None
    reference_norm: float | None = None
    alignment_norm: float | None = None
    block: int | None = None
    shape: tuple[int, ...] = ()
    unscored: str | None = None
    corrected_rank: int | None = None
    corrected_norm: float | None = None


@dataclass(frozen=True)
class Summary:
    """Figures about all modules."""

    modules: int
    scored: int
    pruned: int
    pruned_fraction: float
    max_score: float | None = None
    max_kept_score: float | None = None
    pruned_delta_share: float | None = None
    judged_share: float | None = None
    against_alignment: int | None = None
    mean_cosine: float | None = None


@dataclass(frozen=True)
class Gate:
    """One condition of `fail_on`, and whether it was met."""

    gate: str
    passed: bool
    message: str
    value: float | None = None
    modules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What the gates say together."""

    passed: bool
    gates: tuple[Gate, ...]


@dataclass(frozen=True)
class Engine:
    """The software that computed."""

    name: str
    version: str
    device: str
    threads: int


@dataclass(frozen=True)
class Timing:
    """How long the run took."""

    scoring_seconds: float
    total_seconds: float
    checkpoint_bytes: int


@dataclass(frozen=True)
class Report:
    """What a run found and did."""

    version: str
    metric: str
    modules: tuple[Module, ...]
    summary: Summary
    engine: Engine
    timing: Timing
    warnings: tuple[str, ...]
    verdict: Verdict | None
    document: Mapping[str, Any] = dataclasses.field(repr=False, compare=False)
    """The whole JSON document."""

    @staticmethod
    def of(document: Mapping[str, Any]) -> "Report":
        """Reads a JSON document, as `--format json` prints it."""
        verdict = document.get("verdict")
        return Report(
            version=document["tool"]["version"],
            metric=document["metric"],
            modules=tuple(_read(Module, module) for module in document["modules"]),
            summary=_read(Summary, document["summary"]),
            engine=_read(Engine, document["engine"]),
            timing=_read(Timing, document["timing"]),
            warnings=tuple(document["warnings"]),
            verdict=verdict and Verdict(verdict["passed"], tuple(_read(Gate, gate) for gate in verdict["gates"])),
            document=document,
        )


def _read(kind: type[T], values: Mapping[str, Any]) -> T:
    """Takes the fields of a dataclass from an object of the document; fields may be added to documents."""
    known: dict[str, Any] = {}
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        name = re.sub("_(.)", lambda match: match[1].upper(), field.name)
        if name in values:
            value = values[name]
            known[field.name] = tuple(value) if isinstance(value, list) else value
    return kind(**known)
