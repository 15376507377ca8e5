"""All cases, in the order of the table. A module for each group; `CASES` in it is its list."""

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
