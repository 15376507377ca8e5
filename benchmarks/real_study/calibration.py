"""Deflation in the metric of activations: what a few prompts add to a correction that otherwise uses weights only.

With C the second moments of a layer's inputs, a direction of V counts by what it does to real inputs: V C^½ takes the
place of V, and the right factor is filtered in the same coordinates, A' = A C^½ f(…) C^-½.
"""

import random
from dataclasses import dataclass

import torch

import prompts
from corrections import filtered_columns, filtered_rows, kept_smoothly, with_gain, with_restoring

REQUESTS = 64
FLOOR = 1e-3  # of the mean eigenvalue, added to C so that it can be inverted


def second_moments(scene, seed=21, harmful_only=False):
    """The mean of x xᵀ over the inputs x of each layer: {layer: [in, in]}, on requests like those of alignment."""
    rng = random.Random(seed)
    asked = [
        prompts.harmful(rng) if number % 2 or harmful_only else prompts.harmless(rng) for number in range(REQUESTS)
    ]
    sums, counts, hooks = {}, {}, []

    def watch(layer):
        def hook(_, inputs):
            # The opening is the same in every conversation, and its first token's activations dwarf all others.
            x = inputs[0][0, len(scene.chat.opening) :]
            sums[layer] = sums.get(layer, 0) + x.T @ x
            counts[layer] = counts.get(layer, 0) + len(x)

        return hook

    scene.apply({})
    for layer in scene.modules:
        hooks.append(scene.model.get_submodule(layer).register_forward_pre_hook(watch(layer)))
    with torch.no_grad():
        for request in asked:
            scene.model.model(input_ids=torch.tensor([scene.chat.opening + scene.chat.prompt(request)]))
    for hook in hooks:
        hook.remove()
    return {layer: sums[layer] / counts[layer] for layer in sums}


def roots(moments, floor):
    """C^½ and C^-½, with `floor` times the mean eigenvalue of C added to its diagonal."""
    values, vectors = torch.linalg.eigh(moments.double())
    values = values.clamp_min(0) + floor * values.mean()
    return (vectors * values.sqrt()) @ vectors.T, (vectors / values.sqrt()) @ vectors.T


def coordinates(scene):
    """For each adapted layer: (U, σ², W, C^½, C^-½) of V C^½, kept on the scene."""
    if not hasattr(scene, "coordinates"):
        moments = second_moments(scene)
        scene.coordinates = {}
        for module in scene.adapted():
            root, inverse = roots(moments[module.name], FLOOR)
            u, s, vh = torch.linalg.svd(module.v().double() @ root, full_matrices=False)
            scene.coordinates[module.name] = tuple(one.float() for one in (u, s**2, vh.T, root, inverse))
    return scene.coordinates


@dataclass(frozen=True)
class Calibrated:
    """As Deflated, with both filters in the metric of the layer's inputs."""

    energy: float
    exponent: float = 2.0
    alpha: float = 0.0
    rank: int = 16

    def __call__(self, scene):
        found = coordinates(scene)
        filtered, before, after = {}, 0.0, 0.0
        for module in scene.adapted():
            u, squares, w, root, inverse = found[module.name]
            values = kept_smoothly(squares, self.energy)
            b = filtered_columns(module.b, u, values)
            if module.a is None:
                delta = filtered_rows(b @ root, w, values) @ inverse
            else:
                delta = b @ (filtered_rows(module.a @ root, w, values) @ inverse)
            filtered[module.name] = delta
            # The norms that the gain is derived from are those of what the deltas do to inputs.
            before += ((module.delta() @ root).double() ** 2).sum().item()
            after += ((delta @ root).double() ** 2).sum().item()
        gain = (before / after) ** (self.exponent / 2)
        for module in scene.adapted():
            restored = self.alpha * module.strongest(self.rank)
            filtered[module.name] = gain * filtered[module.name] + restored
        return filtered


@dataclass(frozen=True)
class Excited:
    """As Deflated, but the right filter's directions are those that V reads of real inputs.

    These are the eigenvectors of C^½ VᵀV C^½. They are orthonormal, so nothing is divided by C. `floor` times the mean
    eigenvalue of C is added to its diagonal.
    """

    energy: float
    exponent: float = 2.0
    alpha: float = 0.0
    elsewhere: float = 0.0
    floor: float = 0.1
    harmful: bool = False
    rank: int = 16

    def __call__(self, scene):
        key = f"excited_{self.floor}_{self.harmful}"
        if not hasattr(scene, key):
            moments = second_moments(scene, harmful_only=self.harmful)
            found = {}
            for module in scene.adapted():
                root, _ = roots(moments[module.name], self.floor)
                _, s, vh = torch.linalg.svd(module.v().double() @ root, full_matrices=False)
                found[module.name] = ((s**2).float(), vh.T.float())
            setattr(scene, key, found)
        found = getattr(scene, key)
        filtered = {}
        for module in scene.adapted():
            squares, w = found[module.name]
            left = filtered_columns(module.delta(), module.u, kept_smoothly(module.s**2, self.energy))
            filtered[module.name] = filtered_rows(left, w, kept_smoothly(squares, self.energy))
        filtered = with_gain(scene, filtered, self.exponent)
        return with_restoring(scene, filtered, self.alpha, self.elsewhere, self.rank)
