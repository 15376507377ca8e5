"""Inputs large enough that a run takes a while: checkpoints and an adapter with random weights."""

import hashlib
import json
import random
import struct

MODULES = [f"model.layers.{block}.self_attn.{kind}_proj" for block in range(4) for kind in "qkvo"]
SIZE, RANK = 2048, 64


def bfloat16(count, rng):
    """Returns `count` values of magnitude 0.008 to 0.03."""
    data = bytearray(rng.randbytes(2 * count))
    data[1::2] = data[1::2].translate(bytes([0x3C] * 128 + [0xBC] * 128))
    return bytes(data)


def write_safetensors(path, tensors):
    header, position = {}, 0
    for name, (shape, data) in tensors.items():
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [position, position + len(data)]}
        position += len(data)
    text = json.dumps(header).encode()
    with path.open("wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for _, data in tensors.values():
            out.write(data)


class Inputs:
    """The folders of a base and an aligned checkpoint of 134 MB each, and of an adapter of 8 MB."""

    def __init__(self, base, aligned, adapter):
        self.base, self.aligned, self.adapter = base, aligned, adapter

    @classmethod
    def create(cls, folder):
        inputs = cls(folder / "base", folder / "aligned", folder / "adapter")
        rng = random.Random(1)
        for checkpoint in (inputs.base, inputs.aligned):
            checkpoint.mkdir(parents=True)
            weights = {f"{module}.weight": ([SIZE, SIZE], bfloat16(SIZE * SIZE, rng)) for module in MODULES}
            write_safetensors(checkpoint / "model.safetensors", weights)
        inputs.write_adapter(rng)
        return inputs

    def write_adapter(self, rng):
        self.adapter.mkdir()
        tensors = {}
        for module in MODULES:
            prefix = f"base_model.model.{module}"
            tensors[f"{prefix}.lora_A.weight"] = ([RANK, SIZE], bfloat16(RANK * SIZE, rng))
            tensors[f"{prefix}.lora_B.weight"] = ([SIZE, RANK], bfloat16(RANK * SIZE, rng))
        write_safetensors(self.adapter / "adapter_model.safetensors", tensors)
        config = {
            "peft_type": "LORA",
            "r": RANK,
            "lora_alpha": RANK,
            "bias": "none",
            "target_modules": ["q_proj", "k_proj", "v_proj", "o_proj"],
        }
        (self.adapter / "adapter_config.json").write_text(json.dumps(config))
        (self.adapter / "README.md").write_text("# An adapter\n")

    def args(self):
        return ["--base", str(self.base), "--aligned", str(self.aligned), "--adapter", str(self.adapter)]

    def files(self):
        return sorted(file for folder in (self.base, self.aligned, self.adapter) for file in folder.iterdir())

    def hashes(self):
        return {file: sha256(file) for file in self.files()}


def sha256(file):
    digest = hashlib.sha256()
    with file.open("rb") as data:
        while chunk := data.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
