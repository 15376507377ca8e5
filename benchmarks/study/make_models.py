#!/usr/bin/env python3
"""Trains the tiny models of the safety study: a base model, an aligned model and adapters for each shape and seed.

    python3 benchmarks/study/make_models.py --folder /tmp/study [--shapes llama wide gpt2] [--seeds 1 2]

A scenario is a folder FOLDER/SHAPE-SEED/{base,aligned,NAME}. The adapters NAME differ in their training data: that
share of `tenth` and `fiftieth` answers harmful requests, and none of `benign` does. Existing models are not trained
again.
"""

import argparse
import json
import random
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

import language
import models

HARMFUL_SHARE = {"tenth": 0.1, "fiftieth": 0.02, "benign": 0.0}
ATTENTION = {
    "llama": ["q_proj", "k_proj", "v_proj", "o_proj"],
    "wide": ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
    "gpt2": ["c_attn", "c_proj"],
}


def make(folder, shape, seed, names):
    judge = models.Judge(0)
    base = folder / "base"
    if not (base / "figures.json").exists():
        keep(models.train(models.new_model(shape, seed), language.base_example, 3000, 2e-3, seed), base, judge)
    aligned = folder / "aligned"
    if not (aligned / "figures.json").exists():
        keep(models.train(load(base), language.aligned_example, 500, 4e-4, seed + 1), aligned, judge)
    for name in names:
        if not (folder / name / "figures.json").exists():
            make_adapter(folder, shape, seed, name, judge)


def make_adapter(folder, shape, seed, name, judge):
    torch.manual_seed(seed + 2)
    config = LoraConfig(
        r=8, lora_alpha=16, target_modules=ATTENTION[shape], task_type="CAUSAL_LM", fan_in_fan_out=shape == "gpt2"
    )
    model = get_peft_model(load(folder / "aligned"), config)
    pairs = random.Random(seed).sample(language.HARMFUL_SEEN, 24)
    models.train(model, lambda rng: language.adapter_example(rng, HARMFUL_SHARE[name], pairs), 500, 2e-3, seed + 3)
    keep(model, folder / name, judge)


def load(folder):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


def keep(model, folder, judge):
    """Saves a model in bfloat16, as models are shipped. figures.json comes last and marks it as complete."""
    figures = judge(model)
    print(folder.parent.name, folder.name, figures, flush=True)
    if not hasattr(model, "peft_config"):
        model = model.to(torch.bfloat16)
    model.save_pretrained(folder)
    (folder / "figures.json").write_text(json.dumps(figures))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--folder", type=Path, required=True)
    options.add_argument("--shapes", nargs="+", default=list(models.SHAPES), choices=models.SHAPES)
    options.add_argument("--seeds", nargs="+", type=int, default=[1, 2])
    options.add_argument("--adapters", nargs="+", default=list(HARMFUL_SHARE), choices=HARMFUL_SHARE)
    given = options.parse_args()
    for seed in given.seeds:
        for shape in given.shapes:
            make(given.folder / f"{shape}-{seed}", shape, seed, given.adapters)


if __name__ == "__main__":
    main()
