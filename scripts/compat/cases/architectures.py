"""Architectures: names, fused projections, transposed weights, grouped-query shapes."""

from .. import models as m
from ..case import REFUSED, Case
from .kinds import PLAIN


def architecture(name, model, target_modules, **more):
    lora = {key: more.pop(key) for key in ("fan_in_fan_out", "r", "task_type") if key in more}
    return Case("architectures", name, model, {**PLAIN, **lora, "target_modules": target_modules}, **more)


CASES = [
    architecture("Llama, grouped-query", m.LLAMA, ["q_proj", "k_proj", "v_proj", "o_proj"]),
    architecture("Mistral, heads wider than hidden", m.MISTRAL, ["q_proj", "k_proj", "v_proj", "o_proj"]),
    architecture("Qwen2, biases", m.QWEN2, ["q_proj", "k_proj", "up_proj"]),
    architecture("Qwen3", m.QWEN3, ["q_proj", "v_proj"]),
    architecture("Gemma, tied", m.GEMMA, ["q_proj", "v_proj", "gate_proj"]),
    architecture("Gemma 3, text", m.GEMMA3, ["q_proj", "v_proj"]),
    architecture("Phi-3, fused qkv_proj and gate_up_proj", m.PHI3, ["qkv_proj", "gate_up_proj"]),
    architecture("GPT-2, Conv1D", m.GPT2, ["c_attn", "c_fc"], fan_in_fan_out=True),
    architecture("OPT", m.OPT, ["q_proj", "v_proj", "fc1"]),
    architecture("GPT-NeoX, fused query_key_value", m.GPT_NEOX, ["query_key_value", "dense"]),
    architecture("GPT-NeoX, its head (embed_out on disk)", m.GPT_NEOX, ["query_key_value", "lm_head"]),
    architecture("BLOOM, fused query_key_value", m.BLOOM, ["query_key_value", "dense_h_to_4h"]),
    architecture("BERT, classifier saved", m.BERT, ["query", "value"], task_type="SEQ_CLS"),
    architecture("RoBERTa", m.ROBERTA, ["query", "key", "value"]),
    architecture("T5 (q, v in SelfAttention and EncDecAttention)", m.T5, ["q", "v"]),
    architecture("Whisper", m.WHISPER, ["q_proj", "v_proj"]),
    architecture("ViT (named differently on disk)", m.VIT, ["q_proj", "v_proj"]),
    architecture("ConvNeXt, pointwise layers", m.CONVNEXT, ["pwconv1", "pwconv2"]),
    architecture("ConvNeXt, downsampling Conv2d", m.CONVNEXT, r".*downsampling_layer\.1|.*patch_embeddings"),
    architecture("ConvNeXt, depthwise Conv2d", m.CONVNEXT, ["dwconv"], r=96, expected=REFUSED, refusal=r"group"),
    architecture("ResNet, Conv2d", m.RESNET, ["convolution"]),
]
