"""How a checkpoint is stored: other dtypes, shards, prefixes and formats of the same weights.

Each layout is a function (source folder, folder). The source is a checkpoint that save_pretrained wrote in float32.
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
PICKLE, PICKLE_INDEX = "pytorch_model.bin", "pytorch_model.bin.index.json"


def tensors_of(folder):
    return load_file(Path(folder) / WEIGHTS)


def start(source, folder, **config_keys):
    """Creates a folder with everything except the weights; config.json gains the given keys."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in Path(source).iterdir():
        if file.name != WEIGHTS:
            shutil.copy(file, folder)
    if config_keys:
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps({**config, **config_keys}, indent=2))


def store(tensors, folder):
    save_file(
        {name: tensor.contiguous() for name, tensor in tensors.items()}, folder / WEIGHTS, metadata={"format": "pt"}
    )


def edited(change):
    """Returns the layout whose tensors are `change(tensors)`."""

    def layout(source, folder):
        start(source, folder)
        store(change(tensors_of(source)), folder)

    return layout


def as_dtype(dtype):
    return edited(lambda tensors: {name: tensor.to(dtype) for name, tensor in tensors.items()})


def renamed(*pairs):
    """Replaces prefixes of names, given as pairs (old, new); the first pair that matches a name applies."""

    def rename(name):
        for old, new in pairs:
            if name.startswith(old):
                return new + name.removeprefix(old)
        return name

    return edited(lambda tensors: {rename(name): tensor for name, tensor in tensors.items()})


def sharded(dtype=torch.float32, parts=3):
    """Stores shards with about equal numbers of tensors, and an index."""

    def layout(source, folder):
        start(source, folder)
        write_shards(
            {n: t.to(dtype) for n, t in tensors_of(source).items()},
            folder,
            parts,
            INDEX,
            lambda tensors, file: save_file(tensors, file, metadata={"format": "pt"}),
        )

    return layout


def write_shards(tensors, folder, parts, index, write):
    suffix = ".safetensors" if index == INDEX else ".bin"
    stem = "model" if index == INDEX else "pytorch_model"
    weight_map = {}
    for part in range(parts):
        file = f"{stem}-{part + 1:05}-of-{parts:05}{suffix}"
        names = sorted(tensors)[part::parts]
        write({name: tensors[name].contiguous() for name in names}, folder / file)
        weight_map.update(dict.fromkeys(names, file))
    size = sum(t.numel() * t.element_size() for t in tensors.values())
    (folder / index).write_text(json.dumps({"metadata": {"total_size": size}, "weight_map": weight_map}, indent=2))


def pickled(dtype=torch.float32, parts=1):
    """Stores a legacy pytorch_model.bin, or shards of one."""

    def layout(source, folder):
        start(source, folder)
        tensors = {name: tensor.to(dtype) for name, tensor in tensors_of(source).items()}
        if parts == 1:
            torch.save(tensors, folder / PICKLE)
        else:
            write_shards(tensors, folder, parts, PICKLE_INDEX, torch.save)

    return layout


# ---- mixture of experts --------------------------------------------------------------------------


def fused_experts(gate, up, down):
    """Stores experts as transformers 5 holds them in memory: one gate_up_proj and one down_proj per layer."""

    def fuse(tensors):
        result, experts = {}, {}
        for name, tensor in tensors.items():
            block, found, rest = name.partition(".experts.")
            if not found:
                result[name.replace(".block_sparse_moe.gate.", ".mlp.gate.")] = tensor
                continue
            expert, projection, _ = rest.split(".")
            block = block.replace(".block_sparse_moe", ".mlp")
            experts.setdefault(block, {}).setdefault(int(expert), {})[projection] = tensor
        for block, members in experts.items():
            stack = [members[index] for index in sorted(members)]
            result[f"{block}.experts.gate_up_proj"] = torch.stack([torch.cat([e[gate], e[up]]) for e in stack])
            result[f"{block}.experts.down_proj"] = torch.stack([e[down] for e in stack])
        return result

    return edited(fuse)


# ---- quantized -----------------------------------------------------------------------------------


def is_projection(name, tensor):
    return tensor.ndim == 2 and name.endswith("_proj.weight")


FP8 = torch.float8_e4m3fn
FP8_LARGEST = 448.0
FP8_BLOCK = 16


def fp8_scales(weight, by):
    """Returns the scales that map a weight to the range of float8, per tensor, per row, or per block of 16 x 16."""
    if by == "tensor":
        return (weight.abs().max() / FP8_LARGEST).reshape(())
    if by == "row":
        return weight.abs().amax(1, keepdim=True) / FP8_LARGEST
    rows, columns = weight.shape
    padded = torch.nn.functional.pad(weight, (0, -columns % FP8_BLOCK, 0, -rows % FP8_BLOCK)).abs()
    blocks = padded.unflatten(1, (-1, FP8_BLOCK)).unflatten(0, (-1, FP8_BLOCK))
    return blocks.amax((1, 3)) / FP8_LARGEST


def spread(scales, shape):
    """Expands scales to the shape of their weight."""
    if (scales.ndim == 2 and scales.shape[1] > 1) or scales.shape[:1] not in ((), (shape[0],)):
        scales = scales.repeat_interleave(FP8_BLOCK, 0).repeat_interleave(FP8_BLOCK, 1)[: shape[0], : shape[1]]
    return scales.expand(shape)


FP8_KINDS = {  # how scales are laid out, what their tensors are called, and what config.json says
    "tensor": ("weight_scale", {"quant_method": "compressed-tensors", "format": "float-quantized"}),
    "row": ("weight_scale", {"quant_method": "compressed-tensors", "format": "float-quantized"}),
    "block": ("weight_scale_inv", {"quant_method": "fp8", "weight_block_size": [FP8_BLOCK, FP8_BLOCK]}),
}


def fp8(by):
    """Stores projections as float8 with scales, and the rest as bfloat16."""
    suffix, quantization = FP8_KINDS[by]

    def layout(source, folder):
        start(source, folder, quantization_config=quantization)
        result = {}
        for name, tensor in tensors_of(source).items():
            if is_projection(name, tensor):
                scales = fp8_scales(tensor, by)
                result[name] = (tensor / spread(scales, tensor.shape)).to(FP8)
                result[name.replace("weight", suffix)] = scales
            else:
                result[name] = tensor.to(torch.bfloat16)
        store(result, folder)

    return layout


def fp8_widened(by):
    """Stores what `fp8` stores, dequantized to float32: the same model for a client without float8 support."""

    def layout(source, folder):
        start(source, folder)
        result = {}
        for name, tensor in tensors_of(source).items():
            if is_projection(name, tensor):
                scales = spread(fp8_scales(tensor, by), tensor.shape)
                result[name] = (tensor / scales).to(FP8).float() * scales
            else:
                result[name] = tensor.to(torch.bfloat16).float()
        store(result, folder)

    return layout


def packed(method, tensors_for):
    """Imitates a quantizer that packs weights: `tensors_for` returns the tensors that replace a projection."""

    def layout(source, folder):
        start(source, folder, quantization_config={"quant_method": method, "bits": 4, "load_in_4bit": True})
        result = {}
        for name, tensor in tensors_of(source).items():
            if is_projection(name, tensor):
                result.update(tensors_for(name.removesuffix(".weight"), *tensor.shape))
            else:
                result[name] = tensor
        store(result, folder)

    return layout


def bitsandbytes_tensors(module, rows, columns):
    return {
        f"{module}.weight": torch.zeros(rows * columns // 2, 1, dtype=torch.uint8),
        f"{module}.weight.absmax": torch.zeros(max(1, rows * columns // 64)),
        f"{module}.weight.quant_map": torch.zeros(16),
        f"{module}.weight.quant_state.bitsandbytes__nf4": torch.zeros(8, dtype=torch.uint8),
    }


def gptq_tensors(module, rows, columns):
    return {
        f"{module}.qweight": torch.zeros(columns // 8, rows, dtype=torch.int32),
        f"{module}.qzeros": torch.zeros(1, max(1, rows // 8), dtype=torch.int32),
        f"{module}.scales": torch.zeros(1, rows, dtype=torch.float16),
        f"{module}.g_idx": torch.zeros(columns, dtype=torch.int32),
    }


def awq_tensors(module, rows, columns):
    return {
        f"{module}.qweight": torch.zeros(columns, max(1, rows // 8), dtype=torch.int32),
        f"{module}.qzeros": torch.zeros(1, max(1, rows // 8), dtype=torch.int32),
        f"{module}.scales": torch.zeros(1, rows, dtype=torch.float16),
    }


BITSANDBYTES = packed("bitsandbytes", bitsandbytes_tensors)
GPTQ = packed("gptq", gptq_tensors)
AWQ = packed("awq", awq_tensors)
