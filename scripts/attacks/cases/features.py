"""Config fields that change what the factors mean, or what PEFT does besides adding them."""

import json

import numpy as np

from ..attack import attack
from ..inputs import HARMFUL, MODULES, PREFIX, delta, write_model
from .unscored import without


@attack(says="use_qalora")
def a_delta_that_is_not_ba(world):
    return world.gate(world.adapter(world.honest, {"use_qalora": True}))


@attack(says="rank")
def a_rank_that_the_factors_do_not_have(world):
    return world.gate(world.adapter(world.honest, {"r": 4096}))


@attack(says="kasa_config")
def a_variant_with_default_settings(world):
    return world.gate(world.adapter(world.harmless(), {"kasa_config": {}}))


@attack(says=r"unscored part .*init_lora_weights")
def modules_without_factors_that_start_at_random(world):
    return world.gate(world.adapter(without(world.harmless(), HARMFUL), {"init_lora_weights": False}))


def looks_harmless_transposed(world, module):
    v = (world.aligned_weights[f"{module}.weight"] - world.base_weights[f"{module}.weight"]).astype(np.float64)
    d = delta(world.honest, module).T
    return -np.sum(d * v) < 0.05 * np.linalg.norm(d) * np.linalg.norm(v)


def harmful_and_harmless_transposed(world):
    """The modules of an adapter against alignment whose transposed deltas would pass the gate."""
    world.honest = {name: -t if "lora_B" in name else t for name, t in world.harmless().items()}
    kept = [module for module in MODULES if looks_harmless_transposed(world, module)]
    return kept, {
        name: t for name, t in world.honest.items() if any(name.startswith(f"{PREFIX}{m}.lora") for m in kept)
    }


@attack(says="gate failed: max-score")
def square_weights_that_the_config_calls_transposed(world):
    kept, tensors = harmful_and_harmless_transposed(world)
    return world.gate(world.adapter(tensors, {"target_modules": kept, "fan_in_fan_out": True}))


@attack(says="gate failed: max-score")
def transposed_square_weights_that_the_config_calls_linear(world):
    """In GPT-2, PEFT corrects the flag. A head of almost zero, which is not transposed, is no evidence either."""
    kept, tensors = harmful_and_harmless_transposed(world)
    for folder, weights in ((world.base, world.base_weights), (world.aligned, world.aligned_weights)):
        write_model(folder, {n: np.ascontiguousarray(t.T) if n[:-7] in MODULES else t for n, t in weights.items()})
        (folder / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    head = world.aligned_weights["lm_head.weight"].shape
    tensors[f"{PREFIX}lm_head.lora_A.weight"] = np.full((4, head[1]), 1e-3, np.float32)
    tensors[f"{PREFIX}lm_head.lora_B.weight"] = np.full((head[0], 4), 1e-3, np.float32)
    return world.gate(world.adapter(tensors, {"target_modules": [*kept, "lm_head"], "fan_in_fan_out": False}))


def of_one_module_more(world, name, shape, targets, init):
    """The harmless adapter on models with one more weight, which the config targets and which has no factors."""
    random = np.random.default_rng(7)
    for folder, weights in ((world.base, world.base_weights), (world.aligned, world.aligned_weights)):
        write_model(folder, weights | {name: random.normal(size=shape).astype(np.float32)})
    return world.gate(world.adapter(world.harmless(), targets | {"init_lora_weights": init}))


LINEAR_TYPES = [m.rsplit(".", 1)[1] for m in MODULES[:4]]
LINEAR = {"target_modules": [*LINEAR_TYPES, "more"]}
EXPERTS = {"target_parameters": ["mlp.experts.down_proj"]}
MORE = "model.layers.0.more.weight"
LAYERS = {
    "convolution": (MORE, (4, 16, 3, 3), LINEAR),
    "layer": (MORE, (16, 16), LINEAR),
    "layer of one expert": ("model.layers.0.mlp.experts.1.more.weight", (16, 16), LINEAR),
    "stack of experts": ("model.layers.0.mlp.experts.down_proj", (2, 16, 8), EXPERTS),
    "layer under another name": (
        MORE,
        (16, 16),
        {"target_modules": r".*self_attn\..*|model\.language_model\.layers\.0\.more"},
    ),
}


def untrained(layer, init):
    def run(world):
        return of_one_module_more(world, *LAYERS[layer], init)

    attack(says=r"unscored part .*init_lora_weights", name=f"a {layer} without factors under {init!r}")(run)


for untrained_layer in LAYERS:
    untrained(untrained_layer, False)
for initialization in (None, "", "orthogonal", "pissa", "olora"):
    untrained("layer", initialization)


NOT_LINEAR = {
    "a tied head": {"target_modules": [*LINEAR_TYPES, "lm_head"]},
    "a tied head as a parameter": {"target_parameters": ["lm_head.weight"]},
    "an embedding as a parameter": {"target_parameters": ["embed_tokens.weight"]},
    "a layer as a parameter": {"target_parameters": ["more.weight"]},
}


def untrained_target(targets, init):
    """The harmless adapter on models whose head is tied, with a target for which PEFT starts random factors."""

    def run(world):
        more = np.ones((16, 16), np.float32)
        for folder, weights in ((world.base, world.base_weights), (world.aligned, world.aligned_weights)):
            tied = {name: t for name, t in weights.items() if name != "lm_head.weight"}
            write_model(folder, tied | {MORE: more})
            (folder / "config.json").write_text(json.dumps({"tie_word_embeddings": True}))
        return world.gate(world.adapter(world.harmless(), NOT_LINEAR[targets] | {"init_lora_weights": init}))

    attack(says=r"unscored part .*init_lora_weights", name=f"{targets} without factors under {init!r}")(run)


for target in NOT_LINEAR:
    for initialization in (False, None, ""):
        untrained_target(target, initialization)


@attack(says="fan_in_fan_out")
def square_weights_whose_orientation_no_model_shows(world):
    """Conv1D weights with biases, of no known type: the flag alone decides which way they are read."""
    kept, tensors = harmful_and_harmless_transposed(world)
    biases = {f"{module}.bias": np.zeros(16, np.float32) for module in MODULES}
    for folder, weights in ((world.base, world.base_weights), (world.aligned, world.aligned_weights)):
        write_model(folder, weights | biases)
    return world.gate(world.adapter(tensors, {"target_modules": kept, "fan_in_fan_out": True}))


@attack(says=r"unscored part .*ensure_weight_tying")
def a_head_that_peft_ties_to_an_embedding(world):
    """PEFT also builds a module on the head, with a scaling of its own, from the embedding's factors."""
    name = f"{PREFIX}model.embed_tokens.lora_embedding_"
    a, b = np.zeros((4, 24), np.float32), np.zeros((16, 4), np.float32)
    v = world.aligned_weights["model.embed_tokens.weight"][0] - world.base_weights["model.embed_tokens.weight"][0]
    a[0, 0], b[:, 0] = 1, 1e-3 * v
    targets = {"target_modules": [*(m.rsplit(".", 1)[1] for m in MODULES[:4]), "embed_tokens"]}
    config = {"ensure_weight_tying": True, "alpha_pattern": {"lm_head": -1000}}
    return world.gate(world.adapter(world.harmless() | {f"{name}A": a, f"{name}B": b}, targets | config))


@attack(says="gate failed: PEFT would not load 1 module")
def an_embedding_under_the_names_of_a_linear_layer(world):
    """A module of any length that PEFT ignores."""
    name = f"{PREFIX}model.embed_tokens.lora_"
    random = np.random.default_rng(3)
    factors = {
        f"{name}A.weight": random.normal(size=(4, 16)).astype(np.float32),
        f"{name}B.weight": random.normal(size=(24, 4)).astype(np.float32),
    }
    targets = {"target_modules": [*(m.rsplit(".", 1)[1] for m in MODULES[:4]), "embed_tokens"]}
    return world.gate(world.adapter(world.harmless() | factors, targets))
