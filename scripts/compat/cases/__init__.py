"""All cases, in the order of the table. Each module holds one group, in its list `CASES`."""

from . import architectures, checkpoints, experts, kinds, real, refused, targets, vision

CASES = [
    *kinds.CASES,
    *targets.CASES,
    *architectures.CASES,
    *experts.CASES,
    *vision.CASES,
    *checkpoints.CASES,
    *refused.CASES,
    *real.CASES,
]
