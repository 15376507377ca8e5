"""The corrections that the study compares, by name, in groups that can be evaluated one after the other."""

from calibration import Calibrated, Confined, Excited
from corrections import Added, Aligned, Attenuated, Deflated, Joint, Matched, Nothing, Projected, Removed, Scaled

ENDS = {"aligned": Aligned(), "adapter": Nothing()}

REMOVED_SHARES = (0.15, 0.3, 0.5)
RANDOM_SEEDS = {0.15: (1,), 0.3: (1, 2, 3), 0.5: (1,)}
REMOVAL = {
    f"remove {share:.0%} by {score}": Removed(score, share)
    for score in ("e-diem", "cosine", "overlap", "frobenius", "e-diem safelora")
    for share in REMOVED_SHARES
} | {
    f"remove {share:.0%} at random {seed}": Removed("random", share, seed)
    for share, seeds in RANDOM_SEEDS.items()
    for seed in seeds
}
# Random removals of one share, whose evaluations are averaged.
AT_RANDOM = {
    f"remove {share:.0%} at random": [f"remove {share:.0%} at random {seed}" for seed in seeds]
    for share, seeds in RANDOM_SEEDS.items()
}

OTHERS = (
    {f"scale by {factor}": Scaled(factor) for factor in (0.3, 0.5, 0.7, 0.85)}
    | {f"add {alpha} V": Added(alpha) for alpha in (0.2, 0.5, 1.0)}
    | {f"add {alpha} V of rank 16": Added(alpha, 16) for alpha in (0.5, 1.0)}
    | {f"add {alpha} V of rank 16 everywhere": Added(alpha, 16, True) for alpha in (0.2, 0.5)}
    | {f"SafeLoRA, {share:.0%}": Projected(share) for share in (0.15, 0.3, 0.5, 1.0)}
    | {"SafeLoRA, 100%, subspace 0.9": Projected(1.0, 0.9)}
    | {f"CSULoRA {energy}": Attenuated(energy) for energy in (0.8, 0.95)}
)

# How strong: the share E of V's energy, the exponent p of the gain, and what is restored, here and elsewhere.
# The defaults of `splora repair` before this study; kept under the name that the evaluations have.
DEFAULT = {"repair, default": Deflated(0.7, 2, 0.2)}
STRENGTHS = {f"E {energy} p {p}": Deflated(energy, p) for energy in (0.5, 0.6, 0.7, 0.8, 0.9) for p in (1.5, 2)}
RESTORED = {
    f"E {energy} p {p} a {alpha}": Deflated(energy, p, alpha)
    for energy in (0.6, 0.7, 0.8, 0.9)
    for p in (0.5, 1, 1.5, 2, 2.5)
    for alpha in (0.2, 0.3, 0.4, 0.6)
}
ELSEWHERE = {
    f"E {energy} p {p} a {alpha} elsewhere {other}": Deflated(energy, p, alpha, elsewhere=other)
    for energy in (0.5, 0.6, 0.7, 0.8, 0.9)
    for p in (0.5, 1, 1.25, 1.5, 2, 2.5)
    for alpha, other in ((0.2, 0.2), (0.3, 0.3), (0.4, 0.4), (0.2, 0.4), (0.0, 0.4))
}
HARD = {
    f"hard E {energy}" + ("" if p == 2 else f" p {p}"): Deflated(energy, p, kind="hard")
    for energy in (0.5, 0.6, 0.7, 0.8, 0.9)
    for p in (1.5, 2)
}
CONTROLS = {
    "left only, E 0.8": Deflated(0.8, side="left"),
    "right only, E 0.8": Deflated(0.8, side="right"),
    "left only, E 0.8, its own gain": Deflated(0.8, side="left", gain_of="control"),
    "right only, E 0.8, its own gain": Deflated(0.8, side="right", gain_of="control"),
    "random bases, E 0.8": Deflated(0.8, bases="random"),
    "random bases, E 0.8, their own gain": Deflated(0.8, bases="random", gain_of="control"),
    "the weight's bases, E 0.8": Deflated(0.8, bases="weight"),
    "the weight's bases, E 0.8, their own gain": Deflated(0.8, bases="weight", gain_of="control"),
    "another model's V, E 0.8": Deflated(0.8, bases="another"),
    "E 0.8 p 1": Deflated(0.8, 1),
    "random bases, E 0.8, p 1": Deflated(0.8, 1, bases="random", gain_of="control"),
    "as much out of random directions, p 1": Matched("random", 0.8, 1),
    "as much out of the adapter's own directions, p 1": Matched("own", 0.8, 1),
    "joint, E 0.8": Joint(0.8),
    "joint, E 0.9": Joint(0.9),
}
# Filters on one side only, with V restored everywhere; and a higher rank restored.
ONE_SIDE = {
    f"right only, E {energy} p {p} a {alpha} elsewhere {alpha}": Deflated(
        energy, p, alpha, elsewhere=alpha, side="right", gain_of="control"
    )
    for energy, p, alpha in ((0.8, 1.5, 0.2), (0.8, 1.5, 0.3))
}
WIDE = {"E 0.8 p 1 a 0.3 elsewhere 0.3, rank 64": Deflated(0.8, 1, 0.3, 64, elsewhere=0.3)}
# Two strengths instead of one.
SPLIT = {
    f"E 0.8 p 1.5 a 0.2, {group} {energy}": Deflated(0.8, 1.5, 0.2, group=group, group_energy=energy)
    for group in ("queries and keys", "lower half")
    for energy in (0.5, 0.95)
}
# Only a part of the layers filtered; the gain stays that of the whole adapter.
THIRDS = {
    f"E 0.8 p 2, {group} unfiltered": Deflated(0.8, group=group, group_energy=0.0)
    for group in ("first two thirds", "last two thirds", "outer thirds", "last third")
}

# V restored in a part of the layers only.
RESTORED_IN = {
    f"E 0.8 p {p} a {alpha}, restored in {only}": Deflated(0.8, p, alpha, only=only)
    for p in (1, 2)
    for alpha in (0.3, 0.6)
    for only in ("attention", "MLP", "lower half", "upper half")
}

CALIBRATED = {
    f"calibrated E {energy} p {p} a {alpha}": Calibrated(energy, p, alpha)
    for energy, p, alpha in ((0.6, 2, 0.0), (0.8, 2, 0.0), (0.9, 2, 0.0), (0.8, 2, 0.2), (0.8, 1.5, 0.2))
}

# The right basis from what V reads of real inputs; `harmful` where these are harmful requests only.
EXCITED = {
    f"E 0.8 p 2, right basis from {prompts}, floor {floor}": Excited(
        0.8, floor=floor, harmful=prompts == "harmful prompts"
    )
    for prompts in ("prompts", "harmful prompts")
    for floor in (0.1, 1.0)
} | {
    f"E 0.8 p {p} a {alpha}" + (f" elsewhere {other}" if other else "") + ", right basis from prompts": Excited(
        0.8, p, alpha, other
    )
    for p in (1, 1.5, 2, 2.5, 3)
    for alpha in (0.1, 0.2, 0.3)
    for other in (0, alpha)
}

# The adapter confined to its task: with a weight for other requests, or with as much as the task allows.
CONFINED = (
    {f"confined, λ {weight:g}": Confined(weight) for weight in (10.0, 100.0, 1000.0, 10000.0)}
    | {
        f"confined, cosine {cosine}"
        + (f" a {alpha}" if alpha else "")
        + (f" elsewhere {other}" if other else ""): Confined(cosine=cosine, alpha=alpha, elsewhere=other)
        for cosine in (0.85, 0.9, 0.93, 0.95, 0.97)
        for alpha, other in ((0, 0), (0.1, 0), (0.1, 0.1), (0.2, 0), (0.2, 0.2))
    }
    | {
        "confined, cosine 0.93, harmful requests only": Confined(harmful=True),
        "confined, cosine 0.93, all directions": Confined(kept=None),
        "confined, cosine 0.93, 64 directions": Confined(kept=64),
        "confined, cosine 0.93, no factor": Confined(gain=False),
    }
)

# What `splora repair --calibration` does by default.
CONFINING = "confined, cosine 0.95"

EVERYTHING = {
    name: one
    for group in (
        ENDS,
        DEFAULT,
        STRENGTHS,
        RESTORED,
        ELSEWHERE,
        HARD,
        CONTROLS,
        ONE_SIDE,
        WIDE,
        SPLIT,
        THIRDS,
        RESTORED_IN,
        CALIBRATED,
        EXCITED,
        CONFINED,
        REMOVAL,
        OTHERS,
    )
    for name, one in group.items()
}


def named(*names):
    return {name: EVERYTHING[name] for name in names}


# In the order of what they tell: groups to evaluate where there is no time for everything.
FIRST = named(
    "aligned",
    "adapter",
    "repair, default",
    "E 0.8 p 1.5 a 0.2",
    "E 0.8 p 1 a 0.2",
    "E 0.7 p 2 a 0.2 elsewhere 0.2",
    "remove 30% by e-diem",
    "remove 30% at random 1",
    "scale by 0.7",
)
SECOND = named(
    "E 0.9 p 1.5 a 0.4",
    "E 0.8 p 1.5",
    "E 0.7 p 1.5 a 0.2",
    "E 0.8 p 1.5 a 0.2 elsewhere 0.2",
    "E 0.8 p 1.5 a 0.4",
)
THIRD = named(
    "E 0.8 p 2 a 0.4",
    "E 0.8 p 2 a 0.4 elsewhere 0.4",
    "E 0.8 p 2 a 0.6",
    "E 0.8 p 1.5 a 0.4 elsewhere 0.4",
)
FOURTH = named("E 0.8 p 1.5 a 0.3", "E 0.8 p 2 a 0.3 elsewhere 0.3", "E 0.8 p 1.5 a 0.2 elsewhere 0.2")
# What the development adapters chose, by the layers that an adapter trains: the defaults of `splora repair` at the time
# of the first two sets of fresh adapters.
SETTLED = {"linear": "E 0.8 p 1.5 a 0.3", "attention": "E 0.8 p 2 a 0.3 elsewhere 0.3"}


def by_rank(spec):
    """The present defaults of `splora repair` for an adapter, fixed before the third set of fresh adapters."""
    lower = (spec.rank >= 12) + (spec.rank >= 24)
    p = (2.5 if spec.targets == "attention" else 2) - lower / 2
    return f"E 0.8 p {p:g} a 0.3" + (" elsewhere 0.3" if spec.targets == "attention" else "")


CHECKS = named(
    "random bases, E 0.8, their own gain",
    "the weight's bases, E 0.8, their own gain",
    "another model's V, E 0.8",
    "left only, E 0.8, its own gain",
    "right only, E 0.8, its own gain",
    "SafeLoRA, 50%",
    "CSULoRA 0.95",
    "add 0.5 V",
    "calibrated E 0.8 p 1.5 a 0.2",
    "E 0.8 p 1.5 a 0.2, queries and keys 0.5",
    "E 0.8 p 1.5 a 0.2, lower half 0.5",
    "hard E 0.8",
    "joint, E 0.9",
    "remove 30% at random 2",
)

# What the fresh adapters are evaluated on, fixed before any of them was.
FRESH = named(
    "aligned",
    "adapter",
    *SETTLED.values(),
    "repair, default",
    "remove 30% by e-diem",
    "remove 30% at random 1",
    "scale by 0.7",
    "E 0.8 p 1.5 a 0.4",
    "E 0.8 p 1.5 a 0.2 elsewhere 0.2",
    "SafeLoRA, 50%",
    "CSULoRA 0.95",
    "add 0.5 V",
    "random bases, E 0.8, their own gain",
    "E 0.8 p 2 a 0.4",
    "E 0.8 p 1.5",
    "E 0.8 p 1.5 a 0.2",
    "E 0.9 p 1.5 a 0.4",
    "E 0.8 p 1 a 0.2",
)

# What the second set of fresh adapters is evaluated on.
AGAIN = named(
    "aligned",
    "adapter",
    *SETTLED.values(),
    "repair, default",
    "remove 30% by e-diem",
    "remove 30% at random 1",
)

# What the third set is evaluated on, attention only and all linear layers: the rule by rank and other gain exponents.
RANKS = named(
    "aligned",
    "adapter",
    *(f"E 0.8 p {p} a 0.3 elsewhere 0.3" for p in (1, 1.5, 2, 2.5)),
    "remove 30% by e-diem",
    "remove 30% at random 1",
)
LINEAR_RANKS = named(*(name.removesuffix(" elsewhere 0.3") for name in RANKS))

# What the pairs that differ in rank alone are evaluated on.
PAIRS = named("aligned", "adapter", "E 0.8 p 1.5 a 0.3 elsewhere 0.3", "E 0.8 p 2.5 a 0.3 elsewhere 0.3", CONFINING)
LINEAR_PAIRS = named("aligned", "adapter", "E 0.8 p 1 a 0.3", "E 0.8 p 2 a 0.3", CONFINING)

# Several strengths of everything, for the curves.
CURVES = named(
    *(f"remove {share:.0%} by e-diem" for share in REMOVED_SHARES),
    *(name for draws in AT_RANDOM.values() for name in draws),
    *(f"scale by {factor}" for factor in (0.3, 0.5, 0.7)),
    *(f"add {alpha} V" for alpha in (0.5, 1.0)),
    *(f"SafeLoRA, {share}" for share in ("15%", "30%", "50%")),
    *(f"CSULoRA {energy}" for energy in (0.8, 0.95)),
    *(f"E {energy} p 2" for energy in (0.7, 0.8, 0.9)),
    "E 0.8 p 1.5",
    "repair, default",
    "E 0.8 p 2 a 0.4",
    "E 0.8 p 1.5 a 0.2",
    "E 0.8 p 1.5 a 0.3",
    "E 0.9 p 1.5 a 0.4",
    "E 0.8 p 1 a 0.2",
    "E 0.7 p 2 a 0.2 elsewhere 0.2",
    "E 0.8 p 2 a 0.3 elsewhere 0.3",
    "E 0.8 p 1.5 a 0.2 elsewhere 0.2",
)

GROUPS = {
    "first": FIRST,
    "second": SECOND,
    "third": THIRD,
    "fourth": FOURTH,
    "checks": CHECKS,
    "fresh": FRESH,
    "again": AGAIN,
    "ranks": RANKS,
    "ranks-linear": LINEAR_RANKS,
    "pairs": PAIRS,
    "pairs-linear": LINEAR_PAIRS,
    "confined": CONFINED,
    "curves": CURVES,
    "controls": CONTROLS,
    "hard": HARD,
    "split": SPLIT,
    "later": ONE_SIDE | WIDE | THIRDS | RESTORED_IN | EXCITED,
    "strengths": STRENGTHS,
    "restored": RESTORED,
    "elsewhere": ELSEWHERE,
    "calibrated": CALIBRATED,
    "removal": REMOVAL,
    "others": OTHERS,
}
