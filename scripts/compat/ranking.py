"""Which modules a pruning must select, computed from the dense scores."""

import re

DEFAULT_THRESHOLD = 0.5


def score(row):
    """The score that `splora prune` ranks by if it is given no options; None if the module has none."""
    return row["alignment"]["type"]["score"]


def ranked(rows):
    """Names of the modules that have a score, highest first, ties by name."""
    return [r["name"] for r in sorted(scored(rows), key=lambda r: (-score(r), r["name"]))]


def scored(rows):
    return [row for row in rows if score(row) is not None]


def block(module):
    """The first number in a module name, as a string, or None."""
    match = re.search(r"\.(\d+)\.", module)
    return match and match.group(1)


def ranked_blocks(rows):
    """Sets of modules by block, highest mean score first."""
    blocks = {}
    for row in scored(rows):
        blocks.setdefault(block(row["name"]), []).append(row)
    by_mean = sorted(blocks.values(), key=lambda b: (-sum(map(score, b)) / len(b), int(block(b[0]["name"]))))
    return [{row["name"] for row in members} for members in by_mean]


def selections(rows):
    """The prunings to run, without those that would select nothing: (label, options, expected modules)."""
    order, blocks = ranked(rows), ranked_blocks(rows)
    for count in counts(order):
        yield f"--count {count}", ["--count", count], set(order[:count])
    above = {row["name"] for row in scored(rows) if score(row) > DEFAULT_THRESHOLD}
    if above:
        yield "default rule", [], above
    for count in counts(blocks):
        options = ["--granularity", "block", "--count", count]
        yield f"--granularity block --count {count}", options, set().union(*blocks[:count])


def counts(ranking):
    """One, half, and all but one."""
    return [count for count in dict.fromkeys((1, len(ranking) // 2, len(ranking) - 1)) if count > 0]
