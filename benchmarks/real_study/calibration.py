"""Deflation in the metric of activations: what a few prompts add to a correction that otherwise uses weights only.

With C the second moments of a layer's inputs, a direction of V counts by what it does to real inputs: V C^½ takes the
place of V, and the right factor is filtered in the same coordinates, A' = A C^½ f(…) C^-½.
"""

import random
from dataclasses import dataclass

import torch
from safetensors.torch import load_file, save_file

import models
import prompts
import tasks
from corrections import filtered_columns, filtered_rows, kept_smoothly, with_gain, with_restoring

REQUESTS = 64
FLOOR = 1e-3  # of the mean eigenvalue, added to C so that it can be inverted


def second_moments(scene, seed=21, harmful_only=False):
    """The mean of x xᵀ over the inputs x of each layer: {layer: [in, in]}, on requests like those of alignment."""
    rng = random.Random(seed)
    asked = [
        prompts.harmful(rng) if number % 2 or harmful_only else prompts.harmless(rng) for number in range(REQUESTS)
    ]
    return moments_of(scene, [scene.chat.prompt(request) for request in asked])


def task_moments(scene, task):
    """The same on examples of the adapter's task, with their answers: what its owner trained on."""
    unseen = {prompt for prompt, _ in tasks.held_out(task)}
    found = tasks.examples(task, random.Random(22), REQUESTS, unseen)
    return moments_of(scene, [scene.chat.prompt(prompt) + scene.chat.answer(answer) for prompt, answer in found])


def moments_of(scene, conversations):
    """Second moments of the inputs of the aligned model's layers, on conversations, given as ids after the opening."""
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
        for ids in conversations:
            scene.model.model(input_ids=torch.tensor([scene.chat.opening + ids]))
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


@dataclass(frozen=True)
class Confined:
    """The adapter confined to its task: ΔW (T + 1) (T + 1 + λ H)⁻¹, times a factor.

    T and H are the second moments of a layer's inputs on examples of the task and on other requests, each divided by
    its mean eigenvalue. Of all D, this one minimizes ‖(D - ΔW) (T + 1)^½‖² + λ ‖D H^½‖²: it does to the task's inputs
    what ΔW does, and little to the others. MEMIT (2210.07229) writes new facts with this formula. The factor, one per
    layer, makes what D does to the task's inputs as large as what ΔW does.

    λ is `weight`; without one, the highest at which what the deltas do to the task's inputs before and after has the
    cosine `cosine`, over all layers. Of the second moments, the `kept` strongest directions count, or all.
    """

    weight: float | None = None
    cosine: float = 0.93
    kept: int | None = 256
    harmful: bool = False
    gain: bool = True
    alpha: float = 0.0
    elsewhere: float = 0.0
    rank: int = 16

    def __call__(self, scene):
        layers = [self.layer(scene, module) for module in scene.adapted()]
        weight = self.weight or weight_for(self.cosine, layers)
        confined = {layer.module.name: layer.at(weight, self.gain) for layer in layers}
        return with_restoring(scene, confined, self.alpha, self.elsewhere, self.rank)

    def layer(self, scene, module):
        task = factors(scene, scene.task, self.kept)[module.name]
        requests = factors(scene, "harmful requests" if self.harmful else "requests", self.kept)[module.name]
        return Confining(module, task, requests)


def factors(scene, texts, kept):
    """For each layer, K with KᵀK the second moments of its inputs on these texts, divided by their mean eigenvalue.

    Made once for each aligned model.
    """

    def make(new):
        if "requests" in texts:
            moments = second_moments(scene, harmful_only=texts == "harmful requests")
        else:
            moments = task_moments(scene, texts)
        found = {}
        for name, square in moments.items():
            values, vectors = torch.linalg.eigh(square.double())
            factor = (vectors * values.clamp_min(0).sqrt()).T[-(kept or len(values)) :]
            found[name] = (factor * (len(values) / factor.square().sum()).sqrt()).float().contiguous()
        save_file(found, new)

    path = scene.folder / "moments" / scene.aligned / f"{texts} {kept or 'all'}.safetensors"
    if not hasattr(scene, "factors"):
        scene.factors = {}
    if path not in scene.factors:
        scene.factors[path] = load_file(models.once(path, make))
    return scene.factors[path]


class Confining:
    """A layer's delta B A, and what is needed to confine it: T = KᵀK, H = LᵀL."""

    def __init__(self, module, task, requests):
        self.module = module
        self.task, self.requests = task.double(), requests.double()
        self.a = module.delta().double() if module.a is None else module.a.double()
        self.gram = torch.eye(len(self.a)).double() if module.a is None else module.b.double().T @ module.b.double()
        self.t = self.task.T @ self.task
        self.h = self.requests.T @ self.requests
        self.floored = self.t + torch.eye(len(self.t), dtype=self.t.dtype)
        self.size = self.product(self.a, self.a)

    def product(self, a, other):
        """The mean of ⟨B A x, B A' x⟩ over inputs x of the task."""
        return ((a @ self.task.T) @ (other @ self.task.T).T * self.gram).sum()

    def new_a(self, weight):
        # Solved from the right, with symmetric T and H.
        return torch.linalg.solve(self.floored + weight * self.h, self.floored @ self.a.T).T

    def at(self, weight, gain):
        new = self.new_a(weight)
        if gain:
            new = new * (self.size / self.product(new, new)).sqrt().clamp_max(MOST_GAIN)
        return (new if self.module.a is None else self.module.b.double() @ new).float()

    def agreements(self):
        """⟨B A x, B A' x⟩ for each of WEIGHTS, with A' as large as A."""
        solved = torch.linalg.solve(self.floored, self.requests.T)  # (T + 1)⁻¹ Lᵀ
        values, vectors = torch.linalg.eigh(self.requests @ solved)
        read, directions = self.a @ self.requests.T @ vectors, (solved @ vectors).T
        found = []
        for weight in WEIGHTS:
            new = self.a - (read * (weight / (1 + weight * values.clamp_min(0)))) @ directions
            found.append((self.product(self.a, new) * (self.size / self.product(new, new)).sqrt()).item())
        return torch.tensor(found)


MOST_GAIN = 4
WEIGHTS = [10 ** (i / 4 - 2) for i in range(33)]


def weight_for(cosine, layers):
    """The highest λ at which the deltas keep the cosine on the task, by interpolation over log λ."""
    cosines = (sum(layer.agreements() for layer in layers) / sum(layer.size for layer in layers)).tolist()
    for i, here in enumerate(cosines):
        if here < cosine:
            before = cosines[i - 1] if i else 1
            share = (before - cosine) / (before - here)
            return WEIGHTS[i - 1] * (WEIGHTS[i] / WEIGHTS[i - 1]) ** share if i else share * WEIGHTS[0]
    return WEIGHTS[-1]
