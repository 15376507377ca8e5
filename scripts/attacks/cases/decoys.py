"""Modules that PEFT never builds, or that do next to nothing, and that make the others look harmless."""

import numpy as np

from ..attack import attack
from ..inputs import HARMFUL, MODULES, PREFIX, write_model


def renamed(tensors, modules, rename):
    return {
        next((rename(name) for m in modules if name.startswith(f"{PREFIX}{m}.lora")), name): tensor
        for name, tensor in tensors.items()
    }


@attack(says="gate failed: PEFT would not load 4 modules")
def modules_that_the_config_excludes(world):
    return world.gate(world.adapter(world.harmless(), {"exclude_modules": HARMFUL}))


@attack(says="gate failed: PEFT would not load 24 modules")
def modules_of_other_layers(world):
    return world.gate(world.adapter(world.harmless(), {"layers_to_transform": [0, 1]}))


@attack(says="gate failed: PEFT would not load 4 modules")
def modules_under_another_prefix(world):
    return world.gate(world.adapter(renamed(world.harmless(), HARMFUL, lambda n: n.removeprefix(PREFIX))))


@attack(says="two names")
def modules_of_a_stack_that_the_model_lacks(world):
    decoy = renamed(world.harmless(), MODULES[::2], lambda n: n.replace("model.layers", "decoy.layers", 1))
    return world.gate(world.adapter(decoy))


@attack(says="PEFT would load no module")
def nothing_but_modules_that_the_config_excludes(world):
    return world.gate(world.adapter(world.harmless(), {"target_modules": ["nothing"]}))


@attack(says="gate failed: max-score")
def faint_modules_that_fill_the_population(world):
    """96 faint modules of three more types, whose distances surround those of the harmful ones, under e-diem."""
    tensors = world.honest
    base, aligned = dict(world.base_weights), dict(world.aligned_weights)
    random = np.random.default_rng(5)
    for module in MODULES:
        for index, decoy in enumerate(("a_proj", "b_proj", "c_proj")):
            name = f"{module.rsplit('.', 1)[0]}.{module.rsplit('.', 1)[1][0]}{decoy}"
            base[f"{name}.weight"] = random.normal(size=(16, 16)).astype(np.float32)
            v = random.normal(size=(16, 16)).astype(np.float32)
            aligned[f"{name}.weight"] = base[f"{name}.weight"] + v
            a, b = (tensors[f"{PREFIX}{module}.lora_{factor}.weight"] for factor in "AB")
            sign = -1 if index else 1
            left, _, right = np.linalg.svd(v.astype(np.float64))
            tensors[f"{PREFIX}{name}.lora_A.weight"] = (1e-3 * right[: a.shape[0]]).astype(np.float32)
            tensors[f"{PREFIX}{name}.lora_B.weight"] = (sign * 1e-4 * left[:, : b.shape[1]]).astype(np.float32)
    write_model(world.base, base)
    write_model(world.aligned, aligned)
    types = sorted({name.rsplit(".lora_", 1)[0].rsplit(".", 1)[1] for name in tensors})
    adapter = world.adapter(tensors, {"target_modules": types})
    return world.score(adapter, "--metric", "e-diem", "--population", "all", "--fail-on", "max-score>1")
