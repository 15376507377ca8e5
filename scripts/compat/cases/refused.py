"""Inputs that splora must refuse by name: packed checkpoints, and adapters whose delta of a weight is not s BA."""

import json

from peft import AdaLoraConfig, IA3Config, LoHaConfig, LoKrConfig, OFTConfig, PrefixTuningConfig, VeraConfig

from .. import models as m
from ..case import REFUSED, Case
from ..layouts import AWQ, BITSANDBYTES, GPTQ
from .kinds import PLAIN, QV


def refused(name, pattern, lora=QV, model=m.LLAMA, **more):
    return Case("refused", name, model, lora, expected=REFUSED, refusal=pattern, **more)


def packed(name, layout):
    return refused(name, r"16-bit", aligned_layout=layout, client_layout=None)


def other_type(name, config, pattern):
    return refused(name, pattern, lambda model: config())


def as_merged_linear(folder):
    """Turns the adapter into a MergedLinear of PEFT 0.2: one module with several deltas, marked by enable_lora."""
    file = folder / "adapter_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "enable_lora": [True, False, True]}))


TARGETS = {"target_modules": ["q_proj", "v_proj"]}

CASES = [
    packed("bitsandbytes 4-bit checkpoint", BITSANDBYTES),
    packed("GPTQ checkpoint", GPTQ),
    packed("AWQ checkpoint", AWQ),
    refused("layer_replication", r"layer_replication", {**QV, "layer_replication": [(0, 2), (1, 2)]}),
    refused("aLoRA", r"alora", {**QV, "alora_invocation_tokens": [5, 6], "task_type": "CAUSAL_LM"}),
    refused(
        "MergedLinear of PEFT 0.2",
        r"enable_lora",
        {**PLAIN, "target_modules": ["c_attn"], "fan_in_fan_out": True},
        m.GPT2,
        edit_adapter=as_merged_linear,
    ),
    other_type("AdaLoRA", lambda: AdaLoraConfig(**TARGETS, total_step=10), r"ADALORA"),
    other_type("IA3", lambda: IA3Config(**TARGETS, feedforward_modules=[]), r"IA3"),
    other_type("LoHa", lambda: LoHaConfig(**TARGETS), r"LOHA"),
    other_type("LoKr", lambda: LoKrConfig(**TARGETS), r"LOKR"),
    other_type("OFT", lambda: OFTConfig(**TARGETS, r=4, oft_block_size=0), r"OFT"),
    other_type("VeRA", lambda: VeraConfig(target_modules=["q_proj", "o_proj"], r=4), r"VERA"),
    other_type(
        "prefix tuning", lambda: PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=4), r"PREFIX_TUNING"
    ),
]
