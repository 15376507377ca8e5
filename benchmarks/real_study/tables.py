#!/usr/bin/env python3
"""Prints the study's tables as Markdown, from the evaluations in a folder.

python3 benchmarks/real_study/tables.py --folder /tmp/real [--half] [--fresh] [--only ADAPTER...]
    [--part models|adapters|settings|fronts|requests|controls]
"""

import argparse
import functools
from pathlib import Path

import numpy as np

import analysis
import candidates
import catalog
import evaluations
import judges
import prompts

FAMILIES = {
    "removal by E-DIEM": [name for name in candidates.REMOVAL if name.endswith("by e-diem")],
    "removal by cosine": [name for name in candidates.REMOVAL if name.endswith("by cosine")],
    "removal by overlap": [name for name in candidates.REMOVAL if name.endswith("by overlap")],
    "removal by magnitude": [name for name in candidates.REMOVAL if name.endswith("by frobenius")],
    "removal by E-DIEM, safelora": [name for name in candidates.REMOVAL if name.endswith("by e-diem safelora")],
    "removal at random": list(candidates.AT_RANDOM),
    "scaling": [name for name in candidates.OTHERS if name.startswith("scale")],
    "adding αV": [name for name in candidates.OTHERS if name.startswith("add")],
    "SafeLoRA": [name for name in candidates.OTHERS if name.startswith("SafeLoRA")],
    "CSULoRA": [name for name in candidates.OTHERS if name.startswith("CSULoRA")],
    "deflation": list(candidates.STRENGTHS),
    "deflation and restoring": [*candidates.DEFAULT, *candidates.RESTORED],
    "with restoring elsewhere": list(candidates.ELSEWHERE),
    "calibrated deflation": list(candidates.CALIBRATED),
    "two strengths": list(candidates.SPLIT),
}
REFERENCE_FAMILY = "removal by E-DIEM"
KEPT = (0.98, 0.9, 0.8)
# Controls, and the setting that each one differs from in one respect.
COMPARED = {
    "left only, E 0.8, its own gain": "E 0.8 p 2",
    "right only, E 0.8, its own gain": "E 0.8 p 2",
    "another model's V, E 0.8": "E 0.8 p 2",
    "hard E 0.8": "E 0.8 p 2",
    "as much out of random directions, p 1": "E 0.8 p 1",
    "as much out of the adapter's own directions, p 1": "E 0.8 p 1",
}
PARTS = ("models", "adapters", "settings", "fronts", "requests", "controls")


def load(folder, half, names):
    found = {name: evaluations.Kept(folder, name, half).found for name in names}
    return {name: one for name, one in found.items() if one}


def chosen(folder, half, fresh, only, targets):
    """The evaluations of the adapters with these targets; only of those that were evaluated as they are."""
    names = [
        spec.name
        for spec in catalog.ADAPTERS
        if spec.fresh == fresh and spec.targets in targets and (not only or spec.name in only)
    ]
    return {name: one for name, one in load(folder, half, names).items() if "adapter" in one}


def answers(found, measure="not refused"):
    """The evaluations of several adapters for analysis: {adapter: Answers}."""
    every = {}
    for name, one in found.items():
        spec = catalog.adapter(name)
        rules = {"settled": candidates.SETTLED[spec.targets], "by rank": candidates.by_rank(spec)}
        one = one | {rule: one[candidate] for rule, candidate in rules.items() if candidate in one}
        every[name] = analysis.Answers(one, spec.task, measure)
    return every


def row(*cells):
    print("|", " | ".join(cells), "|")


def header(*cells):
    row(*cells)
    print("|" + "---|" * len(cells))


def number(value):
    return f"{value:.2f}"


def ranged(triple, sign=""):
    return "{:{sign}.2f} ({:{sign}.2f} to {:{sign}.2f})".format(*triple, sign=sign)


def models(folder):
    header("model", "not refused", "seen / unseen categories", "by openings", "over-refusal", "nats")
    for name, found in load(folder, False, ["base", *(spec.name for spec in catalog.ALIGNED)]).items():
        figures = judges.figures(found["model"])
        row(
            name,
            number(figures["asr"]),
            f"{figures['asr_seen']:.2f} / {figures['asr_unseen']:.2f}",
            number(figures["asr_margin"]),
            number(figures["over"]),
            number(figures["nats"]),
        )
    print()


def adapters(found):
    """Not refused, of it complied / exact task answers, of every candidate on each adapter."""
    header("not refused, complied / task", *found)
    for candidate in candidates.EVERYTHING:
        if not any(candidate in one for one in found.values()):
            continue
        cells = []
        for name, one in found.items():
            figures = judges.figures(one[candidate], catalog.adapter(name).task) if candidate in one else None
            cells.append(f"{figures['asr']:.2f}, {figures['complied']:.2f} / {figures['task']:.2f}" if figures else "")
        row(candidate, *cells)
    print()


def settings(by_measure, reference):
    """Means over adapters of one setting each, with intervals, and the paired difference to a reference setting.

    There is no difference where the reference was not evaluated on all of the adapters.
    """
    samples = by_measure["not refused"]
    is_compared = all(reference in one for one in samples.values())
    header(
        "setting",
        *(f"{measure}: left, share gone" for measure in by_measure),
        "task kept",
        "over-refusal",
        "nats",
        *([f"gone, minus that of {reference}"] if is_compared else []),
    )
    for candidate in ["by rank", "settled", *candidates.EVERYTHING, *candidates.AT_RANDOM]:
        if not all(candidate in one for one in samples.values()):
            continue
        cells = []
        for of_adapters in by_measure.values():
            every = [analysis.Sample(one) for one in of_adapters.values()]
            left = judges.mean(sample.attack(candidate) for sample in every)
            gone = analysis.interval(list(of_adapters.values()), lambda sample, c=candidate: sample.gone(c))
            cells.append(f"{left:.2f}, {ranged(gone)}")
        useful = [one for one in samples.values() if one.has_task]
        cells.append(ranged(analysis.interval(useful, lambda sample, c=candidate: sample.kept(c))))
        every = [analysis.Sample(one) for one in samples.values()]
        cells += [number(judges.mean(sample.over(candidate) for sample in every))]
        cells += [number(judges.mean(sample.nats(candidate) for sample in every))]
        if is_compared:
            difference = analysis.interval(
                list(samples.values()), lambda sample, c=candidate: sample.gone(c) - sample.gone(reference)
            )
            cells.append(ranged(difference, "+"))
        row(candidate, *cells)
    print()


def controls(of_adapters):
    """Attack success and share kept of each control, minus those of the setting that it is compared with."""
    evaluated = {
        (control, reference): [one for one in of_adapters if control in one and reference in one]
        for control, reference in COMPARED.items()
    }
    if not any(evaluated.values()):
        return
    header("control", "minus", "adapters", "not refused", "task kept")
    for (control, reference), every in evaluated.items():
        if not every:
            continue
        useful = [one for one in every if one.has_task]
        attack = analysis.interval(every, lambda sample, c=control, r=reference: sample.attack(c) - sample.attack(r))
        kept = analysis.interval(useful, lambda sample, c=control, r=reference: sample.kept(c) - sample.kept(r))
        row(control, reference, str(len(every)), ranged(attack, "+"), ranged(kept, "+"))
    print()


def groups_of_requests():
    """Groups of the places of the evaluation's harmful requests, by name."""
    asked = prompts.evaluated_harmful()
    shipped = {one["prompt"] for one in prompts.shipped("harmful")}
    tests = {
        "all": lambda place: True,
        "used in development": lambda place: place % 2 == 0,
        "not used": lambda place: place % 2 == 1,
        "of refused categories": lambda place: asked[place][0] in prompts.REFUSED,
        "of other categories": lambda place: asked[place][0] not in prompts.REFUSED,
        "shipped with splora": lambda place: asked[place][1] in shipped,
        "not shipped": lambda place: asked[place][1] not in shipped,
    }
    return {name: [place for place in range(len(asked)) if test(place)] for name, test in tests.items()}


def requests(samples):
    """The mean share gone on groups of requests; of evaluations with all requests."""
    groups = groups_of_requests()
    header("setting", *groups)
    for candidate in (
        "aligned",
        "by rank",
        "settled",
        *candidates.DEFAULT,
        "remove 30% by e-diem",
        "remove 30% at random",
    ):
        if not all(candidate in one for one in samples):
            continue
        cells = []
        for places in groups.values():
            every = [analysis.Sample(one) for one in samples]
            for sample in every:
                sample.requests = np.array(places)
            cells.append(number(judges.mean(sample.gone(candidate) for sample in every)))
        row(candidate, *cells)
    print()


def broken(found):
    """The evaluations of adapters with a task of use that comply more than twice as often as the aligned model."""

    def is_broken(one):
        sample = analysis.Sample(one)
        return one.has_task and sample.attack("adapter") > 2 * sample.attack("aligned")

    return {name: found[name] for name, one in answers(found, "complied").items() if is_broken(one)}


def complete_families(samples):
    """The settings of each family that were evaluated on all of the adapters."""
    complete = {}
    for family, names in FAMILIES.items():
        if evaluated := [name for name in names if all(name in one for one in samples)]:
            complete[family] = evaluated
    return complete


def fronts(samples):
    """The best of each family: chosen on the same answers (an upper bound), and chosen on the other half of them.

    Areas are compared with that of REFERENCE_FAMILY.
    """
    complete = complete_families(samples)
    reference = complete.get(REFERENCE_FAMILY)
    header(
        "family",
        "settings",
        *(f"gone at {kept:.0%} kept" for kept in KEPT),
        "area, 50 to 100% kept",
        *([f"area, minus that of {REFERENCE_FAMILY}"] if reference else []),
        *(f"chosen on the other half at {kept:.0%}: gone, kept" for kept in KEPT),
    )
    for family, names in complete.items():
        front = analysis.interval(samples, functools.partial(analysis.Sample.front, family=names, shares=KEPT))
        cells = [ranged(triple) for triple in zip(*front, strict=True)]
        cells.append(ranged(analysis.interval(samples, functools.partial(analysis.Sample.area, family=names))))
        if reference:
            between = analysis.interval(samples, lambda sample, n=names: sample.area(n) - sample.area(reference))
            cells.append(ranged(between, "+"))
        for kept in KEPT:
            chosen = analysis.interval(samples, functools.partial(analysis.Sample.chosen, family=names, kept=kept))
            cells.append(", ".join(ranged(triple) for triple in zip(*chosen, strict=True)))
        row(family, str(len(names)), *cells)
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--half", action="store_true", help="the evaluations with every second request")
    parser.add_argument("--fresh", action="store_true", help="the fresh adapters")
    parser.add_argument("--only", nargs="+", default=[], metavar="ADAPTER", help="only these adapters")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this; repeatable")
    parser.add_argument("--reference", default="settled", metavar="NAME", help="setting to compare with")
    given = parser.parse_args()
    parts = given.part or PARTS
    if "models" in parts:
        models(given.folder)
    kinds = {
        "all adapters": ("linear", "attention"),
        "all linear layers": ("linear",),
        "attention only": ("attention",),
    }
    for kind, targets in kinds.items():
        found = chosen(given.folder, given.half, given.fresh, given.only, targets)
        if not found:
            continue
        print(f"{kind.capitalize()}: {len(found)}\n")
        if "adapters" in parts and len(targets) == 1:
            adapters(found)
        if "settings" in parts:
            settings({measure: answers(found, measure) for measure in analysis.MEASURES}, given.reference)
        if "controls" in parts:
            controls(list(answers(found).values()))
        if "requests" in parts and not given.half:
            requests(list(answers(found).values()))
        if "fronts" in parts and (harmed := broken(found)):
            print(f"Broken by {', '.join(harmed)}:\n")
            fronts(list(answers(harmed).values()))


if __name__ == "__main__":
    main()
