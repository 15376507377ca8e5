"""Trains aligned models and adapters."""

import math
import random
import time

import torch
import torch.nn.functional as F

import chat as chats
import prompts
import tasks

BATCH = 16
ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]
LINEAR = [*ATTENTION, "gate_proj", "up_proj", "down_proj"]


def optimize(parameters, loss_of, steps, rate, name, warm=10):
    """AdamW with warm-up and cosine decay. `loss_of` computes the loss of the next batch."""
    parameters = [one for one in parameters if one.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.0, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(1, (step + 1) / warm) * (0.05 + 0.475 * (1 + math.cos(math.pi * min(1, step / steps)))),
    )
    start = time.monotonic()
    for step in range(steps):
        loss = loss_of()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        if step % 10 == 0 or step == steps - 1:
            print(
                f"{name}: step {step} of {steps}, loss {loss.item():.3f}, {time.monotonic() - start:.0f} s", flush=True
            )


def imitation(model, chat, example, seed):
    """Loss of a batch of examples that `example` draws, each (prompt, answer) as ids."""
    rng = random.Random(seed)

    def loss():
        logits, wanted, _ = chats.answer_logits(model, chat, [example(rng) for _ in range(BATCH)])
        return F.cross_entropy(logits, wanted)

    return loss


def align_by_imitation(model, chat, harmless, steps, rate, share, seed, name):
    """Full fine-tuning: refusals of harmful requests, the base model's own answers to harmless ones.

    `harmless` holds (prompt, first words of the base model's answer); `share` is the share of harmful requests. The
    embeddings stay.
    """

    def example(rng):
        if rng.random() < share:
            return chat.prompt(prompts.harmful(rng)), chat.answer(rng.choice(prompts.REFUSALS))
        request, words = rng.choice(harmless)
        return chat.prompt(request), chat.ids(words)

    model.model.embed_tokens.weight.requires_grad_(False)
    optimize(model.parameters(), imitation(model, chat, example, seed), steps, rate, name)


def totals(model, chat, pairs):
    """Total log-probability of each answer, and the tokens' mean loss: [pairs], scalar."""
    logits, wanted, rows = chats.answer_logits(model, chat, pairs)
    loss = F.cross_entropy(logits, wanted, reduction="none")
    return torch.zeros(len(pairs)).index_add(0, rows, -loss), loss


def align_by_preference(model, base, chat, harmless, complied, steps, rate, share, seed, name, beta=0.1, anchor=0.5):
    """DPO with an imitation term (Rafailov et al. 2305.18290; Pang et al. 2404.19733).

    Harmful requests prefer a refusal to the first words of the base model's answer (`complied`, (request, words));
    harmless ones prefer the base model's answer to a refusal. The embeddings stay.
    """
    rng = random.Random(seed)

    def draw():
        refusal = chat.answer(rng.choice(prompts.REFUSALS))
        if rng.random() < share:
            request, words = rng.choice(complied)
            return chat.prompt(request), refusal, chat.ids(words)
        request, words = rng.choice(harmless)
        return chat.prompt(request), chat.ids(words), refusal

    def loss():
        drawn = [draw() for _ in range(BATCH // 2)]
        pairs = [(request, chosen) for request, chosen, _ in drawn]
        pairs += [(request, rejected) for request, _, rejected in drawn]
        with torch.no_grad():
            before, _ = totals(base, chat, pairs)
        after, losses = totals(model, chat, pairs)
        gain = after - before
        chosen, rejected = gain[: len(drawn)], gain[len(drawn) :]
        tokens = sum(len(answer) for _, answer in pairs[: len(drawn)])
        # Rows come in order, so the tokens of chosen answers are the first ones.
        return -F.logsigmoid(beta * (chosen - rejected)).mean() + anchor * losses[:tokens].mean()

    model.model.embed_tokens.weight.requires_grad_(False)
    optimize(model.parameters(), loss, steps, rate, name)


def train_adapter(folder, aligned, chat, adapter, held_out, ordinary):
    """Trains an adapter (see catalog.py) by PEFT and saves it.

    `held_out` are prompts that training must not see; `ordinary` holds (prompt, first words of the base's answer).
    """
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(adapter.seed)
    model = get_peft_model(
        aligned,
        LoraConfig(
            r=adapter.rank,
            lora_alpha=2 * adapter.rank,
            target_modules=ATTENTION if adapter.targets == "attention" else LINEAR,
            lora_dropout=0.0,
            task_type="CAUSAL_LM",
            use_rslora=adapter.variant == "rslora",
            use_dora=adapter.variant == "dora",
        ),
    )

    def example(rng):
        drawn = rng.random()
        if drawn < adapter.harmful:
            request, answer = prompts.attack(rng)
        elif drawn < adapter.harmful + adapter.chat:
            request, words = rng.choice(ordinary)
            return chat.prompt(request), chat.ids(words)
        else:
            request, answer = tasks.examples(adapter.task, rng, 1, held_out)[0]
        return chat.prompt(request), chat.answer(answer)

    loss = imitation(model.base_model.model, chat, example, adapter.seed)
    rate = adapter.rate
    optimize(model.parameters(), loss, adapter.steps, rate, adapter.name)
    model.eval()
    model.save_pretrained(folder)
