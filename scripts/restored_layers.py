"""Restoring in linear layers that an adapter leaves alone: what PEFT merges, against dense float64 matrices.

A model of two towers with the same names in their blocks, routers, norms, an embedding and a head gets adapters whose
configs say their targets in all of PEFT's ways. With `--restore-modules linear`, exactly the linear layers of the
adapter's blocks must become modules: the merged model must be the dense result, and no other weight may change.
"""

import json
import shutil

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from torch import nn

from checking import recorded_warnings, require, splora

RANK, ADDED, SHARE = 3, 4, 0.5
TOLERANCE = 1e-3
# Name of the case: (settings of the adapter, options of splora, names that must not become modules).
CASES = {
    "list": ({"target_modules": ["q_proj", "v_proj"]}, [], ()),
    "list of one tower": ({"target_modules": ["text.layers.0.attn.q_proj"]}, [], ("vision", "layers.1")),
    "regex": ({"target_modules": r"text\.layers\.\d+\.attn\.(q|v)_proj"}, [], ("vision",)),
    "regex with flags": ({"target_modules": r"(?i)TEXT\.layers\.1\.attn\.q_proj"}, [], ("vision", "layers.0")),
    "layers_to_transform": (
        {"target_modules": ["q_proj"], "layers_to_transform": [1], "layers_pattern": "layers"},
        [],
        ("layers.0",),
    ),
    "exclude list": (
        {"target_modules": ["q_proj", "up_proj"], "exclude_modules": ["text.layers.0.mlp.up_proj"]},
        [],
        (),
    ),
    "exclude regex": ({"target_modules": ["q_proj", "up_proj"], "exclude_modules": r".*0\.mlp\.up_proj"}, [], ()),
    "all-linear": (
        {"target_modules": "all-linear", "exclude_modules": r"lm_head|vision.*|.*\.gate|.*\.(k|o|up|down)_proj"},
        [],
        ("vision", "head"),
    ),
    "rslora": ({"target_modules": ["q_proj"], "use_rslora": True}, [], ()),
    "patterns": (
        {"target_modules": ["q_proj", "o_proj"], "rank_pattern": {"o_proj": 2}, "alpha_pattern": {"o_proj": 9}},
        [],
        (),
    ),
    "modules_to_save": ({"target_modules": ["q_proj"], "modules_to_save": ["down_proj"]}, [], ("down_proj",)),
    "patterns of names": ({"target_modules": ["q_proj"]}, ["--include", "*_proj", "--exclude", "o_proj"], ("o_proj",)),
    "one rank": ({"target_modules": ["q_proj", "v_proj"]}, ["--client", "sglang"], ()),
    "vllm": ({"target_modules": ["q_proj"]}, ["--client", "vllm"], ()),
}


class Part(nn.Module):
    """A module of the given layers."""

    def __init__(self, **layers):
        super().__init__()
        for name, layer in layers.items():
            setattr(self, name, layer)


def block(width, inner):
    linear = {name: nn.Linear(width, width, bias=False) for name in ("q_proj", "k_proj", "v_proj", "o_proj")}
    mlp = {
        "gate_proj": nn.Linear(width, inner, bias=False),
        "up_proj": nn.Linear(width, inner, bias=False),
        "down_proj": nn.Linear(inner, width, bias=False),
        "gate": nn.Linear(width, 4, bias=False),
    }
    return Part(attn=Part(**linear), mlp=Part(**mlp), norm=nn.LayerNorm(width))


class Model(nn.Module):
    """Only a container of layers; it never runs."""

    def __init__(self):
        super().__init__()
        self.text = Part(embed_tokens=nn.Embedding(20, 24), layers=nn.ModuleList(block(24, 40) for _ in range(2)))
        self.vision = Part(layers=nn.ModuleList(block(16, 20) for _ in range(2)))
        self.lm_head = nn.Linear(24, 20, bias=False)

    def forward(self, x):
        return x


def model(seed):
    torch.manual_seed(seed)
    made = Model()
    if seed == 2:
        # Alignment left one of the layers as it was.
        made.text.layers[1].mlp.up_proj.weight = model(1).text.layers[1].mlp.up_proj.weight
    return made


def weights(of):
    return {name: tensor.detach().double() for name, tensor in of.named_parameters() if name.endswith("weight")}


def make(folder):
    for name, seed in (("base", 1), ("aligned", 2)):
        (folder / name).mkdir(parents=True)
        save_file(
            {key: tensor.contiguous() for key, tensor in model(seed).state_dict().items()},
            folder / name / "model.safetensors",
        )


def make_adapter(folder, settings):
    torch.manual_seed(3)
    adapted = get_peft_model(model(2), LoraConfig(r=RANK, lora_alpha=7, **settings))
    for name, parameter in adapted.named_parameters():
        if "lora_" in name:
            nn.init.normal_(parameter, std=0.3)
    adapted.save_pretrained(folder)
    return sorted(name.removeprefix("base_model.model.") for name, _ in lora_layers(adapted))


def lora_layers(adapted):
    return [(name, module) for name, module in adapted.named_modules() if hasattr(module, "lora_A")]


def strongest(v):
    left, values, right = torch.linalg.svd(v, full_matrices=False)
    return (left[:, :ADDED] * values[:ADDED]) @ right[:ADDED]


def wanted(name, modules, options, never, settings):
    """Whether a weight gets a part of V: one of the adapter's modules, or a linear layer of one of their blocks."""
    layer = name.removesuffix(".weight")
    blocks = {module.rsplit(".", 2)[0] for module in modules}
    return layer in modules or (
        layer.endswith("_proj")
        and layer.rsplit(".", 2)[0] in blocks
        and not any(layer.endswith(excluded) for excluded in ("o_proj",) if "o_proj" in options)
        and not any(layer.endswith(saved) for saved in settings.get("modules_to_save", ()))
    )


def agrees(folder, case):
    settings, options, never = CASES[case]
    own = folder / case.replace(" ", "-")
    modules = make_adapter(own / "adapter", settings)
    models = ("--base", folder / "base", "--aligned", folder / "aligned", "--adapter", own / "adapter")
    parts = ("--restore", SHARE, "--restore-rank", ADDED, "--restore-modules", "linear", "--tolerance", "1e-6")
    splora("prune", *models, "--action", "restore", "--all", "--output", own / "restored", "-q", *parts, *options)
    with recorded_warnings() as heard:
        loaded = PeftModel.from_pretrained(model(2), own / "restored")
    require(not [line for line in heard if "missing" in line or "unexpected" in line.lower()], str(heard))
    layers = {name.removeprefix("base_model.model.") for name, _ in lora_layers(loaded)}
    require(not [name for name in layers for part in never if part in name], f"modules: {sorted(layers)}")
    before = weights(PeftModel.from_pretrained(model(2), own / "adapter").merge_and_unload())
    after = weights(loaded.merge_and_unload())
    base, aligned = weights(model(1)), weights(model(2))
    changed = set()
    for name, weight in after.items():
        v = aligned[name] - base[name]
        gets = wanted(name, modules, options, never, settings) and v.norm() > 0
        expected = before[name] + (SHARE * strongest(v) if gets else 0)
        error = float((weight - expected).norm() / expected.norm())
        require(error < (TOLERANCE if gets else 1e-7), f"{name}: off by {error:.1e}")
        if gets or name.removesuffix(".weight") in modules:
            changed.add(name.removesuffix(".weight"))
    if "sglang" in options:
        # SGLang needs gate and up of a layer together, so one gets zeros.
        changed.add("text.layers.1.mlp.up_proj")
    require(layers == changed, f"{sorted(layers)} instead of {sorted(changed)}")
    report = json.loads((own / "restored" / "splora-report.json").read_text())
    require(set(report["addedModules"]) == layers - set(modules), f"the report says {report['addedModules']}")
    shutil.rmtree(own)


def check(tally, folder):
    """Adds a check for each way to say an adapter's targets."""
    make(folder / "layers-of-blocks")
    for case in CASES:
        tally.check(
            f"restored layers, {case}: PEFT merges what dense matrices give", agrees, folder / "layers-of-blocks", case
        )
