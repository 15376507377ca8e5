#!/usr/bin/env python3
"""Draws the study's figures as SVG: the fronts, V's spectra, and where the adapters' deltas lie.

python3 benchmarks/real_study/plots.py --folder /tmp/real --output docs/images [--half] [--fresh]
"""

import argparse
from pathlib import Path

import matplotlib
import numpy as np
import torch

import analysis
import catalog
import models
import scene as scenes
import tables

matplotlib.use("svg")
# The same data gives the same bytes.
matplotlib.rcParams["svg.hashsalt"] = "splora"
import matplotlib.pyplot as plt  # noqa: E402

SHOWN = {
    "removal by E-DIEM": ("#b2182b", "s"),
    "removal at random, mean of 2": ("#888888", "x"),
    "scaling": ("#000000", "+"),
    "adding αV": ("#bf812d", "v"),
    "SafeLoRA": ("#762a83", "D"),
    "CSULoRA": ("#c2a5cf", "P"),
    "deflation": ("#4393c3", "o"),
    "deflation and restoring": ("#2166ac", "o"),
    "with restoring elsewhere": ("#1b7837", "^"),
}


def save(figure, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
    print(path)


def fronts(folder, output, half, fresh):
    """Attack success left against task kept, a point for each adapter and setting."""
    figure, axes = plt.subplots(1, 2, figsize=(11, 4.6), sharey=True)
    for axis, targets in zip(axes, ("linear", "attention"), strict=True):
        names = [spec.name for spec in catalog.ADAPTERS if spec.targets == targets and spec.fresh == fresh]
        found = {name: one for name, one in tables.load(folder, half, names).items() if "adapter" in one}
        samples = [analysis.Sample(one) for one in tables.answers(found, half).values()]
        # Adapters that broke nothing, and those with no task of use, say nothing about the cost of a repair.
        samples = [one for one in samples if one.answers.has_task and one.attack("adapter") > 2 * one.attack("aligned")]
        if not samples:
            continue
        for family, (color, marker) in SHOWN.items():
            points = [
                (sample.kept(one), sample.attack(one))
                for one in tables.FAMILIES[family]
                for sample in samples
                if one in sample.answers
            ]
            if points:
                axis.scatter(
                    *zip(*sorted(points), strict=True), color=color, marker=marker, s=28, label=family, alpha=0.6
                )
        axis.axhline(np.mean([sample.attack("aligned") for sample in samples]), color="#1b7837", lw=0.8, ls=":")
        axis.axhline(np.mean([sample.attack("adapter") for sample in samples]), color="#b2182b", lw=0.8, ls=":")
        axis.set_title("all linear layers" if targets == "linear" else "attention only")
        axis.set_xlabel("share of the task kept")
        axis.set_xlim(-0.03, 1.05)
        axis.set_ylim(0, 1.02)
    axes[0].set_ylabel("attack success")
    axes[0].legend(fontsize=8, loc="upper left")
    save(figure, output / "real-fronts.svg")


def spectra(folder, output):
    """How V's energy is spread over its singular directions, by kind of layer."""
    figure, axes = plt.subplots(1, len(catalog.ALIGNED), figsize=(4 * len(catalog.ALIGNED), 3.4), sharey=True)
    for axis, spec in zip(axes, catalog.ALIGNED, strict=True):
        path = folder / "spectra" / f"{spec.name}.safetensors"
        if not path.exists():
            continue
        by_kind = {}
        with scenes.safe_open(path, "pt") as stored:
            for key in stored.keys():  # noqa: SIM118 (not a dict)
                if key.endswith(".s"):
                    squares = stored.get_tensor(key).double() ** 2
                    shares = torch.cumsum(squares, 0) / squares.sum()
                    place = np.linspace(0, 1, 200)
                    rank_share = np.arange(1, len(squares) + 1) / len(squares)
                    by_kind.setdefault(key.split(".")[-2], []).append(np.interp(place, rank_share, shares.numpy()))
        for kind, curves in by_kind.items():
            axis.plot(np.linspace(0, 1, 200), np.mean(curves, 0), lw=1.2, label=kind)
        axis.plot([0, 1], [0, 1], color="#888888", lw=0.6, ls=":")
        axis.set_title(spec.name)
        axis.set_xlabel("share of singular directions")
    axes[0].set_ylabel("share of V's energy")
    axes[0].legend(fontsize=7)
    save(figure, output / "real-spectra.svg")


def places(folder, output):
    """The share of each adapter's energy that lies in V's strongest directions, over what random deltas would have."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), sharey=True)
    energies = np.linspace(0.05, 0.95, 19)
    for spec in catalog.ADAPTERS:
        trained = folder / "adapters" / spec.name
        spectra_path = folder / "spectra" / f"{spec.aligned}.safetensors"
        if not trained.exists() or not spectra_path.exists():
            continue
        scene = scenes.Scene(folder, models.base(folder), models.aligned(folder, spec.aligned), trained)
        sides = ([], [])
        for module in scene.adapted():
            delta = module.delta().double()
            shares = torch.cumsum(module.s.double() ** 2, 0) / (module.s.double() ** 2).sum()
            for place, part in enumerate((module.u.double().T @ delta, (delta @ module.vh.double().T).T)):
                inside = torch.cumsum((part**2).sum(1), 0) / (delta**2).sum()
                size = delta.shape[place]
                counts = np.searchsorted(shares.numpy(), energies) + 1
                sides[place].append([inside[min(count, len(inside)) - 1].item() / (count / size) for count in counts])
        for axis, ratios, side in zip(axes, sides, ("written (left)", "read (right)"), strict=True):
            style = "-" if spec.targets == "linear" else "--"
            axis.plot(energies, np.mean(ratios, 0), style, lw=1.2, label=spec.name)
            axis.set_title(side)
            axis.set_xlabel("share of V's energy in the subspace")
            axis.axhline(1, color="#888888", lw=0.6, ls=":")
    axes[0].set_ylabel("energy of ΔW inside, over chance")
    axes[1].legend(fontsize=6)
    save(figure, output / "real-places.svg")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--half", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    given = parser.parse_args()
    fronts(given.folder, given.output, given.half, given.fresh)
    spectra(given.folder, given.output)
    places(given.folder, given.output)


if __name__ == "__main__":
    main()
