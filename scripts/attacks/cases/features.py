"""Config fields that change what the factors mean."""

from ..attack import attack


@attack(says="use_qalora")
def a_delta_that_is_not_ba(world):
    return world.gate(world.adapter(world.honest, {"use_qalora": True}))


@attack(says="rank")
def a_rank_that_the_factors_do_not_have(world):
    return world.gate(world.adapter(world.honest, {"r": 4096}))
