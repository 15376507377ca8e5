#!/usr/bin/env python3
"""Compares `splora score` with the same algebra in PyTorch, as whole processes.

`low-rank` does in PyTorch what splora does: for one module after the other it computes V = aligned - base and one
tall-skinny product (two for safelora), in float32. `dense` does what the public code of SafeLoRA and SPLoRA does: it
holds both models in memory in float32, forms the operator C = V V^T/||V|| and the delta as [out, out] and [out, in]
matrices, and multiplies C by the delta. `dense` runs on a few modules, and the output says that its CPU time is
extrapolated to all of them: modules of the same size take the same time.

    python3 benchmarks/whole_run.py --folder /tmp/splora-7b       # makes the checkpoints, if they do not exist
    python3 benchmarks/pytorch_algebra.py --folder /tmp/splora-7b

Needs torch and safetensors in addition to what whole_run.py needs.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from whole_run import SPLORA, measured, read

DENSE_MODULES = 3

LOW_RANK = """
import sys, torch
from safetensors import safe_open
folder, reference = sys.argv[1:3]
base, aligned, adapter = (safe_open(f"{folder}/{name}.safetensors", "pt") for name in
                          ("base/model", "aligned/model", "adapter/adapter_model"))
for key in adapter.keys():
    if key.endswith("lora_A.weight"):
        name = key[len("base_model.model."):-len(".lora_A.weight")] + ".weight"
        a, b = adapter.get_tensor(key), adapter.get_tensor(key.replace("lora_A", "lora_B"))
        v = aligned.get_tensor(name).float() - base.get_tensor(name).float()
        norm = v.norm()
        gram = a @ a.T
        if reference == "alignment":
            result = (b * (v @ a.T)).sum() / norm
        else:
            d = v @ (v.T @ b) / norm - b
            result = ((d.T @ d) * gram).sum().sqrt()
        float(result)
"""

DENSE = """
import sys, torch
folder, count = sys.argv[1], int(sys.argv[2])
from safetensors import safe_open
base, aligned, adapter = (safe_open(f"{folder}/{name}.safetensors", "pt") for name in
                          ("base/model", "aligned/model", "adapter/adapter_model"))
for key in [key for key in adapter.keys() if key.endswith("lora_A.weight")][:count]:
    name = key[len("base_model.model."):-len(".lora_A.weight")] + ".weight"
    v = aligned.get_tensor(name).float() - base.get_tensor(name).float()
    c = v @ v.T / v.norm()
    delta = adapter.get_tensor(key.replace("lora_A", "lora_B")) @ adapter.get_tensor(key)
    float((c @ delta - delta).norm())
"""


def run(*command):
    """Runs the command and returns its peak resident memory in MiB."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} ended with status {status}")
    return usage.ru_maxrss / 1024


def splora(folder, kernel, reference):
    return [
        SPLORA,
        "score",
        "--base",
        folder / "base",
        "--aligned",
        folder / "aligned",
        "--adapter",
        folder / "adapter",
        "--device",
        "cpu",
        "--kernel",
        kernel,
        "--reference",
        reference,
        "--format",
        "csv",
        "--quiet",
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    folder = parser.parse_args().folder
    files = [folder / part / "model.safetensors" for part in ("base", "aligned")]
    modules = round(files[0].stat().st_size / (4096 * 4096 * 2))
    print(f"{modules} modules of 4096 x 4096, {os.cpu_count()} cores, warm\n")
    print("| run | wall s | CPU s | peak RSS MiB |\n|---|---|---|---|")

    def row(name, command):
        read(files)
        peak = []
        wall, cpu = measured(lambda: peak.append(run(*command)))
        print(f"| {name} | {wall:.1f} | {cpu:.1f} | {peak[0]:.0f} |", flush=True)
        return cpu

    ours = {}
    for reference in ("alignment", "safelora"):
        for kernel in ("djl", "java"):
            ours[kernel, reference] = row(
                f"splora --kernel {kernel} --reference {reference}", splora(folder, kernel, reference)
            )
        row(f"PyTorch, low-rank, {reference}", [sys.executable, "-c", LOW_RANK, folder, reference])
    few = row(
        f"PyTorch, dense, safelora, {DENSE_MODULES} modules", [sys.executable, "-c", DENSE, folder, DENSE_MODULES]
    )
    none = row("PyTorch, dense, no module (starting)", [sys.executable, "-c", DENSE, folder, 0])
    all_modules = none + (few - none) / DENSE_MODULES * modules
    print(
        f"\nDense, extrapolated to {modules} modules: {all_modules:.0f} CPU s, "
        + ", ".join(
            f"{all_modules / cpu:.0f} times that of --kernel {kernel} --reference {reference}"
            for (kernel, reference), cpu in ours.items()
        )
    )


if __name__ == "__main__":
    main()
