#!/usr/bin/env python3
"""Draws the study's figures as SVG: the fronts, V's spectra, and where the adapters' deltas lie.

python3 benchmarks/real_study/plots.py --folder /tmp/real --output docs/images [--half] [--fresh] [--only ADAPTER...]
"""

import argparse
import functools
from pathlib import Path

import matplotlib
import numpy as np
import torch

import analysis
import catalog
import scene as scenes
import tables

matplotlib.use("svg")
# The same data gives the same bytes.
matplotlib.rcParams["svg.hashsalt"] = "splora"
import matplotlib.pyplot as plt  # noqa: E402

# The color of each family's curve, and whether its interval is shaded.
SHOWN = {
    "removal by E-DIEM": ("#b2182b", True),
    "removal at random": ("#888888", False),
    "scaling": ("#000000", False),
    "adding αV": ("#bf812d", False),
    "SafeLoRA": ("#762a83", False),
    "CSULoRA": ("#c2a5cf", False),
    "deflation": ("#4393c3", False),
    "deflation and restoring": ("#2166ac", True),
    "with restoring elsewhere": ("#1b7837", True),
}


def save(figure, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
    print(path)


def fronts(folder, output, half, fresh, only):
    """The largest share of the attack success that each family removes while it keeps so much of the task.

    Means over adapters, with 95% intervals for the families that are shaded.
    """
    figure, axes = plt.subplots(1, 2, figsize=(11, 4.6), sharey=True)
    for axis, targets in zip(axes, ("linear", "attention"), strict=True):
        found = tables.chosen(folder, half, fresh, only, (targets,))
        # Adapters that broke nothing, and those with no task of use, say nothing about the cost of a repair.
        broken = list(tables.answers(tables.broken(found)).values())
        if not broken:
            continue
        complete = tables.complete_families(broken)
        for family, (color, is_shaded) in SHOWN.items():
            if family not in complete:
                continue

            curve = functools.partial(analysis.Sample.front, family=complete[family], shares=analysis.SHARES)
            mean, low, high = analysis.interval(broken, curve)
            axis.plot(analysis.SHARES, mean, color=color, lw=1.6, label=family)
            if is_shaded:
                axis.fill_between(analysis.SHARES, low, high, color=color, alpha=0.15, lw=0)
        aligned = np.mean([analysis.Sample(one).gone("aligned") for one in broken])
        axis.axhline(aligned, color="#888888", lw=0.8, ls=":")
        axis.set_title(f"{'all linear layers' if targets == 'linear' else 'attention only'}: {len(broken)} adapters")
        axis.set_xlabel("share of the task kept, at least")
        axis.set_xlim(0.5, 1)
        axis.set_ylim(0, 1)
    axes[0].set_ylabel("share of the attack success removed")
    # Families that only one panel has are named too.
    named = {label: handle for axis in axes for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)}
    figure.legend(named.values(), named.keys(), fontsize=8, loc="center left", bbox_to_anchor=(0.91, 0.5))
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
    strongest = {}
    for spec in catalog.ADAPTERS:
        trained = folder / "adapters" / spec.name
        spectra_path = folder / "spectra" / f"{spec.aligned}.safetensors"
        if not trained.exists() or not spectra_path.exists():
            continue
        scene = scenes.Scene.of(folder, spec)
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
            strongest.setdefault(side, []).append(np.mean(ratios, 0)[0])
            axis.set_title(side)
            axis.set_xlabel("share of V's energy in the subspace")
            axis.axhline(1, color="#888888", lw=0.6, ls=":")
    axes[0].set_ylabel("energy of ΔW inside, over chance")
    axes[1].legend(fontsize=6)
    for side, ratios in strongest.items():
        print(
            f"{side}, in the directions that hold 5% of V's energy: {min(ratios):.1f} to {max(ratios):.1f} times chance"
        )
    save(figure, output / "real-places.svg")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--half", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--only", nargs="+", default=[], metavar="ADAPTER", help="only these in the fronts")
    given = parser.parse_args()
    fronts(given.folder, given.output, given.half, given.fresh, given.only)
    spectra(given.folder, given.output)
    places(given.folder, given.output)


if __name__ == "__main__":
    main()
