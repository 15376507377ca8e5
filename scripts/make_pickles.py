#!/usr/bin/env python3
"""Writes the PyTorch pickles of testdata/ with torch.save, from the safetensors files there.

    make_pickles.py [--testdata DIR]

In the old format torch.save names storages by their addresses, so those names differ between runs.
"""

import argparse
import json
import shutil
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

REPOSITORY = Path(__file__).resolve().parent.parent
DTYPES = [
    torch.float64,
    torch.float32,
    torch.float16,
    torch.bfloat16,
    torch.int64,
    torch.int32,
    torch.int16,
    torch.int8,
    torch.uint8,
    torch.bool,
    torch.complex64,
]


def save(tensors, file, legacy=False):
    torch.save(tensors, file, _use_new_zipfile_serialization=not legacy)


def make_tiny_gpt2_pickled(testdata):
    """Writes adapter and aligned model of tiny-gpt2 as pickles, one of the model's shards in the old format."""
    original, folder = testdata / "tiny-gpt2", testdata / "tiny-gpt2-pickled"
    for part in ("adapter", "aligned"):
        (folder / part).mkdir(parents=True)
    shutil.copyfile(original / "adapter/adapter_config.json", folder / "adapter/adapter_config.json")
    save(load_file(original / "adapter/adapter_model.safetensors"), folder / "adapter/adapter_model.bin")

    shutil.copyfile(original / "aligned/config.json", folder / "aligned/config.json")
    model = OrderedDict(sorted(load_file(original / "aligned/model.safetensors").items()))
    model._metadata = OrderedDict({"": {"version": 1}})
    half = sorted(model)[: len(model) // 2]
    weight_map = {}
    for number, names in enumerate((half, [name for name in model if name not in half]), start=1):
        shard = OrderedDict((name, model[name]) for name in names)
        shard._metadata = model._metadata
        file = f"pytorch_model-{number:05}-of-00002.bin"
        save(shard, folder / "aligned" / file, legacy=number == 2)
        weight_map.update(dict.fromkeys(names, file))
    size = sum(tensor.nbytes for tensor in model.values())
    (folder / "aligned/pytorch_model.bin.index.json").write_text(
        json.dumps({"metadata": {"total_size": size}, "weight_map": weight_map}, indent=2) + "\n"
    )

    expected = json.loads((original / "expected-scores.json").read_text())
    expected.update(base="../tiny-gpt2/base", aligned="aligned", adapter="adapter")
    (folder / "expected-scores.json").write_text(json.dumps(expected, indent=1) + "\n")


def make_pickles(testdata):
    """Writes dicts of tensors that are accepted, in both formats and as safetensors, and some that are refused."""
    folder = testdata / "pickles"
    folder.mkdir()
    torch.manual_seed(41)
    tensors = {str(dtype).removeprefix("torch."): (3 * torch.randn(2, 3)).to(dtype) for dtype in DTYPES}
    large = torch.randn(4, 5)
    parts = {"whole": large, "rows": large[1:3], "one": large[2], "scalar": large[3, 4], "empty": large[:0]}
    plain = {"parameter": torch.randn(3, 1), **tensors, **parts}
    save_file({name: tensor.contiguous().clone() for name, tensor in plain.items()}, folder / "tensors.safetensors")

    pickled = OrderedDict({**plain, "parameter": torch.nn.Parameter(plain["parameter"]), "steps": 3, "note": "x"})
    pickled._metadata = OrderedDict({"": {"version": 1}})
    save(pickled, folder / "zipped.bin")
    save(pickled, folder / "legacy.bin", legacy=True)
    save({"a": large.t()}, folder / "transposed.bin")
    save({"state_dict": {"a": large}, "epoch": 3}, folder / "training.bin")
    save({"a": large, "optimizer": torch.optim.SGD}, folder / "class.bin")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--testdata", type=Path, default=REPOSITORY / "testdata")
    testdata = parser.parse_args().testdata
    for name, make in {"tiny-gpt2-pickled": make_tiny_gpt2_pickled, "pickles": make_pickles}.items():
        shutil.rmtree(testdata / name, ignore_errors=True)
        make(testdata)
    for file in sorted([*testdata.glob("pickles/*"), *testdata.glob("tiny-gpt2-pickled/*/*")]):
        file.chmod(0o644)
        print(f"{file.stat().st_size:8} {file.relative_to(testdata)}")


if __name__ == "__main__":
    main()
