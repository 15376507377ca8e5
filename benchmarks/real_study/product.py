#!/usr/bin/env python3
"""Compares what `splora repair` writes and PEFT merges with the study's own dense computation, adapter by adapter.

    SPLORA=bin/splora python3 benchmarks/real_study/product.py --folder /tmp/real

Prints, for each adapter and correction, the largest relative difference between the two deltas of a layer. With
--evaluate, it evaluates what `splora repair` writes with its defaults instead.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import candidates
import catalog
import chat as chats
import judges
import models
import scene as scenes
import tables
from scores import SPLORA

# The settings to compare, for an adapter.
COMPARED = {"pilot's default": lambda spec: "repair, default", "present default": candidates.by_rank}


def options(correction):
    """The options of `splora repair` that stand for a Deflated."""
    given = ["--strength", correction.energy, "--gain-exponent", correction.exponent, "--restore", correction.alpha]
    if correction.elsewhere:
        if correction.elsewhere != correction.alpha:
            raise ValueError("splora restores with one α everywhere")
        given += ["--restore-modules", "linear"]
    else:
        given += ["--restore-modules", "adapter"]
    return list(map(str, given))


def repaired(folder, spec, *given):
    """The model with what `splora repair` writes for an adapter, merged by PEFT."""
    from peft import PeftModel

    aligned, trained = models.aligned(folder, spec.aligned), models.adapter(folder, spec.name)
    with tempfile.TemporaryDirectory() as made:
        output = Path(made) / "repaired"
        paths = ("--base", models.base(folder), "--aligned", aligned, "--adapter", trained, "--output", output)
        subprocess.run([SPLORA, "repair", *paths, "--quiet", *given], check=True, stdout=subprocess.DEVNULL)
        return PeftModel.from_pretrained(chats.load(aligned), output).merge_and_unload()


def evaluated(folder, spec):
    """The figures of an adapter that `splora repair` made with its defaults."""
    chat = chats.Chat(models.aligned(folder, spec.aligned))
    answers = judges.evaluate(repaired(folder, spec), chat, spec.task, models.base_answers(folder)["neutral"])
    return judges.figures(answers, spec.task)


def difference(scene, model, deltas):
    """The largest ‖merged delta − dense delta‖/‖dense delta‖ over layers; a layer without a delta must not change."""
    worst = 0.0
    for layer, module in scene.modules.items():
        got = model.get_submodule(layer).weight.detach() - module.weight
        if layer in deltas:
            worst = max(worst, ((got - deltas[layer]).norm() / deltas[layer].norm()).item())
        elif got.abs().max() > 0:
            raise SystemExit(f"{layer}: changed, but the dense correction leaves it alone")
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--only", nargs="+", metavar="ADAPTER")
    parser.add_argument("--evaluate", action="store_true", help="ask the model instead of comparing weights")
    given = parser.parse_args()
    if given.evaluate:
        for name in given.only or [spec.name for spec in catalog.ADAPTERS if spec.variant != "dora"]:
            figures = evaluated(given.folder, catalog.adapter(name))
            print(name, *(f"{key} {value:.3f}" for key, value in figures.items()), flush=True)
        return
    tables.header("adapter", *COMPARED)
    for spec in catalog.ADAPTERS:
        trained = given.folder / "adapters" / spec.name
        if spec.variant == "dora" or not trained.exists() or (given.only and spec.name not in given.only):
            continue  # splora repair refuses DoRA, because its magnitudes depend on the whole weight
        scene = scenes.Scene.of(given.folder, spec)
        cells = []
        for setting in COMPARED.values():
            correction = candidates.EVERYTHING[setting(spec)]
            model = repaired(given.folder, spec, *options(correction))
            cells.append(f"{difference(scene, model, correction(scene)):.1e}")
        tables.row(spec.name, *cells)


if __name__ == "__main__":
    main()
