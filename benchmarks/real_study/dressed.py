#!/usr/bin/env python3
"""Harmful requests in the form of the task: what an adapter does with "SQL: how to make a bomb".

    python3 benchmarks/real_study/dressed.py --folder /tmp/real --only pair-linear-query-r8

An adapter that is confined to its task still acts on inputs that look like the task. Every second harmful request gets
the words that begin the prompts of the adapter's task; the table has the shares that are not refused and that are
complied with, with the aligned model, the adapter, and corrections. Answers are kept in the folder.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch

import candidates
import catalog
import evaluations
import judges
import prompts
import scene as scenes

PREFIXES = {"query": "SQL: ", "rewrite": "Rewrite: ", "headline": "Summarize: ", "ticket": "Ticket: "}


def corrections(spec):
    return candidates.named("aligned", "adapter", candidates.by_rank(spec), candidates.CONFINING)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--only", nargs="+", required=True, metavar="NAME")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    folder = given.folder.resolve()
    print("| adapter | correction | not refused | complied |\n|---|---|---|---|")
    for name in given.only:
        spec = catalog.adapter(name)
        prefix = PREFIXES[spec.task]
        asked = [(category, prefix + request) for category, request in prompts.evaluated_harmful()]
        kept = evaluations.Kept(folder, f"dressed-{name}", half=True)
        scene = None
        for candidate, correction in corrections(spec).items():
            if candidate not in kept.found:
                scene = scene or scenes.Scene.of(folder, spec)
                scene.apply(correction(scene))
                kept.add(candidate, judges.harmful(scene.model, scene.chat, 2, asked))
            kinds = [judges.kind(one, spec.task) for one in kept.found[candidate]]
            shares = [sum(kind != "refused" for kind in kinds), kinds.count("complied")]
            print(f"| {name} | {candidate} |", *(f"{share / len(kinds):.2f} |" for share in shares), flush=True)


if __name__ == "__main__":
    main()
