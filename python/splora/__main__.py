"""The command `splora`, and `python -m splora`."""

import os
import sys

from splora._launcher import environment, launcher


def main() -> int:
    """Replaces this process with the program."""
    name = "splora" if os.path.basename(sys.argv[0]).startswith("splora") else "python -m splora"
    command = [launcher(), *sys.argv[1:]]
    variables = environment({"SPLORA_COMMAND": name})
    if os.name == "nt":
        import subprocess

        return subprocess.call(command, env=variables)
    os.execve(command[0], command, variables)


if __name__ == "__main__":
    sys.exit(main())
