"""Corrections of an adapter, computed densely and independently of splora.

Each one takes a Scene and returns {layer: delta [out, in]}, to be added to the aligned weights; a layer that is missing
keeps its aligned weight. V = U diag(σ) Wᵀ is the alignment delta, B A the adapter's.
"""

import random
import zlib
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Nothing:
    def __call__(self, scene):
        return {module.name: module.delta() for module in scene.adapted()}


@dataclass(frozen=True)
class Aligned:
    def __call__(self, scene):
        return {}


@dataclass(frozen=True)
class Removed:
    """Removes the share of modules with the highest scores; `score` names one of scores.py, or `random`."""

    score: str
    share: float
    seed: int = 0

    def __call__(self, scene):
        modules = scene.adapted()
        if self.score == "random":
            scores = {module.name: random.Random(f"{self.seed} {module.name}").random() for module in modules}
        else:
            scores = scene.scores[self.score]
        ranked = sorted(modules, key=lambda module: scores[module.name], reverse=True)
        kept = ranked[round(self.share * len(ranked)) :]
        return {module.name: module.delta() for module in kept}


@dataclass(frozen=True)
class Scaled:
    factor: float

    def __call__(self, scene):
        return {module.name: self.factor * module.delta() for module in scene.adapted()}


@dataclass(frozen=True)
class Added:
    """Adds α V, or its `rank` strongest singular triplets, in the adapter's modules or everywhere."""

    alpha: float
    rank: int | None = None
    everywhere: bool = False

    def __call__(self, scene):
        deltas = {}
        for module in scene.modules.values():
            if module.adapted or self.everywhere:
                k = self.rank or len(module.s)
                part = self.alpha * module.strongest(k)
                deltas[module.name] = part + module.delta() if module.adapted else part
        return deltas


@dataclass(frozen=True)
class Projected:
    """SafeLoRA (2405.16833): C ΔW with C = V Vᵀ/‖V‖, in the share of modules where ΔW and C ΔW are least similar.

    With `energy`, the projector on the left subspace that holds this share of ‖V‖² takes C's place.
    """

    share: float
    energy: float | None = None

    def __call__(self, scene):
        projected, similar = {}, {}
        for module in scene.adapted():
            squares = module.s**2
            values = squares / squares.sum().sqrt() if self.energy is None else 1 - kept_by_step(squares, self.energy)
            delta = module.delta()
            projected[module.name] = (module.u * values) @ (module.u.T @ delta)
            similar[module.name] = torch.cosine_similarity(projected[module.name].ravel(), delta.ravel(), 0).item()
        chosen = sorted(similar, key=similar.get)[: round(self.share * len(similar))]
        return {module.name: module.delta() for module in scene.adapted()} | {one: projected[one] for one in chosen}


@dataclass(frozen=True)
class Attenuated:
    """CSULoRA (2605.30640): of the four blocks of a delta, the one inside both subspaces stays, the others shrink."""

    energy: float = 0.95

    def __call__(self, scene):
        deltas = {}
        for module in scene.adapted():
            inside = kept_by_step(module.s**2, self.energy) == 0
            left, right = module.u[:, inside], module.vh[inside]
            delta = module.delta()
            in_left = left @ (left.T @ delta)
            blocks = [in_left @ right.T @ right]
            blocks.append(in_left - blocks[0])
            blocks.append((delta - in_left) @ right.T @ right)
            blocks.append(delta - in_left - blocks[2])
            energies = [(block.double() ** 2).sum().item() for block in blocks]
            reference = energies[0] + 0.05 * sum(energies)
            shrunk = [
                block * (reference / (reference + energy))
                for block, energy in zip(blocks[1:], energies[1:], strict=True)
            ]
            deltas[module.name] = blocks[0] + sum(shrunk)
        return deltas


def kept_by_step(squares, energy):
    """0 for the fewest largest σ² that hold the share `energy` of their sum, 1 for the others."""
    squares = squares.double()
    reached = torch.cumsum(squares, 0)
    count = int((reached < (energy - 1e-12) * squares.sum()).sum()) + 1
    values = torch.ones(len(squares))
    values[:count] = 0
    return values


def smooth(squares, scale):
    """The filter 1/(1 + (σ²/μ)²), with μ = `scale`."""
    return 1 / (1 + (squares / scale) ** 2)


def scale_of(squares, removes_too_much):
    """The smallest μ for which `removes_too_much` does not hold of the filter's values."""
    low, high = 1e-15 * squares[0], 1e9 * squares[0]
    for _ in range(200):
        middle = (low * high).sqrt()
        if removes_too_much(smooth(squares, middle)):
            low = middle
        else:
            high = middle
    return middle


def scale(squares, energy):
    """The μ for which the filter removes the share `energy` of Σσ²."""
    squares = squares.double()
    return scale_of(squares, lambda values: ((1 - values) * squares).sum() > energy * squares.sum())


def kept_smoothly(squares, energy):
    """The filter's values, with μ such that it removes the share `energy` of Σσ²."""
    return smooth(squares.double(), scale(squares, energy)).float()


def with_gain(scene, deltas, exponent):
    """Deltas of the adapter's modules, times (‖ΔW‖/‖ΔW'‖)^p over the adapter."""
    before = sum(module.norm_squared() for module in scene.adapted())
    after = sum((delta.double() ** 2).sum().item() for delta in deltas.values())
    gain = (before / after) ** (exponent / 2)
    return {name: gain * delta for name, delta in deltas.items()}


def with_restoring(scene, deltas, alpha, elsewhere, rank, only=None):
    """Deltas plus α of V's strongest part, with another α in the layers that the adapter leaves alone.

    `only` names the layers (see GROUPS) that get it.
    """
    restored = dict(deltas)
    for module in scene.modules.values():
        share = alpha if module.adapted else elsewhere
        if share and (only is None or GROUPS[only](module.name)):
            restored[module.name] = restored.get(module.name, 0) + share * module.strongest(rank)
    return restored


def filtered_columns(matrix, vectors, values):
    """The matrix, with its columns' parts along orthonormal vectors multiplied by the values."""
    return matrix + (vectors * (values - 1)) @ (vectors.T @ matrix)


def filtered_rows(matrix, vectors, values):
    """The matrix, with its rows' parts along orthonormal vectors multiplied by the values."""
    return matrix + ((matrix @ vectors) * (values - 1)) @ vectors.T


def product(b, a):
    return b if a is None else b @ a


LAYERS = 30


def layer(name):
    """The number of the transformer block that holds a layer."""
    return int(name.split(".")[2])


GROUPS = {
    "queries and keys": lambda name: name.endswith(("q_proj", "k_proj")),
    "attention": lambda name: ".self_attn." in name,
    "MLP": lambda name: ".mlp." in name,
    "lower half": lambda name: layer(name) < LAYERS // 2,
    "upper half": lambda name: layer(name) >= LAYERS // 2,
    "first two thirds": lambda name: layer(name) < 2 * LAYERS // 3,
    "last two thirds": lambda name: layer(name) >= LAYERS // 3,
    "outer thirds": lambda name: not LAYERS // 3 <= layer(name) < 2 * LAYERS // 3,
    "last third": lambda name: layer(name) >= 2 * LAYERS // 3,
}


@dataclass(frozen=True)
class Deflated:
    """f(VVᵀ) ΔW f(VᵀV), times (‖ΔW‖/‖ΔW'‖)^p over the adapter, plus α of V's strongest part.

    `elsewhere` is the α of layers that the adapter leaves alone. `group` names modules (see GROUPS) that get the share
    `group_energy` instead of `energy`. `bases` replaces V's singular vectors: by random orthonormal ones ("random"), by
    those of the aligned weight ("weight"), or by those of another aligned model's V ("another").

    `only` names the layers in which V is restored.

    `gain_of` says whose gain a control gets: "repair", that of the filter on both sides with V's own vectors, so that
    the control differs in nothing else; or "control", its own.
    """

    energy: float
    exponent: float = 2.0
    alpha: float = 0.0
    rank: int = 16
    elsewhere: float = 0.0
    kind: str = "smooth"
    side: str = "both"
    bases: str = "own"
    group: str | None = None
    group_energy: float | None = None
    gain_of: str = "repair"
    only: str | None = None
    seed: int = 1

    def filtered(self, module, side, bases):
        energy = self.group_energy if self.group and GROUPS[self.group](module.name) else self.energy
        if energy == 0:
            return module.b, module.a
        values = (kept_smoothly if self.kind == "smooth" else kept_by_step)(module.s**2, energy)
        u, w = module.u, module.vh.T
        if bases == "random":
            generator = torch.Generator().manual_seed(zlib.crc32(f"{self.seed} {module.name}".encode()))
            u, w = (torch.linalg.qr(torch.randn(*each.shape, generator=generator))[0] for each in (u, w))
        elif bases == "weight":
            u, w = module.weight_bases()
        elif bases == "another":
            u, w = module.another_bases()
        b, a = module.b, module.a
        if side != "right":
            b = filtered_columns(b, u, values)
        if side != "left":
            if a is None:
                b = filtered_rows(b, w, values)
            else:
                a = filtered_rows(a, w, values)
        return b, a

    def gain(self, scene):
        before = after = 0.0
        for module in scene.adapted():
            before += module.norm_squared()
            sides = ("both", "own") if self.gain_of == "repair" else (self.side, self.bases)
            after += module.norm_squared(*self.filtered(module, *sides))
        return (before / after) ** (self.exponent / 2)

    def __call__(self, scene):
        gain = self.gain(scene)
        deltas = {
            module.name: gain * product(*self.filtered(module, self.side, self.bases)) for module in scene.adapted()
        }
        return with_restoring(scene, deltas, self.alpha, self.elsewhere, self.rank, self.only)


@dataclass(frozen=True)
class Matched:
    """A control that takes as much of ‖ΔW‖² out of each module as Deflated(energy) does, but by other directions.

    `directions` is "own" for a smooth filter over the singular values of ΔW itself, or "random" for as many random
    directions on both sides as that takes. The gain is (‖ΔW‖/‖ΔW'‖)^p over the adapter.
    """

    directions: str
    energy: float
    exponent: float = 1.0
    seed: int = 1

    def filtered(self, module, share):
        """The delta of a module with only the share `share` of its energy left."""
        if self.directions == "own":
            u, s, vh = torch.linalg.svd(module.delta().double(), full_matrices=False)
            cutoff = scale_of(s**2, lambda values: ((values * s) ** 2).sum() < share * (s**2).sum())
            return ((u * smooth(s**2, cutoff) * s) @ vh).float()
        delta = module.delta()
        generator = torch.Generator().manual_seed(zlib.crc32(f"{self.seed} {module.name}".encode()))
        for _side in range(2):
            count = round((1 - share**0.5) * len(delta))
            away = torch.linalg.qr(torch.randn(len(delta), count, generator=generator))[0]
            delta = (delta - away @ (away.T @ delta)).T
        return delta

    def __call__(self, scene):
        deltas = {}
        by_v = Deflated(self.energy)
        for module in scene.adapted():
            norm = module.norm_squared()
            share = module.norm_squared(*by_v.filtered(module, "both", "own")) / norm if norm else 1.0
            deltas[module.name] = self.filtered(module, share)
        return with_gain(scene, deltas, self.exponent)


@dataclass(frozen=True)
class Joint:
    """The filter that does not separate into two sides: the part uᵢ wⱼᵀ of ΔW is multiplied by f(σᵢ σⱼ)."""

    energy: float
    exponent: float = 2.0

    def __call__(self, scene):
        deltas = {}
        for module in scene.adapted():
            s = module.s.double()
            # f(σᵢ σᵢ) is the separable filter's value, so both share μ.
            values = smooth(s[:, None] * s[None, :], scale(s**2, self.energy)).float()
            delta = module.delta()
            parts = module.u.T @ delta @ module.vh.T
            deltas[module.name] = delta + module.u @ ((values - 1) * parts) @ module.vh
        return with_gain(scene, deltas, self.exponent)
