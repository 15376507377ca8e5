"""Kinds of LoRA: what PEFT can add to a module besides A and B."""

from types import SimpleNamespace

import torch
from peft import LoraGAConfig
from peft.tuners.lora import preprocess_loraga

from .. import models as m
from ..case import EITHER, REFUSED, Case

PLAIN = {"r": 4, "lora_alpha": 8}
ATTENTION = ["q_proj", "v_proj"]
QV = {**PLAIN, "target_modules": ATTENTION}
EMBEDDINGS = ["embed_tokens", "lm_head", "q_proj"]
NO_ZERO = {"zero": REFUSED, "zero_refusal": r"drop"}
# For these kinds, a zeroed adapter is acceptable too if the rest of it is correct.
ZERO_OR_REFUSED = {"zero": EITHER, "zero_refusal": r"drop"}


def attach_eigens(model, config):
    """Attaches what preprocess_corda computes for uncorrelated inputs: the SVD of each weight."""
    for name, layer in model.named_modules():
        if name.endswith(tuple(config.target_modules)):
            left, values, right = torch.linalg.svd(layer.weight.data, full_matrices=False)
            layer.eigens = SimpleNamespace(
                U_WC=left[:, : config.r].clone(), S_WC=values[: config.r].clone(), V_WC=right[: config.r].T.clone()
            )


def attach_gradients(model, config):
    """Attaches LoRA-GA's gradients, computed from one batch."""

    @torch.enable_grad()
    def step():
        model(input_ids=m.ids(), labels=m.ids()).loss.backward()

    preprocess_loraga(model, config, step)


def kind(name, lora, model=m.LLAMA, **more):
    return Case("kinds of LoRA", name, model, lora, **more)


CASES = [
    kind("plain LoRA", QV),
    kind("rsLoRA", {**QV, "use_rslora": True}),
    kind("random initialization (init_lora_weights false)", {**QV, "init_lora_weights": False}),
    kind("gaussian", {**QV, "init_lora_weights": "gaussian"}),
    kind("orthogonal", {**QV, "init_lora_weights": "orthogonal"}),
    kind("EVA", {**QV, "init_lora_weights": "eva"}),
    kind("MiCA", {**QV, "init_lora_weights": "mica"}),
    kind("DoRA, Linear", {**QV, "use_dora": True}, **ZERO_OR_REFUSED),
    kind("DoRA with rsLoRA and biases", {**QV, "use_dora": True, "use_rslora": True}, m.QWEN2, **ZERO_OR_REFUSED),
    kind(
        "DoRA, Conv1D",
        {**PLAIN, "target_modules": ["c_attn", "c_proj"], "use_dora": True, "fan_in_fan_out": True},
        m.GPT2,
        **ZERO_OR_REFUSED,
    ),
    kind(
        "DoRA, embedding", {**PLAIN, "target_modules": ["embed_tokens", "q_proj"], "use_dora": True}, **ZERO_OR_REFUSED
    ),
    kind("DoRA, Conv2d", {**PLAIN, "target_modules": ["convolution"], "use_dora": True}, m.RESNET, **ZERO_OR_REFUSED),
    kind("PiSSA", {**QV, "init_lora_weights": "pissa"}, **NO_ZERO),
    kind(
        "PiSSA, Conv1D",
        {**PLAIN, "target_modules": ["c_attn"], "init_lora_weights": "pissa", "fan_in_fan_out": True},
        m.GPT2,
        **NO_ZERO,
    ),
    kind("PiSSA with DoRA", {**QV, "init_lora_weights": "pissa", "use_dora": True}, **NO_ZERO),
    kind(
        "PiSSA, randomized (pissa_niter_4)",
        {**QV, "init_lora_weights": "pissa_niter_4"},
        expected=REFUSED,
        refusal=r"pissa_niter|convert",
    ),
    kind("OLoRA", {**QV, "init_lora_weights": "olora"}, **NO_ZERO),
    kind(
        "CorDA",
        {**QV, "init_lora_weights": "corda"},
        prepare=attach_eigens,
        expected=REFUSED,
        refusal=r"corda",
        reload=False,
    ),
    kind(
        "LoRA-GA",
        {**QV, "init_lora_weights": "lora_ga", "lora_ga_config": LoraGAConfig()},
        prepare=attach_gradients,
        expected=EITHER,
        refusal=r"lora_ga",
        **ZERO_OR_REFUSED,
    ),
    kind("lora_bias", {**QV, "lora_bias": True}, m.LLAMA_BIAS, **ZERO_OR_REFUSED),
    kind("lora_bias on layers without a bias", {**QV, "lora_bias": True}, **ZERO_OR_REFUSED),
    kind("bias: lora_only", {**QV, "bias": "lora_only"}, m.LLAMA_BIAS, **ZERO_OR_REFUSED),
    kind("bias: all", {**QV, "bias": "all"}, m.LLAMA_BIAS, **ZERO_OR_REFUSED),
    kind("modules_to_save", {**QV, "modules_to_save": ["lm_head"]}),
    kind("modules_to_save, embedding and head", {**QV, "modules_to_save": ["embed_tokens", "lm_head"]}),
    kind("modules_to_save, tied", {**QV, "modules_to_save": ["embed_tokens"]}, m.LLAMA_TIED),
    kind(
        "modules_to_save, tied, ensure_weight_tying",
        {**QV, "modules_to_save": ["embed_tokens"], "ensure_weight_tying": True},
        m.LLAMA_TIED,
    ),
    kind("trainable_token_indices", {**QV, "trainable_token_indices": [5, 6, 7]}),
    kind("trainable_token_indices, tied", {**QV, "trainable_token_indices": [5, 6, 7]}, m.LLAMA_TIED),
    kind("embedding and lm_head targeted", {**PLAIN, "target_modules": EMBEDDINGS}),
    kind("embedding and lm_head targeted, tied", {**PLAIN, "target_modules": EMBEDDINGS}, m.LLAMA_TIED),
    kind("embedding targeted, tied", {**PLAIN, "target_modules": ["embed_tokens", "q_proj"]}, m.LLAMA_TIED),
    kind("lm_head targeted, tied", {**PLAIN, "target_modules": ["lm_head", "q_proj"]}, m.LLAMA_TIED),
    kind(
        "embedding targeted, tied, ensure_weight_tying",
        {**PLAIN, "target_modules": ["embed_tokens", "q_proj"], "ensure_weight_tying": True},
        m.LLAMA_TIED,
        expected=EITHER,
        refusal=r"ensure_weight_tying",
        drop=EITHER,
        drop_refusal=r"ensure_weight_tying|tie",
        zero=EITHER,
        zero_refusal=r"ensure_weight_tying|tie|drop",
    ),
    kind(
        "GPT-2's wte, whose base layer is not saved",
        {**PLAIN, "target_modules": ["wte", "c_attn"], "fan_in_fan_out": True},
        m.GPT2,
    ),
]
