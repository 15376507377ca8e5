#!/usr/bin/env python3
"""Runs docs/tutorial-real-model.md word for word, and compares its output.

    python3 benchmarks/real_study/check_tutorial.py [--within 0.1]

Run it in a clone that `scripts/build.sh` has built, in an environment with requirements.txt. Each line of a `text`
block must be in what the `sh` block before it printed; its numbers may differ by --within, because training differs
between processors.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial-real-model.md"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def blocks(text):
    """The `sh` blocks, each with the lines of the `text` block that follows it."""
    found = []
    for kind, body in re.findall(r"^```(sh|text)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if kind == "sh":
            found.append((body, []))
        else:
            found[-1][1].extend(line for line in body.splitlines() if line.strip() not in ("", "…"))
    return found


def is_shown(expected, printed, within):
    """Whether a printed line holds the expected words, and numbers that differ by at most `within`.

    A line that ends with … stands for any line that begins so.
    """
    expected, printed = " ".join(expected.split()), " ".join(printed.split())
    is_beginning = expected.endswith("…")
    expected = expected.rstrip("… ")
    words, shown = NUMBER.sub("#", expected), NUMBER.sub("#", printed)
    if not (shown.startswith(words) if is_beginning else shown == words):
        return False
    return all(
        abs(float(got) - float(wanted)) <= within * max(1, abs(float(wanted)))
        for got, wanted in zip(NUMBER.findall(printed), NUMBER.findall(expected), strict=False)
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--within", type=float, default=0.1)
    given = parser.parse_args()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    wrong, start = 0, time.monotonic()
    for script, expected in blocks(TUTORIAL.read_text(encoding="utf-8")):
        began = time.monotonic()
        run = subprocess.run(
            ["bash", "-euc", script], cwd=ROOT, env={**os.environ, "PATH": path}, capture_output=True, text=True
        )
        print(f"$ {script}{run.stdout}({time.monotonic() - began:.0f} s)", flush=True)
        if run.returncode != 0:
            sys.exit(f"exit code {run.returncode}: {run.stderr}")
        lines = (run.stdout + run.stderr).splitlines()
        for line in expected:
            if not any(is_shown(line, printed, given.within) for printed in lines):
                wrong += 1
                print(f"NOT PRINTED: {line}\n{run.stderr[-2000:]}", flush=True)
    print(f"{(time.monotonic() - start) / 60:.0f} minutes, {wrong} lines differ")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
