#!/usr/bin/env python3
"""Checks the actions that correct modules: what PEFT merges from splora's output against dense float64 matrices.

A small model with every kind of layer that LoRA supports (linear, embedding, convolutions, stacked experts, and a
linear layer so large that V's subspaces are sketched) gets a random adapter. Each action is applied to all of its
modules, and what PEFT then adds to the weights is compared with the result of a full decomposition of V.
"""

import sys
import tempfile
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from torch import nn

from checking import Tally, require, splora

RANK, TOLERANCE = 3, 1e-5
ACTIONS = {
    "scale": ["--strength", "0.3"],
    "project": [],
    "project true": ["--reference", "subspace", "--energy", "0.5"],
    "attenuate": ["--action-energy", "0.5"],
    "deflate": ["--action-energy", "0.5", "--gain", "1.2"],
    "deflate half": ["--action-energy", "0.8", "--gain", "1", "--strength", "0.5"],
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
    torch.manual_seed(3)
    adapted = get_peft_model(
        model(2),
        LoraConfig(
            r=RANK,
            lora_alpha=7,
            target_modules=["embedding", "linear", "large", "conv1", "conv2"],
            target_parameters=["experts.weight"],
        ),
    )
    for name, parameter in adapted.named_parameters():
        if "lora_" in name:
            nn.init.normal_(parameter, std=0.3)
    adapted.save_pretrained(folder / "adapter")


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


def expected(action, v, delta):
    if action == "scale":
        return 0.7 * delta
    if action == "project":
        return v @ (v.T @ delta) / v.norm()
    left, right = projectors(v, 0.8 if action == "deflate half" else 0.5)
    if action == "project true":
        return left @ delta
    if action == "attenuate":
        inside = left @ delta @ right
        others = [left @ delta - inside, delta @ right - inside]
        others.append(delta - inside - sum(others))
        reference = inside.square().sum() + 0.05 * delta.square().sum()
        whole = inside + sum(block * reference / (reference + block.square().sum()) for block in others)
        u, s, w = torch.linalg.svd(whole, full_matrices=False)
        return (u[:, :RANK] * s[:RANK]) @ w[:RANK]
    share, gain = (0.5, 1) if action == "deflate half" else (1, 1.2)
    unit = [torch.eye(len(part), dtype=torch.float64) for part in (left, right)]
    return gain * (unit[0] - share * left) @ delta @ (unit[1] - share * right)


def agrees(folder, action, options):
    output = folder / action.replace(" ", "-")
    models = ("--base", folder / "base", "--aligned", folder / "aligned", "--adapter", folder / "adapter")
    splora("prune", *models, "--action", action.split()[0], "--all", "--output", output, "-q", *options)
    base, aligned = matrices(weights(model(1))), matrices(weights(model(2)))
    before, after = added(folder / "adapter"), added(output)
    for name, deltas in before.items():
        for i, delta in enumerate(deltas):
            wanted = expected(action, aligned[name][i] - base[name][i], delta)
            deviation = float((after[name][i] - wanted).norm() / wanted.norm())
            require(deviation < TOLERANCE, f"{name}: off by {deviation:.1e}")


def main():
    torch.set_num_threads(1)  # more threads only wait for each other on matrices this small
    tally = Tally()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(folder)
        for action, options in ACTIONS.items():
            tally.check(f"{action}: PEFT merges what dense matrices give", agrees, folder, action, options)
    print(f"{tally.passed} passed, {tally.failed} failed")
    sys.exit(1 if tally.failed else 0)


if __name__ == "__main__":
    main()
