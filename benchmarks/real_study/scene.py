"""An adapter on its aligned model, module by module, in memory: what corrections work on and evaluations run on."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

import chat as chats
import models

PREFIX = "base_model.model."
KEPT = 64  # singular triplets that are stored of modules that the adapter leaves alone


@dataclass
class Module:
    """A linear layer: its aligned weight W [out, in], the alignment delta V, and the adapter's delta B A.

    B [out, r] carries the scaling. A is None for a dense delta (DoRA), which B then holds. Both are None where the
    adapter leaves the layer alone. `u`, `s`, `vh` are V's singular value decomposition,
    complete for the adapter's own modules.
    """

    name: str
    weight: torch.Tensor
    v_norm: float
    u: torch.Tensor
    s: torch.Tensor
    vh: torch.Tensor
    b: torch.Tensor | None = None
    a: torch.Tensor | None = None
    another: Callable | None = None

    @property
    def adapted(self):
        return self.b is not None

    def delta(self):
        return self.b if self.a is None else self.b @ self.a

    def v(self):
        return (self.u * self.s) @ self.vh

    def weight_bases(self):
        """The singular vectors of the aligned weight itself: [out, n], [in, n]."""
        u, _, vh = torch.linalg.svd(self.weight, full_matrices=False)
        return u, vh.T

    def another_bases(self):
        """The singular vectors of the alignment delta of another aligned model."""
        return self.another(self.name)

    def strongest(self, rank):
        """The sum of V's `rank` strongest singular triplets."""
        return (self.u[:, :rank] * self.s[:rank]) @ self.vh[:rank]

    def norm_squared(self, b=None, a=None):
        """‖B A‖², by default of the adapter's own factors."""
        if b is None:
            b, a = self.b, self.a
        if a is None:
            return (b.double() ** 2).sum().item()
        return ((b.T.double() @ b.double()) * (a.double() @ a.T.double())).sum().item()


def linear_layers(model):
    return sorted(name for name, _ in model.named_modules() if name.endswith("_proj"))


def decompositions(folder, name, base_folder, load_aligned):
    """Singular value decompositions of every V, computed once per aligned model: {layer: (u, s, vh)} in float32."""
    path = folder / "spectra" / f"{name}.safetensors"
    if not path.exists():
        base, aligned_model, found = load_file(base_folder / "model.safetensors"), load_aligned(), {}
        for layer in linear_layers(aligned_model):
            v = aligned_model.get_submodule(layer).weight.detach() - base[f"{layer}.weight"]
            for part, tensor in zip("usv", torch.linalg.svd(v.double(), full_matrices=False), strict=True):
                found[f"{layer}.{part}"] = tensor.float().contiguous()
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(found, path.with_suffix(".new"))
        path.with_suffix(".new").rename(path)
    return safe_open(path, "pt")


class Scene:
    """An aligned model with an adapter, and a copy of the model that takes corrected deltas."""

    def __init__(self, folder, base_folder, aligned_folder, adapter_folder=None, another=None):
        """`another` is the folder of a second aligned model, for a control."""
        self.folder, self.adapter_folder, self.aligned = folder, adapter_folder, aligned_folder.name
        self.chat = chats.Chat(aligned_folder)
        self.model = chats.load(aligned_folder)
        self.spectra = decompositions(folder, aligned_folder.name, base_folder, lambda: self.model)
        self.base_folder, self.another = base_folder, another
        self.modules = {}
        factors, config = {}, {}
        if adapter_folder:
            factors = load_file(adapter_folder / "adapter_model.safetensors")
            config = json.loads((adapter_folder / "adapter_config.json").read_text(encoding="utf-8"))
        for layer in linear_layers(self.model):
            weight = self.model.get_submodule(layer).weight.detach().clone()
            own = f"{PREFIX}{layer}.lora_A.weight" in factors
            u, s, vh = (self.spectra.get_tensor(f"{layer}.{part}") for part in "usv")
            norm = s.norm().item()
            if not own:
                u, s, vh = u[:, :KEPT].clone(), s[:KEPT].clone(), vh[:KEPT].clone()
            module = Module(layer, weight, norm, u, s, vh, another=self.bases_of_another)
            if own:
                rank = config["r"]
                scaling = config["lora_alpha"] / (rank**0.5 if config.get("use_rslora") else rank)
                module.a = factors[f"{PREFIX}{layer}.lora_A.weight"]
                module.b = factors[f"{PREFIX}{layer}.lora_B.weight"] * scaling
                if config.get("use_dora"):
                    magnitude = factors[f"{PREFIX}{layer}.lora_magnitude_vector"]
                    whole = weight + module.b @ module.a
                    module.b = whole * (magnitude / whole.norm(dim=1))[:, None] - weight
                    module.a = None
            self.modules[layer] = module

    @classmethod
    def of(cls, folder, spec, another=None):
        """The scene of an adapter of the catalog."""
        base, aligned = models.base(folder), models.aligned(folder, spec.aligned)
        scene = cls(folder, base, aligned, models.adapter(folder, spec.name), another)
        scene.task = spec.task
        return scene

    def bases_of_another(self, layer):
        spectra = decompositions(self.folder, self.another.name, self.base_folder, lambda: chats.load(self.another))
        return spectra.get_tensor(f"{layer}.u"), spectra.get_tensor(f"{layer}.v").T

    def adapted(self):
        return [module for module in self.modules.values() if module.adapted]

    def apply(self, deltas):
        """Sets the model's weights to the aligned ones plus {layer: delta}."""
        with torch.no_grad():
            for layer, module in self.modules.items():
                target = self.model.get_submodule(layer).weight
                if layer in deltas:
                    torch.add(module.weight, deltas[layer], out=target.data)
                else:
                    target.data.copy_(module.weight)
