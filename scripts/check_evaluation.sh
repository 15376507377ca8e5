#!/usr/bin/env bash
# Runs check_evaluation.py in a Python environment with the pinned packages (in_venv.sh), and passes options on.
# Exit code 77, with one line that gives the reason, if Python or the packages are unavailable.
set -eu
exec "$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/in_venv.sh" "Evaluation check" check_evaluation.py "$@"
