"""A stand-in for the model of a real adapter, whose own model is too large or unavailable.

It has exactly the layers that the adapter names, in their sizes, with random weights. PEFT loads the adapter on it as
on any other model. Each layer runs by itself on a fixed input.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers.pytorch_utils import Conv1D

WEIGHTS = "model.safetensors"
FACTOR = re.compile(r"base_model\.model\.(?P<layer>.+?)\.lora_(?P<embedding>embedding_)?(?P<factor>[AB])(?:\.weight)?$")
SAVED = re.compile(r"base_model\.model\.(?P<layer>.+)\.weight$")
SAMPLES = 3


@dataclass(frozen=True)
class Layer:
    """One layer: its type, and the sizes to create it with."""

    type: str
    sizes: tuple

    def make(self):
        if self.type == "embedding":
            return torch.nn.Embedding(*self.sizes)
        if self.type == "conv1d":
            return Conv1D(self.sizes[1], self.sizes[0])
        if self.type == "conv2d":
            return torch.nn.Conv2d(*self.sizes[:2], self.sizes[2:], bias=False)
        return torch.nn.Linear(*self.sizes, bias=False)

    def input(self, generator):
        if self.type == "embedding":
            return torch.randint(self.sizes[0], (SAMPLES,), generator=generator)
        if self.type == "conv2d":
            return torch.randn(1, self.sizes[0], *(2 * size for size in self.sizes[2:]), generator=generator)
        return torch.randn(SAMPLES, self.sizes[0], generator=generator)


class Skeleton(torch.nn.Module):
    """The layers, nested in containers as their names say."""

    def __init__(self, layers):
        super().__init__()
        for name, layer in layers.items():
            *path, last = name.split(".")
            parent = self
            for part in path:
                if part not in dict(parent.named_children()):
                    parent.add_module(part, torch.nn.Module())
                parent = parent.get_submodule(part)
            parent.add_module(last, layer.make())

    def prepare_inputs_for_generation(self):
        """PEFT expects a causal language model to have this method when it wraps it."""

    def save_pretrained(self, folder):
        Path(folder).mkdir(parents=True)
        save_file(self.state_dict(), Path(folder) / WEIGHTS, metadata={"format": "pt"})


@dataclass(frozen=True)
class SkeletonKind:
    """The counterpart of `models.ModelKind` for layers {name: Layer}."""

    name: str
    layers: dict

    def random(self, seed):
        torch.manual_seed(seed)
        return Skeleton(self.layers).eval()

    def load(self, folder):
        model = Skeleton(self.layers)
        model.load_state_dict(load_file(Path(folder) / WEIGHTS))
        return model.eval()

    @torch.no_grad()
    def answer(self, model):
        generator = torch.Generator().manual_seed(2027)
        inner = model.base_model.model
        return torch.cat(
            [inner.get_submodule(name)(layer.input(generator)).flatten() for name, layer in self.layers.items()]
        )


def layers_of(tensors, transposed):
    """Returns {name: Layer} for an adapter's tensors; `transposed` is the config's fan_in_fan_out."""
    factors, layers = {}, {}
    for key, tensor in tensors.items():
        if match := FACTOR.match(key):
            factors.setdefault((match["layer"], bool(match["embedding"])), {})[match["factor"]] = tensor.shape
        elif match := SAVED.match(key):
            layers[match["layer"]] = Layer("linear", tuple(reversed(tensor.shape)))
    for (name, is_embedding), shape in factors.items():
        if is_embedding:
            layers[name] = Layer("embedding", (shape["A"][1], shape["B"][0]))
        elif len(shape["A"]) == 4:
            layers[name] = Layer("conv2d", (shape["A"][1], shape["B"][0], *shape["A"][2:]))
        else:
            layers[name] = Layer("conv1d" if transposed else "linear", (shape["A"][1], shape["B"][0]))
    return dict(sorted(layers.items()))
