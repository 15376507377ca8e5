#!/usr/bin/env bash
# Runs check_compat.py in a virtual environment of its own (.venv, made on first use).
# Options are passed on. Exit code 77, with one line that says why, where Python or the packages are missing.
set -eu
exec "$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/in_venv.sh" "compatibility check" check_compat.py "$@"
