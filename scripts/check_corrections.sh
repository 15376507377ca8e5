#!/usr/bin/env bash
# Runs check_corrections.py in a Python environment with the pinned packages (in_venv.sh), and passes options on. Needs a build.
# Exit code 77, with one line that gives the reason, if Python or the packages are unavailable.
set -eu
exec "$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/in_venv.sh" "Corrections check" check_corrections.py "$@"
