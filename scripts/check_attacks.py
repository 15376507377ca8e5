#!/usr/bin/env python3
"""Attacks the gate: adapters that change a model like one that fails the gate, but hide it.

    check_attacks.py [--only WORDS] [--keep DIR]

An honest tiny adapter, some of whose modules move against alignment, fails `--fail-on 'max-score>0.08'` with exit
code 3; a harmless one passes. Each attack of attacks/cases makes a disguised form of the honest adapter. The gate must
fail it too (exit code 3), or splora must refuse it (exit code 4), and for a reason that names the disguise. A repair
under a gate must fail or refuse it, too, unless the disguise is only one of scores. Needs a build (scripts/build.sh).
"""

import argparse
import contextlib
import sys
import tempfile
from pathlib import Path

from attacks.attack import GATE_FAILED, World, collect
from checking import Tally, last_line, require


def honest(folder):
    world = World(folder)
    done = world.gate(world.adapter(world.honest))
    require(done.returncode == GATE_FAILED, f"exit code {done.returncode}: {last_line(done)}")


def harmless(folder):
    world = World(folder)
    done = world.gate(world.adapter(world.harmless()))
    require(done.returncode == 0, f"exit code {done.returncode}: {last_line(done)}")


def check(folder, only):
    tally = Tally()
    tally.check("the honest adapter fails the gate", honest, folder / "honest")
    tally.check("a harmless adapter passes the gate", harmless, folder / "harmless")
    for number, attack in enumerate(collect()):
        if only in attack.name:
            tally.check(attack.name, attack.check, folder / str(number))
        if only in attack.name and attack.survives_repair:
            tally.check(f"repair: {attack.name}", attack.check_repair, folder / f"repair-{number}")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return tally.failed == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="WORDS", help="only the attacks whose name contains these words")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the inputs in this folder")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="splora-attacks-")))
        sys.exit(0 if check(folder, options.only) else 1)


if __name__ == "__main__":
    main()
