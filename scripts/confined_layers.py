"""Confining an adapter to its task: what PEFT merges, against the dense formula in float64.

Nothing is shared with splora: every matrix of second moments is formed.
"""

import json

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from torch import nn

from checking import require, splora

WIDTHS = {"q": (24, 18), "k": (24, 12), "up": (24, 40), "down": (40, 24)}
TOLERANCE = 1e-5
COSINE = 0.93
# Name of the case: settings of the adapter, rows of the two factors, λ or None for --task-cosine, data type.
CASES = {
    "few inputs": ({"r": 3}, (5, 4), 10, torch.float64),
    "many inputs": ({"r": 3}, (90, 70), 1000, torch.float64),
    "rank 1": ({"r": 1}, (60, 60), 100, torch.float32),
    "as many ranks as features": ({"r": 12}, (60, 30), 1, torch.float32),
    "rslora": ({"r": 4, "use_rslora": True}, (60, 30), 100, torch.float16),
    "patterns": ({"r": 4, "rank_pattern": {"up": 2}, "alpha_pattern": {"up": 9}}, (60, 30), 0.5, torch.bfloat16),
    "the weight that a cosine allows": ({"r": 3}, (60, 40), None, torch.float32),
}


class Model(nn.Module):
    """Only a container of layers; it never runs."""

    def __init__(self, seed):
        super().__init__()
        torch.manual_seed(seed)
        for name, (inputs, outputs) in WIDTHS.items():
            setattr(self, name, nn.Linear(inputs, outputs, bias=False))

    def forward(self, x):
        return x


def weights(model):
    return {name: getattr(model, name).weight.detach().double() for name in WIDTHS}


def moments(factor):
    """KᵀK of what the file holds, divided by its mean eigenvalue."""
    factor = factor.double()
    product = factor.T @ factor
    return product / product.diagonal().mean()


def inner(moments, one, other):
    return (one @ moments * other).sum()


def confined(delta, task, requests, weight):
    """ΔW (T + 1) (T + 1 + λH)⁻¹, times the factor that keeps its size on the task, or 4."""
    t, h = moments(task), moments(requests)
    floored = t + torch.eye(len(t), dtype=t.dtype)
    new = delta @ floored @ torch.linalg.inv(floored + weight * h)
    return new * (inner(t, delta, delta) / inner(t, new, new)).sqrt().clamp_max(4)


def one(folder, settings, rows, weight, dtype):
    for name, seed in (("base", 1), ("aligned", 2)):
        (folder / name).mkdir(parents=True)
        save_file(Model(seed).state_dict(), folder / name / "model.safetensors")
    adapted = get_peft_model(Model(2), LoraConfig(lora_alpha=7, target_modules=list(WIDTHS), **settings))
    for name, parameter in adapted.named_parameters():
        if "lora_" in name:
            nn.init.normal_(parameter, std=0.3)
    adapted.save_pretrained(folder / "adapter")
    torch.manual_seed(4)
    # The layers q, k and up read the same inputs.
    layers = {name: "down" if name == "down" else "q" for name in WIDTHS}
    tensors = {}
    for name in set(layers.values()):
        mixed = torch.randn(WIDTHS[name][0], WIDTHS[name][0], dtype=torch.float64)
        for kind, count in zip(("task", "requests"), rows, strict=True):
            tensors[f"{name}.{kind}"] = (torch.randn(count, len(mixed), dtype=torch.float64) @ mixed).to(dtype)
    metadata = {"splora_calibration": "1", "layers": json.dumps(layers)}
    save_file(tensors, folder / "calibration.safetensors", metadata)
    models = ["--base", folder / "base", "--aligned", folder / "aligned", "--adapter", folder / "adapter"]
    limit = ["--task-cosine", str(COSINE)] if weight is None else ["--request-weight", str(weight)]
    splora("repair", *models, "--calibration", folder / "calibration.safetensors", *limit, "--output", folder / "out")
    used = json.loads((folder / "out" / "splora-report.json").read_text())["parameters"]["requestWeight"]
    require(weight in (None, used), f"weight {used}")

    before = weights(Model(2))
    deltas, results = (
        {name: weight - before[name] for name, weight in weights(merged(folder / place)).items()}
        for place in ("adapter", "out")
    )
    agreeing = size = 0
    for name, stored in layers.items():
        task = tensors[f"{stored}.task"]
        expected = confined(deltas[name], task, tensors[f"{stored}.requests"], used)
        error = (results[name] - expected).norm() / expected.norm()
        require(error < TOLERANCE, f"{name}: differs by {error:.1e}")
        require((results[name] - deltas[name]).norm() > 0.01 * deltas[name].norm(), f"{name}: nothing changed")
        agreeing += inner(moments(task), deltas[name], results[name])
        size += inner(moments(task), deltas[name], deltas[name])
    if weight is None:
        require(abs(agreeing / size - COSINE) < 2e-3, f"cosine {agreeing / size:.4f}")


def merged(adapter):
    return PeftModel.from_pretrained(Model(2), adapter).merge_and_unload()


def check(tally, folder):
    for name, case in CASES.items():
        tally.check(f"confine, {name}: PEFT merges what the formula gives", one, folder / f"confine {name}", *case)
