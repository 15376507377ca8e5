"""The tiny model under attack, and an adapter that an honest gate fails.

The model has 8 blocks of 4 modules with weights of 16 x 16, an embedding, a head and norms. The adapter has rank 4.
Most of its modules move along with alignment; those of `HARMFUL` move against it, with a cosine of about -0.8.
"""

import json
import struct

import numpy as np
from safetensors.numpy import load_file, save_file

BLOCKS = 8
TYPES = ("q_proj", "k_proj", "v_proj", "o_proj")
MODULES = [f"model.layers.{block}.self_attn.{kind}" for block in range(BLOCKS) for kind in TYPES]
HARMFUL = MODULES[1::8]
SIZE = 16
TOKENS = 24
RANK = 4
ALPHA = 8
SCALING = ALPHA / RANK
PREFIX = "base_model.model."
CONFIG = {
    "peft_type": "LORA",
    "task_type": "CAUSAL_LM",
    "base_model_name_or_path": "aligned",
    "r": RANK,
    "lora_alpha": ALPHA,
    "target_modules": list(TYPES),
    "bias": "none",
}


def factors(direction, size):
    """A and B, as stored, whose delta is the best approximation of `direction` of this rank, of norm `size`."""
    left, values, right = np.linalg.svd(direction)
    roots = np.sqrt(values[:RANK] * size / np.linalg.norm(values[:RANK]))
    return (roots[:, None] * right[:RANK]).astype(np.float32), (left[:, :RANK] * roots / SCALING).astype(np.float32)


def checkpoints(random):
    """Base and aligned weights, by name."""

    def matrix(rows=SIZE):
        return random.normal(size=(rows, SIZE)).astype(np.float32)

    base = {"model.embed_tokens.weight": matrix(TOKENS), "lm_head.weight": matrix(TOKENS)}
    base |= {f"{module}.weight": matrix() for module in MODULES}
    norms = [f"model.layers.{block}.{norm}.weight" for block in range(BLOCKS) for norm in ("input_layernorm",)]
    base |= {name: np.ones(SIZE, np.float32) for name in [*norms, "model.norm.weight"]}
    aligned = {name: w + 0.1 * random.normal(size=w.shape).astype(np.float32) for name, w in base.items()}
    return base, aligned


def adapter(base, aligned, harmful=HARMFUL):
    """The adapter's tensors, by name; with harmful=() it passes the gate."""
    tensors = {}
    for module in MODULES:
        alignment = (aligned[f"{module}.weight"] - base[f"{module}.weight"]).astype(np.float64)
        a, b = factors(-alignment if module in harmful else alignment, 1)
        tensors[f"{PREFIX}{module}.lora_A.weight"] = a
        tensors[f"{PREFIX}{module}.lora_B.weight"] = b
    return tensors


def delta(tensors, module):
    """What the adapter's factors add to a module's weight."""
    a, b = (tensors[f"{PREFIX}{module}.lora_{factor}.weight"].astype(np.float64) for factor in "AB")
    return SCALING * b @ a


def merged(aligned, tensors):
    """The aligned weights with the adapter merged into them."""
    return aligned | {
        f"{module}.weight": (aligned[f"{module}.weight"] + delta(tensors, module)).astype(np.float32)
        for module in MODULES
    }


def write_model(folder, tensors):
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def write_adapter(folder, tensors, config=None):
    """Writes a PEFT adapter; `config` holds the fields that differ from an honest one."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    (folder / "adapter_config.json").write_text(json.dumps(CONFIG | (config or {})))
    return folder


def read(folder):
    """The tensors of an adapter or a model, by name."""
    return load_file(next(folder.glob("*model.safetensors")))


def header(file):
    """The JSON header of a safetensors file."""
    data = file.read_bytes()
    return json.loads(data[8 : 8 + struct.unpack("<Q", data[:8])[0]])
