#!/usr/bin/env python3
"""Times whole runs of `splora score` on a synthetic checkpoint, and compares them with only reading its bytes.

Makes the layers of a well-known model in bfloat16 and a rank-16 adapter on them. For each kernel and reference it
prints the wall time, the CPU time and the peak resident memory of the whole process, and the ratio of the wall time to
reading the same bytes. `--cold` drops the files from the page cache before each run; `--gpu` adds runs on the GPU.

    python3 benchmarks/whole_run.py --model llama-2-7b --folder /tmp/splora-7b
    python3 benchmarks/whole_run.py --model llama-3-8b --layers 8 --folder /tmp/splora-8b

Models: llama-2-7b (attention only, 268 MB per layer, base and aligned together), llama-3-8b (grouped-query attention
and MLP, 872 MB), llama-3-70b (like llama-3-8b, 3.4 GB). Needs numpy and a built splora (`./mvnw -q -DskipTests
package`).
"""

import argparse
import json
import mmap
import multiprocessing
import os
import resource
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

RANK = 16
# [out, in] of each projection, and the number of layers of the model.
MODELS = {
    "llama-2-7b": ({f"self_attn.{x}_proj": (4096, 4096) for x in "qkvo"}, 32),
    "llama-3-8b": (
        {
            "self_attn.q_proj": (4096, 4096),
            "self_attn.k_proj": (1024, 4096),
            "self_attn.v_proj": (1024, 4096),
            "self_attn.o_proj": (4096, 4096),
            "mlp.gate_proj": (14336, 4096),
            "mlp.up_proj": (14336, 4096),
            "mlp.down_proj": (4096, 14336),
        },
        32,
    ),
    "llama-3-70b": (
        {
            "self_attn.q_proj": (8192, 8192),
            "self_attn.k_proj": (1024, 8192),
            "self_attn.v_proj": (1024, 8192),
            "self_attn.o_proj": (8192, 8192),
            "mlp.gate_proj": (28672, 8192),
            "mlp.up_proj": (28672, 8192),
            "mlp.down_proj": (8192, 28672),
        },
        80,
    ),
}
SPLORA = Path(__file__).resolve().parent.parent / "bin" / "splora"


def bfloat16(values):
    return (values.view(np.uint32) >> 16).astype(np.uint16)


def header(tensors):
    entries, position = {}, 0
    for name, dtype, shape, length in tensors:
        entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [position, position + length]}
        position += length
    text = json.dumps(entries).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text


def make(folder, model, layers):
    """Weights of realistic magnitudes; every layer has the same ones, rotated."""
    random = np.random.default_rng(1)
    projections = MODELS[model][0]
    modules = [
        (f"model.layers.{layer}.{name}", shape) for layer in range(layers) for name, shape in projections.items()
    ]
    for part in ("base", "aligned", "adapter"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    weights = {
        shape: [random.standard_normal(shape, dtype=np.float32) * np.float32(size) for size in (0.02, 0.001)]
        for shape in sorted(set(projections.values()))
    }
    with (
        open(folder / "base/model.safetensors", "wb") as base,
        open(folder / "aligned/model.safetensors", "wb") as aligned,
    ):
        for file in (base, aligned):
            file.write(
                header((name + ".weight", "BF16", list(shape), shape[0] * shape[1] * 2) for name, shape in modules)
            )
        for i, (_, shape) in enumerate(modules):
            weight, change = weights[shape]
            w = np.roll(weight, i, 1)
            base.write(bfloat16(w).tobytes())
            aligned.write(bfloat16(w + np.roll(change, 7 * i, 0)).tobytes())
    factors = [
        (f"base_model.model.{name}.lora_{side}.weight", [RANK, width] if side == "A" else [height, RANK])
        for name, (height, width) in modules
        for side in "AB"
    ]
    with open(folder / "adapter/adapter_model.safetensors", "wb") as file:
        file.write(header((name, "F32", shape, shape[0] * shape[1] * 4) for name, shape in factors))
        for _, shape in factors:
            file.write((random.standard_normal(shape, dtype=np.float32) * np.float32(0.01)).tobytes())
    (folder / "adapter/adapter_config.json").write_text(
        json.dumps(
            {
                "peft_type": "LORA",
                "r": RANK,
                "lora_alpha": 16,
                "target_modules": sorted({name.rpartition(".")[2] for name in projections}),
            }
        )
    )


def drop(files):
    for file in files:
        with open(file, "rb") as opened:
            os.fsync(opened.fileno())
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read(files):
    """Reads into page-aligned memory: copying to some other addresses is six times slower (measured on Zen 4)."""
    buffer = mmap.mmap(-1, 4 << 20)
    for file in files:
        with open(file, "rb", buffering=0) as opened:
            while opened.readinto(buffer):
                pass


def measured(work):
    """Wall and CPU seconds."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    begin = time.perf_counter()
    work()
    wall = time.perf_counter() - begin
    now = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return wall, sum(n.ru_utime + n.ru_stime - u.ru_utime - u.ru_stime for n, u in zip(now, used))


def score(folder, device, kernel, reference):
    """Runs splora and returns its peak resident memory in MiB, mapped files included."""
    command = [
        SPLORA,
        "score",
        "--base",
        folder / "base",
        "--aligned",
        folder / "aligned",
        "--adapter",
        folder / "adapter",
        "--device",
        device,
        "--kernel",
        kernel,
        "--reference",
        reference,
        "--format",
        "csv",
        "--quiet",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"splora ended with status {status}")
    return usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="kept: a second run does not make it anew")
    parser.add_argument("--model", choices=MODELS, default="llama-2-7b")
    parser.add_argument("--layers", type=int, help="how many of its layers; all, if nothing is said")
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--gpu", action="store_true", help="measure --device gpu as well")
    args = parser.parse_args()
    if not (args.folder / "adapter/adapter_config.json").exists():
        # In a separate process: memory that this process holds would count towards the peak of its children.
        maker = multiprocessing.Process(
            target=make, args=(args.folder, args.model, args.layers or MODELS[args.model][1])
        )
        maker.start()
        maker.join()
        if maker.exitcode != 0:
            sys.exit(f"no checkpoint was made in {args.folder}")
    files = [args.folder / part / "model.safetensors" for part in ("base", "aligned")]
    gigabytes = sum(file.stat().st_size for file in files) / 1e9

    def prepare():
        drop(files) if args.cold else read(files)

    prepare()
    floor, cpu = measured(lambda: read(files))
    print(f"{gigabytes:.2f} GB, {os.cpu_count()} cores, {'cold' if args.cold else 'warm'}\n")
    print("| run | wall s | wall ÷ reading | CPU s | CPU s/GB | peak RSS MiB |\n|---|---|---|---|---|---|")
    print(f"| reading only, one thread | {floor:.2f} | 1.0 | {cpu:.2f} | {cpu / gigabytes:.2f} | |")
    for reference in ("alignment", "safelora"):
        for device, kernel in [("cpu", "djl"), ("cpu", "java")] + [("gpu", "djl")] * args.gpu:
            prepare()
            peak = []

            def run(peak=peak, device=device, kernel=kernel, reference=reference):
                peak.append(score(args.folder, device, kernel, reference))

            wall, cpu = measured(run)
            way = "--device gpu" if device == "gpu" else f"--kernel {kernel}"
            print(
                f"| {way} --reference {reference} | {wall:.2f} | {wall / floor:.1f} | {cpu:.2f} "
                f"| {cpu / gigabytes:.2f} | {peak[0]:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
