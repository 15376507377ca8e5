"""Greedy answers of a causal language model, with or without a PEFT adapter."""

import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


class Answerer:
    """A model that answers prompts. Its answers do not depend on the batch size."""

    def __init__(self, model, adapter=None, dtype="auto", device="auto", system=None, batch_size=8, max_new_tokens=128):
        self.device = device if device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
        self.tokenizer = AutoTokenizer.from_pretrained(model, padding_side="left")
        if self.tokenizer.pad_token is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token
        self.model = AutoModelForCausalLM.from_pretrained(
            model, dtype=dtype if dtype == "auto" else getattr(torch, dtype)
        )
        if adapter is not None:
            from peft import PeftModel

            self.model = PeftModel.from_pretrained(self.model, adapter)
        self.model.to(self.device).eval()
        self.system, self.batch_size, self.max_new_tokens = system, batch_size, max_new_tokens

    def answers(self, prompts, what):
        """Returns one answer per prompt; the longest prompts run first, so that running out of memory shows at once."""
        texts = [self.text(prompt) for prompt in prompts]
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        answers = [None] * len(texts)
        for start in range(0, len(order), self.batch_size):
            chosen = order[start : start + self.batch_size]
            for i, answer in zip(chosen, self.generate([texts[i] for i in chosen])):
                answers[i] = answer
            print(f"{what}: {min(start + self.batch_size, len(order))} of {len(order)}", file=sys.stderr, flush=True)
        return answers

    def text(self, prompt):
        """Returns the prompt in the chat template, or unchanged if the model has none."""
        if self.tokenizer.chat_template is None:
            return f"{self.system}\n\n{prompt}" if self.system else prompt
        messages = [{"role": "system", "content": self.system}] if self.system else []
        return self.tokenizer.apply_chat_template(
            [*messages, {"role": "user", "content": prompt}], tokenize=False, add_generation_prompt=True
        )

    @torch.no_grad()
    def generate(self, texts):
        # The template already adds the special tokens; a second beginning-of-text token would be unknown to the model.
        inputs = self.tokenizer(
            texts,
            return_tensors="pt",
            padding=True,
            return_token_type_ids=False,
            add_special_tokens=self.tokenizer.chat_template is None,
        ).to(self.device)
        tokens = self.model.generate(
            **inputs,
            do_sample=False,
            num_beams=1,
            max_new_tokens=self.max_new_tokens,
            temperature=None,
            top_p=None,
            top_k=None,
            pad_token_id=self.tokenizer.pad_token_id,
        )
        return self.tokenizer.batch_decode(tokens[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
