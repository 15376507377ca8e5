#!/usr/bin/env python3
"""Checks the actions that correct modules: what PEFT merges from splora's output against dense float64 matrices.

A small model with every kind of layer that LoRA supports (linear, embedding, convolutions, stacked experts, and a
linear layer so large that V's subspaces are sketched) gets a random adapter. Each action is applied to all of its
modules, and what PEFT then adds to the weights is compared with the result of a full decomposition of V.
dense_spectra.py does the same for repair over spectra, shapes, ranks and types, restored_layers.py for layers that an
adapter leaves alone, and confined_layers.py for confining an adapter to its task.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from torch import nn

import confined_layers
import dense_spectra
import restored_layers
from checking import Tally, require, splora

RANK, ADDED = 3, 5
TOLERANCE, SMOOTH_TOLERANCE = 1e-5, 1e-3
ACTIONS = {
    "scale": ["--strength", "0.3"],
    "project": [],
    "project true": ["--reference", "subspace", "--energy", "0.5"],
    "attenuate": ["--action-energy", "0.5"],
    "deflate": ["--strength", "0.5", "--gain", "1.2"],
    "deflate more": ["--strength", "0.9", "--gain-exponent", "1.5"],
}
# splora refuses to restore in parameters, so these actions run on adapters without any.
RESTORING = {
    "restore": "layers",
    "repair": "layers",
    "repair rslora": "rslora",
}


class Model(nn.Module):
    """Only a container of layers; it never runs."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 12)
        self.linear = nn.Linear(12, 10)
        self.large = nn.Linear(260, 200)
        self.conv1 = nn.Conv1d(4, 6, 3)
        self.conv2 = nn.Conv2d(3, 8, 3)
        self.experts = nn.Module()
        self.experts.weight = nn.Parameter(torch.randn(4, 9, 7))

    def forward(self, x):
        return x


def model(seed):
    torch.manual_seed(seed)
    made = Model()
    if seed == 2:
        # What alignment changed has a decaying spectrum, like that of real models.
        falling = torch.randn(200, 40) @ torch.diag(0.8 ** torch.arange(40.0)) @ torch.randn(40, 260)
        made.large.weight.data = model(1).large.weight.data + falling
    return made


def make(folder):
    for name, seed in (("base", 1), ("aligned", 2)):
        (folder / name).mkdir()
        save_file(model(seed).state_dict(), folder / name / "model.safetensors")
    make_adapter(folder / "adapter", target_parameters=["experts.weight"])
    make_adapter(folder / "layers")
    make_adapter(folder / "rslora", use_rslora=True)


def make_adapter(folder, **settings):
    torch.manual_seed(3)
    adapted = get_peft_model(
        model(2),
        LoraConfig(
            r=RANK,
            lora_alpha=7,
            target_modules=["embedding", "linear", "large", "conv1", "conv2"],
            **settings,
        ),
    )
    for name, parameter in adapted.named_parameters():
        if "lora_" in name:
            nn.init.normal_(parameter, std=0.3)
    adapted.save_pretrained(folder)


def matrices(tensors):
    """Returns {name: [[out, in] matrices]} for every weight, in float64."""
    found = {}
    for name, tensor in tensors.items():
        tensor = tensor.detach().double()
        if name.startswith("embedding"):
            found[name] = [tensor.T]
        elif name.startswith("experts"):
            found[name] = list(tensor)
        else:
            found[name] = [tensor.flatten(1)]
    return found


def weights(of):
    return {name: parameter for name, parameter in of.named_parameters() if not name.endswith("bias")}


def added(adapter):
    """Returns what PEFT adds to each weight when it merges the adapter."""
    merged = weights(PeftModel.from_pretrained(model(2), adapter).merge_and_unload())
    return matrices({name: merged[name] - weight for name, weight in weights(model(2)).items()})


def projectors(v, energy):
    left, values, right = torch.linalg.svd(v, full_matrices=False)
    held = (values**2).cumsum(0)
    count = int((held < energy * held[-1] * (1 - 1e-12)).sum()) + 1
    return left[:, :count] @ left[:, :count].T, right[:count].T @ right[:count]


def smooth(v, energy):
    """f(VVᵀ) and f(VᵀV) with the filter that removes a share of ‖V‖²."""
    left, values, right = torch.linalg.svd(v, full_matrices=True)
    squares = values**2
    low, high = squares.sum() * 1e-12, squares.sum() * 1e6
    for _ in range(200):
        mu = (low * high).sqrt()
        if (squares * (1 - 1 / (1 + (squares / mu) ** 2))).sum() > energy * squares.sum():
            low = mu
        else:
            high = mu

    def of(vectors):
        factors = torch.ones(len(vectors), dtype=torch.float64)
        factors[: len(squares)] = 1 / (1 + (squares / low) ** 2)
        return (vectors * factors) @ vectors.T

    return of(left), of(right.T)


def deflated(v, delta, energy):
    left, right = smooth(v, energy)
    return left @ delta @ right


def restored(v):
    left, values, right = torch.linalg.svd(v, full_matrices=False)
    return (left[:, :ADDED] * values[:ADDED]) @ right[:ADDED]


def expected(action, v, delta):
    if action == "scale":
        return 0.7 * delta
    if action == "project":
        return v @ (v.T @ delta) / v.norm()
    left, right = projectors(v, 0.5)
    if action == "project true":
        return left @ delta
    inside = left @ delta @ right
    others = [left @ delta - inside, delta @ right - inside]
    others.append(delta - inside - sum(others))
    reference = inside.square().sum() + 0.05 * delta.square().sum()
    whole = inside + sum(block * reference / (reference + block.square().sum()) for block in others)
    u, s, w = torch.linalg.svd(whole, full_matrices=False)
    return (u[:, :RANK] * s[:RANK]) @ w[:RANK]


def all_expected(action, vs, deltas):
    """The corrected deltas of all matrices, which share a gain."""
    kind = action.split()[0]
    if kind == "restore":
        return [delta + 0.5 * restored(v) for v, delta in zip(vs, deltas)]
    if kind not in ("deflate", "repair"):
        return [expected(action, v, delta) for v, delta in zip(vs, deltas)]
    energy = {"deflate": 0.5, "deflate more": 0.9}.get(action, 0.7)
    exponent = 1.5 if action == "deflate more" else 2
    filtered = [deflated(v, delta, energy) for v, delta in zip(vs, deltas)]
    before, after = (sum(part.square().sum() for part in parts) for parts in (deltas, filtered))
    gain = 1.2 if action == "deflate" else (before / after) ** (exponent / 2)
    return [gain * part + (0.5 * restored(v) if kind == "repair" else 0) for v, part in zip(vs, filtered)]


def agrees(folder, action, options, adapter="adapter"):
    output = folder / action.replace(" ", "-")
    models = ("--base", folder / "base", "--aligned", folder / "aligned", "--adapter", folder / adapter)
    splora("prune", *models, "--action", action.split()[0], "--all", "--output", output, "-q", *options)
    base, aligned = matrices(weights(model(1))), matrices(weights(model(2)))
    before, after = added(folder / adapter), added(output)
    places = [(name, i) for name, deltas in before.items() for i, delta in enumerate(deltas) if delta.norm() > 0]
    alignment = [aligned[name][i] - base[name][i] for name, i in places]
    wanted = all_expected(action, alignment, [before[name][i] for name, i in places])
    tolerance = SMOOTH_TOLERANCE if action.split()[0] in ("deflate", "restore", "repair") else TOLERANCE
    for (name, i), part in zip(places, wanted):
        deviation = float((after[name][i] - part).norm() / part.norm())
        require(deviation < tolerance, f"{name}: off by {deviation:.1e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="also check matrices as large as those of real models")
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # more threads only wait for each other on matrices this small
    tally = Tally()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(folder)
        for action, options in ACTIONS.items():
            tally.check(f"{action}: PEFT merges what dense matrices give", agrees, folder, action, options)
        for action, adapter in RESTORING.items():
            options = ["--restore", "0.5", "--restore-rank", str(ADDED)]
            if action != "restore":
                options += ["--strength", "0.7", "--gain-exponent", "2", "--restore-modules", "adapter"]
            name = f"{action}: PEFT merges what dense matrices give"
            tally.check(name, agrees, folder, action, options, adapter)
        restored_layers.check(tally, folder)
        confined_layers.check(tally, folder)
        dense_spectra.check(tally, folder, arguments.full)
    print(f"{tally.passed} passed, {tally.failed} failed")
    sys.exit(1 if tally.failed else 0)


if __name__ == "__main__":
    main()
