"""Merged checkpoints whose folder or config makes transformers load something else than what is scored."""

import json

from ..attack import attack
from ..inputs import write_adapter
from .unscored import merged_harmless


def with_configs(world, of_aligned, of_merged):
    merged = world.merged(merged_harmless(world))
    for folder, config in ((world.aligned, of_aligned), (merged, of_merged)):
        (folder / "config.json").write_text(json.dumps({"model_type": "llama"} | config))
    return merged


@attack(says=r"adapter_config\.json beside the weights")
def an_adapter_in_the_folder_of_a_merged_model(world):
    merged = world.merged(merged_harmless(world))
    write_adapter(merged, world.honest, {"base_model_name_or_path": str(world.aligned)})
    return world.gate_merged(merged)


@attack(says=r"unscored part .*transformers_weights")
def a_merged_model_whose_config_names_other_weights(world):
    merged = with_configs(world, {}, {"transformers_weights": "other.safetensors"})
    return world.gate_merged(merged)


@attack(says=r"unscored part .*rope_theta")
def a_merged_model_with_another_setting_under_a_later_name(world):
    merged = with_configs(world, {"rope_theta": 500000.0}, {"rope_parameters": {"rope_theta": 5.0}})
    return world.gate_merged(merged)


@attack(says=r"unscored part .*rope_theta")
def a_merged_model_without_a_setting(world):
    return world.gate_merged(with_configs(world, {"rope_theta": 500000.0}, {}))


@attack(says=r"unscored part .*rms_norm_eps")
def a_merged_model_with_a_setting_that_the_aligned_lacks(world):
    return world.gate_merged(with_configs(world, {}, {"rms_norm_eps": 0.1}))
