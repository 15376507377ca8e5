#!/usr/bin/env python3
"""Do figures that need no evaluation tell which adapters break a model? Compares splora's and AdapterSentry's with it.

    python3 benchmarks/real_study/signs.py --folder /tmp/real [--half] [--fresh]

For each adapter: what was measured, the summary figures of `splora score`, the adapter's size relative to V's, and the
verdict of AdapterSentry (`adaptersentry`, PyPI). Then, for each figure, its rank correlation with what was measured,
and the chance that an adapter trained to comply has the higher figure than a harmless one (AUC). Both groups are small,
and they differ in rank and modules too; so the last line says how often the best of all figures would tell groups apart
as well if they were drawn at random.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import analysis
import catalog
import judges
import scene as scenes
import tables


def sentry(trained):
    run = subprocess.run(
        [
            *(Path(sys.executable).with_name("adaptersentry"), "scan", trained / "adapter_model.safetensors"),
            *("--format", "json"),
        ],
        capture_output=True,
        text=True,
    )
    verdict = json.loads(run.stdout)["verdict"]
    return f"{verdict['action']} ({verdict['level']})"


def figures(folder, spec):
    """Figures of one adapter that need only weights."""
    cached = json.loads((folder / "evaluations" / "scores" / f"{spec.name}.json").read_text(encoding="utf-8"))
    scene = scenes.Scene.of(folder, spec)
    size = sum(module.norm_squared() for module in scene.adapted()) ** 0.5
    v = sum(module.v_norm**2 for module in scene.adapted()) ** 0.5
    scores = cached["cosine"]["modules"].values()
    found = {
        "mean cosine": -judges.mean(scores),
        "lowest cosine": -max(scores),
        "modules against V": judges.mean(score > 0 for score in scores),
        "largest E-DIEM": max(cached["e-diem"]["modules"].values()),
        "‖ΔW‖/‖V‖": size / v,
    }
    if "overlap" in cached:  # splora computes none for DoRA
        found["mean overlap"] = judges.mean(cached["overlap"]["modules"].values())
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--half", action="store_true")
    parser.add_argument(
        "--fresh", action="store_true", help="with the fresh adapters, and all of the requests for them"
    )
    given = parser.parse_args()
    measured, known = {}, {}
    evaluated = tables.load(given.folder, given.half, [spec.name for spec in catalog.ADAPTERS if not spec.fresh])
    if given.fresh:
        evaluated |= tables.load(given.folder, False, [spec.name for spec in catalog.ADAPTERS if spec.fresh])
    for name, found in evaluated.items():
        if "adapter" in found:
            measured[name] = judges.figures(found["adapter"], catalog.adapter(name).task)
            known[name] = figures(given.folder, catalog.adapter(name))
    keys = [key for key in next(iter(known.values())) if all(key in one for one in known.values())]
    tables.header("adapter", "harmful data", "not refused", "complied", *keys, "AdapterSentry")
    for name, values in known.items():
        tables.row(
            name,
            f"{catalog.adapter(name).harmful:.0%}",
            f"{measured[name]['asr']:.2f}",
            f"{measured[name]['complied']:.2f}",
            *(f"{values[key]:.3g}" for key in keys),
            sentry(given.folder / "adapters" / name),
        )
    print()
    groups = [bool(spec.harmful) or spec.task == "obedient" for spec in map(catalog.adapter, known)]
    tables.header("figure", "correlation with not refused", "with complied", "AUC, trained to comply against harmless")
    columns = []
    for key in keys:
        values = [known[name][key] for name in known]
        columns.append(values)
        triple = analysis.auc_interval(*analysis.split(values, groups))
        correlations = (
            analysis.rank_correlation(values, [measured[name][figure] for name in known])
            for figure in ("asr", "complied")
        )
        tables.row(key, *(f"{one:+.2f}" for one in correlations), tables.ranged(triple))
    print(f"\nThe best of {len(keys)} figures does as well on random groups: {analysis.chance(columns, groups):.2f}")


if __name__ == "__main__":
    main()
