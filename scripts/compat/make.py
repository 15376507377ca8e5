"""Creates the folders of a case: base, aligned, adapter, and the copies that PEFT reads where those are needed."""

import shutil
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model

from checking import recorded_warnings

from .case import Places
from .models import step_away

# How far "training" moves each trainable parameter from its initial value, relative to its size.
TRAINING_STEP = 0.1
SIZE_OF_ZERO = 0.02


def make_models(kind, folder):
    """Saves the base and the aligned model of a kind as transformers does: float32, in one file."""
    for name, seed in (("base", 1), ("aligned", 2)):
        model = kind.random(1)
        if name == "aligned":
            step_away(model, seed)
        model.save_pretrained(folder / name)


@torch.no_grad()
def train(model, seed=7):
    """Moves everything that PEFT made trainable: factors, magnitudes, biases, saved modules, token deltas."""
    generator = torch.Generator().manual_seed(seed)
    trainable = sorted((name, p) for name, p in model.named_parameters() if p.requires_grad)
    for _, parameter in trainable:
        size = parameter.float().square().mean().sqrt().item() * TRAINING_STEP or SIZE_OF_ZERO
        parameter += (size * torch.randn(parameter.shape, generator=generator)).to(parameter.dtype)


def write_adapter(case, aligned, folder):
    """Wraps the aligned model, trains it and saves the adapter, unless the case has an existing one."""
    if case.adapter:
        shutil.copytree(case.adapter, folder)
        return
    torch.manual_seed(5)
    model = case.kind.load(aligned)
    config = case.lora(model) if callable(case.lora) else LoraConfig(**case.lora)
    if case.prepare:
        case.prepare(model, config)
    with recorded_warnings():
        wrapped = get_peft_model(model, config)
        train(wrapped)
        wrapped.peft_config["default"].base_model_name_or_path = str(aligned)
        wrapped.save_pretrained(folder)
    if case.edit_adapter:
        case.edit_adapter(folder)


def lay_out(layout, source, folder):
    if layout is None:
        return source
    if not folder.exists():
        layout(source, folder)
    return folder


def make_case(case, models, work):
    """Creates the folders of one case below `work`; `models` holds the models of its kind."""
    source = {part: Path(models) / case.kind.name / part for part in ("base", "aligned")}
    base = lay_out(case.base_layout, source["base"], work / "base")
    aligned = lay_out(case.aligned_layout, source["aligned"], work / "aligned")
    if case.client_layout == "same":
        client_base, client_aligned = base, aligned
    else:
        client_base, client_aligned = (
            lay_out(case.client_layout, source[part], work / f"client-{part}") for part in ("base", "aligned")
        )
    write_adapter(case, client_aligned, work / "adapter")
    return Places(base, aligned, work / "adapter", client_base, client_aligned)
