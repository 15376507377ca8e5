#!/usr/bin/env python3
"""Does to splora what machines and people do: kills it, fills its disk, changes its inputs, and looks at what is left.

    check_faults.py [--kills N] [--table FILE]

After every fault the output must be absent or whole (its weights and config bit-equal to those of an undisturbed run,
and `splora verify` content with it) and the inputs must have the bytes that they had, but for those that the fault
itself changed. Faults that need root (mounting a small disk, becoming another user) are skipped, with a line, where
that is not possible. Needs a build, a Linux machine and 400 MB in the temporary folder. Prints a table in Markdown
(also into FILE) and exits with 1 if anything was not as it must be.
"""

import argparse
import collections
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SPLORA = Path(__file__).resolve().parent.parent / "bin" / "splora"
MODULES = [f"model.layers.{block}.self_attn.{kind}_proj" for block in range(4) for kind in "qkvo"]
SIZE, RANK = 2048, 64
NOBODY = 65534
# In the order in which a run makes them, in the output's hidden twin; a run is killed as soon as each is there.
STEPS = ["", "*.tmp", "adapter_model.safetensors", "adapter_config.json", "README.md", "splora-report.json"]


# ---- inputs --------------------------------------------------------------------------------------------------------


def bfloat16(count, rng):
    """`count` values of magnitude 0.008 to 0.03."""
    data = bytearray(rng.randbytes(2 * count))
    data[1::2] = data[1::2].translate(bytes([0x3C] * 128 + [0xBC] * 128))
    return bytes(data)


def write_safetensors(path, tensors):
    header, position = {}, 0
    for name, (shape, data) in tensors.items():
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [position, position + len(data)]}
        position += len(data)
    text = json.dumps(header).encode()
    with path.open("wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for _, data in tensors.values():
            out.write(data)


class Inputs:
    """A base and an aligned checkpoint of 134 MB each, and an adapter of 8 MB."""

    def __init__(self, folder):
        self.base, self.aligned, self.adapter = (folder / name for name in ("base", "aligned", "adapter"))
        rng = random.Random(1)
        for checkpoint in (self.base, self.aligned):
            checkpoint.mkdir(parents=True)
            write_safetensors(
                checkpoint / "model.safetensors",
                {f"{module}.weight": ([SIZE, SIZE], bfloat16(SIZE * SIZE, rng)) for module in MODULES},
            )
        self.adapter.mkdir()
        tensors = {}
        for module in MODULES:
            prefix = f"base_model.model.{module}"
            tensors[f"{prefix}.lora_A.weight"] = ([RANK, SIZE], bfloat16(RANK * SIZE, rng))
            tensors[f"{prefix}.lora_B.weight"] = ([SIZE, RANK], bfloat16(RANK * SIZE, rng))
        write_safetensors(self.adapter / "adapter_model.safetensors", tensors)
        (self.adapter / "adapter_config.json").write_text(
            json.dumps(
                {
                    "peft_type": "LORA",
                    "r": RANK,
                    "lora_alpha": RANK,
                    "bias": "none",
                    "target_modules": ["q_proj", "k_proj", "v_proj", "o_proj"],
                }
            )
        )
        (self.adapter / "README.md").write_text("# An adapter\n")

    def args(self):
        return ["--base", str(self.base), "--aligned", str(self.aligned), "--adapter", str(self.adapter)]

    def files(self):
        return sorted(file for folder in (self.base, self.aligned, self.adapter) for file in folder.iterdir())

    def hashes(self):
        return {file: sha256(file) for file in self.files()}


def sha256(file):
    digest = hashlib.sha256()
    with file.open("rb") as data:
        while chunk := data.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


# ---- runs ----------------------------------------------------------------------------------------------------------


def start(*args, prefix=()):
    return subprocess.Popen(
        [*prefix, str(SPLORA), *map(str, args)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def finish(process):
    """(exit code, first line of standard error)."""
    message = process.communicate()[1].strip()
    return process.returncode, message.splitlines()[0] if message else ""


def run(*args, prefix=()):
    return finish(start(*args, prefix=prefix))


class Failed(Exception):
    """The fault left something that it must not."""


def require(condition, message):
    if not condition:
        raise Failed(message)


class Harness:
    """Injects faults and keeps the table."""

    def __init__(self, folder, kills):
        self.folder = folder
        self.kills = kills
        self.inputs = Inputs(folder)
        self.hashes = self.inputs.hashes()
        self.scores = folder / "scores.json"
        with self.scores.open("w") as out:
            subprocess.run(
                [str(SPLORA), "score", "-q", *self.inputs.args(), "--count", "4", "--format", "json"],
                stdout=out,
                check=True,
            )
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
        """The same result without the engine: the part of a run that writes."""
        return [*self.prune(output), "--scores", self.scores, *more]

    def state(self, output, reference=None):
        """absent, or whole, which is bit-equal to the reference (the undisturbed run); anything else is a failure."""
        if not os.path.lexists(output):
            return "absent"
        reference = reference or self.undisturbed
        for file in sorted(reference.iterdir()):
            require((output / file.name).is_file(), f"{output} has no {file.name}")
            if file.name != "splora-report.json":
                require(sha256(output / file.name) == sha256(file), f"{output / file.name} has other bytes")
        report = json.loads((output / "splora-report.json").read_text())
        expected = json.loads((reference / "splora-report.json").read_text())
        require(
            [m["decision"] for m in report["modules"]] == [m["decision"] for m in expected["modules"]],
            "the report tells of another decision",
        )
        code, message = run("verify", output)
        require(code == 0, f"verify: {message}")
        return "whole"

    def require_intact(self, changed=()):
        for file, digest in self.hashes.items():
            if file not in changed:
                require(file.is_file() and sha256(file) == digest, f"{file} is not what it was")

    def check(self, label, fault):
        """Runs one fault, a function of a fresh folder that returns what was seen, and adds its row."""
        place = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            seen = fault(place)
            self.require_intact()
            verdict = "ok"
        except Failed as problem:
            seen, verdict = str(problem), "FAILED"
            self.failures += 1
        except Skipped as reason:
            seen, verdict = str(reason), "skipped"
        self.rows.append((label, seen, verdict))
        print(f"{verdict:8s}{label}: {seen}", flush=True)
        with contextlib.suppress(OSError):
            shutil.rmtree(place)

    def table(self):
        lines = ["| fault | seen | verdict |", "|---|---|---|"]
        lines += [
            f"| {label} | {seen.replace(str(self.folder), '…')} | {verdict} |" for label, seen, verdict in self.rows
        ]
        return "\n".join(lines) + "\n"


class Skipped(Exception):
    """This machine does not let the fault be injected."""


# ---- kills ---------------------------------------------------------------------------------------------------------


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
    """SIGKILL as soon as each file of the output is there in its hidden place, and when the folder takes its name."""
    seen = collections.Counter()
    for index, step in enumerate(STEPS):
        output = place / f"out{index}"
        process = start(*harness.from_scores(output))
        while process.poll() is None and not any(place.glob(f".out{index}.splora-new-*/{step}".rstrip("/"))):
            pass
        process.kill()
        finish(process)
        seen[harness.state(output)] += 1
    return counted(seen, len(STEPS))


def kill_while_replacing(harness, place):
    """SIGKILL with --force over another adapter, at moments spread over the writing: the old one, the new one, or none."""
    seen = collections.Counter()
    for index in range(harness.kills):
        output = place / f"out{index}"
        shutil.copytree(harness.inputs.adapter, output)
        process = start(*harness.from_scores(output, "--force"))
        while process.poll() is None and not any(place.glob(f".out{index}.splora-*")):
            pass
        time.sleep(0.2 * index / harness.kills)
        process.kill()
        finish(process)
        old = (
            output.is_dir()
            and sha256(output / "adapter_model.safetensors")
            == harness.hashes[harness.inputs.adapter / "adapter_model.safetensors"]
        )
        seen["the old one" if old else harness.state(output)] += 1
    return counted(seen, harness.kills)


def interrupt(harness, place):
    """SIGTERM while the output is written: the hidden folder goes too."""
    seen = collections.Counter()
    for index in range(harness.kills):
        output = place / f"out{index}"
        process = start(*harness.from_scores(output))
        while process.poll() is None and not any(place.glob(".out*.splora-new-*")):
            pass
        time.sleep(0.1 * index / harness.kills)
        process.send_signal(signal.SIGTERM)
        finish(process)
        seen[harness.state(output)] += 1
        left = [entry.name for entry in place.iterdir() if entry.name.startswith(".")]
        require(not left, f"left behind: {left}")
    return counted(seen, harness.kills) + "; nothing left behind"


def counted(seen, runs):
    return f"{runs} runs: " + ", ".join(f"{state} {count}" for state, count in sorted(seen.items()))


# ---- disks and permissions -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def mounted(folder, options):
    """A file system in memory."""
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True).returncode:
        raise Skipped("mounting needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def disk_full(harness, place):
    seen = []
    for size in ("16k", "2m", "6m"):
        with mounted(place / size, f"size={size}") as disk:
            code, message = run(*harness.from_scores(disk / "out"))
            require(code == 1, f"exit code {code} on a disk of {size}: {message}")
            require(harness.state(disk / "out") == "absent" and not any(disk.iterdir()), f"left on a disk of {size}")
            seen.append(size)
    return f"disks of {', '.join(seen)}: exit code 1, absent, nothing left behind; “{message}”"


def other_file_system(harness, place):
    with mounted(place / "disk", "size=64m") as disk:
        for output, more in ((disk / "out", []), (disk, ["--force"])):
            if output == disk:
                shutil.rmtree(disk / "out")
            code, message = run(*harness.from_scores(output, *more))
            require(code == 0 and harness.state(output) == "whole", message)
    return "a folder on it and the mounted folder itself: whole"


def read_only(harness, place):
    with mounted(place / "disk", "size=64m") as disk:
        (disk / "out").mkdir()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        code, message = run(*harness.from_scores(disk / "out"))
        require(code == 4, f"exit code {code}: {message}")
        require(not any((disk / "out").iterdir()), "something was written")
    return f"exit code 4, nothing written; “{message}”"


def as_nobody():
    prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if os.getuid() or not shutil.which("setpriv") or subprocess.run([*prefix, "true"], capture_output=True).returncode:
        raise Skipped("becoming another user needs root")
    return prefix


def unwritable_output(harness, place):
    prefix = as_nobody()
    place.chmod(0o755)
    code, message = run(*harness.from_scores(place / "out"), prefix=prefix)
    require(code == 4, f"exit code {code}: {message}")
    require(harness.state(place / "out") == "absent" and not any(place.iterdir()), "something was written")
    return f"exit code 4, absent; “{message}”"


def unreadable_input(harness, place):
    prefix = as_nobody()
    place.chmod(0o777)
    seen = set()
    for file in harness.inputs.files():
        mode = file.stat().st_mode
        file.chmod(0)
        try:
            code, message = run(*harness.from_scores(place / "out"), prefix=prefix)
        finally:
            file.chmod(mode)
        require(code == 4 and str(file) in message, f"{file}: exit code {code}: {message}")
        require(harness.state(place / "out") == "absent", "something was written")
        seen.add(file)
    return f"{len(seen)} files in turn: exit code 4 with the file named, absent"


# ---- inputs that change --------------------------------------------------------------------------------------------


def changing(harness, place, change):
    """Applies `change` to a copy of each weights file at moments spread over a run."""
    seen = collections.Counter()
    originals = [
        harness.inputs.base / "model.safetensors",
        harness.inputs.aligned / "model.safetensors",
        harness.inputs.adapter / "adapter_model.safetensors",
    ]
    moments = max(2, harness.kills // 4)
    for original in originals:
        for moment in range(moments):
            copy = place / "copies"
            inputs = object.__new__(Inputs)
            for name in ("base", "aligned", "adapter"):
                setattr(inputs, name, copy / name)
                shutil.copytree(getattr(harness.inputs, name), copy / name)
            output = place / "out"
            process = start(*harness.prune(output, inputs=inputs))
            time.sleep(harness.duration * (moment + 0.5) / moments)
            running = process.poll() is None
            change(copy / original.relative_to(harness.folder))
            code, message = finish(process)
            if code:
                require(code == 4 and harness.state(output) == "absent", f"exit code {code}: {message}")
                seen["refused, absent"] += 1
            elif not running:
                harness.state(output)
                seen["done before, whole"] += 1
            else:
                # Changed before anything was read, or after all was: the result is of one of the two states, in every byte.
                code, message = run(*harness.prune(place / "again", inputs=inputs))
                try:
                    require(code == 0, f"again: {message}")
                    harness.state(output, place / "again")
                    seen["changed before it was read, whole"] += 1
                except Failed:
                    harness.state(output)
                    seen["changed after it was read, whole"] += 1
            for folder in (copy, output, place / "again"):
                shutil.rmtree(folder, ignore_errors=True)
    return counted(seen, sum(seen.values()))


def truncate(file):
    os.truncate(file, file.stat().st_size // 2)


def replace(file):
    other = file.with_name("other")
    shutil.copyfile(file, other)
    with other.open("r+b") as data:
        data.seek(-1000, os.SEEK_END)
        data.write(bytes(1000))
    other.replace(file)


def rewrite(file):
    with file.open("r+b") as data:
        data.seek(-1000, os.SEEK_END)
        data.write(bytes(1000))


# ---- links ---------------------------------------------------------------------------------------------------------


def output_links(harness, place):
    targets = {
        "an input": harness.inputs.adapter,
        "a file of an input": harness.inputs.adapter / "README.md",
        "nothing": place / "nowhere",
    }
    for what, target in targets.items():
        link = place / f"link to {what}"
        link.symlink_to(target)
        code, message = run(*harness.from_scores(link, "--force"))
        require(code == 4, f"{what}: exit code {code}: {message}")
        require(link.is_symlink() and not os.path.lexists(place / "nowhere"), f"{what}: something was written")
    victim = place / "victim"
    victim.mkdir()
    (victim / "precious").write_text("precious")
    output = place / "out"
    output.mkdir()
    for name in ("adapter_model.safetensors", "splora-report.json", "README.md"):
        (output / name).symlink_to(victim / "precious")
    code, message = run(*harness.from_scores(output, "--force"))
    require(code == 0 and harness.state(output) == "whole", message)
    require((victim / "precious").read_text() == "precious", "a link in the output was written through")
    return "links to an input, to a file, to nothing: exit code 4; links in the output: replaced, not followed"


def input_links(harness, place):
    adapter = place / "adapter"
    shutil.copytree(harness.inputs.adapter, adapter)
    secret = place / "secret"
    secret.write_text("secret")
    (adapter / "notes.txt").symlink_to(secret)
    (adapter / "folder").symlink_to(place)
    inputs = object.__new__(Inputs)
    inputs.base, inputs.aligned, inputs.adapter = harness.inputs.base, harness.inputs.aligned, adapter
    code, message = run(*harness.prune(place / "out", inputs=inputs))
    require(code == 0 and harness.state(place / "out") == "whole", message)
    require(
        not (place / "out" / "notes.txt").exists() and not (place / "out" / "folder").exists(), "a link was followed"
    )
    return "links out of the adapter's folder: not carried over, with a warning"


def hub_cache(harness, place):
    """Names and refs that try to leave the cache."""
    repository = place / "models--org--name"
    (repository / "refs").mkdir(parents=True)
    (repository / "snapshots").mkdir()
    outside = place / "outside"
    shutil.copytree(harness.inputs.adapter, outside)
    for name, commit in {
        "main": "../../outside",
        "absolute": str(outside),
        "long": "a" * 10_000,
        "empty": "",
        "no-such": "0" * 40,
    }.items():
        (repository / "refs" / name).write_text(commit)
    (repository / "refs" / "folder").mkdir()
    os.environ["HF_HUB_CACHE"] = str(place)
    tried = [
        "org/name",
        "org/name@absolute",
        "org/name@long",
        "org/name@empty",
        "org/name@no-such",
        "org/name@folder",
        "org/name@../../../outside",
        "org/name@../refs/main",
        "org/..",
        "../outside@main",
        "org/name/../../outside",
    ]
    try:
        for name in tried:
            code, message = run("inspect", name)
            require(code == 4, f"{name}: exit code {code}: {message}")
    finally:
        del os.environ["HF_HUB_CACHE"]
    return f"{len(tried)} names and refs that point elsewhere: exit code 4"


# ---- two runs ------------------------------------------------------------------------------------------------------


def two_runs(harness, place):
    codes = collections.Counter()
    for index in range(max(2, harness.kills // 4)):
        for more in ([], ["--force"]):
            output = place / f"out{index}{''.join(more)}"
            results = []
            threads = [
                threading.Thread(target=lambda: results.append(run(*harness.from_scores(output, *more))))
                for _ in range(2)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            require(harness.state(output) == "whole", f"exit codes {results}")
            require(any(code == 0 for code, _ in results), f"{results}")
            codes[" and ".join(str(code) for code, _ in sorted(results))] += 1
            left = [entry.name for entry in place.iterdir() if entry.name.startswith(".")]
            require(not left, f"left behind: {left}")
    return "whole every time; exit codes " + ", ".join(f"{pair} ({count}×)" for pair, count in codes.items())


FAULTS = [
    ("killed (SIGKILL) at moments spread over a run", kill_over_time),
    ("killed at each step of the writing", kill_at_steps),
    ("killed while replacing another adapter (`--force`)", kill_while_replacing),
    ("terminated (SIGTERM, Ctrl-C) while writing", interrupt),
    ("disk full", disk_full),
    ("output on another file system", other_file_system),
    ("output read-only", read_only),
    ("no permission to write", unwritable_output),
    ("no permission to read", unreadable_input),
    ("an input truncated while running", lambda harness, place: changing(harness, place, truncate)),
    ("an input replaced (by renaming) while running", lambda harness, place: changing(harness, place, replace)),
    ("an input rewritten in place while running", lambda harness, place: changing(harness, place, rewrite)),
    ("symbolic links as and in the output", output_links),
    ("symbolic links in the adapter", input_links),
    ("names and refs that leave the hub cache", hub_cache),
    ("two runs at once on one output", two_runs),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20, help="runs of each fault that has a moment (default 20)")
    parser.add_argument("--table", type=Path, help="file to write the table to as well")
    parser.add_argument("--only", help="only faults whose name contains this")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        harness = Harness(folder, options.kills)
        for label, fault in FAULTS:
            if not options.only or options.only in label:
                harness.check(label, lambda place, fault=fault: fault(harness, place))
        table = harness.table()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{table}\n{harness.failures} failed")
    if options.table:
        options.table.write_text(table)
    return 1 if harness.failures else 0


if __name__ == "__main__":
    sys.exit(main())
