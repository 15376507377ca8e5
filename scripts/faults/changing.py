"""Inputs that change during a run."""

import collections
import os
import shutil
import time

from checking import CheckFailed, require

from .harness import counted, finish, run, start
from .inputs import Inputs


def changing(change):
    """Returns the fault that applies `change` to a copy of each weights file at moments spread over a run."""

    def fault(harness, place):
        seen = collections.Counter()
        adapter = harness.inputs.adapter / "adapter_model.safetensors"
        checkpoints = [folder / "model.safetensors" for folder in (harness.inputs.base, harness.inputs.aligned)]
        moments = max(2, harness.kills // 4)
        for original in [*checkpoints, adapter]:
            for moment in range(moments):
                delay = harness.duration * (moment + 0.5) / moments
                seen[change_once(harness, place, change, original, delay)] += 1
        return counted(seen, sum(seen.values()))

    return fault


def change_once(harness, place, change, original, delay):
    """Starts a run, changes its copy of one file after a delay, and returns the outcome."""
    copies = place / "copies"
    inputs = Inputs(*(copies / name for name in ("base", "aligned", "adapter")))
    for source, copy in zip(
        (harness.inputs.base, harness.inputs.aligned, harness.inputs.adapter),
        (inputs.base, inputs.aligned, inputs.adapter),
    ):
        shutil.copytree(source, copy)
    output, again = place / "out", place / "again"
    process = start(*harness.prune(output, inputs=inputs))
    time.sleep(delay)
    is_running = process.poll() is None
    change(copies / original.relative_to(harness.folder))
    code, message = finish(process)
    try:
        if code:
            require(code == 4 and harness.state(output) == "absent", f"exit code {code}: {message}")
            return "refused, absent"
        if not is_running:
            harness.state(output)
            return "done before, whole"
        return whole_of_one_state(harness, inputs, output, again)
    finally:
        for folder in (copies, output, again):
            shutil.rmtree(folder, ignore_errors=True)


def whole_of_one_state(harness, inputs, output, again):
    """The file changed before or after it was read: the output must be that of one of the two states, in every byte."""
    code, message = run(*harness.prune(again, inputs=inputs))
    try:
        require(code == 0, f"again: {message}")
        harness.state(output, again)
        return "changed before it was read, whole"
    except CheckFailed:
        harness.state(output)
        return "changed after it was read, whole"


def truncate(file):
    os.truncate(file, file.stat().st_size // 2)


def replace(file):
    other = file.with_name("other")
    shutil.copyfile(file, other)
    rewrite(other)
    other.replace(file)


def rewrite(file):
    with file.open("r+b") as data:
        data.seek(-1000, os.SEEK_END)
        data.write(bytes(1000))


FAULTS = [
    ("an input truncated while running", changing(truncate)),
    ("an input replaced (by renaming) while running", changing(replace)),
    ("an input rewritten in place while running", changing(rewrite)),
]
