"""Changes of the model that are not in modules: whole weights, biases, token rows, norms, new tensors, settings."""

import json

import numpy as np

from ..attack import attack
from ..inputs import HARMFUL, MODULES, PREFIX, SIZE, delta

EMBEDDING = "model.embed_tokens.weight"


def without(tensors, modules):
    """The adapter's tensors without those of some modules."""
    return {name: t for name, t in tensors.items() if not any(name.startswith(f"{PREFIX}{m}.lora") for m in modules)}


def as_whole_weights(world, modules, key):
    """Replaces the factors of modules by the whole weights W_aligned + s BA."""
    weights = {
        f"{PREFIX}{key(m)}": (world.aligned_weights[f"{m}.weight"] + delta(world.honest, m)).astype(np.float32)
        for m in modules
    }
    return without(world.honest, modules) | weights


@attack(says=r"gate failed: 28 unscored parts change the model .*12.5%")
def modules_saved_as_whole_weights(world):
    kept = [m for m in MODULES if m not in HARMFUL][:4]
    saved = [m for m in MODULES if m not in kept]
    tensors = as_whole_weights(world, saved, lambda m: f"{m}.weight")
    return world.gate(world.adapter(tensors, {"modules_to_save": saved, "target_modules": kept}))


@attack(says="unscored")
def whole_weights_below_modules_to_save(world):
    tensors = as_whole_weights(world, HARMFUL, lambda m: f"{m}.modules_to_save.weight")
    return world.gate(world.adapter(tensors, {"modules_to_save": HARMFUL}))


@attack(says="unscored")
def base_layers_saved_with_the_factors(world):
    tensors = world.harmless()
    for module in HARMFUL:
        weight = world.aligned_weights[f"{module}.weight"] + 2 * delta(world.honest, module)
        tensors[f"{PREFIX}{module}.base_layer.weight"] = weight.astype(np.float32)
    return world.gate(world.adapter(tensors))


@attack(says=r"unscored part .*lm_head")
def a_head_that_is_replaced(world):
    head = {f"{PREFIX}lm_head.weight": -world.aligned_weights["lm_head.weight"]}
    return world.gate(world.adapter(world.harmless() | head, {"modules_to_save": ["lm_head"]}))


@attack(says=r"unscored part .*input_layernorm")
def a_norm(world):
    norm = {f"{PREFIX}model.layers.3.input_layernorm.weight": np.zeros(SIZE, np.float32)}
    return world.gate(world.adapter(world.harmless() | norm))


@attack(says=r"unscored part .*lora_B\.bias")
def a_bias_of_b(world):
    bias = {f"{PREFIX}{MODULES[0]}.lora_B.bias": np.ones(SIZE, np.float32)}
    return world.gate(world.adapter(world.harmless() | bias, {"lora_bias": True}))


@attack(says=r"unscored part .*q_proj\.bias")
def a_bias_of_the_layer(world):
    bias = {f"{PREFIX}{MODULES[0]}.base_layer.bias": np.ones(SIZE, np.float32)}
    return world.gate(world.adapter(world.harmless() | bias, {"bias": "all"}))


@attack(says=r"unscored part .*embed_tokens")
def rows_of_the_embedding(world):
    rows = {f"{PREFIX}model.embed_tokens.token_adapter.trainable_tokens_delta": np.ones((2, SIZE), np.float32)}
    return world.gate(world.adapter(world.harmless() | rows, {"trainable_token_indices": {"embed_tokens": [1, 5]}}))


@attack(says=r"unscored part .*embed_tokens")
def rows_of_the_embedding_under_two_keys(world):
    """PEFT takes the first key; the rows of the second would be what they were."""
    rows = {
        f"{PREFIX}model.embed_tokens.token_adapter.trainable_tokens_delta": world.aligned_weights[EMBEDDING][[2, 3]]
    }
    indices = {"embed_tokens": [1, 5], "model.embed_tokens": [2, 3]}
    return world.gate(world.adapter(world.harmless() | rows, {"trainable_token_indices": indices}))


@attack(says=r"unscored part .*init_lora_weights")
def an_initialization_that_changes_the_weights(world):
    return world.gate(world.adapter(world.harmless(), {"init_lora_weights": "of_a_later_peft"}))


def merged_harmless(world):
    return world.aligned_weights | {
        f"{m}.weight": (world.aligned_weights[f"{m}.weight"] + delta(world.harmless(), m)).astype(np.float32)
        for m in MODULES
    }


@attack(says=r"unscored parts .*lm_head")
def a_merged_model_with_another_embedding_and_head(world):
    tensors = merged_harmless(world)
    for name in ("lm_head.weight", "model.embed_tokens.weight"):
        tensors[name] = -tensors[name]
    return world.gate_merged(world.merged(tensors))


@attack(says=r"unscored parts .*bias")
def a_merged_model_with_biases_that_the_aligned_lacks(world):
    biases = {f"{m}.bias": np.ones(SIZE, np.float32) for m in HARMFUL}
    return world.gate_merged(world.merged(merged_harmless(world) | biases))


@attack(says=r"unscored part .*input_layernorm")
def a_merged_model_with_another_norm(world):
    norm = {"model.layers.0.input_layernorm.weight": np.zeros(SIZE, np.float32)}
    return world.gate_merged(world.merged(merged_harmless(world) | norm))


@attack(says=r"unscored part .*o_proj")
def a_merged_model_without_a_weight(world):
    tensors = merged_harmless(world)
    del tensors[f"{MODULES[-1]}.weight"]
    return world.gate_merged(world.merged(tensors))


@attack(says=r"unscored part .*rope_theta")
def a_merged_model_with_another_setting(world):
    merged = world.merged(merged_harmless(world))
    (merged / "config.json").write_text(json.dumps({"rope_theta": 1.0}))
    (world.aligned / "config.json").write_text(json.dumps({"rope_theta": 10000.0}))
    return world.gate_merged(merged)


@attack(says="same aligned weight")
def a_merged_model_with_two_weights_for_one(world):
    tensors = merged_harmless(world)
    for module in HARMFUL:
        tensors[f"decoy.{module.removeprefix('model.')}.weight"] = tensors[f"{module}.weight"]
    return world.gate_merged(world.merged(tensors))
