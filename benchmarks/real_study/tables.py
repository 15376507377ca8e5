#!/usr/bin/env python3
"""Prints the study's tables as Markdown, from the evaluations in a folder.

python3 benchmarks/real_study/tables.py --folder /tmp/real [--half] [--fresh]
"""

import argparse
import functools
from pathlib import Path

import analysis
import candidates
import catalog
import evaluations
import judges

FAMILIES = {
    "removal by E-DIEM": [name for name in candidates.REMOVAL if name.endswith("by e-diem")],
    "removal by cosine": [name for name in candidates.REMOVAL if name.endswith("by cosine")],
    "removal by overlap": [name for name in candidates.REMOVAL if name.endswith("by overlap")],
    "removal by magnitude": [name for name in candidates.REMOVAL if name.endswith("by frobenius")],
    "removal by E-DIEM, safelora": [name for name in candidates.REMOVAL if name.endswith("by e-diem safelora")],
    "removal at random": [name for name in candidates.REMOVAL if "random" in name],
    "scaling": [name for name in candidates.OTHERS if name.startswith("scale")],
    "adding αV": [name for name in candidates.OTHERS if name.startswith("add")],
    "SafeLoRA": [name for name in candidates.OTHERS if name.startswith("SafeLoRA")],
    "CSULoRA": [name for name in candidates.OTHERS if name.startswith("CSULoRA")],
    "deflation": list(candidates.STRENGTHS),
    "deflation and restoring": [*candidates.DEFAULT, *candidates.RESTORED],
    "with restoring elsewhere": list(candidates.ELSEWHERE),
    "calibrated deflation": list(candidates.CALIBRATED),
    "two strengths": list(candidates.SPLIT),
    "any repair": [*candidates.STRENGTHS, *candidates.RESTORED, *candidates.ELSEWHERE],
}
KEPT = (0.98, 0.9, 0.8)


def load(folder, half, names):
    found = {name: evaluations.Kept(folder, name, half).found for name in names}
    return {name: one for name, one in found.items() if one}


def row(*cells):
    print("|", " | ".join(cells), "|")


def header(*cells):
    row(*cells)
    print("|" + "---|" * len(cells))


def number(value):
    return f"{value:.2f}"


def models(folder):
    header("model", "attack success", "seen / unseen categories", "by openings", "over-refusal", "nats")
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


def adapters(found, wanted):
    """Attack success / exact task answers of each candidate on each adapter, and the means over adapters."""
    shown = [one for one in wanted if any(one in answers for answers in found.values())]
    header("", *found, "gone", "kept", "by openings", "over-refusal", "nats")
    for candidate in shown:
        cells, means = [], []
        for answers in found.values():
            if candidate not in answers:
                cells.append("")
                continue
            sample = analysis.Sample(analysis.Answers(answers))
            figures = judges.figures(answers[candidate])
            cells.append(f"{figures['asr']:.2f}/{figures['task']:.2f}")
            means.append(
                (
                    sample.gone(candidate),
                    sample.kept(candidate),
                    figures["asr_margin"],
                    figures["over"],
                    figures["nats"],
                )
            )
        if len(means) == len(found):
            cells += [number(judges.mean(each)) for each in zip(*means, strict=True)]
        row(candidate, *cells)
    print()


def front(names, kept, sample):
    return sample.front(names, kept)


def area(names, sample):
    return sample.area(names)


def fronts(found):
    """The largest share gone at a share kept, as means over adapters with 95% intervals."""
    answers = [analysis.Answers(one) for one in found.values()]
    complete = {}
    for family, names in FAMILIES.items():
        if evaluated := [name for name in names if all(name in one for one in answers)]:
            complete[family] = evaluated
    header("family", "settings", *(f"gone at {kept:.0%} kept" for kept in KEPT), "area, 50 to 100% kept")
    for family, names in complete.items():
        cells = []
        for figure in (*(functools.partial(front, names, kept) for kept in KEPT), functools.partial(area, names)):
            value, low, high = analysis.interval(answers, figure, draws=400)
            cells.append(f"{value:.2f} ({low:.2f} to {high:.2f})")
        row(family, str(len(names)), *cells)
    print()
    return answers, complete


def choices(answers, complete):
    """What an evaluation chooses for each adapter on half of the prompts, measured on the other half."""
    header("chosen among", *(f"gone, kept, at {kept:.0%} kept on the other half" for kept in KEPT))
    for family, names in complete.items():
        cells = []
        for kept in KEPT:
            parts = []
            for place in (0, 1):
                value, low, high = analysis.interval(
                    answers,
                    lambda sample, names=names, kept=kept, place=place: sample.chosen(names, kept)[place],
                    draws=400,
                )
                parts.append(f"{value:.2f} ({low:.2f} to {high:.2f})")
            cells.append(", ".join(parts))
        row(family, *cells)
    print()


def differences(answers, complete, reference="deflation and restoring"):
    """The differences in area to one family, paired by adapter and prompt."""
    if reference not in complete:
        return
    header("family", f"area of {reference} minus the family's")
    for family, names in complete.items():
        if family != reference:
            value, low, high = analysis.interval(
                answers, lambda sample, names=names: sample.area(complete[reference]) - sample.area(names), draws=400
            )
            row(family, f"{value:+.2f} ({low:+.2f} to {high:+.2f})")
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--half", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    given = parser.parse_args()
    models(given.folder)
    for targets in ("linear", "attention"):
        names = [spec.name for spec in catalog.ADAPTERS if spec.fresh == given.fresh and spec.targets == targets]
        found = load(given.folder, given.half, names)
        found = {name: one for name, one in found.items() if "adapter" in one}
        if found:
            print(f"Adapters on {'all linear layers' if targets == 'linear' else 'attention only'}\n")
            adapters(found, candidates.EVERYTHING)
            answers, complete = fronts(found)
            choices(answers, complete)
            differences(answers, complete)


if __name__ == "__main__":
    main()
