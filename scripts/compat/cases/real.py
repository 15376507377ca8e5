"""Adapters and configs from public repositories, if available: $SPLORA_SHARED (default ../shared) holds them."""

import json
import os
import shutil
from pathlib import Path

from peft import LoraConfig

from program import REPOSITORY

from .. import models as m
from ..case import REFUSED, Case
from ..files import adapter_tensors
from ..skeleton import Layer, SkeletonKind, layers_of
from .kinds import QV

CONFIG = "adapter_config.json"
REAL = Path(os.environ.get("SPLORA_SHARED", REPOSITORY.parent / "shared")) / "realdata"
CONFIGS = REAL / "configs" / "peft-method-comparison"
# A config's rank is limited to what fits the tiny model that replaces its own.
LARGEST_RANK = 8
# peft_type does not reveal these types: it is LORA for all of them.
REFUSED_FIELDS = ("use_bdlora", "kasa_config", "enable_lora")
FLUX = SkeletonKind(
    "Flux",
    {
        **{
            f"transformer_blocks.{block}.attn.{name}": Layer("linear", (24, 40))
            for block in range(2)
            for name in ("to_q", "to_k", "to_v", "add_q_proj", "add_k_proj", "add_v_proj", "to_out.0", "to_add_out")
        },
        **{
            f"transformer_blocks.{block}.{part}.{name}": Layer("linear", sizes)
            for block in range(2)
            for part in ("ff", "ff_context")
            for name, sizes in (("linear_in", (24, 56)), ("linear_out", (56, 24)))
        },
        **{
            f"single_transformer_blocks.{block}.attn.{name}": Layer("linear", sizes)
            for block in range(2)
            for name, sizes in (("to_qkv_mlp_proj", (24, 72)), ("to_out", (72, 24)))
        },
    },
)


def refusal(config):
    """The field that splora must name in its refusal, or None if it must accept the config."""
    if config["peft_type"] != "LORA":
        return f'peft_type "{config["peft_type"]}"'
    return next((field for field in REFUSED_FIELDS if config.get(field)), None)


def expectations(config):
    found = refusal(config)
    expected = {"expected": REFUSED, "refusal": found, "reload": False} if found else {}
    return {**expected, **({"zero": REFUSED, "zero_refusal": "drop"} if config.get("use_dora") else {})}


def adapter(folder):
    config = json.loads((folder / CONFIG).read_text())
    tensors = adapter_tensors(folder)
    kind = (
        SkeletonKind(folder.name, layers_of(tensors, config.get("fan_in_fan_out")))
        if refusal(config) is None
        else m.LLAMA
    )
    return Case("real adapters", folder.name, kind, QV, adapter=folder, **expectations(config))


def lora_config(file):
    """The config as PEFT reads it, with a rank that fits."""

    def read(_):
        config = LoraConfig(**LoraConfig.from_json_file(str(file)))
        config.r = min(config.r, LARGEST_RANK)
        return config

    return read


def other_config(file):
    """Replaces the config of a generated adapter by this one."""
    return lambda folder: shutil.copy(file, folder / CONFIG)


def config(file):
    content = json.loads(file.read_text())
    kind = FLUX if "flux" in file.name else m.LLAMA
    if refusal(content):
        return Case("real configs", file.stem, m.LLAMA, QV, edit_adapter=other_config(file), **expectations(content))
    return Case("real configs", file.stem, kind, lora_config(file), **expectations(content))


CASES = [adapter(file.parent) for file in sorted(REAL.glob(f"*/{CONFIG}"))]
CASES += [config(file) for file in sorted(CONFIGS.glob("*.json"))]
