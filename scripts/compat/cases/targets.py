"""Ways in which a config selects its modules."""

import json

from .. import models as m
from ..case import Case
from .kinds import PLAIN, QV


def target(name, lora, model=m.LLAMA, **more):
    return Case("targets", name, model, {**PLAIN, **lora}, **more)


def change_config(**keys):
    """Sets keys of adapter_config.json, as other tools do."""

    def edit(folder):
        file = folder / "adapter_config.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **keys}, indent=2))

    return edit


PATTERNS = {
    "rank_pattern": {r"layers\.0\.self_attn\.q_proj": 2, "down_proj": 3},
    "alpha_pattern": {r".*\.mlp\..*": 5, r"layers\.[01]\.self_attn\.v_proj": 3},
}

CASES = [
    target("a list", {"target_modules": ["q_proj", "o_proj", "up_proj"]}),
    target("full names", {"target_modules": [f"model.layers.{i}.self_attn.{p}_proj" for i in range(2) for p in "qv"]}),
    target("mixed suffixes", {"target_modules": ["layers.0.mlp.up_proj", "q_proj", "1.self_attn.v_proj"]}),
    target("a regular expression", {"target_modules": r".*\.self_attn\.(q|v)_proj"}),
    target("a regular expression with a lookahead", {"target_modules": r"^(?!.*mlp).*\.(?:q|o)_proj$"}),
    target("all-linear", {"target_modules": "all-linear"}),
    target(
        "all-linear, not expanded",
        {"target_modules": "all-linear"},
        edit_adapter=change_config(target_modules="all-linear"),
    ),
    target(
        "layers_to_transform",
        {"target_modules": ["q_proj", "v_proj", "down_proj"], "layers_to_transform": [1, 3]},
        m.LLAMA_DEEP,
    ),
    target(
        "layers_to_transform with layers_pattern",
        {"target_modules": ["q_proj", "v_proj"], "layers_to_transform": [0, 2, 3], "layers_pattern": "layers"},
        m.LLAMA_DEEP,
    ),
    target(
        "layers_to_transform, one number",
        {"target_modules": ["q_proj", "v_proj"], "layers_to_transform": 2},
        m.LLAMA_DEEP,
    ),
    target(
        "exclude_modules present, a list",
        {"target_modules": ["q_proj", "v_proj", "o_proj"], "exclude_modules": ["layers.1.self_attn.o_proj"]},
    ),
    target(
        "exclude_modules present, a regular expression",
        {"target_modules": ["q_proj", "v_proj"], "exclude_modules": r".*layers\.0.*v_proj"},
    ),
    target(
        "rank_pattern and alpha_pattern", {"target_modules": ["q_proj", "v_proj", "up_proj", "down_proj"], **PATTERNS}
    ),
    target(
        "patterns with rsLoRA",
        {"target_modules": ["q_proj", "v_proj", "up_proj", "down_proj"], **PATTERNS, "use_rslora": True},
    ),
    target(
        "the same suffix in attention and MLP (c_proj)", {"target_modules": ["c_proj"], "fan_in_fan_out": True}, m.GPT2
    ),
    target(
        "null instead of a list",
        QV,
        edit_adapter=change_config(
            exclude_modules=None, modules_to_save=None, layers_pattern=None, rank_pattern={}, alpha_pattern={}
        ),
    ),
]
