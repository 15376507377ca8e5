"""Runs splora: as a process of its own, or in a JVM that stays warm.

`launch` starts bin/splora, as users do. `run_splora` asks a `WarmJvm` instead, which runs the same commands without
starting a process for each: there is one for each Python process, started at its first command. It needs the test
classes that a build leaves in target/. Where they are missing, or where $SPLORA names another program, `run_splora`
launches.

A command that needs its own environment variables or working folder has to be launched.
"""

import json
import multiprocessing.util
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
SPLORA = Path(os.environ.get("SPLORA", REPOSITORY / "bin" / "splora"))
TARGET = REPOSITORY / "target"
SERVER = "io.github.splora.cli.CommandServer"
# The options with which bin/splora starts Java, except those that make a short process shorter.
JAVA_OPTIONS = (
    "-XX:+UseSerialGC -XX:MaxNewSize=32m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=20 -Xshare:auto "
    "--enable-native-access=ALL-UNNAMED -XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockExperimentalVMOptions "
    "-XX:+EnableVectorSupport --add-exports=java.base/jdk.internal.module=ALL-UNNAMED -Dsplora.vectors=true "
    "-Dsplora.logging=true"
).split()
# No command of a check takes a tenth of this; one that hangs must not hang the check.
LONGEST_SECONDS = 300


@dataclass
class Done:
    """A finished command, with the fields of subprocess.CompletedProcess."""

    returncode: int
    stdout: str
    stderr: str


def words(arguments):
    return [str(part) for part in arguments]


def launch(*arguments, **options):
    """Runs bin/splora, whatever its exit code; options are those of subprocess.run."""
    return subprocess.run([str(SPLORA), *words(arguments)], capture_output=True, text=True, **options)


def test_driver(name):
    """Starts a class among the test classes that answers lines on standard input with lines on standard output."""
    if not (TARGET / "test-classes").is_dir() or not (TARGET / "lib").is_dir():
        sys.exit("splora is not built yet: run scripts/build.sh")
    classpath = os.pathsep.join(map(str, (TARGET / "test-classes", TARGET / "classes", TARGET / "lib" / "*")))
    return subprocess.Popen(
        [java(), "-Xmx256m", "-cp", classpath, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def java():
    """The program that runs Java, as bin/splora finds it."""
    return str(Path(os.environ["JAVA_HOME"]) / "bin" / "java") if os.environ.get("JAVA_HOME") else "java"


class WarmJvm:
    """A CommandServer: one JSON line in, one JSON line out."""

    def __init__(self):
        classpath = os.pathsep.join(map(str, (TARGET / "test-classes", TARGET / "splora.jar", TARGET / "lib" / "*")))
        home = [f"-Duser.home={os.environ['HOME']}"] if os.environ.get("HOME") else []
        self.process = subprocess.Popen(
            [java(), *JAVA_OPTIONS, *home, "-cp", classpath, SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={"OMP_WAIT_POLICY": "PASSIVE", **os.environ, "LC_ALL": "C.UTF-8"},
        )

    def run(self, *arguments):
        timer = threading.Timer(LONGEST_SECONDS, self.process.kill)
        timer.start()
        try:
            self.process.stdin.write(json.dumps({"args": words(arguments)}) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            timer.cancel()
        if not line:
            code = self.process.wait()
            raise RuntimeError(f"the warm JVM ended with exit code {code} at: splora {' '.join(words(arguments))}")
        answer = json.loads(line)
        return Done(answer["code"], answer["out"], answer["err"])

    def stop(self):
        """Ends the JVM; it sees the end of its input."""
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.stdout.close()

    @staticmethod
    def is_possible():
        return "SPLORA" not in os.environ and (TARGET / "test-classes" / f"{SERVER.replace('.', '/')}.class").is_file()


# Of this process: a forked worker must not share its parent's JVM.
_jvm, _owner = None, None


def run_splora(*arguments):
    """Runs a command, whatever its exit code, in this process's warm JVM if there can be one."""
    global _jvm, _owner
    if not WarmJvm.is_possible():
        return launch(*arguments)
    if _owner != os.getpid():
        _jvm, _owner = WarmJvm(), os.getpid()
        # Unlike atexit, this runs in a worker of a pool as well.
        multiprocessing.util.Finalize(None, _jvm.stop, exitpriority=1)
    try:
        return _jvm.run(*arguments)
    except RuntimeError:
        _owner = None
        raise
