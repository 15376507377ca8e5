#!/usr/bin/env bash
# Runs check_attacks.py in a small Python environment without PyTorch (in_venv.sh --light), and passes options on. Needs a
# build. Exit code 77, with one line that gives the reason, if Python or the packages are unavailable.
set -eu
exec "$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/in_venv.sh" --light "Attacks on the gate" check_attacks.py "$@"
