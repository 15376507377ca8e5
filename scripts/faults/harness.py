"""Runs splora under a fault, and checks what the run leaves behind."""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from checking import CheckFailed, require
from program import SPLORA, words

from .inputs import Inputs, sha256


class Skipped(Exception):
    """The fault cannot be injected on this machine; the message says why."""


def start(*args, prefix=(), env=None, cwd=None):
    """Starts bin/splora; `prefix` is a command that starts it."""
    return subprocess.Popen(
        [*prefix, str(SPLORA), *words(args)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
        cwd=cwd,
    )


def finish(process):
    """Waits for a process and returns (exit code, first line of standard error)."""
    message = process.communicate()[1].strip()
    return process.returncode, message.splitlines()[0] if message else ""


def run(*args, **options):
    return finish(start(*args, **options))


class Harness:
    """Injects faults and collects the rows of the table."""

    def __init__(self, folder, kills):
        self.folder = folder
        self.kills = kills
        self.inputs = Inputs.create(folder)
        self.hashes = self.inputs.hashes()
        self.scores = folder / "scores.json"
        score = [str(SPLORA), "score", "-q", *self.inputs.args(), "--count", "4", "--format", "json"]
        with self.scores.open("w") as out:
            subprocess.run(score, stdout=out, check=True)
        self.undisturbed = folder / "undisturbed"
        began = time.monotonic()
        code, message = run(*self.prune(self.undisturbed))
        require(code == 0, f"the undisturbed run fails: {message}")
        self.duration = time.monotonic() - began
        self.rows = []
        self.failures = 0

    def prune(self, output, *more, inputs=None):
        return ["prune", "-q", *(inputs or self.inputs).args(), "--count", "4", "--output", output, *more]

    def from_scores(self, output, *more):
        """The same pruning from saved scores: only the part of a run that writes."""
        return [*self.prune(output), "--scores", self.scores, *more]

    def state(self, output, reference=None):
        """Returns "absent", or "whole" if the output is bit-equal to the reference (default: the undisturbed run)."""
        if not os.path.lexists(output):
            return "absent"
        reference = reference or self.undisturbed
        for file in sorted(reference.iterdir()):
            require((output / file.name).is_file(), f"{output} has no {file.name}")
            if file.name != "splora-report.json":
                require(sha256(output / file.name) == sha256(file), f"{output / file.name} has other bytes")
        report, expected = (json.loads((place / "splora-report.json").read_text()) for place in (output, reference))
        require(
            [m["decision"] for m in report["modules"]] == [m["decision"] for m in expected["modules"]],
            "the report contains other decisions",
        )
        code, message = run("verify", output)
        require(code == 0, f"verify: {message}")
        return "whole"

    def require_intact(self):
        for file, digest in self.hashes.items():
            require(file.is_file() and sha256(file) == digest, f"the input {file} has changed")

    def check(self, label, fault):
        """Injects one fault and adds its row."""
        place = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            seen = fault(self, place)
            self.require_intact()
            verdict = "ok"
        except CheckFailed as problem:
            seen, verdict = str(problem), "FAILED"
            self.failures += 1
        except Skipped as reason:
            seen, verdict = str(reason), "skipped"
        self.rows.append((label, seen, verdict))
        print(f"{verdict:8s}{label}: {seen}", flush=True)
        with contextlib.suppress(OSError):
            shutil.rmtree(place)

    def summary(self):
        verdicts = [verdict for _, _, verdict in self.rows]
        line = f"{verdicts.count('ok')} passed, {self.failures} failed"
        return f"{line}, {verdicts.count('skipped')} skipped" if "skipped" in verdicts else line

    def table(self):
        lines = ["| fault | seen | verdict |", "|---|---|---|"]
        lines += [
            f"| {label} | {seen.replace(str(self.folder), '…')} | {verdict} |" for label, seen, verdict in self.rows
        ]
        return "\n".join(lines) + "\n"


def wait_for(process, place, pattern):
    """Returns as soon as a file matches, or the process has ended."""
    while process.poll() is None and not any(place.glob(pattern)):
        pass


def require_nothing_hidden(place):
    """No temporary folder is left behind."""
    left = [entry.name for entry in place.iterdir() if entry.name.startswith(".")]
    require(not left, f"left behind: {left}")


def counted(seen, runs):
    return f"{runs} runs: " + ", ".join(f"{state} {count}" for state, count in sorted(seen.items()))
