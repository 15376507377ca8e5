#!/usr/bin/env python3
"""Times `splora fleet` on adapters of a 1B model, kills it at random moments, and feeds it broken adapters.

    python3 benchmarks/fleet_run.py --folder /tmp/splora-fleet                    # 100 and 1,000 adapters
    python3 benchmarks/fleet_run.py --folder /tmp/splora-fleet --kill 20          # killed at 20 moments and resumed
    python3 benchmarks/fleet_run.py --folder /tmp/splora-fleet --broken           # 200 good adapters among broken ones

The checkpoints have the attention layers of Llama-3.2-1B (16 layers, 2048 wide, k and v 512), in bfloat16 with random
values; the adapters are of rank 16, with random factors. They are made if they do not exist. Needs numpy.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from pytorch_algebra import run
from whole_run import SPLORA, header, measured

LAYERS, SIZE, NARROW, RANK = 16, 2048, 512, 16
SHAPES = {"q_proj": (SIZE, SIZE), "k_proj": (NARROW, SIZE), "v_proj": (NARROW, SIZE), "o_proj": (SIZE, SIZE)}
NAMES = [(f"model.layers.{layer}.self_attn.{kind}", *SHAPES[kind]) for layer in range(LAYERS) for kind in SHAPES]
ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "0"}


def bfloat(values):
    return (np.ascontiguousarray(values, np.float32).view(np.uint32) >> 16).astype(np.uint16)


def make_models(folder):
    generator = np.random.default_rng(1)
    for part in ("base", "aligned"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    with (
        open(folder / "base/model.safetensors", "wb") as base,
        open(folder / "aligned/model.safetensors", "wb") as aligned,
    ):
        for file in (base, aligned):
            file.write(header((name + ".weight", "BF16", [out, size], out * size * 2) for name, out, size in NAMES))
        for _, out, size in NAMES:
            weight = generator.standard_normal((out, size), np.float32) * np.float32(0.02)
            base.write(bfloat(weight).tobytes())
            change = generator.standard_normal((out, size), np.float32) * np.float32(0.002)
            aligned.write(bfloat(weight + change).tobytes())


def make_adapter(place, seed):
    generator = np.random.default_rng(seed)
    place.mkdir(parents=True, exist_ok=True)
    tensors = [
        (f"base_model.model.{name}.lora_{side}.weight", shape)
        for name, out, size in NAMES
        for side, shape in (("A", [RANK, size]), ("B", [out, RANK]))
    ]
    with open(place / "adapter_model.safetensors", "wb") as file:
        file.write(header((name, "BF16", shape, shape[0] * shape[1] * 2) for name, shape in tensors))
        for _, shape in tensors:
            file.write(bfloat(generator.standard_normal(shape, np.float32) * np.float32(0.02)).tobytes())
    config = {
        "peft_type": "LORA",
        "r": RANK,
        "lora_alpha": 16,
        "target_modules": sorted(SHAPES),
        "base_model_name_or_path": str(place.parents[1] / "aligned"),
    }
    (place / "adapter_config.json").write_text(json.dumps(config))


def make(folder, count):
    """Makes the models and so many adapters, whose factors are hard links to seven files."""
    if not (folder / "aligned/model.safetensors").exists():
        make_models(folder)
    adapters = folder / f"adapters-{count}"
    originals = folder / "originals"
    for seed in range(7):
        if not (originals / str(seed) / "adapter_config.json").exists():
            make_adapter(originals / str(seed), seed)
    for i in range(count):
        place = adapters / f"a{i:04d}"
        if not place.exists():
            place.mkdir(parents=True)
            os.link(originals / str(i % 7) / "adapter_model.safetensors", place / "adapter_model.safetensors")
            shutil.copy(originals / str(i % 7) / "adapter_config.json", place / "adapter_config.json")
    return adapters


def command(folder, adapters, ledger, *more):
    return [
        str(SPLORA),
        "fleet",
        "--base",
        folder / "base",
        "--aligned",
        folder / "aligned",
        "--adapters",
        adapters,
        "--ledger",
        ledger,
        "--modules",
        ledger.with_suffix(".csv"),
        "--device",
        "cpu",
        "--quiet",
        *more,
    ]


def fresh(folder, name):
    ledger = folder / f"{name}.jsonl"
    for file in (ledger, ledger.with_suffix(".csv")):
        file.unlink(missing_ok=True)
    return ledger


def speed(folder, counts, singles):
    print(
        "| run | wall s | CPU s | adapters per second | CPU s per adapter | peak RSS MiB |\n|---|---|---|---|---|---|"
    )
    for count in counts:
        adapters = make(folder, count)
        peak = []
        wall, cpu = measured(
            lambda a=adapters, c=count, p=peak: p.append(run(*command(folder, a, fresh(folder, f"ledger-{c}"))))
        )
        print(
            f"| fleet of {count} | {wall:.1f} | {cpu:.1f} | {count / wall:.1f} | {cpu / count:.3f} | {peak[0]:.0f} |",
            flush=True,
        )
    if singles:
        adapters = make(folder, counts[0])
        models = ["--base", folder / "base", "--aligned", folder / "aligned", "--device", "cpu", "--quiet"]
        peak = []

        def all_singly():
            for place in sorted(adapters.iterdir())[:singles]:
                peak.append(run(SPLORA, "score", *models, "--adapter", place, "--format", "csv"))

        wall, cpu = measured(all_singly)
        print(
            f"| {singles} single runs of `score` | {wall:.1f} | {cpu:.1f} | {singles / wall:.1f} | "
            f"{cpu / singles:.3f} | {max(peak):.0f} |"
        )


def kills(folder, moments):
    """Kills a run at random moments until it is through, and compares its files with those of an undisturbed run."""
    adapters = make(folder, 200)
    whole = fresh(folder, "undisturbed")
    started = time.time()
    subprocess.run([str(part) for part in command(folder, adapters, whole)], env=ENVIRONMENT, check=True)
    duration = time.time() - started
    generator = random.Random(1)
    killed = 0
    scored = []
    ledger = fresh(folder, "killed")
    while killed < moments:
        if not ledger.exists() or len(ledger.read_text().splitlines()) >= 190:
            ledger = fresh(folder, "killed")
        process = subprocess.Popen(
            [str(part) for part in command(folder, adapters, ledger, "--resume")],
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
        )
        time.sleep(generator.uniform(0.5, max(1.0, duration / 3)))
        process.send_signal(signal.SIGKILL)
        process.wait()
        killed += 1
        scored.append(len(ledger.read_text().splitlines()) if ledger.exists() else 0)
    subprocess.run([str(part) for part in command(folder, adapters, ledger, "--resume")], env=ENVIRONMENT, check=True)
    same = all(
        ledger.with_suffix(suffix).read_bytes() == whole.with_suffix(suffix).read_bytes()
        for suffix in (".jsonl", ".csv")
    )
    print(f"killed at {killed} moments, with {scored} lines then")
    print(f"ledger and table {'equal' if same else 'DIFFER FROM'} those of an undisturbed run")
    if not same:
        sys.exit(1)


def broken(folder):
    """Breaks 48 of 248 adapters in six ways, and checks every verdict."""
    adapters = folder / "adapters-broken"
    if adapters.exists():
        shutil.rmtree(adapters)
    good = make(folder, 200)
    shutil.copytree(good, adapters, copy_function=os.link)
    ways = {
        "truncated": lambda place, bytes_: (place / "adapter_model.safetensors").write_bytes(bytes_[:-1000]),
        "nan": lambda place, bytes_: (place / "adapter_model.safetensors").write_bytes(bytes_[:-2] + b"\xc0\x7f"),
        "noconfig": lambda place, bytes_: (
            (place / "adapter_model.safetensors").write_bytes(bytes_),
            (place / "adapter_config.json").unlink(),
        ),
        "pickle": lambda place, bytes_: (place / "adapter_model.bin").write_bytes(
            b"\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R."
        ),
        "bomb": lambda place, bytes_: (place / "adapter_model.bin").write_bytes(
            b"\x80\x04\x8e" + (1 << 40).to_bytes(8, "little")
        ),
        "foreign": lambda place, bytes_: (
            (place / "adapter_model.safetensors").write_bytes(bytes_),
            (place / "adapter_config.json").write_text(
                (place / "adapter_config.json").read_text().replace(str(folder / "aligned"), str(folder / "base"))
            ),
        ),
    }
    expected = {}
    original = (good / "a0000/adapter_model.safetensors").read_bytes()
    for way, change in ways.items():
        for i in range(8):
            place = adapters / f"{way}{i}"
            place.mkdir()
            shutil.copy(good / "a0000/adapter_config.json", place)
            change(place, original)
            expected[place.name] = "block" if way == "foreign" else "error"
    ledger = fresh(folder, "broken")
    code = subprocess.run([str(part) for part in command(folder, adapters, ledger)]).returncode
    verdicts = {}
    for line in ledger.read_text().splitlines():
        entry = json.loads(line)
        verdicts[Path(entry["adapter"]).name] = entry["verdict"]
    wrong = {
        place.name: verdicts.get(place.name)
        for place in adapters.iterdir()
        if verdicts.get(place.name) != expected.get(place.name, "allow")
    }
    print(f"{len(verdicts)} verdicts, {len(wrong)} wrong, exit code {code}")
    if wrong or code != 4:
        sys.exit(f"wrong: {wrong}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="kept: a second run does not make it anew")
    parser.add_argument("--counts", type=int, nargs="*", default=[100, 1000])
    parser.add_argument("--singles", type=int, default=20, help="number of single runs to compare with")
    parser.add_argument("--kill", type=int, metavar="N", help="kill a run at N moments instead")
    parser.add_argument("--broken", action="store_true", help="judge broken adapters instead")
    given = parser.parse_args()
    if given.kill:
        kills(given.folder, given.kill)
    elif given.broken:
        broken(given.folder)
    else:
        speed(given.folder, given.counts, given.singles)


if __name__ == "__main__":
    main()
