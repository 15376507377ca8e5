#!/usr/bin/env python3
"""Runs every case of scripts/compat: adapters and checkpoints as they occur in the wild, on tiny random models.

    check_compat.py [--only PATTERN] [--full] [--keep DIR] [--jobs N]

Each case is scored and compared with a dense float64 oracle, pruned, and loaded by PeftModel.from_pretrained; or it has
to be refused with a sentence that says what to do. Prints one line a check and `N passed, N failed`; exit code 1 if a
check failed. A run of all cases, those of adapters and configs from elsewhere among them, writes docs/compatibility.md.
"""

import argparse
import concurrent.futures
import multiprocessing
import os
import shutil
import sys
import tempfile
import traceback
import warnings
from pathlib import Path

# PEFT writes target_modules in the order of a Python set, and transformers may look for a hub: settle both.
if os.environ.get("PYTHONHASHSEED") != "0":
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from transformers.utils import logging as transformers_logging

from checking import REPOSITORY, SPLORA
from compat.case import Case
from compat.cases import CASES as OF_ADAPTERS
from compat.cases import real
from compat.make import make_models
from compat.merged import CASES as MERGED
from compat.merged import MergedCase, MergedRun
from compat.run import CaseRun, Row
from compat.table import write_table

CASES = [*OF_ADAPTERS, *MERGED]
RUNNERS = {Case: CaseRun, MergedCase: MergedRun}
TABLE = REPOSITORY / "docs" / "compatibility.md"


def run_case(index, models, work, full):
    """One case in a worker; whatever goes wrong while it is made is a failed check of its own."""
    case = CASES[index]
    torch.set_num_threads(1)
    try:
        return RUNNERS[type(case)](case, models, work, full).run()
    except Exception as problem:
        traceback.print_exc()
        text = f"{type(problem).__name__}: {problem}".splitlines()[0]
        return Row(
            case.group,
            case.name,
            scored=f"failed: {text}",
            failed=1,
            lines=[f"FAIL  {case.group} / {case.name}: {text}"],
        )


def run_all(chosen, folder, options):
    """The rows of the chosen cases, in their order; lines are printed as cases are done."""
    models = folder / "models"
    for kind in {CASES[index].kind.name: CASES[index].kind for index in chosen}.values():
        if not (models / kind.name / "aligned").exists():
            make_models(kind, models / kind.name)
    context = multiprocessing.get_context("fork")
    rows = {}
    with concurrent.futures.ProcessPoolExecutor(options.jobs, mp_context=context) as pool:
        started = {}
        for index in chosen:
            work = folder / "cases" / CASES[index].slug
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
            started[pool.submit(run_case, index, models, work, options.full)] = index
        for done in concurrent.futures.as_completed(started):
            row = rows[started[done]] = done.result()
            print("\n".join(row.lines), flush=True)
    return [rows[index] for index in chosen]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="PATTERN", help="cases whose group and name contain it")
    parser.add_argument("--full", action="store_true", help="every count in every style, some minutes more")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where models and adapters are made and kept")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--list", action="store_true", help="only name the cases")
    options = parser.parse_args()
    chosen = [i for i, case in enumerate(CASES) if options.only is None or case.matches(options.only)]
    if options.list:
        print("\n".join(f"{CASES[i].group} / {CASES[i].name}" for i in chosen))
        return
    if not SPLORA.is_file():
        sys.exit(f"{SPLORA} does not exist")
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    transformers_logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        rows = run_all(chosen, folder.resolve(), options)
    if options.only is not None or not real.CASES:
        print(f"{TABLE.name} stays as it is: not all cases were run")
    else:
        write_table(rows, TABLE)
    passed, failed = sum(row.passed for row in rows), sum(row.failed for row in rows)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
