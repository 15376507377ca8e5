#!/usr/bin/env python3
"""Checks what splora leaves behind when it is killed, its disk is full, its inputs change, and more (scripts/faults).

    check_faults.py [--kills N] [--only WORDS] [--table FILE]

After every fault the output must be absent or whole (weights and config bit-equal to those of an undisturbed run, and
accepted by `splora verify`), and all inputs must be unchanged except those that the fault itself changed. Faults that
need root (mounting a small disk, becoming another user) are skipped, and reported as such, if that is not possible.

Needs a build, a Linux machine and 400 MB in the temporary folder. Prints a table in Markdown, also to FILE. The exit
code is 1 if a fault left something that it must not.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from faults import changing, concurrent_runs, disks, killing, links
from faults.harness import Harness

FAULTS = [*killing.FAULTS, *disks.FAULTS, *changing.FAULTS, *links.FAULTS, *concurrent_runs.FAULTS]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20, help="runs of each fault that has a moment (default 20)")
    parser.add_argument("--table", type=Path, metavar="FILE", help="file that the table is written to as well")
    parser.add_argument("--only", metavar="WORDS", help="only the faults whose name contains these words")
    options = parser.parse_args()
    # The model card states the time of a run.
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        harness = Harness(folder, options.kills)
        for label, fault in FAULTS:
            if not options.only or options.only in label:
                harness.check(label, fault)
        table = harness.table()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{table}\n{harness.summary()}")
    if options.table:
        options.table.write_text(table)
    return 1 if harness.failures else 0


if __name__ == "__main__":
    sys.exit(main())
