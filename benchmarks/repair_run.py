#!/usr/bin/env python3
"""Times whole runs of `splora repair` on synthetic checkpoints.

    python3 benchmarks/repair_run.py --folder /tmp/splora-7b                      # all modules, and PyTorch beside it
    python3 benchmarks/repair_run.py --folder /tmp/splora-70b --model llama-3-70b --layers 2 --no-pytorch
    python3 benchmarks/repair_run.py --spectra /tmp/splora-spectra                # flat and 1/sqrt(i), 16 modules each

The first form repairs all modules of a folder of whole_run.py (a flat spectrum, the slowest one), made if it does not
exist. Then it repairs a few modules with splora and deflates them in PyTorch the obvious way: a full float32 SVD of V,
the filter on its singular values, and the filtered factors. `--layers` up to the number of layers in the folder limits
the run, so that time can be compared with the number of bytes.

The last form makes two sets of 4096 x 4096 modules that differ in V's singular values only. Needs numpy; PyTorch's part
needs torch and safetensors.
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
from pathlib import Path

import numpy as np

import whole_run
from pytorch_algebra import run
from whole_run import MODELS, RANK, SPLORA, header, measured, read

SVD_MODULES = 2
SPECTRUM_MODULES = 16

SVD = """
import sys, torch
from safetensors import safe_open
folder, count = sys.argv[1], int(sys.argv[2])
base, aligned, adapter = (safe_open(f"{folder}/{name}.safetensors", "pt") for name in
                          ("base/model", "aligned/model", "adapter/adapter_model"))
before = after = 0
for key in [key for key in adapter.keys() if key.endswith("lora_A.weight")][:count]:
    name = key[len("base_model.model."):-len(".lora_A.weight")] + ".weight"
    a, b = adapter.get_tensor(key).float(), adapter.get_tensor(key.replace("lora_A", "lora_B")).float()
    v = aligned.get_tensor(name).float() - base.get_tensor(name).float()
    left, singular, right = torch.linalg.svd(v, full_matrices=False)
    squares = (singular ** 2).double()
    low, high = squares.max() * 1e-9, squares.max() * 1e9
    for _ in range(100):
        mu = (low * high).sqrt()
        taken = (squares * (1 - 1 / (1 + (squares / mu) ** 2))).sum()
        low, high = (mu, high) if taken > 0.7 * squares.sum() else (low, mu)
    removed = (1 - 1 / (1 + (squares / mu) ** 2)).float()
    new_a = a - (a @ right.T) * removed @ right
    new_b = b - left @ (removed[:, None] * (left.T @ b))
    before += float(((b.T @ b) * (a @ a.T)).sum())
    after += float(((new_b.T @ new_b) * (new_a @ new_a.T)).sum())
print("gain", before / max(after, 1e-30))
"""


def repair(folder, *options):
    """Runs `splora repair` and returns its peak resident memory in MiB."""
    with tempfile.TemporaryDirectory() as place:
        return run(
            SPLORA,
            "repair",
            "--base",
            folder / "base",
            "--aligned",
            folder / "aligned",
            "--adapter",
            folder / "adapter",
            "--output",
            Path(place) / "out",
            "--device",
            "cpu",
            "--quiet",
            "--format",
            "csv",
            *options,
        )


def elsewhere(work, *arguments):
    """Runs a function in a process of its own: a child's peak memory includes what its parent had at the time."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
    process.start()
    process.join()
    if process.exitcode != 0:
        sys.exit(f"{work.__name__} ended with status {process.exitcode}")


def row(name, work):
    peak = []
    wall, cpu = measured(lambda: peak.append(work()))
    print(f"| {name} | {wall:.1f} | {cpu:.1f} | {peak[0]:.0f} |", flush=True)
    return cpu


def layers_of(folder, layers):
    return ["--include", "/layers\\.(" + "|".join(str(layer) for layer in range(layers)) + ")\\./"] if layers else []


def whole(given):
    layers = given.layers or MODELS[given.model][1]
    if not (given.folder / "adapter/adapter_config.json").exists():
        elsewhere(whole_run.make, given.folder, given.model, layers)
    files = [given.folder / part / "model.safetensors" for part in ("base", "aligned")]
    read(files)
    print(f"{given.model}, {os.cpu_count()} cores, warm\n\n| run | wall s | CPU s | peak RSS MiB |\n|---|---|---|---|")
    more = given.options
    for count in given.limits or [None]:
        name = "splora repair" + (f", {count} layers" if count else "")
        row(name, lambda count=count: repair(given.folder, *layers_of(given.folder, count), *more))
    if given.no_pytorch:
        return
    few = row(
        f"splora repair, {SVD_MODULES} modules",
        lambda: repair(given.folder, "--include", "/layers\\.0\\.self_attn\\.(q|k)_proj/", *more),
    )
    svd = row(
        f"PyTorch, float32 SVD, {SVD_MODULES} modules",
        lambda: run(sys.executable, "-c", SVD, given.folder, SVD_MODULES),
    )
    print(f"\nPyTorch takes {svd / few:.0f} times the CPU time of splora on {SVD_MODULES} modules, starting included")


def make_spectrum(folder, decay):
    """Modules whose V has the singular values i^-decay, up to rounding to bfloat16, or those of a Gaussian matrix."""
    random = np.random.default_rng(1)
    size = 4096
    for part in ("base", "aligned", "adapter"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    change = random.standard_normal((size, size), dtype=np.float32)
    if decay:
        left, right = (np.linalg.qr(random.standard_normal((size, size), dtype=np.float32))[0] for _ in range(2))
        change = (left * np.arange(1, size + 1, dtype=np.float32) ** -decay) @ right
    change *= np.float32(0.001 * size) / np.linalg.norm(change)
    weight = random.standard_normal((size, size), dtype=np.float32) * np.float32(0.02)
    names = [f"model.layers.{i}.self_attn.q_proj" for i in range(SPECTRUM_MODULES)]
    for part in ("base", "aligned"):
        with open(folder / part / "model.safetensors", "wb") as file:
            file.write(header((name + ".weight", "F32", [size, size], size * size * 4) for name in names))
            for i in range(SPECTRUM_MODULES):
                w = np.roll(weight, i, 1)
                file.write((w if part == "base" else w + np.roll(change, 7 * i, 0)).tobytes())
    with open(folder / "adapter/adapter_model.safetensors", "wb") as file:
        shapes = {"A": [RANK, size], "B": [size, RANK]}
        file.write(
            header(
                (f"base_model.model.{name}.lora_{side}.weight", "F32", shapes[side], RANK * size * 4)
                for name in names
                for side in "AB"
            )
        )
        for _ in range(2 * SPECTRUM_MODULES):
            file.write((random.standard_normal(RANK * size, dtype=np.float32) * np.float32(0.01)).tobytes())
    (folder / "adapter/adapter_config.json").write_text(
        json.dumps({"peft_type": "LORA", "r": RANK, "lora_alpha": 16, "target_modules": ["q_proj"]})
    )


def spectra(folder, more):
    print(f"{SPECTRUM_MODULES} modules of 4096 x 4096 in float32, warm\n\n| spectrum | wall s | CPU s | peak RSS MiB |")
    print("|---|---|---|---|")
    cpu = {}
    for name, decay in (("flat", 0), ("1/sqrt(i)", 0.5), ("1/i", 1)):
        place = folder / name.replace("/", "-")
        if not (place / "adapter/adapter_config.json").exists():
            elsewhere(make_spectrum, place, decay)
        read([place / part / "model.safetensors" for part in ("base", "aligned")])
        cpu[name] = row(name, lambda place=place: repair(place, *more))
    print(f"\nflat takes {cpu['flat'] / cpu['1/sqrt(i)']:.2f} times the CPU time of 1/sqrt(i)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="kept: a second run does not make it anew")
    parser.add_argument("--model", choices=MODELS, default="llama-2-7b")
    parser.add_argument("--layers", type=int, help="how many layers to make; default: all")
    parser.add_argument("--limits", type=int, nargs="*", help="repair only so many layers, one run for each number")
    parser.add_argument("--no-pytorch", action="store_true")
    parser.add_argument("--spectra", type=Path, help="compare spectra in this folder")
    parser.add_argument(
        "--options", nargs=argparse.REMAINDER, default=[], help="more options for splora, such as --memory"
    )
    given = parser.parse_args()
    if given.spectra:
        spectra(given.spectra, given.options)
    if given.folder:
        whole(given)


if __name__ == "__main__":
    main()
