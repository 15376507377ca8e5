"""Where the program is."""

import os
import time
from collections.abc import Mapping

_BUNDLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_bundle")


def launcher() -> str:
    """The program's path: in the folder that SPLORA_HOME names, or else in this package."""
    home = os.environ.get("SPLORA_HOME")
    program = os.path.join(home or _BUNDLE, "bin", "splora.cmd" if os.name == "nt" else "splora")
    if not os.path.isfile(program):
        where = f"SPLORA_HOME names {home}" if home else "this installation is incomplete: install splora again"
        raise FileNotFoundError(f"there is no program {program} ({where})")
    if not home:
        _keep_cache(os.path.join(_BUNDLE, "lib"))
    return program


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with more variables."""
    return {**os.environ, **more}


def _keep_cache(lib: str) -> None:
    """Makes the start-up cache the newest file: the program ignores it if a jar is newer, as after some installers.

    Does nothing unless each jar has the size that the cache was made for.
    """
    cache = os.path.join(lib, "splora.aot")
    try:
        made = os.stat(cache).st_mtime_ns
        newer = False
        with open(os.path.join(lib, "sizes"), encoding="utf-8") as sizes:
            for line in sizes:
                size, name = line.rstrip("\n").split(" ", 1)
                jar = os.stat(os.path.join(lib, name))
                if jar.st_size != int(size):
                    return
                newer = newer or jar.st_mtime_ns > made
        if newer:
            now = time.time()
            os.utime(cache, (now, now))
    except OSError:
        # Not ours to change: the program starts without the cache.
        return
