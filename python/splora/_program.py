"""Runs the program: builds its command line, follows its progress, and turns failures into exceptions."""

import json
import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from splora._launcher import environment, launcher
from splora._report import Report

Scalar = str | int | float | os.PathLike[str]
Option = bool | Scalar | Sequence[Scalar] | None
"""A value of an option: None and False leave it out, True gives it without a value, a sequence repeats it."""

GATE_FAILED = 3
_PROGRESS = re.compile(r"splora: (\d+) of (\d+) modules measured")


class SploraError(Exception):
    """The program failed.

    exit_code: 2 for wrong usage, 4 for bad input, 1 for an unexpected failure; see the program's help.
    messages: what it wrote to standard error, line by line.
    """

    def __init__(self, exit_code: int, messages: Sequence[str]) -> None:
        super().__init__("\n".join(messages) or f"splora ended with exit code {exit_code}")
        self.exit_code = exit_code
        self.messages: tuple[str, ...] = tuple(messages)


class GateFailed(SploraError):
    """A condition of `fail_on` held. Nothing was written.

    report: the report, whose `verdict` says which conditions held and because of which modules.
    """

    def __init__(self, messages: Sequence[str], report: Report | None) -> None:
        super().__init__(GATE_FAILED, messages)
        self.report = report


def arguments(command: str, options: Mapping[str, Option]) -> list[str]:
    """The command line: `fail_on=["a", "b"]` becomes `--fail-on a --fail-on b`."""
    words = [command]
    for name, value in options.items():
        option = "--" + name.rstrip("_").replace("_", "-")
        if value is True:
            words.append(option)
        elif value is not None and value is not False:
            values = [value] if isinstance(value, (str, int, float, os.PathLike)) else value
            # With "=", a value may start with a dash.
            words += [f"{option}={os.fspath(each) if isinstance(each, os.PathLike) else each}" for each in values]
    return words


def run(words: Sequence[str], progress: Callable[[int, int], None]) -> Report:
    """Runs the program and returns its report.

    progress: called with the number of modules measured and of all modules, about twice a second.
    """
    java = " ".join(filter(None, [os.environ.get("JAVA_OPTS"), "-Dsplora.progress.millis=500"]))
    process = subprocess.Popen(
        [launcher(), *words, "--format=json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment({"JAVA_OPTS": java}),
    )
    with process:
        printed: list[str] = []
        reader = threading.Thread(target=_read_all, args=(process.stdout, printed), daemon=True)
        reader.start()
        try:
            messages = list(_messages(process.stderr or [], progress))
            reader.join()
            exit_code = process.wait()
        except BaseException:
            # The program removes what it has begun to write.
            process.terminate()
            raise
    if exit_code == GATE_FAILED:
        raise GateFailed(messages, _report(printed))
    report = _report(printed) if exit_code == 0 else None
    if report is None:
        raise SploraError(exit_code, messages)
    return report


def _read_all(stream: Any, into: list[str]) -> None:
    into.append(stream.read())


def _messages(lines: Iterable[str], progress: Callable[[int, int], None]) -> Iterable[str]:
    for line in lines:
        told = _PROGRESS.match(line)
        if told:
            progress(int(told[1]), int(told[2]))
        else:
            yield line.rstrip("\n")


def _report(printed: Sequence[str]) -> Report | None:
    text = "".join(printed)
    return Report.of(json.loads(text)) if text.strip() else None
