"""Disks that are full, separate or read-only, and files that may not be read or written."""

import contextlib
import os
import shutil
import subprocess

from checking import require

from .harness import Skipped, run

NOBODY = 65534


@contextlib.contextmanager
def mounted(folder, options):
    """Mounts a file system in memory."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
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
            is_clean = harness.state(disk / "out") == "absent" and not any(disk.iterdir())
            require(is_clean, f"files left on a disk of {size}")
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


@contextlib.contextmanager
def bound(path, to):
    """Mounts a file or folder a second time."""
    if subprocess.run(["mount", "--bind", str(path), str(to)], capture_output=True).returncode:
        raise Skipped("mounting needs root")
    try:
        yield to
    finally:
        subprocess.run(["umount", "-l", str(to)], check=True)


def unreplaceable_file(harness, place):
    """A file of the output is a mount, which nothing can rename."""
    output = place / "out"
    shutil.copytree(harness.inputs.adapter, output)
    (output / "adapter_config.json").write_text((output / "adapter_config.json").read_text() + "\n")
    before = {file.name: file.read_bytes() for file in output.iterdir()}
    for name in ("README.md", "adapter_model.safetensors", "adapter_config.json"):
        with bound(output / name, output / name):
            code, message = run(*harness.from_scores(output, "--force"), cwd=output)
            require(code == 1, f"exit code {code}: {message}")
            after = {file.name: file.read_bytes() for file in output.iterdir()}
            require(after == before, f"{name} cannot be replaced, and these differ: {set(after) ^ set(before)}")
    return f"exit code 1, the old adapter is whole; “{message}”"


def one_folder_twice(harness, place):
    """The output is an input, mounted in another place."""
    adapter = harness.inputs.adapter
    for what, target in (("the adapter", adapter), ("the folder above it", adapter.parent)):
        mount = place / what
        mount.mkdir()
        with bound(target, mount):
            for output in (mount, mount / "new"):
                if output == mount or target == adapter:
                    code, message = run(*harness.from_scores(output, "--force"))
                    require(code == 4, f"{what}: exit code {code}: {message}")
    return f"exit code 4, nothing written; “{message}”"


def as_nobody():
    """A command that runs another one as a user without rights."""
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
    files = harness.inputs.files()
    for file in files:
        mode = file.stat().st_mode
        file.chmod(0)
        try:
            code, message = run(*harness.from_scores(place / "out"), prefix=prefix)
        finally:
            file.chmod(mode)
        require(code == 4 and str(file) in message, f"{file}: exit code {code}: {message}")
        require(harness.state(place / "out") == "absent", "something was written")
    return f"{len(files)} files in turn: exit code 4 with the file named, absent"


FAULTS = [
    ("disk full", disk_full),
    ("output on another file system", other_file_system),
    ("output read-only", read_only),
    ("one file of the output cannot be replaced", unreplaceable_file),
    ("the output is an input, mounted twice", one_folder_twice),
    ("no permission to write", unwritable_output),
    ("no permission to read", unreadable_input),
]
