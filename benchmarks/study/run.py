#!/usr/bin/env python3
"""The safety study: measures attack success and utility of every splora correction on every scenario.

    python3 benchmarks/study/make_models.py --folder /tmp/study      # about an hour on two cores, once
    python3 benchmarks/study/run.py --folder /tmp/study --results study.json
    python3 benchmarks/study/tables.py study.json                    # the tables of docs/toy-study.md

`splora sweep --keep` makes the candidates, in one pass per scenario; this script evaluates them in memory. For
comparison, it also evaluates controls of deflation (controls.py), random pruning (ten draws) and a greedy search that
uses the evaluation itself, the most that pruning can do. External scenarios are evaluated by their own command:
`--external DIR --evaluate 'COMMAND {adapter}'`.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import adapters
import controls
import models

SPLORA = Path(os.environ.get("SPLORA", Path(__file__).resolve().parents[2] / "bin" / "splora"))
BUDGETS = (0.1, 0.2, 0.3)
BUDGET_LIST = "{" + ",".join(map(str, BUDGETS)) + "}"
RULES = [
    *(
        f"--reference {reference} --population {population} --fraction {BUDGET_LIST}"
        for reference in ("alignment", "safelora", "subspace")
        for population in ("type", "all", "null")
    ),
    f"--metric cosine --fraction {BUDGET_LIST}",
    f"--metric frobenius --fraction {BUDGET_LIST}",
    f"--metric overlap --fraction {BUDGET_LIST}",
    "--granularity block --fraction {0.2,0.4}",
    "--action scale --all --strength {0.1,0.2,0.3,0.4,0.5}",
    "--action project --all",
    "--action project --all --reference subspace --energy {0.5,0.9,0.99}",
    "--action attenuate --all --action-energy {0.5,0.8,0.95,0.99}",
    "--action attenuate --fraction 0.3",
    "--action repair --all --restore-modules adapter --strength {0.4,0.5,0.6,0.7,0.8,0.9} --gain-exponent {1.5,2}"
    " --restore {0,0.2}",
    "--action deflate --strength 0.7 --gain-exponent 2 --fraction {0.3,0.5}",
]
DRAWS = 10
CONTROL_ENERGIES = (0.6, 0.7, 0.8)
# For external scenarios: their evaluation starts a process each time, which is slow.
BRIEF = [
    "--fraction {0.2,0.3}",
    *(
        f"--reference {reference} --population {population} --fraction 0.2"
        for reference in ("alignment", "safelora", "subspace")
        for population in ("type", "all", "null")
        if (reference, population) != ("alignment", "type")
    ),
    "--metric {cosine,frobenius,overlap} --fraction 0.2",
    "--action scale --all --strength {0.2,0.3,0.4}",
    "--action project --all",
    "--action project --all --reference subspace --energy 0.9",
    "--action attenuate --all --action-energy {0.5,0.95}",
    "--action repair --all --restore-modules adapter --strength {0.5,0.6,0.7,0.8,0.9} --gain-exponent {1.5,2}"
    " --restore {0,0.2}",
]


def candidates(folder, adapter, rules):
    """Yields the adapters that splora makes, as (options, modules selected, folder). Deletes the folders at the end."""
    made = Path(tempfile.mkdtemp(prefix="study-"))
    run = subprocess.run(
        [
            SPLORA,
            "sweep",
            "--base",
            folder / "base",
            "--aligned",
            folder / "aligned",
            "--adapter",
            folder / adapter,
            *(part for rule in rules for part in ("--candidate", rule)),
            "--keep",
            made / "all",
            "--format",
            "json",
            "-q",
        ],
        capture_output=True,
        text=True,
    )
    if run.returncode != 0:
        sys.exit(run.stderr)
    places = {}
    for trial in json.loads(run.stdout)["trials"]:
        same = trial["sameAs"]
        place = places[same] if same is not None else made / "all" / str(trial["number"])
        places[trial["number"]] = place
        yield trial["options"], trial["selected"], place if trial["failure"] is None else None
    shutil.rmtree(made)


def own_scenario(folder, adapter, rules):
    """All rows of a scenario from make_models.py."""
    bench = adapters.Bench(folder / "aligned", folder / adapter, models.Judge(0))
    rows = [
        row(options, selected, bench.of_folder(place))
        for options, selected, place in candidates(folder, adapter, rules)
        if place is not None
    ]
    delta = adapters.deltas(folder / adapter)
    v = controls.alignment_deltas(folder, delta, bench.transposed)
    for energy in CONTROL_ENERGIES:
        for name, changed in controls.controls(delta, v, energy, seed=0):
            rows.append(row(f"control {energy}: {name}", len(delta), bench.figures(changed)))
    for budget in BUDGETS:
        count = round(budget * len(delta))
        for draw in range(DRAWS):
            gone = random.Random(draw).sample(sorted(delta), count)
            rows.append(row(f"random {budget}", count, bench.figures(without(delta, gone)), draw=draw))
    rows += greedy(bench, delta, round(0.2 * len(delta)))
    return rows


def greedy(bench, delta, count):
    """Removes one module after the other, each time the one whose removal is best by the evaluation itself."""
    gone, rows, evaluations = [], [], 0
    for _ in range(count):
        tried = {name: bench.figures(without(delta, [*gone, name])) for name in delta if name not in gone}
        evaluations += len(tried)
        best = max(tried, key=lambda name: tried[name]["utility"] - tried[name]["asr"])
        gone.append(best)
    rows.append(row("greedy 0.2", count, tried[best], evaluations=evaluations))
    return rows


def external_scenario(folder, command, rules):
    """All rows of an external scenario: base, aligned and adapter in one folder, and a command that evaluates."""
    rows = []
    for options, selected, place in candidates(folder, "adapter", rules):
        if place is not None:
            rows.append(row(options, selected, figures_of(command, place)))
    delta = adapters.deltas(folder / "adapter")
    for budget in (0.2, 0.3):
        count = round(budget * len(delta))
        for draw in range(3):
            gone = set(random.Random(draw).sample(sorted(delta), count))
            with tempfile.TemporaryDirectory() as pruned:
                subprocess.run(
                    [
                        SPLORA,
                        "prune",
                        "--base",
                        folder / "base",
                        "--aligned",
                        folder / "aligned",
                        "--adapter",
                        folder / "adapter",
                        "--output",
                        Path(pruned) / "out",
                        "-q",
                        "--all",
                        *(part for name in sorted(gone) for part in ("--include", name)),
                    ],
                    check=True,
                    capture_output=True,
                )
                rows.append(row(f"random {budget}", count, figures_of(command, Path(pruned) / "out"), draw=draw))
    return rows


def figures_of(command, place):
    run = subprocess.run(
        command.replace("{adapter}", str(place)), shell=True, capture_output=True, text=True, check=True
    )
    figures = json.loads(run.stdout)
    return {name: figures[name] for name in ("asr", "utility")} | {"chores": figures.get("old")}


def without(delta, gone):
    return {name: added for name, added in delta.items() if name not in gone}


def row(options, selected, figures, **more):
    return {"options": options, "selected": selected, **figures, **more}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--folder", type=Path, help="output folder of make_models.py")
    options.add_argument("--external", type=Path, nargs="*", default=[])
    options.add_argument("--evaluate", help="command for external scenarios; {scenario} and {adapter} are replaced")
    options.add_argument("--results", type=Path, required=True)
    given = options.parse_args()
    results = json.loads(given.results.read_text()) if given.results.exists() else {}
    work = []
    for aligned in sorted(given.folder.glob("*/aligned/figures.json")) if given.folder else []:
        for figures in sorted(aligned.parents[1].glob("*/figures.json")):
            if figures.parent.name not in ("base", "aligned"):
                work.append(
                    (
                        f"{figures.parents[1].name}/{figures.parent.name}",
                        lambda place=figures.parent: own_scenario(place.parent, place.name, RULES),
                    )
                )
    for place in given.external:
        work.append(
            (
                place.name,
                lambda place=place: external_scenario(place, given.evaluate.replace("{scenario}", str(place)), BRIEF),
            )
        )
    for name, make in work:
        if name not in results:
            results[name] = make()
            given.results.write_text(json.dumps(results, indent=1))
        print(name, len(results[name]), "candidates", flush=True)


if __name__ == "__main__":
    main()
