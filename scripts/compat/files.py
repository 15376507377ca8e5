"""An adapter's files: which tensor belongs to which unit, and what a pruning may change."""

import json
from pathlib import Path

import torch
from peft.tuners.lora.layer import ParamWrapper
from safetensors.torch import load_file

from checking import names, require
from dense_scores import ADAPTER_CONFIG, ADAPTER_WEIGHTS, PEFT_PREFIX

from .oracle import lora_layers, unit_name

ADAPTER_PICKLE = "adapter_model.bin"
EXPERTS_WRAP = ".base_layer"
SAVED_WEIGHT = ".base_layer.weight"
STYLES = {
    "exclude": ["--action", "drop", "--config-style", "exclude"],
    "targets": ["--action", "drop", "--config-style", "targets"],
    "zero": ["--action", "zero"],
}
# The keys of adapter_config.json that dropping modules may change; all others must stay as they were.
OWNED_KEYS = {"target_modules", "exclude_modules", "rank_pattern", "alpha_pattern"}
# The same, but only in an adapter that uses them.
OWNED_KEYS_IN_USE = {"target_parameters", "ensure_weight_tying"}


def adapter_tensors(folder):
    """All tensors of an adapter, in either of its two formats."""
    file = Path(folder) / ADAPTER_WEIGHTS
    if file.is_file():
        return load_file(file)
    return torch.load(Path(folder) / ADAPTER_PICKLE, map_location="cpu", weights_only=True)


def owners(keys, model):
    """
    {key: unit} of an adapter's tensors, according to the layers that PEFT built from it. Tensors that belong to no LoRA
    layer (saved modules, token deltas, other layers' biases) are left out.
    """
    result = {}
    for unit, layer in lora_layers(model).items():
        if not isinstance(layer, ParamWrapper):
            result.update({key: unit for key in keys if key.startswith(f"{PEFT_PREFIX}{unit}.")})
    for prefix, unit in parameter_prefixes(model).items():
        result.update({key: unit for key in keys if key.startswith(f"{prefix}.lora_")})
    return result


def parameter_prefixes(model):
    """{key prefix: unit} of wrapped parameters: wrappers of one module nest, and the prefix shows the depth."""
    return {name: unit_name(name, module) for name, module in model.named_modules() if isinstance(module, ParamWrapper)}


def kept_keys(original_owners, keys, prefixes, removed):
    """
    {key in the pruned file: key in the original}. A wrapper whose outer wrapper is removed moves up one level; a weight
    that PEFT saved with a layer (an embedding whose vocabulary may have grown) stays, under its own name again.
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
    """Equal in dtype, shape and every bit."""
    return (
        one.dtype == other.dtype
        and one.shape == other.shape
        and torch.equal(one.contiguous().view(torch.uint8), other.contiguous().view(torch.uint8))
    )


def check_dropped(original, pruned, expected):
    """Exactly the expected keys are present, each bit-identical."""
    require(not expected.keys() - pruned.keys(), f"missing: {names(expected.keys() - pruned.keys())}")
    require(not pruned.keys() - expected.keys(), f"left over: {names(pruned.keys() - expected.keys())}")
    changed = [key for key, source in expected.items() if not same(pruned[key], original[source])]
    require(not changed, f"not bit-identical: {names(changed)}")


def check_zeroed(original, pruned, owner, removed, factor=""):
    """
    Every key is present; of each removed unit at least one factor is zero, everything else is bit-identical. `factor`
    is part of the key of those that may be zeroed: ".lora_B." where only lora_B may.
    """
    require(original.keys() == pruned.keys(), f"keys differ: {names(original.keys() ^ pruned.keys())}")
    changed = {key for key in original if not same(pruned[key], original[key])}
    strange = {key for key in changed if owner.get(key) not in removed or factor not in key}
    require(not strange, f"not bit-identical: {names(strange)}")
    retyped = [k for k in changed if (pruned[k].dtype, pruned[k].shape) != (original[k].dtype, original[k].shape)]
    require(not retyped, f"dtype or shape changed: {names(retyped)}")
    zeroed = {owner[key] for key in changed if not pruned[key].any()}
    require(zeroed == set(removed), f"zeroed {names(zeroed) or 'nothing'}, expected {names(removed)}")


def check_config(adapter, output, style):
    """Nothing changed in adapter_config.json except what the style may change."""
    before, after = (json.loads((folder / ADAPTER_CONFIG).read_text()) for folder in (adapter, output))
    changed = {
        key
        for key in before.keys() | after.keys()
        if (key in before) != (key in after) or before.get(key) != after.get(key)
    }
    owned = OWNED_KEYS | {key for key in OWNED_KEYS_IN_USE if before.get(key)}
    strange = changed - (owned if style != "zero" else set())
    require(not strange, f"{ADAPTER_CONFIG} changed in {names(strange)}")


def check_decision(output, removed):
    """The report in the output folder names exactly the removed modules."""
    report = json.loads((output / "splora-report.json").read_text())
    decided = {m["name"] for m in report["modules"] if m["decision"] == "prune"}
    require(
        decided == set(removed),
        f"pruned in error: {names(decided - set(removed)) or 'none'};"
        f" kept in error: {names(set(removed) - decided) or 'none'}",
    )
    require(report["summary"]["pruned"] == len(removed), f"summary.pruned is {report['summary']['pruned']}")


def check_carried_over(adapter, output):
    """Every other file of the adapter is in the output folder, byte for byte; the model card gains a section."""
    for file in adapter.rglob("*"):
        carried = output / file.relative_to(adapter)
        if file.is_file() and file.name not in (ADAPTER_CONFIG, ADAPTER_WEIGHTS):
            length = len(file.read_bytes()) if file.name == "README.md" else None
            require(
                carried.is_file() and carried.read_bytes()[:length] == file.read_bytes(),
                f"{file.name} was not carried over unchanged",
            )
