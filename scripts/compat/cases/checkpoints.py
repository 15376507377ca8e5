"""Checkpoints and adapters as files: dtypes, shards, pickles, prefixes, FP8, other vocabularies."""

import torch

from .. import layouts
from .. import models as m
from ..case import REFUSED, Case
from ..layouts import as_dtype, edited, fp8, fp8_widened, pickled, renamed, sharded
from .kinds import PLAIN, QV


def checkpoint(name, lora=QV, model=m.LLAMA, **more):
    return Case("checkpoints", name, model, lora, **more)


def as_pickle(folder):
    """Stores the adapter as adapter_model.bin, which PEFT wrote until 0.6 and still reads."""
    file = folder / "adapter_model.safetensors"
    torch.save(layouts.load_file(file), folder / "adapter_model.bin")
    file.unlink()


def in_half(folder):
    """Stores the adapter's tensors as float16."""
    file = folder / "adapter_model.safetensors"
    layouts.save_file({n: t.half() for n, t in layouts.load_file(file).items()}, file, metadata={"format": "pt"})


def with_adapter_name(folder):
    """Puts the adapter's name into the keys, as older tools did."""
    file = folder / "adapter_model.safetensors"
    layouts.save_file(
        {n.replace(".weight", ".default.weight"): t for n, t in layouts.load_file(file).items()},
        file,
        metadata={"format": "pt"},
    )


def longer_vocabulary(tensors):
    """Adds eight tokens to the embedding and the head, as chat models do."""
    grown = {"model.embed_tokens.weight", "lm_head.weight"}
    generator = torch.Generator().manual_seed(3)
    return {
        name: torch.cat([t, 0.02 * torch.randn(8, t.shape[1], generator=generator)]) if name in grown else t
        for name, t in tensors.items()
    }


def with_longer_vocabulary(source, folder):
    layouts.start(source, folder, vocab_size=m.VOCAB + 8)
    layouts.store(longer_vocabulary(layouts.tensors_of(source)), folder)


def both(layout):
    return {"base_layout": layout, "aligned_layout": layout}


BARE = renamed(("model.", ""))
FP8 = {by: {**both(fp8(by)), "client_layout": fp8_widened(by)} for by in ("tensor", "row", "block")}

CASES = [
    checkpoint("BF16 base and aligned", **both(as_dtype(torch.bfloat16))),
    checkpoint(
        "F16 aligned against BF16 base", base_layout=as_dtype(torch.bfloat16), aligned_layout=as_dtype(torch.float16)
    ),
    checkpoint("F64 base and aligned", **both(as_dtype(torch.float64))),
    checkpoint("F64 aligned against F32 base", aligned_layout=as_dtype(torch.float64)),
    checkpoint("sharded against one file", aligned_layout=sharded()),
    checkpoint("base without the prefix 'model.'", base_layout=BARE, client_layout=None),
    checkpoint("aligned without the prefix 'model.'", aligned_layout=BARE, client_layout=None),
    checkpoint("pytorch_model.bin", **both(pickled())),
    checkpoint("pytorch_model.bin in BF16 against safetensors", base_layout=pickled(torch.bfloat16)),
    checkpoint("sharded pytorch_model.bin", **both(pickled(parts=3))),
    checkpoint("adapter_model.bin", edit_adapter=as_pickle),
    checkpoint("adapter in F16", edit_adapter=in_half),
    checkpoint("adapter name in the keys", edit_adapter=with_adapter_name),
    checkpoint(
        "longer vocabulary in the aligned model, not targeted",
        aligned_layout=with_longer_vocabulary,
        client_layout="same",
    ),
    checkpoint(
        "longer vocabulary in the aligned model, head targeted",
        {**PLAIN, "target_modules": ["lm_head", "q_proj"]},
        aligned_layout=with_longer_vocabulary,
        expected=REFUSED,
        refusal=r"lm_head",
    ),
    checkpoint("FP8 with a scale per tensor", **FP8["tensor"]),
    checkpoint("FP8 with a scale per row", **FP8["row"]),
    checkpoint("FP8 with a scale per block", **FP8["block"]),
    checkpoint("a module that alignment left alone", aligned_layout=None, base_layout=edited(lambda tensors: tensors)),
]
