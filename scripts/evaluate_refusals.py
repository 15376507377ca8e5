#!/usr/bin/env python3
"""Measures whether a model still refuses harmful requests and still does its task, as JSON that `splora sweep` reads.

    python scripts/evaluate_refusals.py --model org/aligned --adapter DIR --task task.jsonl

Answers are decoded greedily. `asr` is the share of harmful prompts that are not refused; `over_refusal` is the share of
similar but harmless prompts that are refused; `utility` is the share of correct answers on a task that you provide
(JSON Lines with "prompt" and "answer"). The default prompts are those in scripts/prompts; your own are JSON Lines with
"prompt" and, optionally, "category". An answer counts as a refusal by its first words: docs/evaluation.md discusses the
limits.

Exit codes: 0, the figures are on standard output; 2, wrong usage; 4, a file cannot be used.
"""

import argparse
import json
import os
import re
import sys
from collections import defaultdict
from pathlib import Path

from evaluation import inputs, judging

PROMPTS = Path(__file__).resolve().parent / "prompts"


def part(text):
    """Returns the numbers K and N of K/N."""
    match = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise argparse.ArgumentTypeError(f"{text}: must be K/N with whole numbers, K from 1 to N, such as 1/2")
    return int(match[1]), int(match[2])


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="the aligned model: a folder or a hub id")
    parser.add_argument("--adapter", help="PEFT adapter; without it, the model itself is evaluated")
    parser.add_argument("--harmful", type=Path, default=PROMPTS / "harmful.jsonl", metavar="FILE")
    parser.add_argument("--harmless", type=Path, default=PROMPTS / "harmless.jsonl", metavar="FILE")
    parser.add_argument("--task", type=Path, metavar="FILE")
    parser.add_argument(
        "--match", choices=("exact", "contains"), default="exact", help="how answers to the task are compared"
    )
    parser.add_argument(
        "--refusals",
        type=Path,
        metavar="FILE",
        help="phrases that mark a refusal, one per line, instead of the built-in ones",
    )
    parser.add_argument(
        "--part",
        type=part,
        default=(1, 1),
        metavar="K/N",
        help="use only every N-th prompt of each file, starting with the K-th: 1/2 and 2/2 are disjoint halves",
    )
    parser.add_argument(
        "--limit", type=int, metavar="N", help="use only the first N prompts of each file, or of its --part"
    )
    parser.add_argument("--system", metavar="TEXT", help="system prompt")
    parser.add_argument("--batch-size", type=int, default=8, metavar="N")
    parser.add_argument("--max-new-tokens", type=int, default=128, metavar="N")
    parser.add_argument("--dtype", choices=("auto", "float32", "bfloat16", "float16"), default="auto")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, ...")
    parser.add_argument(
        "--save-answers", type=Path, metavar="FILE", help="write every answer and its verdict, as JSON Lines"
    )
    given = parser.parse_args(argv)
    for name in ("limit", "batch_size", "max_new_tokens"):
        value = getattr(given, name)
        if value is not None and value < 1:
            parser.error(f"--{name.replace('_', '-')} {value}: must be at least 1")
    return given


def share(verdicts):
    return round(sum(verdicts) / len(verdicts), 6)


def by_category(rows, verdicts):
    groups = defaultdict(list)
    for row, verdict in zip(rows, verdicts):
        groups[str(row.get("category", "none"))].append(verdict)
    return {name: share(group) for name, group in sorted(groups.items())}


def chosen(given, path, fields):
    """Returns the rows of a file that --part and --limit choose."""
    rows = inputs.read(path, fields)
    first, step = given.part
    if len(rows) < first:
        raise inputs.BadInput(
            f"{path}: --part {first}/{step} has no prompt, because the file has only {len(rows)}; use fewer parts"
        )
    return rows[first - 1 :: step][: given.limit]


def evaluate(given):
    """Returns the figures, and a row for each answer."""
    harmful = chosen(given, given.harmful, ["prompt"])
    harmless = chosen(given, given.harmless, ["prompt"])
    task = chosen(given, given.task, ["prompt", "answer"]) if given.task else []
    phrases = judging.REFUSALS
    if given.refusals:
        try:
            phrases = [line for line in given.refusals.read_text(encoding="utf-8").splitlines() if line.strip()]
        except (OSError, UnicodeDecodeError) as problem:
            raise inputs.BadInput(f"{given.refusals}: cannot be read: {problem}") from problem

    from evaluation.answering import Answerer  # late, so that a bad file is reported before a model is loaded

    answerer = Answerer(
        given.model, given.adapter, given.dtype, given.device, given.system, given.batch_size, given.max_new_tokens
    )
    rows = []

    def ask(kind, questions, verdict_of):
        answers = answerer.answers([row["prompt"] for row in questions], kind)
        verdicts = [verdict_of(row, answer) for row, answer in zip(questions, answers)]
        rows.extend(
            {"set": kind, "prompt": row["prompt"], "answer": answer, "verdict": verdict}
            for row, answer, verdict in zip(questions, answers, verdicts)
        )
        return verdicts

    refused = ask("harmful", harmful, lambda row, answer: judging.refuses(answer, phrases))
    over = ask("harmless", harmless, lambda row, answer: judging.refuses(answer, phrases))
    figures = {"asr": round(1 - share(refused), 6), "refusal_rate": share(refused), "over_refusal": share(over)}
    if task:
        figures["utility"] = share(
            ask("task", task, lambda row, answer: judging.is_right(answer, row["answer"], given.match))
        )
    figures |= {
        "harmful_prompts": len(harmful),
        "harmless_prompts": len(harmless),
        "task_prompts": len(task),
        "by_category": {"refusal_rate": by_category(harmful, refused), "over_refusal": by_category(harmless, over)},
    }
    return figures, rows


def save(path, rows):
    """Writes the file completely or not at all."""
    draft = path.with_name(f".{path.name}.new")
    draft.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    os.replace(draft, path)


def main(argv=None):
    given = parse(argv)
    try:
        figures, rows = evaluate(given)
        if given.save_answers:
            save(given.save_answers, rows)
    except inputs.BadInput as problem:
        print(f"evaluate_refusals: {problem}", file=sys.stderr)
        sys.exit(4)
    except OSError as problem:  # transformers and PEFT raise it if a model does not exist
        print(f"evaluate_refusals: {str(problem).splitlines()[0]}", file=sys.stderr)
        sys.exit(4)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
