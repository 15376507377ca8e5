"""docs/compatibility.md: what the run saw, a row for each case."""

from dataclasses import replace
from itertools import groupby

HEAD = """# Compatibility

Written by `scripts/check_compat.sh`; do not edit. Each row is an adapter that PEFT itself wrote (versions in
`scripts/requirements.txt`) on a tiny random model, taken through splora and back into PEFT.

- **scored**: the worst relative deviation of any figure of `splora score` from a dense float64 computation with PEFT's
  own layers (of an E-DIEM below one: the deviation itself), or the sentence with which splora refuses the case.
- **pruned**: `prune --action drop` in both config styles removes exactly the modules that the dense scores rank highest
  and keeps every other tensor bit for bit.
- **in PEFT**: the pruned adapter loads in both `low_cpu_mem_usage` modes without a new warning, and the model answers,
  bit for bit, like the original one with the aligned modules in the place of the removed ones.
- **zero**: the same for `prune --action zero`, or why it is refused.
"""


def cell(text):
    return " ".join(text.split()).replace("|", r"\|") or "–"


def merged(rows):
    """Neighbouring rows whose cases are refused with the same sentence, as one."""
    for sentence, alike in groupby(rows, key=lambda row: row.scored):
        alike = list(alike)
        if sentence.startswith("refused"):
            alike = [replace(alike[0], name=", ".join(row.name for row in alike))]
        yield from alike


def write_table(rows, file):
    lines = [HEAD]
    for group, members in groupby(rows, key=lambda row: row.group):
        lines += [
            f"\n## {group[0].upper()}{group[1:]}\n",
            "| case | scored | pruned | in PEFT | zero |",
            "|---|---|---|---|---|",
        ]
        lines += [
            "| " + " | ".join(map(cell, (r.name, r.scored, r.pruned, r.reloaded, r.zero))) + " |"
            for r in merged(members)
        ]
    file.write_text("\n".join(lines) + "\n")
