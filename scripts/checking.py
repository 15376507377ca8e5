"""Shared by the checks: counting passed and failed checks, and recording the warnings of Python libraries."""

import contextlib
import logging
import traceback
import warnings

from program import run_splora


class CheckFailed(Exception):
    """A check failed; the message says why."""


def require(condition, message):
    if not condition:
        raise CheckFailed(message)


def names(modules, limit=3):
    """The first few module names, for a message."""
    listed = sorted(modules)
    return ", ".join(listed[:limit]) + (f" and {len(listed) - limit} more" if len(listed) > limit else "")


def say(line):
    print(line, flush=True)


class Tally:
    """Counts checks and reports each one as a line, through `tell`."""

    def __init__(self, tell=say):
        self.passed = self.failed = 0
        self.tell = tell

    def check(self, label, function, *arguments):
        """Runs one check and returns its result, or None if it failed."""
        try:
            result = function(*arguments)
        except CheckFailed as problem:
            return self.fail(label, str(problem))
        except Exception as problem:  # an error raised by PEFT or torch is a failed check as well
            traceback.print_exc()
            return self.fail(label, f"{type(problem).__name__}: {problem}")
        self.passed += 1
        self.tell(f"ok    {label}")
        return "passed" if result is None else result

    def fail(self, label, reason):
        self.failed += 1
        self.tell(f"FAIL  {label}: {reason}")


def last_line(done):
    """The last line a command printed to standard error, or to standard output if it printed no error."""
    return (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]


def succeed(done, command):
    """The standard output of a finished command; fails the check if the command failed."""
    require(done.returncode == 0, f"splora {command} ended with exit code {done.returncode}: {last_line(done)}")
    return done.stdout


def splora(command, *arguments):
    """Runs a command that must succeed and returns its standard output."""
    return succeed(run_splora(command, *arguments), command)


@contextlib.contextmanager
def recorded_warnings():
    """Collects all warnings, whether issued through the warnings module or through logging."""
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
