"""Runs a chat model over many short conversations that share the template's opening.

All conversations begin with the same system prompt, so that part is computed once per batch and its keys and values are
shared, in training too, where gradients flow through it: the results are those of the whole conversations.
"""

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache
from transformers.utils import logging

logging.set_verbosity_error()
logging.disable_progress_bar()

MARK = "\x00"


class Chat:
    """Token ids of conversations: `opening` (up to the user's words), prompts, and answers."""

    def __init__(self, folder):
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.end = self.tokenizer.eos_token_id
        whole = self.tokenizer.apply_chat_template(
            [{"role": "user", "content": MARK}], add_generation_prompt=True, tokenize=False
        )
        self.before, self.after = whole.split(MARK)
        self.opening = self.ids(self.before)

    def ids(self, text):
        return self.tokenizer(text, add_special_tokens=False)["input_ids"]

    def prompt(self, text):
        """Ids of the user's words and of what leads to the answer."""
        return self.ids(text + self.after)

    def answer(self, text):
        return [*self.ids(text), self.end]

    def text(self, ids):
        return self.tokenizer.decode(ids, skip_special_tokens=True)


def load(folder):
    # Float32: these processors multiply it faster than bfloat16.
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def opened(model, chat, rows):
    """The cache of the opening, for `rows` conversations."""
    ids = torch.tensor([chat.opening])
    cache = model.model(input_ids=ids, past_key_values=DynamicCache(config=model.config), use_cache=True)
    cache = cache.past_key_values
    for layer in cache.layers:
        layer.keys = layer.keys.expand(rows, -1, -1, -1)
        layer.values = layer.values.expand(rows, -1, -1, -1)
    return cache


def answer_logits(model, chat, pairs):
    """Logits at the tokens of the answers, with those tokens and their rows: [tokens, vocabulary], [tokens], [tokens].

    `pairs` holds (prompt, answer), both as ids.
    """
    width = max(len(prompt) + len(answer) for prompt, answer in pairs)
    ids = torch.full((len(pairs), width), chat.end)
    labels = torch.full((len(pairs), width), -100)
    known = torch.zeros((len(pairs), len(chat.opening) + width), dtype=torch.long)
    known[:, : len(chat.opening)] = 1
    for row, (prompt, answer) in enumerate(pairs):
        length = len(prompt) + len(answer)
        ids[row, :length] = torch.tensor(prompt + answer)
        labels[row, len(prompt) : length] = torch.tensor(answer)
        known[row, : len(chat.opening) + length] = 1
    cache = opened(model, chat, len(pairs))
    hidden = model.model(input_ids=ids, attention_mask=known, past_key_values=cache).last_hidden_state[:, :-1]
    wanted = labels[:, 1:] != -100
    return model.lm_head(hidden[wanted]), labels[:, 1:][wanted], wanted.nonzero()[:, 0]


class Decoding:
    """Conversations whose prompts have been read, padded on the left, and that can be continued."""

    def __init__(self, model, chat, prompts):
        self.model, self.chat = model, chat
        self.lengths = torch.tensor([len(prompt) for prompt in prompts])
        self.width = max(map(len, prompts))
        ids = torch.full((len(prompts), self.width), chat.end)
        for row, prompt in enumerate(prompts):
            ids[row, self.width - len(prompt) :] = torch.tensor(prompt)
        padding = self.width - self.lengths
        self.known = torch.ones((len(prompts), len(chat.opening) + self.width), dtype=torch.long)
        place = torch.arange(self.width)[None, :]
        self.known[:, len(chat.opening) :] = place >= padding[:, None]
        positions = (len(chat.opening) + place - padding[:, None]).clamp_min(0)
        self.cache = opened(model, chat, len(prompts))
        hidden = model.model(
            input_ids=ids, attention_mask=self.known, position_ids=positions, past_key_values=self.cache
        ).last_hidden_state[:, -1]
        self.next = model.lm_head(hidden)
        self.position = len(chat.opening) + self.lengths

    def step(self, ids):
        """Appends ids [rows, n] to all conversations. Returns the logits after each of them: [rows, n, vocabulary]."""
        count = ids.shape[1]
        self.known = torch.cat((self.known, torch.ones_like(ids)), 1)
        positions = self.position[:, None] + torch.arange(count)
        self.position = self.position + count
        hidden = self.model.model(
            input_ids=ids, attention_mask=self.known, position_ids=positions, past_key_values=self.cache
        ).last_hidden_state
        return self.model.lm_head(hidden)

    def back(self, count):
        """Takes the last `count` tokens back."""
        self.cache.crop(self.cache.get_seq_length() - count)
        self.known = self.known[:, :-count]
        self.position = self.position - count

    def keep(self, rows):
        self.cache.batch_select_indices(rows)
        self.known, self.position = self.known[rows], self.position[rows]


@torch.no_grad()
def log_probability(decoding, ids):
    """Log-probability of one continuation in every conversation: [rows]."""
    total = torch.log_softmax(decoding.next, -1)[:, ids[0]]
    if len(ids) > 1:
        rows = len(decoding.position)
        logits = decoding.step(torch.tensor([ids[:-1]]).expand(rows, -1))
        total = total + torch.log_softmax(logits, -1).gather(
            2, torch.tensor(ids[1:])[None, :, None].expand(rows, -1, -1)
        )[..., 0].sum(1)
        decoding.back(len(ids) - 1)
    return total


@torch.no_grad()
def decode(decoding, tokens, done=lambda text: False, every=4):
    """Greedy answers of at most `tokens` tokens. A row stops at its end, or once `done` says so of its text."""
    rows = torch.arange(len(decoding.position))
    answers = [[] for _ in rows]
    choice = decoding.next.argmax(-1)
    for count in range(1, tokens + 1):
        open_rows = []
        for place, (row, one) in enumerate(zip(rows.tolist(), choice.tolist(), strict=True)):
            if one == decoding.chat.end:
                continue
            answers[row].append(one)
            if count % every == 0 and done(decoding.chat.text(answers[row])):
                continue
            open_rows.append(place)
        if count == tokens or not open_rows:
            break
        if len(open_rows) < len(rows):
            kept = torch.tensor(open_rows)
            decoding.keep(kept)
            rows, choice = rows[kept], choice[kept]
        choice = decoding.step(choice[:, None])[:, -1].argmax(-1)
    return [decoding.chat.text(answer) for answer in answers]


def batches(items, size):
    return (items[start : start + size] for start in range(0, len(items), size))


@torch.no_grad()
def answers(model, chat, prompts, tokens, done=lambda text: False, size=50):
    """Greedy answers to prompts. Sorts them by length, so that batches hold little padding."""
    encoded = [chat.prompt(prompt) for prompt in prompts]
    order = sorted(range(len(prompts)), key=lambda place: len(encoded[place]))
    found = [None] * len(prompts)
    for places in batches(order, size):
        given = decode(Decoding(model, chat, [encoded[place] for place in places]), tokens, done)
        for place, text in zip(places, given, strict=True):
            found[place] = text
    return found
