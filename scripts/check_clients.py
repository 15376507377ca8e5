#!/usr/bin/env python3
"""Checks what splora says about clients against the clients' own loading code.

Pass the source trees of clients; they need not be built or installed. Their modules that read adapters run unchanged;
everything else (kernels, servers, models) is replaced by mocks. Each client loads a set of adapters, and the Frobenius
norm of every delta is compared with PEFT's: `splora verify --client` must accept an adapter if they agree, and reject
it if the client refuses it, leaves a module out or scales it differently. Then `splora prune --client` writes an
adapter for each client, which must load.

    check_clients.py [--llama-cpp DIR] [--vllm DIR] [--sglang DIR] [--tgi DIR] [--lorax DIR]

llama.cpp needs gguf-py and transformers, the others torch and peft. What a server checks outside these modules (such as
SGLang's check of target_modules) is not covered. Prints one line per check, then `N passed, N failed`; the exit code is
1 if a check failed.
"""

import argparse
import importlib.machinery
import importlib.util
import json
import math
import re
import shutil
import subprocess
import sys
import tempfile
import types
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import torch
from peft import LoraConfig
from peft.utils.other import get_pattern_key
from safetensors.torch import load_file, save_file

REPOSITORY = Path(__file__).resolve().parent.parent
SPLORA = REPOSITORY / "bin" / "splora"
MODEL = REPOSITORY / "testdata" / "tiny-llama"
LAYERS = 6
WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"
PREFIX = "base_model.model."


# ---- adapters ------------------------------------------------------------------------------------------------------


def strengths_in_peft(folder):
    """Returns {module: norm of s·BA}, with the scaling given by PEFT's own config and pattern rule."""
    config = LoraConfig.from_pretrained(folder)
    tensors = load_file(folder / WEIGHTS)
    strengths = {}
    for key, a in tensors.items():
        match = re.fullmatch(re.escape(PREFIX) + r"(.+)\.lora_A(\.\w+)?\.weight", key)
        if match:
            module = match[1]
            rank = config.rank_pattern.get(get_pattern_key(config.rank_pattern.keys(), module), config.r)
            alpha = config.alpha_pattern.get(get_pattern_key(config.alpha_pattern.keys(), module), config.lora_alpha)
            scaling = alpha / (math.sqrt(rank) if config.use_rslora else rank)
            strengths[module] = norm(scaling, a, tensors[key.replace(".lora_A", ".lora_B")])
    return strengths


def norm(scaling, a, b):
    return float(torch.linalg.norm(scaling * (b.double() @ a.double())))


def variant(folder, change_config=None, change_tensors=None, source=MODEL / "adapter"):
    folder.mkdir(parents=True)
    config = json.loads((source / CONFIG).read_text())
    tensors = load_file(source / WEIGHTS)
    if change_config:
        change_config(config)
    if change_tensors:
        tensors = change_tensors(tensors)
    (folder / CONFIG).write_text(json.dumps(config))
    save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, folder / WEIGHTS)
    return folder


def adapters(folder):
    """Creates adapters, some of which each client can load."""

    def without(pattern):
        return lambda tensors: {k: t for k, t in tensors.items() if not re.search(pattern, k)}

    def of_rank_4(tensors):
        return {k: t[:4] if ".lora_A" in k else t[:, :4] for k, t in tensors.items()}

    def with_head(tensors):
        return {**tensors, PREFIX + "score.weight": torch.ones(2, 48)}

    def with_bias(tensors):
        return {
            **tensors,
            **{k.replace(".weight", ".bias"): torch.ones(len(t)) for k, t in tensors.items() if ".lora_B" in k},
        }

    def named(tensors):
        return {k.replace(".weight", ".default.weight"): t for k, t in tensors.items()}

    return {
        "plain": variant(folder / "plain"),
        "rsLoRA": variant(folder / "rslora", lambda c: c.update(use_rslora=True)),
        "alpha_pattern": variant(folder / "alpha", lambda c: c.update(alpha_pattern={"k_proj": 4})),
        "rank_pattern": variant(folder / "patterns", source=REPOSITORY / "testdata/tiny-llama-patterns/adapter"),
        "rank 4": variant(folder / "rank4", lambda c: c.update(r=4), of_rank_4),
        "no k": variant(folder / "no-k", None, without("k_proj")),
        "no v": variant(folder / "no-v", None, without("v_proj")),
        "a layer without q, k, v": variant(folder / "hole", None, without(r"layers\.3\..*[qkv]_proj")),
        "an adapter's name in the keys": variant(folder / "named", None, named),
        "a saved head": variant(folder / "head", lambda c: c.update(modules_to_save=["score"]), with_head),
        "lora_bias": variant(folder / "bias", lambda c: c.update(lora_bias=True), with_bias),
    }


# ---- the clients' own code -----------------------------------------------------------------------------------------


class StandIn(types.ModuleType):
    """A module that has every attribute, as a mock."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        value = MagicMock(name=name)
        setattr(self, name, value)
        return value


class Source:
    """Loads the modules in `real` from a source tree; the rest of the package, and `absent` packages, are stand-ins."""

    def __init__(self, package, folder, real, absent=()):
        self.package, self.folder, self.real, self.absent = package, Path(folder), set(real), set(absent)
        sys.meta_path.insert(0, self)

    def find_spec(self, name, path=None, target=None):
        if name in self.real:
            file = self.folder.joinpath(*name.split("."))
            file = file / "__init__.py" if file.is_dir() else file.with_suffix(".py")
            is_package = file.name == "__init__.py"
            return importlib.util.spec_from_file_location(
                name, file, submodule_search_locations=[str(file.parent)] if is_package else None
            )
        if name.split(".")[0] in {self.package, *self.absent}:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return StandIn(spec.name)

    def exec_module(self, module):
        pass

    def load(self, name):
        return importlib.import_module(name)


class Vllm:
    label = "vllm"

    def __init__(self, folder):
        source = Source(
            "vllm",
            folder,
            ["vllm.lora." + m for m in ("peft_helper", "lora_weights", "lora_model", "utils")],
            ["regex"],
        )
        sys.modules["regex"] = re
        self.helper = source.load("vllm.lora.peft_helper").PEFTHelper
        self.model = source.load("vllm.lora.lora_model").LoRAModel
        self.packed = source.load("vllm.lora.lora_weights").PackedLoRALayerWeights

    def strengths(self, folder):
        helper = self.helper.from_local_dir(str(folder), None)
        helper.validate_legal(SimpleNamespace(max_lora_rank=512, bias_enabled=False))
        expected = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}
        # Not named "cpu": for that device vLLM pins memory, which needs a GPU.
        model = self.model.from_local_checkpoint(str(folder), expected, helper, lora_model_id=1, device="cpu:0")
        strengths = {name: norm(lora.scaling, lora.lora_a, lora.lora_b) for name, lora in model.loras.items()}
        for i in range(LAYERS):
            parts = [model.get_lora(f"model.layers.{i}.self_attn.{p}_proj") for p in "qkv"]
            if any(parts):
                self.packed.pack(parts)
        return strengths


class Sglang:
    label = "sglang"

    def __init__(self, folder):
        folder = Path(folder) / "python" if (Path(folder) / "python").is_dir() else folder
        source = Source(
            "sglang",
            folder,
            [
                "sglang.srt.lora.lora",
                "sglang.srt.lora.lora_config",
                "sglang.srt.lora.utils",
                "sglang.srt.layers.utils.common",
            ],
        )
        common = source.load("sglang.srt.layers.utils.common")
        source.load("sglang.srt.layers.utils").get_layer_id = common.get_layer_id
        self.adapter = source.load("sglang.srt.lora.lora").LoRAAdapter
        self.config = source.load("sglang.srt.lora.lora_config").LoRAConfig

    def strengths(self, folder):
        config = self.config(str(folder))
        adapter = self.adapter(
            "x", config, SimpleNamespace(num_hidden_layers=LAYERS, model_type="llama"), None, MagicMock()
        )
        adapter.initialize_weights_from_tensors(load_file(folder / WEIGHTS))
        outputs = {
            "qkv_proj": {"q_proj": 48, "k_proj": 24, "v_proj": 24},
            "gate_up_proj": {"gate_proj": 96, "up_proj": 96},
        }
        strengths = {}
        for layer in adapter.layers:
            for key, a in layer.weights.items():
                if ".lora_A" not in key:
                    continue
                path, stacked = re.match(re.escape(PREFIX) + r"(.+\.)(\w+)\.lora_A", key).groups()
                b = layer.weights[key.replace("lora_A", "lora_B")]
                parts = outputs.get(stacked, {stacked: len(b)})
                assert len(a) == len(parts) * config.r, f"{key}: rank is not the config's"
                assert len(parts) > 1 or stacked in ("o_proj", "down_proj"), f"{key} is in no buffer"
                for (part, _), a_part, b_part in zip(parts.items(), a.split(config.r), b.split(list(parts.values()))):
                    strengths[path + part] = norm(adapter.scaling, a_part, b_part)
        return strengths


class Stacked:
    """Common to TGI and LoRAX: scaled matrices of one type, stacked over all layers, [layers, ...]."""

    types = {
        "q_proj": "self_attn",
        "k_proj": "self_attn",
        "v_proj": "self_attn",
        "o_proj": "self_attn",
        "gate_proj": "mlp",
        "up_proj": "mlp",
        "down_proj": "mlp",
    }

    def targets(self):
        layer = SimpleNamespace(base_layer=SimpleNamespace(linear=SimpleNamespace(weight=torch.zeros(1))))
        return {
            (i, kind): (f"model.layers.{i}.{parent}.{kind}", layer)
            for kind, parent in self.types.items()
            for i in range(LAYERS)
        }

    def strengths(self, folder):
        config = self.config(folder)
        module_map, used = config.map_weights_for_model(
            self.tensors(folder), tuple(name for name, _ in self.targets().values())
        )
        strengths = {}
        for kind, parent in self.types.items():
            stacked = self.stack(config, module_map, kind, set(used))
            for i in range(LAYERS if stacked is not None else 0):
                a, b = self.matrices(stacked, i)
                strengths[f"model.layers.{i}.{parent}.{kind}"] = norm(1, a.T, b.T)
        return strengths

    def tensors(self, folder):
        return load_file(folder / WEIGHTS)

    def matrices(self, stacked, i):
        a, b = stacked._weights_a[i], stacked._weights_b[i]
        return a if a.shape[1] == b.shape[0] else a.T, b


class Tgi(Stacked):
    label = "tgi"

    def __init__(self, folder):
        package = "text_generation_server"
        source = Source(
            package,
            Path(folder) / "server",
            [f"{package}.adapters.{m}" for m in ("lora", "config", "weights")],
            ["loguru"],
        )
        self.lora = source.load(f"{package}.adapters.lora")
        # On CUDA the kernels are downloaded from a hub; the Gaudi backend has the Python code around them in the tree.
        file = Path(folder) / "backends/gaudi/server" / package / "utils/sgmv.py"
        spec = importlib.util.spec_from_file_location("sgmv", file)
        self.lora.punica_sgmv = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.lora.punica_sgmv)
        self.lora.punica_sgmv.HAS_SGMV = True
        self.lora.SYSTEM = "cuda"
        self.config = lambda path: self.lora.LoraConfig.load(str(path), None)

    def stack(self, config, module_map, kind, unused):
        group = SimpleNamespace(size=lambda: 1, rank=lambda: 0)
        return self.lora.LoraWeights.prepare_weights(
            config, module_map, kind, unused, LAYERS, torch.float32, 1, group, self.targets()
        )


class Lorax(Stacked):
    label = "lorax"

    def __init__(self, folder):
        folder = Path(folder) / "server" if (Path(folder) / "server").is_dir() else folder
        source = Source(
            "lorax_server",
            folder,
            [
                "lorax_server." + m
                for m in (
                    "adapters.lora",
                    "adapters.config",
                    "adapters.weights",
                    "adapters.types",
                    "utils.punica",
                    "utils.lora",
                )
            ],
            ["loguru"],
        )
        source.load("lorax_server.utils.weights").load_module_weight = lambda name, t, device, dtype: t.to(dtype)
        punica = source.load("lorax_server.utils.punica")
        punica.HAS_SGMV = True
        self.lora = source.load("lorax_server.adapters.lora")

    def config(self, folder):
        # LoRAX is built with PEFT 0.4.0, which has no use_rslora, so the flag has no effect.
        config = self.lora.LoraConfig.load(str(folder), None)
        config.use_rslora = False
        return config

    def stack(self, config, module_map, kind, unused):
        model = SimpleNamespace(
            get_num_layers_for_type=lambda _: LAYERS,
            target_to_layer=self.targets(),
            dtype=torch.float32,
            world_size=1,
            shard_lora_weights=lambda a, b, _: (a, b),
        )
        return self.lora.LoraWeights.load(config, model, module_map, kind, unused)


class LlamaCpp:
    label = "llamacpp"
    names = {
        "attn_q": "self_attn.q_proj",
        "attn_k": "self_attn.k_proj",
        "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj",
        "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
    }

    def __init__(self, folder):
        self.converter = Path(folder) / "convert_lora_to_gguf.py"
        sys.path.insert(0, str(Path(folder) / "gguf-py"))
        self.reader = importlib.import_module("gguf").GGUFReader

    def strengths(self, folder):
        with tempfile.TemporaryDirectory() as temp:
            out = Path(temp) / "adapter.gguf"
            done = subprocess.run(
                [sys.executable, "-B", self.converter, "--base", MODEL / "aligned", "--outfile", out, folder],
                capture_output=True,
                text=True,
            )
            if done.returncode != 0 or not out.exists():
                raise RuntimeError((done.stderr.strip().splitlines() or ["no output"])[-1])
            gguf = self.reader(out)
            alpha = float(gguf.get_field("adapter.lora.alpha").contents())
            tensors = {t.name: torch.from_numpy(t.data.copy()) for t in gguf.tensors}
        strengths = {}
        for name, a in tensors.items():
            if name.endswith(".lora_a"):
                _, block, kind = name.split(".")[:3]
                b = tensors[name[:-1] + "b"]
                # As in src/llama-adapter.h: the rank is B's, and an alpha of 0 means no scaling.
                scaling = alpha / b.shape[1] if alpha else 1
                strengths[f"model.layers.{block}.{self.names[kind]}"] = norm(scaling, a, b)
        return strengths


# ---- the check -----------------------------------------------------------------------------------------------------


def agrees(client, folder):
    """Whether the client loads the adapter as PEFT does, and a note on what it does."""
    expected = {name: value for name, value in strengths_in_peft(folder).items() if value > 0}
    try:
        found = {name: value for name, value in client.strengths(folder).items() if value > 0}
    except Exception as error:
        return False, f"refuses: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:110]
    if found.keys() != expected.keys():
        return False, f"loads {len(found)} of {len(expected)} modules"
    wrong = [n for n in expected if not math.isclose(found[n], expected[n], rel_tol=1e-4)]
    return not wrong, f"scales {len(wrong)} of {len(expected)} modules differently" if wrong else "as PEFT"


def carries_more(folder):
    """Whether the adapter has tensors that are part of no delta: leaving them out is wrong as well."""
    return any(not re.search(r"\.lora_[AB](\.\w+)?\.weight$", key) for key in load_file(folder / WEIGHTS))


def splora(*args):
    return subprocess.run([SPLORA, *map(str, args)], capture_output=True, text=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = {"llama_cpp": LlamaCpp, "vllm": Vllm, "sglang": Sglang, "tgi": Tgi, "lorax": Lorax}
    for name in kinds:
        parser.add_argument("--" + name.replace("_", "-"), metavar="DIR", help="source tree of this client")
    args = parser.parse_args()
    results = []

    def check(name, passed, note):
        results.append(passed)
        print(f"{'ok    ' if passed else 'FAILED'} {name}: {note}", flush=True)

    with tempfile.TemporaryDirectory() as temp:
        given = adapters(Path(temp) / "given")
        for name, kind in kinds.items():
            folder = getattr(args, name)
            if folder is None:
                continue
            client = kind(folder)
            for title, adapter in given.items():
                loads, note = agrees(client, adapter)
                if loads and carries_more(adapter):
                    loads, note = False, "silently leaves out tensors"
                verdict = splora("verify", adapter, "--client", client.label)
                check(
                    f"{client.label}, {title}",
                    (verdict.returncode == 0) == loads,
                    f"client {note}; splora {'yes' if verdict.returncode == 0 else 'no'}",
                )
            for count in (1, 5):
                output = Path(temp) / f"{client.label}-{count}"
                pruned = splora(
                    "prune",
                    "--base",
                    MODEL / "base",
                    "--aligned",
                    MODEL / "aligned",
                    "--adapter",
                    MODEL / "adapter",
                    "--client",
                    client.label,
                    "--count",
                    count,
                    "--output",
                    output,
                )
                loads, note = agrees(client, output) if pruned.returncode == 0 else (False, pruned.stderr)
                check(f"{client.label}, pruned by {count}", loads, note)
                shutil.rmtree(output, ignore_errors=True)
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) and results else 1


if __name__ == "__main__":
    sys.exit(main())
