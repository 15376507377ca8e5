"""The functions for users."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Union

from splora._program import GateFailed, Option, arguments, run
from splora._report import Report

Location = Union[str, "os.PathLike[str]"]


def score(
    adapter: Location,
    *,
    base: Location | None = None,
    aligned: Location | None = None,
    progress: bool | None = None,
    **options: Option,
) -> Report:
    """Scores every module of an adapter and says what a prune would remove. Writes nothing.

    adapter: folder of a PEFT adapter.
    base, aligned: checkpoints before and after alignment, as folders or hub ids in the local cache.
    progress: whether to show a progress bar (needs tqdm); by default in a notebook only.
    options: more options of `splora score`, such as `fail_on=["pruned>3"]` or `preset="llama-3.1-8b"`.

    Raises GateFailed if a condition of `fail_on` holds, and SploraError if the run fails.
    """
    return _run("score", progress, adapter=adapter, base=base, aligned=aligned, **options)


def prune(
    adapter: Location,
    *,
    output: Location | None = None,
    base: Location | None = None,
    aligned: Location | None = None,
    progress: bool | None = None,
    **options: Option,
) -> Report:
    """Writes an adapter without the selected modules, or with these corrected (`action=`), to the folder `output`.

    `dry_run=True` needs no output. The other parameters, and the exceptions, are those of `score`.
    """
    return _run("prune", progress, adapter=adapter, output=output, base=base, aligned=aligned, **options)


def repair(
    adapter: Location,
    *,
    output: Location | None = None,
    base: Location | None = None,
    aligned: Location | None = None,
    progress: bool | None = None,
    **options: Option,
) -> Report:
    """Writes an adapter whose modules are all repaired to the folder `output`.

    `dry_run=True` needs no output. The other parameters, and the exceptions, are those of `score`.
    """
    return _run("repair", progress, adapter=adapter, output=output, base=base, aligned=aligned, **options)


def _run(command: str, progress: bool | None, **options: Option) -> Report:
    words = arguments(command, options)
    with _bar(command, _is_notebook() if progress is None else progress) as update:
        try:
            report = run(words, update)
        except GateFailed as failed:
            _complete(update, failed.report)
            raise
        _complete(update, report)
        return report


def _complete(update: Callable[[int, int], None], report: Report | None) -> None:
    """A short run ends before the program tells of any progress."""
    if report is not None:
        update(len(report.modules), len(report.modules))


@contextmanager
def _bar(label: str, is_shown: bool) -> Iterator[Callable[[int, int], None]]:
    if not is_shown:
        yield lambda done, of: None
        return
    bar: Any = import_module("tqdm.auto").tqdm(desc=f"splora {label}", unit="module")

    def update(done: int, of: int) -> None:
        bar.total = of
        bar.update(done - bar.n)

    with bar:
        yield update


def _is_notebook() -> bool:
    return "ipykernel" in sys.modules and find_spec("tqdm") is not None
