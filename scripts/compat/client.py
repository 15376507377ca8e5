"""PEFT as splora's users have it: loads an adapter on the aligned model and runs the model."""

import copy
import shutil
import tempfile
from pathlib import Path

import torch
from peft import PeftModel
from peft.tuners.lora.layer import ParamWrapper
from safetensors.torch import save_file

from checking import names, recorded_warnings, require
from dense_scores import ADAPTER_WEIGHTS, PEFT_PREFIX

from .oracle import ADAPTER, lora_layers

LOADING_MODES = (False, True)  # low_cpu_mem_usage


class Client:
    """The aligned model of a case, and what the original adapter does on it in each loading mode."""

    def __init__(self, kind, places):
        self.kind, self.adapter = kind, places.adapter
        self.aligned = kind.load(places.client_aligned)
        self.usual_warnings, self.broken = {}, {}
        for low_memory in LOADING_MODES:
            try:
                _, heard = self.load(places.adapter, low_memory)
                self.usual_warnings[low_memory] = set(heard)
            except Exception as problem:  # PEFT itself cannot load the original: there is nothing to compare with
                self.broken[low_memory] = f"{type(problem).__name__}: {problem}"
        self.references = {}

    @property
    def modes(self):
        return [mode for mode in LOADING_MODES if mode not in self.broken]

    def load(self, folder, low_memory):
        """A fresh model with the adapter in that folder, and the warnings issued while loading it."""
        torch.manual_seed(0)
        with recorded_warnings() as heard:
            model = PeftModel.from_pretrained(copy.deepcopy(self.aligned), str(folder), low_cpu_mem_usage=low_memory)
        return model.eval(), heard

    def load_cleanly(self, folder, low_memory):
        """A fresh model with a pruned adapter; fails the check if PEFT warns or leaves parameters without data."""
        model, heard = self.load(folder, low_memory)
        new = [w for w in heard if w not in self.usual_warnings[low_memory]]
        require(not new, f"{len(new)} new warnings, first: {new[:1]}")
        on_meta = [name for name, p in model.named_parameters() if p.is_meta]
        require(not on_meta, f"{len(on_meta)} parameters stayed on the meta device: {names(on_meta)}")
        return model

    def original(self):
        return self.load(self.adapter, self.modes[0])[0]

    def reference(self, units, low_memory):
        """The output of the model with the original adapter, except that the given units are the aligned model's."""
        return self.output_without(units, low_memory, self.take_off)

    def zeroed_reference(self, units, low_memory):
        """The output of the model with the original adapter, except that lora_B of the given units is zero."""
        return self.output_without(units, low_memory, lambda _, __, layer: zero(layer))

    def output_without(self, units, low_memory, remove):
        key = frozenset(units), low_memory
        if key not in self.references:
            model, _ = self.load(self.adapter, low_memory)
            for unit, layer in lora_layers(model).items():
                if unit in units:
                    remove(model, unit, layer)
            self.references[key] = self.kind.answer(model)
        return self.references[key]

    def take_off(self, model, unit, layer):
        """Replaces a wrapped module by the aligned one; a parameter's wrapper is made to add nothing instead."""
        if isinstance(layer, ParamWrapper):
            zero(layer)
        else:
            model.set_submodule(PEFT_PREFIX + unit, copy.deepcopy(self.aligned.get_submodule(unit)))

    def output_without_tensors(self, tensors, owner, removed, low_memory):
        """The output with the original adapter's file in which lora_B of these modules is zero."""
        with tempfile.TemporaryDirectory() as work:
            folder = Path(work) / "adapter"
            shutil.copytree(self.adapter, folder)
            zeroed = {
                key: torch.zeros_like(tensor) if ".lora_B." in key and owner.get(key) in removed else tensor
                for key, tensor in tensors.items()
            }
            save_file(zeroed, folder / ADAPTER_WEIGHTS, metadata={"format": "pt"})
            return self.kind.answer(self.load(folder, low_memory)[0])


def zero(layer):
    torch.nn.init.zeros_(layer.lora_B[ADAPTER].weight)


def check_output(output, reference, untouched):
    """Bit for bit the reference, which itself must differ from the original's output: else nothing is tested."""
    require(torch.isfinite(output).all().item(), "the output is not finite")
    require(
        torch.equal(output, reference),
        "the output differs from that of the original without these modules by up to"
        f" {(output - reference).abs().max().item():.3g}",
    )
    require(not torch.equal(reference, untouched), "the removal does not change the output, so nothing is tested")
