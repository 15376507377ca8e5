"""Inputs of which a part is judged, or none at all."""

from ..attack import attack


@attack(says="no adapter_config.json")
def an_adapter_without_a_config_beside_others(world):
    world.adapter(world.harmless(), name="all/one")
    (world.adapter(world.honest, name="all/two") / "adapter_config.json").unlink()
    return world.gate(world.folder / "all")


@attack(says="two: gate failed: max-score")
def one_bad_adapter_among_others(world):
    for name, tensors in (("one", world.harmless()), ("two", world.honest), ("zero", world.harmless())):
        world.adapter(tensors, name=f"all/{name}")
    return world.gate(world.folder / "all")


@attack(says="link to a file outside")
def weights_that_are_a_link(world):
    harmless = world.adapter(world.harmless(), name="harmless")
    adapter = world.adapter(world.honest)
    (adapter / "adapter_model.safetensors").unlink()
    (adapter / "adapter_model.safetensors").symlink_to(harmless / "adapter_model.safetensors")
    return world.gate(adapter)


@attack(says="@")
def an_adapter_whose_name_is_an_argument_file(world):
    arguments = world.folder / "arguments"
    arguments.write_text(str(world.adapter(world.harmless())))
    return world.gate(f"@{arguments}")
