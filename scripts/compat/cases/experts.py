"""Mixtures of experts: stacked parameters, single experts, and both layouts on disk."""

import torch
from peft import LoraConfig
from safetensors.torch import save_file

from .. import layouts
from .. import models as m
from ..case import REFUSED, Case
from .kinds import PLAIN

BOTH = ["mlp.experts.gate_up_proj", "mlp.experts.down_proj"]
STACKED = {**PLAIN, "target_modules": [], "target_parameters": BOTH}
MIXED = {**PLAIN, "target_modules": ["q_proj"], "target_parameters": BOTH}
FUSED_MIXTRAL = layouts.fused_experts("w1", "w3", "w2")
FUSED_QWEN = layouts.fused_experts("gate_proj", "up_proj", "down_proj")


def experts(name, model, lora, **more):
    return Case("mixture of experts", name, model, lora, **more)


def single_experts(block, projections):
    """Replaces the adapter by one such as PEFT wrote with transformers 4, where each expert was a module."""

    def edit(folder):
        generator, tensors = torch.Generator().manual_seed(17), {}

        def add(module, rows, columns):
            tensors[f"base_model.model.{module}.lora_A.weight"] = torch.randn(4, columns, generator=generator) * 0.05
            tensors[f"base_model.model.{module}.lora_B.weight"] = torch.randn(rows, 4, generator=generator) * 0.05

        for layer in range(2):
            for expert in range(3):
                for projection, shape in projections.items():
                    add(f"model.layers.{layer}.{block}.experts.{expert}.{projection}", *shape)
        save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
        LoraConfig(
            **PLAIN, target_modules=list(projections), task_type="CAUSAL_LM", inference_mode=True
        ).save_pretrained(folder)

    return edit


MIXTRAL_EXPERTS = single_experts("block_sparse_moe", {"w1": (56, 32), "w2": (32, 56), "w3": (56, 32)})
QWEN_EXPERTS = single_experts("mlp", {"gate_proj": (24, 32), "up_proj": (24, 32), "down_proj": (32, 24)})
SINGLE = {"oracle": "files", "drop": REFUSED, "drop_refusal": r"--action zero"}

CASES = [
    experts("Mixtral, target_parameters, one tensor per expert on disk", m.MIXTRAL, STACKED),
    experts(
        "Mixtral, target_parameters, stacked on disk",
        m.MIXTRAL,
        STACKED,
        base_layout=FUSED_MIXTRAL,
        aligned_layout=FUSED_MIXTRAL,
    ),
    experts("Mixtral, base and aligned in different layouts", m.MIXTRAL, MIXED, aligned_layout=FUSED_MIXTRAL),
    experts("Mixtral, target_parameters and target_modules", m.MIXTRAL, MIXED),
    experts(
        "Mixtral, one of the two parameters",
        m.MIXTRAL,
        {**PLAIN, "target_modules": ["q_proj"], "target_parameters": ["mlp.experts.gate_up_proj"]},
    ),
    experts(
        "Mixtral, rank and alpha by pattern",
        m.MIXTRAL,
        {
            **MIXED,
            "rank_pattern": {"q_proj": 2, "experts.down_proj": 3},
            "alpha_pattern": {"experts.down_proj": 5},
            "use_rslora": True,
        },
    ),
    experts("Mixtral, attention only", m.MIXTRAL, {**PLAIN, "target_modules": ["q_proj", "v_proj"]}),
    experts("Qwen3-MoE, target_parameters", m.QWEN3_MOE, STACKED),
    experts(
        "Qwen3-MoE, target_parameters, stacked on disk",
        m.QWEN3_MOE,
        STACKED,
        base_layout=FUSED_QWEN,
        aligned_layout=FUSED_QWEN,
    ),
    experts(
        "Qwen2-MoE, target_parameters and shared expert",
        m.QWEN2_MOE,
        {**PLAIN, "target_modules": ["shared_expert.up_proj", "q_proj"], "target_parameters": BOTH},
    ),
    experts("gpt-oss, target_parameters (transposed experts)", m.GPT_OSS, STACKED),
    experts(
        "Mixtral, one module per expert (transformers 4)", m.MIXTRAL, STACKED, edit_adapter=MIXTRAL_EXPERTS, **SINGLE
    ),
    experts(
        "Qwen3-MoE, one module per expert (transformers 4)", m.QWEN3_MOE, STACKED, edit_adapter=QWEN_EXPERTS, **SINGLE
    ),
]
