"""The scores that splora gives an adapter's modules."""

import json
import os
import subprocess
from pathlib import Path

SPLORA = Path(os.environ.get("SPLORA", Path(__file__).resolve().parents[2] / "bin" / "splora"))

METRICS = {
    "e-diem": (),
    "cosine": ("--metric", "cosine"),
    "frobenius": ("--metric", "frobenius"),
    "overlap": ("--metric", "overlap", "--reference", "subspace"),
    "e-diem safelora": ("--reference", "safelora"),
}


def scores(base, aligned, adapter, cache):
    """Scores by metric and module, and the summary of each report. Runs splora once per metric."""
    if cache.exists():
        return json.loads(cache.read_text(encoding="utf-8"))
    found = {}
    for metric, options in METRICS.items():
        run = subprocess.run(
            [
                *(SPLORA, "score", "--base", base, "--aligned", aligned, "--adapter", adapter),
                *("--format", "json", "--quiet", *options),
            ],
            capture_output=True,
            text=True,
        )
        if run.returncode == 4 and "is a DoRA module" in run.stderr:
            continue  # refused, because this score needs a delta of low rank
        if run.returncode != 0:
            raise SystemExit(f"splora score {' '.join(options)} on {adapter} failed: {run.stderr}")
        report = json.loads(run.stdout)
        found[metric] = {
            "modules": {row["name"]: row["score"] for row in report["modules"]},
            "summary": report["summary"],
        }
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_text(json.dumps(found), encoding="utf-8")
    return found
