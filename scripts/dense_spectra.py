"""The filter and the strongest triplets of matrices with known spectra, against dense float64 results.

Each module's alignment delta V has singular values of one kind; the adapter's rank, the shape and the types of the
checkpoints vary. `repair` with a gain of 1 writes A' = A f(VᵀV), B' = f(VVᵀ) B and U_k Σ_k W_kᵀ, from which the
filter's μ is fitted. The check requires, per module:

- the μ takes the energy asked for, within 1 %;
- given this μ, B'A' is the dense result, within the tolerance relative to the corrected delta;
- the triplets hold nearly as much of V as the best ones; where the spectrum determines the best ones, they are these.
"""

import json
from dataclasses import dataclass

import torch
from safetensors.torch import load_file, save_file

from checking import require, splora

STRENGTH, SHARE, TRIPLETS, ALPHA = 0.7, 0.2, 8, 7
F8 = torch.float8_e4m3fn


@dataclass(frozen=True)
class Case:
    """A module: the kind of spectrum, the shape of its weight, and its rank in the adapter."""

    spectrum: str
    out: int
    into: int
    rank: int

    @property
    def name(self):
        return f"{self.spectrum}_{self.out}_{self.into}_{self.rank}"


@dataclass(frozen=True)
class Group:
    """Modules of one checkpoint, and how accurate splora is asked to be."""

    dtype: torch.dtype
    cases: tuple
    tolerance: float = 1e-3


SPECTRA = {
    "flat": lambda n: 1 + torch.linspace(0, 1, n),
    "root": lambda n: torch.arange(1, n + 1) ** -0.5,
    "harmonic": lambda n: 1 / torch.arange(1, n + 1),
    "spiked": lambda n: torch.cat((torch.linspace(30, 10, 20), torch.linspace(1, 0.5, n - 20))),
    "deficient": lambda n: torch.cat((torch.linspace(3, 1, 24), torch.zeros(n - 24))),
    "zero": torch.zeros,
}
# Spectra with a gap, or a steep decline, after the k-th value.
DETERMINED = ("harmonic", "deficient", "zero")

SMALL = tuple(
    Case(spectrum, *shape, rank)
    for spectrum, shape, rank in (
        ("flat", (400, 400), 16),
        ("flat", (384, 320), 256),
        ("root", (300, 700), 1),
        ("root", (700, 300), 64),
        ("harmonic", (512, 512), 8),
        ("spiked", (400, 400), 4),
        ("spiked", (320, 640), 128),
        ("deficient", (400, 400), 2),
        ("zero", (200, 300), 8),
    )
)
# Matrices so large that the Krylov spaces stay far smaller.
LARGE = (Case("flat", 1024, 1024, 16), Case("root", 1024, 2048, 16))
FAST = (
    Group(torch.float32, SMALL + LARGE),
    Group(torch.float32, SMALL[::2], 1e-6),
    Group(torch.bfloat16, SMALL[::2]),
    Group(torch.float16, SMALL[1::2]),
    Group(F8, SMALL[::3]),
)
EXPENSIVE = (
    Group(torch.bfloat16, tuple(Case(spectrum, 1024, 4096, 16) for spectrum in SPECTRA)),
    Group(torch.float32, tuple(Case(spectrum, 1024, 1024, rank) for spectrum in SPECTRA for rank in (1, 256))),
    Group(torch.float32, tuple(Case(spectrum, 1024, 1024, 16) for spectrum in SPECTRA), 1e-6),
    Group(torch.bfloat16, (Case("flat", 14336, 4096, 16), Case("root", 14336, 4096, 16))),
)


def orthonormal(rows, columns):
    return torch.linalg.qr(torch.randn(rows, columns, dtype=torch.float64))[0]


def alignment(case):
    """V, of a size that training would leave: 2 % of the weights' standard deviation per element."""
    least = min(case.out, case.into)
    values = SPECTRA[case.spectrum](least).double()
    if values.norm() > 0:
        values *= 4e-4 * (case.out * case.into) ** 0.5 / values.norm()
    return (orthonormal(case.out, least) * values) @ orthonormal(case.into, least).T


def stored(weight, dtype):
    """A weight's tensors in a checkpoint, without the weight's name, and what they say the weight is."""
    if dtype != F8:
        rounded = weight.to(dtype)
        return {"": rounded}, rounded.double()
    scale = (weight.abs().amax(1, keepdim=True) / 448).float()
    rounded = (weight / scale).to(F8)
    return {"": rounded, "_scale": scale}, rounded.double() * scale.double()


def make(folder, group):
    """Writes base, aligned and adapter; returns {case: (V, A, B)} as the files say, in float64."""
    torch.manual_seed(7)
    files = {"base": {}, "aligned": {}, "adapter": {}}
    made = {}
    for case in group.cases:
        base = 0.02 * torch.randn(case.out, case.into, dtype=torch.float64)
        before, start = stored(base, group.dtype)
        # A delta of zero stays zero in every type.
        delta = alignment(case)
        after, end = (before, start) if delta.norm() == 0 else stored(start + delta, group.dtype)
        for model, tensors in (("base", before), ("aligned", after)):
            files[model].update({f"{case.name}.weight{end}": tensor for end, tensor in tensors.items()})
        v = end - start
        # Real deltas lean to the directions in which alignment changed the weight.
        lean = v / max(float(v.norm()), 1e-30)
        a = torch.randn(case.rank, case.into, dtype=torch.float64)
        b = torch.randn(case.out, case.rank, dtype=torch.float64)
        a, b = (a + 3 * (a @ lean.T) @ lean).float(), (b + 3 * lean @ (lean.T @ b)).float()
        prefix = f"base_model.model.{case.name}"
        files["adapter"].update({f"{prefix}.lora_A.weight": a, f"{prefix}.lora_B.weight": b})
        made[case] = v, a.double(), b.double()
    for name, tensors in files.items():
        (folder / name).mkdir(parents=True)
        model = "adapter_model" if name == "adapter" else "model"
        save_file(
            {name: tensor.contiguous() for name, tensor in tensors.items()}, folder / name / f"{model}.safetensors"
        )
    ranks = {case.name: case.rank for case in group.cases}
    config = {
        "peft_type": "LORA",
        "r": 16,
        "lora_alpha": ALPHA,
        "target_modules": list(ranks),
        "rank_pattern": ranks,
        "alpha_pattern": {name: ALPHA * rank / 16 for name, rank in ranks.items()},
    }
    (folder / "adapter" / "adapter_config.json").write_text(json.dumps(config))
    return made


class Spectrum:
    """V's squared singular values x, and the vectors of its shorter side."""

    def __init__(self, v):
        self.v = v
        self.is_wide = v.shape[0] <= v.shape[1]
        squares, self.vectors = torch.linalg.eigh(v @ v.T if self.is_wide else v.T @ v)
        self.squares = squares.clamp(min=0)

    def taken(self, mu):
        """The share of ‖V‖² that the filter takes."""
        ratio = (self.squares / mu) ** 2
        return float((self.squares * ratio / (1 + ratio)).sum() / self.squares.sum())

    def left(self, mu, b):
        """f(VVᵀ) B."""
        return self.shorter(mu, b) if self.is_wide else self.longer(mu, b, self.v)

    def right(self, mu, a):
        """A f(VᵀV)."""
        return (self.longer(mu, a.T, self.v.T) if self.is_wide else self.shorter(mu, a.T)).T

    def shorter(self, mu, columns):
        return self.vectors @ ((1 / (1 + (self.squares / mu) ** 2))[:, None] * (self.vectors.T @ columns))

    def longer(self, mu, columns, v):
        """I + V g(VᵀV) Vᵀ with g(x) = (f(x) − 1)/x, which needs no vectors of the longer side."""
        factors = -(self.squares / mu**2) / (1 + (self.squares / mu) ** 2)
        return columns + v @ (self.vectors @ (factors[:, None] * (self.vectors.T @ (v.T @ columns))))

    def fitted(self, before, after):
        """The μ whose filter turns columns on the shorter side into others."""
        before, after = self.vectors.T @ before, self.vectors.T @ after

        def misfit(logarithm):
            factors = 1 / (1 + (self.squares / logarithm.exp()) ** 2)
            return float((factors[:, None] * before - after).norm())

        top = self.squares.max().log()
        grid = torch.linspace(float(top) - 30, float(top) + 5, 351)
        best = min(range(len(grid)), key=lambda i: misfit(grid[i]))
        low, high = grid[max(0, best - 1)].double(), grid[min(len(grid) - 1, best + 1)].double()
        ratio = (5**0.5 - 1) / 2
        for _ in range(80):
            first, second = high - ratio * (high - low), low + ratio * (high - low)
            low, high = (low, second) if misfit(first) < misfit(second) else (first, high)
        return float(((low + high) / 2).exp())


def norm_of_difference(b1, a1, b2, a2):
    """‖B₁A₁ − B₂A₂‖ without products of the full size."""
    left = torch.linalg.qr(torch.cat((b1, -b2), 1))[1]
    right = torch.linalg.qr(torch.cat((a1, a2)).T)[1]
    return float((left @ right.T).norm())


def agrees(case, v, old, new, tolerance):
    scaling = ALPHA / 16
    (a, b), (all_a, all_b) = old, new
    new_a, triplets_a = all_a[: case.rank], all_a[case.rank :]
    new_b, triplets_b = all_b[:, : case.rank], all_b[:, case.rank :] * scaling / SHARE
    whole = scaling * norm_of_difference(all_b, all_a, all_b[:, :0], all_a[:0])
    if v.norm() == 0:
        require(torch.equal(new_a, a) and torch.equal(new_b, b), "changed although V is zero")
        require(triplets_b.norm() == 0, "something is restored although V is zero")
        return
    spectrum = Spectrum(v)
    mu = spectrum.fitted(b, new_b) if spectrum.is_wide else spectrum.fitted(a.T, new_a.T)
    taken = spectrum.taken(mu)
    require(abs(taken / STRENGTH - 1) < 0.01, f"the filter takes {taken:.4f} of V instead of {STRENGTH}")
    error = scaling * norm_of_difference(new_b, new_a, spectrum.left(mu, b), spectrum.right(mu, a)) / whole
    require(error < tolerance, f"the filtered delta is off by {error:.1e}")
    check_triplets(case, spectrum, triplets_a, triplets_b, whole, tolerance)


def check_triplets(case, spectrum, a, b, whole, tolerance):
    v = spectrum.v
    require((a @ a.T - torch.eye(TRIPLETS)).abs().max() < 1e-5, "the restored vectors are not orthonormal")
    require((b - v @ a.T).norm() < 1e-5 * b.norm(), "what is restored is not a projection of V")
    best = float(spectrum.squares.sort(descending=True)[0][:TRIPLETS].sum())
    require(float(b.square().sum()) > 0.98 * best, f"only {float(b.square().sum()) / best:.4f} of the best is restored")
    if case.spectrum in DETERMINED or tolerance < 1e-5:
        vectors = spectrum.vectors[:, -TRIPLETS:]
        exact = (vectors, vectors.T @ v) if spectrum.is_wide else (v @ vectors, vectors.T)
        error = SHARE * norm_of_difference(b, a, *exact) / whole
        require(error < tolerance, f"what is restored is off by {error:.1e}")


def check(tally, folder, is_full):
    """Adds a check for each module of each group."""
    for number, group in enumerate(FAST + (EXPENSIVE if is_full else ())):
        own = folder / f"spectra-{number}"
        made = make(own, group)
        label = f"{str(group.dtype).removeprefix('torch.')}, tolerance {group.tolerance}"
        options = {
            "--action": "repair",
            "--strength": STRENGTH,
            "--gain": 1,
            "--restore": SHARE,
            "--restore-rank": TRIPLETS,
            "--restore-modules": "adapter",
            "--tolerance": group.tolerance,
            "--base": own / "base",
            "--aligned": own / "aligned",
            "--adapter": own / "adapter",
            "--output": own / "repaired",
        }
        arguments = [argument for option in options.items() for argument in option]
        if tally.check(f"{label}: repaired", splora, "prune", "--all", "-q", *arguments) is None:
            continue
        tensors = load_file(own / "repaired" / "adapter_model.safetensors")
        for case, (v, a, b) in made.items():
            prefix = f"base_model.model.{case.name}"
            new = [tensors[f"{prefix}.lora_{side}.weight"].double() for side in "AB"]
            tally.check(f"{label}: {case.name}", agrees, case, v, (a, b), new, group.tolerance)
