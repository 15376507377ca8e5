"""PEFT as splora's users have it: loads an adapter on the aligned model, and says what it answers."""

import copy
import shutil
import tempfile
from pathlib import Path

import torch
from peft import PeftModel
from peft.tuners.lora.layer import ParamWrapper
from safetensors.torch import save_file

from checking import recorded_warnings
from dense_scores import ADAPTER_WEIGHTS, PEFT_PREFIX

from .oracle import ADAPTER, lora_layers

LOADING_MODES = (False, True)  # low_cpu_mem_usage


class Client:
    """The aligned model of a case, and what the original adapter does on it in each loading mode."""

    def __init__(self, case, places):
        self.kind, self.adapter = case.kind, places.adapter
        self.aligned = case.kind.load(places.client_aligned)
        self.usual_warnings, self.broken = {}, {}
        for low_memory in LOADING_MODES:
            try:
                _, heard = self.load(places.adapter, low_memory)
                self.usual_warnings[low_memory] = set(heard)
            except Exception as problem:  # PEFT itself cannot do it: nothing to compare with
                self.broken[low_memory] = f"{type(problem).__name__}: {problem}"
        self.references = {}

    @property
    def modes(self):
        return [mode for mode in LOADING_MODES if mode not in self.broken]

    def load(self, folder, low_memory):
        """A fresh model with the adapter of that folder, and the warnings that loading it gave."""
        torch.manual_seed(0)
        with recorded_warnings() as heard:
            model = PeftModel.from_pretrained(copy.deepcopy(self.aligned), str(folder), low_cpu_mem_usage=low_memory)
        return model.eval(), heard

    def original(self):
        return self.load(self.adapter, self.modes[0])[0]

    def reference(self, units, low_memory):
        """The answer of the original adapter where the named units are those of the aligned model."""
        key = frozenset(units), low_memory
        if key not in self.references:
            model, _ = self.load(self.adapter, low_memory)
            for unit, layer in lora_layers(model).items():
                if unit in units:
                    self.take_off(model, unit, layer)
            self.references[key] = self.kind.answer(model)
        return self.references[key]

    def take_off(self, model, unit, layer):
        """Puts the aligned module in the place of a wrapped one; a parameter's wrapper adds nothing instead."""
        if isinstance(layer, ParamWrapper):
            torch.nn.init.zeros_(layer.lora_B[ADAPTER].weight)
        else:
            model.set_submodule(PEFT_PREFIX + unit, copy.deepcopy(self.aligned.get_submodule(unit)))

    def answer_without_tensors(self, tensors, owner, removed, low_memory):
        """The answer of the original adapter's file with lora_B of these modules set to zero."""
        with tempfile.TemporaryDirectory() as work:
            folder = Path(work) / "adapter"
            shutil.copytree(self.adapter, folder)
            zeroed = {
                key: torch.zeros_like(tensor) if ".lora_B." in key and owner.get(key) in removed else tensor
                for key, tensor in tensors.items()
            }
            save_file(zeroed, folder / ADAPTER_WEIGHTS, metadata={"format": "pt"})
            return self.kind.answer(self.load(folder, low_memory)[0])
