#!/usr/bin/env python3
"""Whole runs of `splora score` on a synthetic checkpoint, beside just reading its bytes.

Makes modules of 4096 x 4096 in bfloat16 (the attention of Llama-2-7B has 128), an adapter of rank 16, and prints for each
kernel and reference the wall time, the CPU time and the peak of resident memory of the whole process, with the ratios to
reading the same bytes in the same run. `--cold` drops the files from the page cache before each run.

    python3 benchmarks/whole_run.py --modules 128 --folder /tmp/splora-7b

Needs numpy, a built splora (`./mvnw -q -DskipTests package`) and 67 MB of disk for each module.
"""
import argparse
import json
import os
import resource
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

SIZE, RANK = 4096, 16
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


def make(folder, modules):
    random = np.random.default_rng(1)
    weight = random.standard_normal((SIZE, SIZE), dtype=np.float32) * np.float32(0.02)
    change = random.standard_normal((SIZE, SIZE), dtype=np.float32) * np.float32(0.001)
    names = [f"model.layers.{i // 4}.self_attn.{'qkvo'[i % 4]}_proj" for i in range(modules)]
    for part in ("base", "aligned", "adapter"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    with open(folder / "base/model.safetensors", "wb") as base, open(folder / "aligned/model.safetensors", "wb") as aligned:
        for file in (base, aligned):
            file.write(header((name + ".weight", "BF16", [SIZE, SIZE], SIZE * SIZE * 2) for name in names))
        for i in range(modules):
            w = np.roll(weight, i, 1)
            base.write(bfloat16(w).tobytes())
            aligned.write(bfloat16(w + np.roll(change, 7 * i, 0)).tobytes())
    factors = [(f"base_model.model.{name}.lora_{side}.weight", shape)
               for name in names for side, shape in (("A", [RANK, SIZE]), ("B", [SIZE, RANK]))]
    with open(folder / "adapter/adapter_model.safetensors", "wb") as file:
        file.write(header((name, "F32", shape, RANK * SIZE * 4) for name, shape in factors))
        for _, shape in factors:
            file.write((random.standard_normal(shape, dtype=np.float32) * np.float32(0.01)).tobytes())
    (folder / "adapter/adapter_config.json").write_text(json.dumps({
        "peft_type": "LORA", "r": RANK, "lora_alpha": 16,
        "target_modules": ["q_proj", "k_proj", "v_proj", "o_proj"]}))


def drop(files):
    for file in files:
        with open(file, "rb") as opened:
            os.fsync(opened.fileno())
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read(files):
    buffer = bytearray(4 << 20)
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


def score(folder, kernel, reference):
    """Runs it, and returns the peak of resident memory in MiB, of which mapped files are part."""
    command = [SPLORA, "score", "--base", folder / "base", "--aligned", folder / "aligned", "--adapter",
               folder / "adapter", "--device", "cpu", "--kernel", kernel, "--reference", reference,
               "--format", "csv", "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"splora ended with status {status}")
    return usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="kept: a second run does not make it anew")
    parser.add_argument("--modules", type=int, default=16)
    parser.add_argument("--cold", action="store_true")
    args = parser.parse_args()
    if not (args.folder / "adapter/adapter_config.json").exists():
        make(args.folder, args.modules)
    files = [args.folder / part / "model.safetensors" for part in ("base", "aligned")]
    gigabytes = sum(file.stat().st_size for file in files) / 1e9

    def prepare():
        drop(files) if args.cold else read(files)

    prepare()
    floor, cpu = measured(lambda: read(files))
    print(f"{gigabytes:.2f} GB, {os.cpu_count()} cores, {'cold' if args.cold else 'warm'}\n")
    print("| way | wall s | / reading | CPU s | CPU s/GB | peak RSS MiB |\n|---|---|---|---|---|---|")
    print(f"| just reading, one thread | {floor:.2f} | 1.0 | {cpu:.2f} | {cpu / gigabytes:.2f} | |")
    for reference in ("alignment", "safelora"):
        for kernel in ("djl", "java"):
            prepare()
            peak = []
            wall, cpu = measured(lambda: peak.append(score(args.folder, kernel, reference)))
            print(f"| --kernel {kernel} --reference {reference} | {wall:.2f} | {wall / floor:.1f} | {cpu:.2f} "
                  f"| {cpu / gigabytes:.2f} | {peak[0]:.0f} |", flush=True)


if __name__ == "__main__":
    main()
