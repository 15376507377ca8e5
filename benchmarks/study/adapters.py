"""A model whose adapter is replaced in memory, so that many candidates are evaluated without loading the model."""

import json

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

PREFIX = "base_model.model."


def deltas(folder):
    """The deltas of an adapter, {module: s B A : [out, in]}, for the modules that it contains."""
    config = json.loads((folder / "adapter_config.json").read_text())
    weights = load_file(folder / "adapter_model.safetensors")
    scaling = config["lora_alpha"] / config["r"]
    return {
        name[len(PREFIX) : -len(".lora_A.weight")]: scaling
        * weights[name.replace("lora_A", "lora_B")].float()
        @ weights[name].float()
        for name in weights
        if name.endswith(".lora_A.weight")
    }


class Bench:
    """An aligned model to which any set of deltas can be applied, and a judge that evaluates it."""

    def __init__(self, aligned, adapter, judge):
        self.model = AutoModelForCausalLM.from_pretrained(aligned, dtype=torch.float32).eval()
        self.transposed = bool(json.loads((adapter / "adapter_config.json").read_text()).get("fan_in_fan_out"))
        parameters = dict(self.model.named_parameters())
        self.weights = {name: parameters[f"{name}.weight"] for name in deltas(adapter)}
        self.originals = {name: weight.detach().clone() for name, weight in self.weights.items()}
        self.judge = judge

    @torch.no_grad()
    def figures(self, added):
        for name, weight in self.weights.items():
            delta = added.get(name)
            if delta is None:
                weight.copy_(self.originals[name])
            else:
                weight.copy_(self.originals[name] + (delta.T if self.transposed else delta))
        return self.judge(self.model)

    def of_folder(self, folder):
        return self.figures(deltas(folder))
