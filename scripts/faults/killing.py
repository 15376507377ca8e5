"""Runs that are killed or terminated: the output must be absent or whole."""

import collections
import os
import shutil
import signal
import time

from checking import require

from .harness import counted, finish, require_nothing_hidden, run, start, wait_for
from .inputs import Inputs, sha256

# Files that are carried over, so that replacing them all takes a moment.
CARRIED = 1000
# In the order in which a run creates them in the hidden folder of its output; a run is killed as soon as each exists.
STEPS = ["", "*.tmp", "adapter_model.safetensors", "adapter_config.json", "README.md", "splora-report.json"]


def kill_over_time(harness, place):
    """SIGKILL at moments spread over a whole run."""
    seen = collections.Counter()
    for index in range(harness.kills):
        output = place / f"out{index}"
        process = start(*harness.prune(output))
        time.sleep(harness.duration * (index + 1) / harness.kills)
        process.kill()
        finish(process)
        seen[harness.state(output)] += 1
    code, message = run(*harness.from_scores(place / "out0", "--force"))
    require(code == 0 and harness.state(place / "out0") == "whole", f"running again: {message}")
    return counted(seen, harness.kills) + "; a run afterwards succeeds"


def kill_at_steps(harness, place):
    """SIGKILL as soon as each file of the output exists in the hidden folder, and when that folder is renamed."""
    seen = collections.Counter()
    for index, step in enumerate(STEPS):
        output = place / f"out{index}"
        process = start(*harness.from_scores(output))
        wait_for(process, place, f".out{index}.splora-new-*/{step}".rstrip("/"))
        process.kill()
        finish(process)
        seen[harness.state(output)] += 1
    return counted(seen, len(STEPS))


def kill_while_replacing(harness, place):
    """SIGKILL with --force over another adapter while the run writes: the old adapter, the new one, or none is left."""
    weights = harness.inputs.adapter / "adapter_model.safetensors"
    seen = collections.Counter()
    for index in range(harness.kills):
        output = place / f"out{index}"
        shutil.copytree(harness.inputs.adapter, output)
        process = start(*harness.from_scores(output, "--force"))
        wait_for(process, place, f".out{index}.splora-*")
        time.sleep(0.2 * index / harness.kills)
        process.kill()
        finish(process)
        is_old = output.is_dir() and sha256(output / weights.name) == harness.hashes[weights]
        seen["the old one" if is_old else harness.state(output)] += 1
    return counted(seen, harness.kills)


def kill_in_the_working_directory(harness, place):
    """SIGKILL with --force over another adapter in a folder that cannot be renamed: no mixture can be loaded."""
    seen = collections.Counter()
    for index in range(harness.kills):
        output = place / f"out{index}"
        shutil.copytree(harness.inputs.adapter, output)
        for number in range(CARRIED):
            (output / f"folder{number}").mkdir()
            (output / f"folder{number}" / "LICENSE").write_text("old")
        adapter = place / f"adapter{index}"
        shutil.copytree(output, adapter)
        process = start(
            *harness.prune(output, "--force", inputs=Inputs(harness.inputs.base, harness.inputs.aligned, adapter)),
            "--scores",
            harness.scores,
            cwd=output,
        )
        wait_for(process, output, ".out*.splora-old-*")
        time.sleep(0.5 * index / harness.kills)
        process.kill()
        finish(process)
        seen[state_in_place(harness, output)] += 1
        shutil.rmtree(adapter)
        shutil.rmtree(output)
    return counted(seen, harness.kills)


def state_in_place(harness, output):
    weights, config = "adapter_model.safetensors", "adapter_config.json"
    if not (output / config).exists():
        return "no config"
    for state, folder in (("the old one", harness.inputs.adapter), ("whole", harness.undisturbed)):
        if all(sha256(output / name) == sha256(folder / name) for name in (weights, config)):
            return state
    require(False, f"{output} has the weights of one adapter and the config of another")


def terminate(harness, place):
    """SIGTERM while the output is written: the hidden folder is removed too."""
    seen = collections.Counter()
    for index in range(harness.kills):
        output = place / f"out{index}"
        process = start(*harness.from_scores(output))
        wait_for(process, place, ".out*.splora-new-*")
        time.sleep(0.1 * index / harness.kills)
        process.send_signal(signal.SIGTERM)
        finish(process)
        seen[harness.state(output)] += 1
        require_nothing_hidden(place)
    return counted(seen, harness.kills) + "; nothing left behind"


def terminate_sweep(harness, place):
    """SIGTERM during a sweep, while a candidate is written or evaluated: its temporary folder is removed too."""
    temporary = place / "temporary"
    temporary.mkdir()
    for index in range(harness.kills):
        output = place / f"out{index}"
        process = start(
            "sweep",
            "-q",
            *harness.inputs.args(),
            *("--candidate", "--count {4,5,6}", "--require", "utility>=0", "--output", output),
            *("--evaluate", "sleep 0.2; echo '{\"utility\": 1}' # {adapter}", "--minimize", "utility"),
            env={**os.environ, "JAVA_TOOL_OPTIONS": f"-Djava.io.tmpdir={temporary}"},
        )
        wait_for(process, temporary, "splora-sweep-*")
        require(process.poll() is None, "the sweep ended before it had a temporary folder")
        time.sleep(0.4 * index / harness.kills)
        process.send_signal(signal.SIGTERM)
        finish(process)
        left = [entry.name for entry in temporary.iterdir() if entry.name.startswith("splora-sweep-")]
        require(not left, f"left behind: {left}")
        require(not output.exists(), f"{output} was written")
        require_nothing_hidden(place)
    return f"{harness.kills} runs: absent {harness.kills}; no folder of a candidate left behind"


FAULTS = [
    ("killed (SIGKILL) at moments spread over a run", kill_over_time),
    ("killed at each step of the writing", kill_at_steps),
    ("killed while replacing another adapter (`--force`)", kill_while_replacing),
    ("killed while replacing one in the working directory (`--force`)", kill_in_the_working_directory),
    ("terminated (SIGTERM, Ctrl-C) while writing", terminate),
    ("terminated (SIGTERM, Ctrl-C) during a sweep", terminate_sweep),
]
