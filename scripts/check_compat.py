#!/usr/bin/env python3
"""Checks splora against PEFT: adapters and checkpoints as found in practice, and those of testdata/.

    check_compat.py                                        all cases; writes docs/compatibility.md
    check_compat.py --sample COMMIT                        the share of the cases that this commit selects
    check_compat.py --only PATTERN                         cases whose group and name contain it
    check_compat.py --base DIR --aligned DIR --adapter DIR one adapter of your own

Each case is scored and compared with a dense float64 computation, pruned, and loaded by PeftModel.from_pretrained; or
splora must refuse it with a message that says what to do. Prints one line per check, then `N passed, N failed`; the
exit code is 1 if a check failed.

Only a run of all cases, including the adapters and configs from public repositories ($SPLORA_SHARED), writes
docs/compatibility.md. A sample compares its rows with the table instead.
"""

import argparse
import concurrent.futures
import hashlib
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

# PEFT writes target_modules in the order of a Python set, and transformers may look for a hub: make both predictable.
if os.environ.get("PYTHONHASHSEED") != "0":
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from transformers.utils import logging as transformers_logging

from compat import triples
from compat.case import Case
from compat.cases import CASES as ADAPTERS
from compat.cases import real
from compat.make import make_models
from compat.merged import CASES as MERGED
from compat.merged import MergedCase, MergedRun
from compat.run import CaseRun, Row
from compat.table import disagreement, rows_of, write_table
from compat.triples import Triple, TripleRun
from program import REPOSITORY, SPLORA

RUNNERS = {Case: CaseRun, MergedCase: MergedRun, Triple: TripleRun}
TABLE = REPOSITORY / "docs" / "compatibility.md"
# A sample is every third case. (Not every second or fourth: the parts of an adapter follow each other in fours.)
SAMPLES = 3
# The groups whose cases take longest.
LONG = ("real adapters", "testdata", "scenarios")


def run_case(case, models, work, full):
    """Runs one case in a worker; an error while preparing it is a failed check."""
    torch.set_num_threads(1)
    began = time.monotonic()
    try:
        row = RUNNERS[type(case)](case, models, work, full).run()
    except Exception as problem:
        traceback.print_exc()
        text = f"{type(problem).__name__}: {problem}".splitlines()[0]
        row = Row(case.group, case.name, scored=f"failed: {text}", failed=1, lines=[f"FAIL  {case.label}: {text}"])
    row.seconds = time.monotonic() - began
    return row


def run_in_worker(index, models, work, full):
    return run_case(CASES[index], models, work, full)


def run_all(chosen, folder, options):
    """The rows of the chosen cases, in their order; lines are printed as cases finish."""
    models = folder / "models"
    for kind in {CASES[index].kind.name: CASES[index].kind for index in chosen if CASES[index].kind}.values():
        if not (models / kind.name / "aligned").exists():
            make_models(kind, models / kind.name)
    # Cases hold functions, which cannot be sent to another process: workers inherit the list and get an index.
    context = multiprocessing.get_context("fork")
    rows = {}
    with concurrent.futures.ProcessPoolExecutor(options.jobs, mp_context=context) as pool:
        started = {}
        # The longest first, so that no worker is left alone with one at the end.
        for index in sorted(chosen, key=lambda i: CASES[i].group not in LONG):
            work = folder / "cases" / CASES[index].slug
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
            started[pool.submit(run_in_worker, index, models, work, options.full)] = index
        for done in concurrent.futures.as_completed(started):
            row = rows[started[done]] = done.result()
            print("\n".join(row.lines), flush=True)
    return [rows[index] for index in chosen]


def sample(commit):
    """Every third case, from a first one that the commit selects: (indices, a line that says which)."""
    first = int(hashlib.sha256(commit.encode()).hexdigest(), 16) % SAMPLES
    chosen = list(range(first, len(CASES), SAMPLES))
    line = f"sample {first + 1} of {SAMPLES} (commit {commit}): {len(chosen)} of {len(CASES)} cases"
    return chosen, line


def compare_with_table(rows):
    """Adds a check to each row of a sample: its outcome is what the table says."""
    table = rows_of(TABLE)
    for row in rows:
        if row.in_table:
            label = f"{row.group} / {row.name}: its row in {TABLE.name}"
            difference = disagreement(row, table)
            row.passed, row.failed = row.passed + (not difference), row.failed + bool(difference)
            print(f"FAIL  {label}: {difference}; run scripts/check_compat.sh" if difference else f"ok    {label}")


def choose(options):
    """The indices of the cases to run."""
    if options.sample:
        chosen, line = sample(options.sample)
        print(line, flush=True)
        return chosen
    return [i for i, case in enumerate(CASES) if options.only is None or case.matches(options.only)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="PATTERN", help="run the cases whose group and name contain it")
    parser.add_argument("--sample", metavar="COMMIT", help="run the sample of the cases that this commit selects")
    for part in ("base", "aligned", "adapter"):
        parser.add_argument(f"--{part}", type=Path, metavar="DIR", help="a folder of an adapter of your own")
    parser.add_argument("--full", action="store_true", help="prune to every size in every style (some minutes more)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="folder in which models and adapters are kept")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="number of cases that run at the same time")
    parser.add_argument("--list", action="store_true", help="only list the cases")
    parser.add_argument("--times", action="store_true", help="list the slowest cases at the end")
    options = parser.parse_args()
    named = [options.base, options.aligned, options.adapter]
    if any(named) and not all(named):
        parser.error("--base, --aligned and --adapter belong together: give all three")
    if any(named):
        CASES[:] = triples.of_user(*(folder.resolve() for folder in named))
    chosen = choose(options)
    if options.list:
        print("\n".join(CASES[i].label for i in chosen))
        return
    if not SPLORA.is_file():
        sys.exit(f"{SPLORA} does not exist")
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    transformers_logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        rows = run_all(chosen, folder.resolve(), options)
    if options.sample:
        compare_with_table(rows)
    elif any(named) or options.only is not None or not real.CASES:
        print(f"{TABLE.name} stays as it is: not all cases were run")
    else:
        write_table(rows, TABLE)
    if options.times:
        for row in sorted(rows, key=lambda row: -row.seconds)[:25]:
            print(f"{row.seconds:6.1f} s  {row.group} / {row.name}")
        print(f"{sum(row.seconds for row in rows):6.1f} s in all, by {options.jobs} workers")
    passed, failed = sum(row.passed for row in rows), sum(row.failed for row in rows)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


CASES = [*ADAPTERS, *MERGED, *triples.CASES]

if __name__ == "__main__":
    main()
