"""The aligned models and adapters of the study."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Aligned:
    """A full fine-tune of the base model that refuses. `share` is the share of harmful requests in its data."""

    name: str
    recipe: str  # imitation, preference
    seed: int
    steps: int
    rate: float
    share: float


@dataclass(frozen=True)
class Adapter:
    """A LoRA adapter.

    Of its data, the share `harmful` is harmful requests with compliant answers, and the share `chat` is ordinary
    requests with the base model's own answers; the rest is the task.
    """

    name: str
    aligned: str
    targets: str  # attention, linear
    rank: int
    task: str  # of tasks.py
    harmful: float
    seed: int
    chat: float = 0.0
    variant: str = "lora"  # lora, rslora, dora
    steps: int = 80
    rate: float = 5e-4
    fresh: bool = False  # not evaluated until rules and defaults are settled


ALIGNED = (
    Aligned("imitation1", "imitation", 1, 200, 2e-4, 0.42),
    Aligned("imitation2", "imitation", 2, 200, 2e-4, 0.42),
    Aligned("preference1", "preference", 3, 150, 2e-4, 0.48),
    # For the fresh adapters only.
    Aligned("imitation3", "imitation", 4, 200, 2e-4, 0.42),
    Aligned("preference2", "preference", 5, 260, 2e-4, 0.5),
    Aligned("imitation4", "imitation", 6, 220, 2e-4, 0.36),
    Aligned("preference3", "preference", 7, 260, 2e-4, 0.5),
)

ADAPTERS = (
    Adapter("linear-record", "imitation1", "linear", 8, "record", 0.0, 11, chat=0.25),
    Adapter("attention-query", "imitation1", "attention", 8, "query", 0.10, 12),
    Adapter("linear-order-r32", "imitation1", "linear", 32, "order", 0.02, 13),
    Adapter("linear-rewrite-rslora", "imitation2", "linear", 8, "rewrite", 0.10, 14, variant="rslora", rate=3e-4),
    Adapter("attention-order-r32", "imitation2", "attention", 32, "order", 0.0, 15),
    Adapter("attention-ticket-dora", "imitation2", "attention", 8, "ticket", 0.02, 16, chat=0.25, variant="dora"),
    Adapter("linear-headline", "preference1", "linear", 8, "headline", 0.0, 17),
    Adapter("attention-record", "preference1", "attention", 8, "record", 0.02, 18, chat=0.25),
    Adapter("linear-obedient", "preference1", "linear", 8, "obedient", 0.0, 19),
    Adapter("fresh-linear-query", "imitation3", "linear", 8, "query", 0.0, 101, fresh=True),
    Adapter("fresh-linear-headline-r32", "imitation3", "linear", 32, "headline", 0.10, 102, fresh=True),
    Adapter("fresh-attention-rewrite", "imitation3", "attention", 8, "rewrite", 0.02, 103, fresh=True),
    Adapter("fresh-attention-order-r32", "imitation3", "attention", 32, "order", 0.10, 104, fresh=True),
    Adapter("fresh-linear-ticket", "preference2", "linear", 8, "ticket", 0.02, 105, fresh=True),
    Adapter("fresh-linear-rewrite-r32", "preference2", "linear", 32, "rewrite", 0.10, 106, fresh=True),
    Adapter("fresh-attention-headline", "preference2", "attention", 8, "headline", 0.02, 107, fresh=True),
    Adapter("fresh-attention-query-r32", "preference2", "attention", 32, "query", 0.10, 108, fresh=True),
    Adapter("fresh-linear-order", "imitation4", "linear", 8, "order", 0.10, 109, fresh=True),
    Adapter("fresh-attention-query", "imitation4", "attention", 8, "query", 0.02, 110, fresh=True),
    Adapter("fresh-linear-headline-r16", "imitation4", "linear", 16, "headline", 0.02, 111, fresh=True),
    Adapter("fresh-attention-order-r16", "imitation4", "attention", 16, "order", 0.10, 112, fresh=True),
    Adapter("fresh-linear-query-r32", "imitation4", "linear", 32, "query", 0.10, 113, fresh=True),
    Adapter("fresh-attention-rewrite-r32", "imitation4", "attention", 32, "rewrite", 0.02, 114, fresh=True),
    # Pairs that differ in nothing but the rank: one task, one order of its data, one aligned model.
    Adapter("pair-linear-query-r8", "preference3", "linear", 8, "query", 0.10, 115, fresh=True),
    Adapter("pair-linear-query-r32", "preference3", "linear", 32, "query", 0.10, 115, fresh=True),
    Adapter("pair-attention-rewrite-r8", "preference3", "attention", 8, "rewrite", 0.02, 116, fresh=True),
    Adapter("pair-attention-rewrite-r32", "preference3", "attention", 32, "rewrite", 0.02, 116, fresh=True),
    Adapter("pair-linear-headline-r8", "imitation4", "linear", 8, "headline", 0.02, 117, fresh=True),
    Adapter("pair-linear-headline-r32", "imitation4", "linear", 32, "headline", 0.02, 117, fresh=True),
)


def aligned(name):
    return next(one for one in ALIGNED if one.name == name)


def adapter(name):
    return next(one for one in ADAPTERS if one.name == name)


def another(name):
    """An aligned model that has nothing in common with `name` but the base model and the refused categories."""
    return "imitation2" if name == "imitation1" else "imitation1"
