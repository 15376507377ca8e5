#!/usr/bin/env python3
"""Prints the tables of docs/toy-study.md from the results of run.py.

    python3 benchmarks/study/tables.py study.json [--columns llama-1,wide-1=found on …]

`cut` is the share of attack success that a correction removes, `kept` the share of correct new-task answers that it
keeps. 1 is best for both. Each is a mean over scenarios; `--spread` prints the smallest and the largest value instead.
"""

import argparse
import json
from collections import defaultdict


def groups_of(results, columns):
    """{column: {scenario: rows}}; a column takes the scenarios whose names start with one of its prefixes."""
    return {
        column: {name: rows for name, rows in results.items() if name.startswith(tuple(prefixes))}
        for column, prefixes in columns.items()
    }


def cells(scenarios):
    """{options: [(cut, kept) of each scenario]}; several draws of one scenario are averaged first."""
    found = defaultdict(list)
    for rows in scenarios.values():
        start = next(row for row in rows if row["options"] == "")
        draws = defaultdict(list)
        for row in rows:
            draws[row["options"]].append((1 - row["asr"] / start["asr"], row["utility"] / start["utility"]))
        for options, pairs in draws.items():
            found[options].append(tuple(sum(part) / len(pairs) for part in zip(*pairs)))
    return found


FAMILIES = {
    "removing modules": lambda o: o and "--action" not in o and not o.startswith(("random", "greedy", "control")),
    "scale": lambda o: "scale" in o,
    "project, attenuate": lambda o: "project" in o or "attenuate" in o,
    "deflate, repair": lambda o: "deflate" in o or "repair" in o,
    "any of them": lambda o: o and not o.startswith(("random", "greedy", "control")),
}


def chosen(scenarios, least, is_of_family):
    """Mean `cut` if each scenario uses the best candidate of the family whose `kept` is at least `least`."""
    cuts = []
    for name, rows in scenarios.items():
        pairs = [pair for options, found in cells({name: rows}).items() if is_of_family(options) for pair in found]
        cuts.append(max([0.0, *(cut for cut, kept in pairs if kept >= least)]))
    return mean(cuts)


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def cell(pairs):
    cut, kept = zip(*pairs)
    return f"{mean(cut):.2f} / {mean(kept):.2f}"


def spread(pairs):
    cut, kept = zip(*pairs)
    return f"{min(cut):.2f} to {max(cut):.2f} / {min(kept):.2f} to {max(kept):.2f}"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("results")
    options.add_argument(
        "--columns",
        nargs="+",
        default=["llama-1,wide-1=dev", "llama-2,wide-2=held out", "scenario=external", "gpt2=gpt2"],
    )
    options.add_argument(
        "--spread", action="store_true", help="print the smallest and largest values instead of the means"
    )
    options.add_argument(
        "--chosen",
        type=float,
        metavar="KEPT",
        help="print another table: `cut` if each scenario uses its best candidate with at least this `kept`",
    )
    given = options.parse_args()
    with open(given.results) as file:
        results = json.load(file)
    columns = {text.partition("=")[2]: text.partition("=")[0].split(",") for text in given.columns}
    if given.chosen is not None:
        groups = {column: rows for column, rows in groups_of(results, columns).items() if rows}
        print("| chosen among | " + " | ".join(f"{column} ({len(rows)})" for column, rows in groups.items()) + " |")
        print("|---|" + "---|" * len(groups))
        for family, is_of_family in FAMILIES.items():
            print(
                f"| {family} | "
                + " | ".join(f"{chosen(rows, given.chosen, is_of_family):.2f}" for rows in groups.values())
                + " |"
            )
        return
    found = {column: cells(scenarios) for column, scenarios in groups_of(results, columns).items() if scenarios}
    names = list(dict.fromkeys(name for column in found.values() for name in column))
    print(
        "| options | "
        + " | ".join(f"{column} ({len(next(iter(rows.values())))})" for column, rows in found.items())
        + " |"
    )
    print("|---|" + "---|" * len(found))
    for name in names:
        show = spread if given.spread else cell
        print(
            f"| `{name or '(none)'}` | "
            + " | ".join(show(rows[name]) if name in rows else "" for rows in found.values())
            + " |"
        )


if __name__ == "__main__":
    main()
