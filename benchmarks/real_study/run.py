#!/usr/bin/env python3
"""The study on a real language model: makes the models, evaluates every correction, and prints the tables.

    python3 benchmarks/real_study/run.py --folder /tmp/real             # everything, hours
    python3 benchmarks/real_study/run.py --folder /tmp/real --minutes 90 # as much as fits; call it again to go on

Every model and every evaluation is made once and kept in the folder. An interrupted run goes on where it stopped.
"""

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch

import candidates
import catalog
import evaluations
import models

STAGES = ("base", "aligned", "adapters", "evaluate")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="keeps everything that is made")
    parser.add_argument("--stage", choices=STAGES, action="append", help="only this stage; repeatable")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="only these models or adapters")
    parser.add_argument(
        "--group", choices=candidates.GROUPS, action="append", help="candidates to evaluate; repeatable"
    )
    parser.add_argument(
        "--candidate", choices=candidates.EVERYTHING, action="append", metavar="NAME", help="repeatable"
    )
    parser.add_argument("--half", action="store_true", help="use every second harmful request and look-alike")
    parser.add_argument("--fresh", action="store_true", help="evaluate the fresh adapters, once everything is settled")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="start nothing new after so many minutes")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    return parser.parse_args()


def main():
    given = parse()
    torch.set_num_threads(given.threads)
    folder = given.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + 60 * given.minutes
    stages = given.stage or STAGES

    def time_left():
        return time.monotonic() < end

    def wanted(specs):
        return [spec for spec in specs if (not given.only or spec.name in given.only) and time_left()]

    if "base" in stages:
        models.base_answers(folder)
        evaluations.of_model(folder, models.base(folder), "base")
    if "aligned" in stages:
        for spec in wanted(catalog.ALIGNED):
            if time_left():
                evaluations.of_model(folder, models.aligned(folder, spec.name), spec.name)
    if "adapters" in stages:
        for spec in wanted(catalog.ADAPTERS):
            if time_left():
                models.adapter(folder, spec.name)
                models.task_file(folder, spec.name)
    if "evaluate" in stages:
        groups = [candidates.named(*given.candidate)] if given.candidate else []
        groups += [candidates.GROUPS[name] for name in given.group or ([] if given.candidate else candidates.GROUPS)]
        for group in groups:
            for spec in wanted(catalog.ADAPTERS):
                if time_left() and spec.fresh == given.fresh:
                    evaluations.of_adapter(folder, spec.name, group, given.half, time_left)


if __name__ == "__main__":
    main()
