"""What the checks against the real PEFT client have in common: counting, running bin/splora, hearing warnings."""

import contextlib
import logging
import os
import subprocess
import traceback
import warnings
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
SPLORA = Path(os.environ.get("SPLORA", REPOSITORY / "bin" / "splora"))


class CheckFailed(Exception):
    """A check found what should not be; the message says what."""


def require(condition, message):
    if not condition:
        raise CheckFailed(message)


def names(modules, limit=3):
    """A few module names for a message."""
    listed = sorted(modules)
    return ", ".join(listed[:limit]) + (f" and {len(listed) - limit} more" if len(listed) > limit else "")


def say(line):
    print(line, flush=True)


class Tally:
    """Tells of each check in a line, and counts."""

    def __init__(self, tell=say):
        self.passed = self.failed = 0
        self.tell = tell

    def check(self, label, function, *arguments):
        """Runs one check; returns its result, or None where it failed."""
        try:
            result = function(*arguments)
        except CheckFailed as problem:
            return self.fail(label, str(problem))
        except Exception as problem:  # an error of PEFT or torch is a finding as well
            traceback.print_exc()
            return self.fail(label, f"{type(problem).__name__}: {problem}")
        self.passed += 1
        self.tell(f"ok    {label}")
        return "passed" if result is None else result

    def fail(self, label, reason):
        self.failed += 1
        self.tell(f"FAIL  {label}: {reason}")


def run_splora(*arguments):
    """Runs bin/splora, whatever its exit code."""
    return subprocess.run([str(part) for part in (SPLORA, *arguments)], capture_output=True, text=True)


def last_line(done):
    """The last line that a program said, on standard error if it said anything there."""
    return (done.stderr.strip() or done.stdout.strip() or "nothing on stderr").splitlines()[-1]


def splora(command, *arguments):
    """Runs a command of bin/splora that has to succeed, and returns its standard output."""
    done = run_splora(command, *arguments)
    require(done.returncode == 0, f"splora {command} ended with exit code {done.returncode}: {last_line(done)}")
    return done.stdout


@contextlib.contextmanager
def recorded_warnings():
    """Collects everything that is warned of, through the warnings module or through logging."""
    heard = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: heard.append(record.getMessage())
    loggers = [logging.getLogger(name) for name in (None, "peft", "transformers")]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for logger in loggers:
            logger.addHandler(handler)
        try:
            yield heard
        finally:
            for logger in loggers:
                logger.removeHandler(handler)
            heard += [f"{w.category.__name__}: {w.message}" for w in caught]
