"""The same delta in other factors, whose ranks cancel each other or differ in length."""

import numpy as np

from ..attack import attack
from ..inputs import MODULES, PREFIX, RANK, SIZE, TOKENS, TYPES, factors


def rewritten(tensors, rewrite, modules=MODULES):
    """The adapter with `rewrite(a, b)` in place of A and B of these modules."""
    names = [[f"{PREFIX}{module}.lora_{factor}.weight" for factor in "AB"] for module in modules]
    pairs = [(name, rewrite(tensors[name[0]], tensors[name[1]])) for name in names]
    return tensors | {key: value for name, pair in pairs for key, value in zip(name, pair, strict=True)}


def with_cancelling_ranks(a, b, size=2.0**50):
    """Two more ranks, whose product is exactly zero."""
    rows = np.full((2, SIZE), size, np.float32)
    columns = np.repeat(np.array([[1, -1]], np.float32), SIZE, axis=0)
    return np.concatenate([rows, a]), np.concatenate([columns, b], axis=1)


def mixed(factor):
    """A rewriting as B M and M⁻¹ A, with M = [[1, t], [0, 1]] in the first two ranks."""

    def rewrite(a, b):
        t = np.float32(factor)
        a, b = a.copy(), b.copy()
        a[0] -= t * a[1]
        b[:, 1] += t * b[:, 0]
        return a, b

    return rewrite


@attack(says="cancel")
def two_ranks_whose_product_is_zero(world):
    # The scaling must stay 2, whatever the rank.
    return world.gate(
        world.adapter(rewritten(world.honest, with_cancelling_ranks), {"r": RANK + 2, "lora_alpha": 2 * (RANK + 2)})
    )


@attack(says="cancel")
def two_ranks_whose_product_is_zero_in_one_module(world):
    tensors = rewritten(world.honest, with_cancelling_ranks, MODULES[1:2])
    ranks = {"rank_pattern": {MODULES[1]: RANK + 2}, "alpha_pattern": {MODULES[1]: 2 * (RANK + 2)}}
    return world.gate(world.adapter(tensors, ranks))


@attack(says="cancel")
def ranks_that_hide_a_delta_in_the_last_digits(world):
    # Float32 keeps none of a's first row beside t times the second.
    return world.gate(world.adapter(rewritten(world.honest, mixed(2**30))))


@attack(says="max-score")
def ranks_that_cancel_to_a_part_that_float32_can_hold(world):
    return world.gate(world.adapter(rewritten(world.honest, mixed(2**10))))


@attack(says="max-score")
def a_rank_too_long_for_the_others_to_be_seen_beside_it(world):
    def rewrite(a, b):
        a, b = a.copy(), b.copy()
        a[3], b[:, 3] = 2.0**126, 0
        return a, b

    return world.gate(world.adapter(rewritten(world.honest, rewrite)))


@attack(says="max-score")
def ranks_of_very_different_lengths(world):
    def rewrite(a, b):
        lengths = np.float32(2) ** np.array([0, 60, -60, 100], np.float32)
        return a * lengths[:, None], b / lengths

    return world.gate(world.adapter(rewritten(world.honest, rewrite)))


def with_a_giant(world, tensors, rank):
    """An adapter with one more module, endlessly long but on a token that never occurs, along V."""
    name = "model.embed_tokens"
    v = world.aligned_weights[f"{name}.weight"][0] - world.base_weights[f"{name}.weight"][0]
    a, b = np.zeros((rank, TOKENS), np.float32), np.zeros((SIZE, rank), np.float32)
    a[0, 0] = 1
    b[:, 0] = 1e6 * v / np.linalg.norm(v)
    return tensors | {f"{PREFIX}{name}.lora_embedding_A": a, f"{PREFIX}{name}.lora_embedding_B": b}


WITH_EMBEDDING = {"target_modules": [*TYPES, "embed_tokens"]}


@attack(says="cancel")
def ranks_that_cancel_beside_a_module_that_dwarfs_their_rounding(world):
    disguised = rewritten(world.honest, lambda a, b: with_cancelling_ranks(a, b, 1024))
    tensors = with_a_giant(world, disguised, RANK + 2)
    return world.gate(world.adapter(tensors, WITH_EMBEDDING | {"r": RANK + 2, "lora_alpha": 2 * (RANK + 2)}))


@attack(says="max-score")
def a_module_that_makes_all_others_negligible(world):
    adapter = world.adapter(with_a_giant(world, world.honest, RANK), WITH_EMBEDDING)
    return world.score(adapter, "--metric", "e-diem", "--population", "all", "--fail-on", "max-score>1")


@attack(says=r"lm_head.* decides the gain")
def a_module_that_decides_what_a_repair_multiplies_the_others_by(world):
    """It is endlessly long, and points where alignment moved the weights, so that a filter leaves little of it."""
    v = (world.aligned_weights["lm_head.weight"] - world.base_weights["lm_head.weight"]).astype(np.float64)
    a, b = factors(v, 1e4)
    giant = {f"{PREFIX}lm_head.lora_A.weight": a, f"{PREFIX}lm_head.lora_B.weight": b}
    random = np.random.default_rng(11)
    others = {name: random.normal(size=t.shape).astype(np.float32) for name, t in world.honest.items()}
    adapter = world.adapter(others | giant, {"target_modules": [*TYPES, "lm_head"]})
    return world.run("repair", *world.models(), "--adapter", adapter, "--output", world.folder / "out")
