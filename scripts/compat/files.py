"""An adapter's tensors as they lie in its file, and which of them belong to which unit."""

from pathlib import Path

import torch
from peft.tuners.lora.layer import ParamWrapper
from safetensors.torch import load_file

from checking import names, require
from dense_scores import ADAPTER_WEIGHTS, PEFT_PREFIX

from .oracle import lora_layers, unit_name

ADAPTER_PICKLE = "adapter_model.bin"
EXPERTS_WRAP = ".base_layer"
SAVED_WEIGHT = ".base_layer.weight"


def adapter_tensors(folder):
    """All tensors of an adapter, whichever of its two formats it is in."""
    file = Path(folder) / ADAPTER_WEIGHTS
    if file.is_file():
        return load_file(file)
    return torch.load(Path(folder) / ADAPTER_PICKLE, map_location="cpu", weights_only=True)


def owners(keys, model):
    """
    {key: unit} of an adapter's tensors, by the layers that PEFT built from it. Tensors that belong to no LoRA layer
    (saved modules, token deltas, biases of others) are left out.
    """
    result = {}
    for unit, layer in lora_layers(model).items():
        if not isinstance(layer, ParamWrapper):
            result.update({key: unit for key in keys if key.startswith(f"{PEFT_PREFIX}{unit}.")})
    for prefix, unit in parameter_prefixes(model).items():
        result.update({key: unit for key in keys if key.startswith(f"{prefix}.lora_")})
    return result


def parameter_prefixes(model):
    """{key prefix: unit} of wrapped parameters: wrappers of one module nest, and the prefix tells the depth."""
    return {name: unit_name(name, module) for name, module in model.named_modules() if isinstance(module, ParamWrapper)}


def kept_keys(original_owners, keys, prefixes, removed):
    """
    {key in the pruned file: key in the original}. A wrapper whose outer wrapper is gone moves up a level; the weight of
    a layer that PEFT saved along (an embedding's, where the vocabulary may have grown) stays, under its own name again.
    """
    result = {}
    depth_of = {unit: prefix for prefix, unit in prefixes.items()}
    for key in keys:
        unit = original_owners.get(key)
        if unit in removed:
            if key.endswith(SAVED_WEIGHT):
                result[key.removesuffix(SAVED_WEIGHT) + ".weight"] = key
            continue
        new = key
        if unit in depth_of:
            prefix = depth_of[unit]
            outer = [prefixes[prefix[: -len(EXPERTS_WRAP) * up]] for up in range(1, prefix.count(EXPERTS_WRAP) + 1)]
            gone = sum(one in removed for one in outer)
            new = prefix[: len(prefix) - len(EXPERTS_WRAP) * gone] + key.removeprefix(prefix)
        result[new] = key
    return result


def same(one, other):
    return (
        one.dtype == other.dtype
        and one.shape == other.shape
        and torch.equal(one.contiguous().view(torch.uint8), other.contiguous().view(torch.uint8))
    )


def check_dropped(original, pruned, expected):
    """Exactly the expected keys are there, each bit-identical."""
    require(not expected.keys() - pruned.keys(), f"missing: {names(expected.keys() - pruned.keys())}")
    require(not pruned.keys() - expected.keys(), f"left over: {names(pruned.keys() - expected.keys())}")
    changed = [key for key, source in expected.items() if not same(pruned[key], original[source])]
    require(not changed, f"not bit-identical: {names(changed)}")


def check_zeroed(original, pruned, owner, removed):
    """Every key is there; of the removed units at least one factor is zero, all else is bit-identical."""
    require(original.keys() == pruned.keys(), f"keys differ: {names(original.keys() ^ pruned.keys())}")
    changed = {key for key in original if not same(pruned[key], original[key])}
    strange = {key for key in changed if owner.get(key) not in removed}
    require(not strange, f"not bit-identical: {names(strange)}")
    zeroed = {owner[key] for key in changed if not pruned[key].any()}
    require(zeroed == set(removed), f"zeroed {names(zeroed) or 'nothing'}, expected {names(removed)}")
