"""Controls for smooth deflation, computed densely and independently of splora.

`both` repeats what `splora prune --action deflate --all` computes: each delta becomes g f(VVᵀ) ΔW f(VᵀV) with
f(x) = 1 / (1 + (x/μ)²) and V = W_aligned − W_base. The controls apply f on the left only, on the right only, or on both
sides with V's singular vectors replaced by random orthonormal ones. All of them use the gain g of `both`, so that they
differ in nothing else.
"""

import torch
from transformers import AutoModelForCausalLM


def alignment_deltas(folder, names, transposed):
    """V of each module, {name: [out, in]}, from the stored weights."""
    base, aligned = (
        dict(AutoModelForCausalLM.from_pretrained(folder / part, dtype=torch.float32).named_parameters())
        for part in ("base", "aligned")
    )
    found = {}
    for name in names:
        v = (aligned[f"{name}.weight"] - base[f"{name}.weight"]).detach().double()
        found[name] = v.T if transposed else v
    return found


def filter_values(squares, energy):
    """f of each squared singular value, where the filter removes the share `energy` of their sum."""
    low, high = 1e-12 * squares.max(), 1e12 * squares.max()
    for _ in range(200):
        middle = (low * high).sqrt()
        removed = (squares * (1 - 1 / (1 + (squares / middle) ** 2))).sum() / squares.sum()
        low, high = (middle, high) if removed > energy else (low, middle)
    return 1 / (1 + (squares / middle) ** 2)


def filtered(vectors, values, size):
    """The matrix with these eigenvalues on these columns, and 1 on everything orthogonal to them: [size, size]."""
    return torch.eye(size, dtype=torch.float64) - (vectors * (1 - values)) @ vectors.T


def controls(deltas, v, energy, seed):
    """Yields (name, {module: delta}) of `both`, `left only`, `right only` and `random subspaces`."""
    sides = {}
    generator = torch.Generator().manual_seed(seed)
    for name, delta in deltas.items():
        left, singular, right = torch.linalg.svd(v[name], full_matrices=False)
        values = filter_values(singular**2, energy)
        out, inputs = v[name].shape
        random_left = torch.linalg.qr(torch.randn(out, len(values), generator=generator, dtype=torch.float64))[0]
        random_right = torch.linalg.qr(torch.randn(inputs, len(values), generator=generator, dtype=torch.float64))[0]
        sides[name] = (
            delta.double(),
            filtered(left, values, out),
            filtered(right.T, values, inputs),
            filtered(random_left, values, out),
            filtered(random_right, values, inputs),
        )
    both = {name: left @ delta @ right for name, (delta, left, right, _, _) in sides.items()}
    before = sum((delta**2).sum() for delta, *_ in sides.values())
    gain = before / sum((delta**2).sum() for delta in both.values())
    made = {
        "both": both,
        "left only": {name: left @ delta for name, (delta, left, *_) in sides.items()},
        "right only": {name: delta @ right for name, (delta, _, right, _, _) in sides.items()},
        "random subspaces": {name: left @ delta @ right for name, (delta, _, _, left, right) in sides.items()},
    }
    for control, matrices in made.items():
        yield control, {name: (gain * matrix).float() for name, matrix in matrices.items()}
