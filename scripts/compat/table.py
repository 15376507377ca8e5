"""docs/compatibility.md: the results of the run, one row per case."""

import re
from dataclasses import replace
from itertools import groupby

HEAD = """# Compatibility

Written by `scripts/check_compat.sh`; do not edit. Each row is an adapter, most of them written by PEFT itself (versions
in `scripts/requirements.txt`) on a tiny random model, that was scored and pruned by splora and loaded by PEFT again.

- **scored**: the largest relative deviation of any figure of `splora score` from a dense float64 computation with
  PEFT's own layers (absolute for an E-DIEM below one), or the message with which splora refuses the case.
- **pruned**: `prune --action drop` in both config styles removes exactly the modules that the dense scores rank highest
  and keeps every other tensor bit for bit.
- **in PEFT**: the pruned adapter loads in both `low_cpu_mem_usage` modes without a new warning, and the model's output
  equals, bit for bit, that with the original adapter in which the aligned modules replace the removed ones.
- **zero**: the same for `prune --action zero`, or why it is refused.
"""
COLUMNS = "| case | scored | pruned | in PEFT | zero |\n|---|---|---|---|---|"


def cell(text):
    return " ".join(text.split()).replace("|", r"\|") or "–"


def cells(row):
    return [cell(text) for text in (row.scored, row.pruned, row.reloaded, row.zero)]


def merged(rows):
    """Adjacent rows that are refused with the same message, as one row."""
    for sentence, alike in groupby(rows, key=lambda row: row.scored):
        alike = list(alike)
        if sentence.startswith("refused"):
            alike = [replace(alike[0], name=", ".join(row.name for row in alike))]
        yield from alike


def title(group):
    return f"{group[0].upper()}{group[1:]}"


def write_table(rows, file):
    lines = [HEAD]
    for group, members in groupby([row for row in rows if row.in_table], key=lambda row: row.group):
        lines += [f"\n## {title(group)}\n", COLUMNS]
        lines += ["| " + " | ".join([cell(row.name), *cells(row)]) + " |" for row in merged(members)]
    file.write_text("\n".join(lines) + "\n")


# ---- comparing a run of some cases with the table ------------------------------------------------


def outcome(text):
    """What a cell says apart from its figure and its wording."""
    return re.sub(r"^(refused|≤).*", r"\1", text)


def rows_of(file):
    """{(title of the group, text of the name cell): the other cells} of the table in a file."""
    found, group = {}, None
    for line in file.read_text().splitlines():
        if line.startswith("## "):
            group = line.removeprefix("## ")
        elif group and line.startswith("| ") and not COLUMNS.startswith(line):
            name, *others = re.split(r"(?<!\\) \| ", line.removeprefix("| ").removesuffix(" |"))
            found[group, name] = others
    return found


def disagreement(row, table):
    """How the outcome of a case differs from the table's row for it, or None."""
    for (group, name), written in table.items():
        # Refused cases share a row, whose name lists theirs.
        if group == title(row.group) and f", {cell(row.name)}, " in f", {name}, ":
            now = [outcome(text) for text in cells(row)]
            before = [outcome(text) for text in written]
            return None if now == before else f"{' | '.join(cells(row))}; the table says {' | '.join(written)}"
    return "the table has no row for it"
