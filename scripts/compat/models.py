"""Tiny random models of each architecture, as pairs: a base model, and an "aligned" one a step away from it.

A `ModelKind` creates both folders, loads one of them as float32, and runs the model. Sizes differ in every dimension
where the architecture allows it, so that a transposed or mistaken axis cannot go unnoticed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import transformers as tf

VOCAB = 96
# How far alignment moves each weight, relative to the weight's own size.
ALIGNMENT_STEP = 0.05


@dataclass(frozen=True)
class ModelKind:
    """One architecture: its config, the auto class that loads it, and the inputs it gets."""

    name: str
    config: Callable[[], tf.PretrainedConfig]
    auto: type
    inputs: Callable[[tf.PretrainedConfig], dict]

    def random(self, seed):
        torch.manual_seed(seed)
        return self.auto.from_config(self.config(), attn_implementation="eager").eval()

    def load(self, folder, dtype=torch.float32):
        return self.auto.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()

    @torch.no_grad()
    def answer(self, model):
        """Returns the output for fixed inputs: the logits, or the last hidden states if the model has no head."""
        said = model(**self.inputs(model.config))
        return said.logits if hasattr(said, "logits") else said.last_hidden_state


@torch.no_grad()
def step_away(model, seed):
    """Moves every parameter slightly, as alignment would."""
    generator = torch.Generator().manual_seed(seed)
    for _, parameter in sorted(model.named_parameters()):
        size = parameter.square().mean().sqrt().item() or 0.02
        parameter += ALIGNMENT_STEP * size * torch.randn(parameter.shape, generator=generator)
    return model


# ---- inputs --------------------------------------------------------------------------------------


def ids(rows=2, length=12, seed=2024, vocabulary=VOCAB):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(4, vocabulary, (rows, length), generator=generator)


def noise(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(2025))


def text(_):
    return {"input_ids": ids()}


def text_to_text(_):
    return {"input_ids": ids(), "decoder_input_ids": ids(length=7, seed=2026)}


def speech_to_text(config):
    return {
        "input_features": noise(1, config.num_mel_bins, 2 * config.max_source_positions),
        "decoder_input_ids": ids(rows=1, length=7),
    }


def picture(config):
    return {"pixel_values": noise(1, 3, config.image_size, config.image_size)}


# ---- architectures -------------------------------------------------------------------------------

TOKENS = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
DECODER = {
    "vocab_size": VOCAB,
    "hidden_size": 32,
    "intermediate_size": 56,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
    **TOKENS,
}
GROUPED = {**DECODER, "num_key_value_heads": 2}
HEADS_OF_16 = {**GROUPED, "head_dim": 16}


def causal(name, config_class, **sizes):
    return ModelKind(name, lambda: config_class(**sizes), tf.AutoModelForCausalLM, text)


LLAMA = causal("llama", tf.LlamaConfig, **GROUPED)
LLAMA_TIED = causal("llama-tied", tf.LlamaConfig, **GROUPED, tie_word_embeddings=True)
LLAMA_BIAS = causal("llama-bias", tf.LlamaConfig, **GROUPED, attention_bias=True, mlp_bias=True)
LLAMA_DEEP = causal("llama-deep", tf.LlamaConfig, **{**GROUPED, "num_hidden_layers": 4})
MISTRAL = causal("mistral", tf.MistralConfig, **HEADS_OF_16)
QWEN2 = causal("qwen2", tf.Qwen2Config, **GROUPED)
QWEN3 = causal("qwen3", tf.Qwen3Config, **HEADS_OF_16)
GEMMA = causal("gemma", tf.GemmaConfig, **HEADS_OF_16)
GEMMA3 = causal("gemma3", tf.Gemma3TextConfig, **HEADS_OF_16)
PHI3 = causal("phi3", tf.Phi3Config, **GROUPED)
GPT2 = causal("gpt2", tf.GPT2Config, vocab_size=VOCAB, n_positions=64, n_embd=32, n_layer=2, n_head=4, **TOKENS)
OPT = causal(
    "opt",
    tf.OPTConfig,
    vocab_size=VOCAB,
    hidden_size=32,
    ffn_dim=56,
    num_hidden_layers=2,
    num_attention_heads=4,
    max_position_embeddings=64,
    word_embed_proj_dim=32,
    **TOKENS,
)
GPT_NEOX = causal("gpt-neox", tf.GPTNeoXConfig, **DECODER)
BLOOM = causal("bloom", tf.BloomConfig, vocab_size=VOCAB, hidden_size=32, n_layer=2, n_head=4, **TOKENS)
MIXTRAL = causal("mixtral", tf.MixtralConfig, **GROUPED, num_local_experts=3, num_experts_per_tok=2)
QWEN3_MOE = causal(
    "qwen3-moe", tf.Qwen3MoeConfig, **HEADS_OF_16, moe_intermediate_size=24, num_experts=3, num_experts_per_tok=2
)
QWEN2_MOE = causal(
    "qwen2-moe",
    tf.Qwen2MoeConfig,
    **GROUPED,
    moe_intermediate_size=24,
    num_experts=3,
    num_experts_per_tok=2,
    shared_expert_intermediate_size=40,
)
GPT_OSS = causal("gpt-oss", tf.GptOssConfig, **HEADS_OF_16, num_local_experts=3, num_experts_per_tok=2)

ENCODER = {
    "vocab_size": VOCAB,
    "hidden_size": 32,
    "intermediate_size": 56,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
    "pad_token_id": 0,
    "num_labels": 3,
}
BERT = ModelKind("bert", lambda: tf.BertConfig(**ENCODER), tf.AutoModelForSequenceClassification, text)
ROBERTA = ModelKind("roberta", lambda: tf.RobertaConfig(**ENCODER), tf.AutoModelForSequenceClassification, text)
T5 = ModelKind(
    "t5",
    lambda: tf.T5Config(
        vocab_size=VOCAB, d_model=32, d_kv=8, d_ff=56, num_layers=2, num_heads=4, decoder_start_token_id=0
    ),
    tf.AutoModelForSeq2SeqLM,
    text_to_text,
)
WHISPER = ModelKind(
    "whisper",
    lambda: tf.WhisperConfig(
        vocab_size=VOCAB,
        num_mel_bins=8,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=56,
        decoder_ffn_dim=56,
        max_source_positions=20,
        max_target_positions=24,
        decoder_start_token_id=1,
        **TOKENS,
    ),
    tf.AutoModelForSpeechSeq2Seq,
    speech_to_text,
)
VIT = ModelKind(
    "vit",
    lambda: tf.ViTConfig(
        hidden_size=32,
        intermediate_size=56,
        num_hidden_layers=2,
        num_attention_heads=4,
        image_size=16,
        patch_size=4,
        num_labels=3,
    ),
    tf.AutoModelForImageClassification,
    picture,
)
CONVNEXT = ModelKind(
    "convnext",
    lambda: tf.ConvNextConfig(hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 2, 1], image_size=32, num_labels=3),
    tf.AutoModelForImageClassification,
    picture,
)
RESNET = ModelKind(
    "resnet",
    lambda: tf.ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 2], layer_type="basic", num_labels=3),
    tf.AutoModelForImageClassification,
    lambda config: {"pixel_values": noise(1, 3, 32, 32)},
)

LANGUAGE = {key: value for key, value in GROUPED.items() if not key.endswith("token_id")}
LLAVA = ModelKind(
    "llava",
    lambda: tf.LlavaConfig(
        vision_config=tf.CLIPVisionConfig(
            hidden_size=24,
            intermediate_size=40,
            num_hidden_layers=2,
            num_attention_heads=4,
            image_size=16,
            patch_size=8,
            projection_dim=24,
        ),
        text_config=tf.LlamaConfig(**GROUPED),
        image_token_index=3,
        image_seq_length=4,
    ),
    tf.AutoModelForImageTextToText,
    text,
)
QWEN2_VL = ModelKind(
    "qwen2-vl",
    lambda: tf.Qwen2VLConfig(
        vision_config={"depth": 2, "embed_dim": 32, "hidden_size": 32, "num_heads": 4, "mlp_ratio": 2},
        text_config={**GROUPED, "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2]}},
    ),
    tf.AutoModelForImageTextToText,
    text,
)
