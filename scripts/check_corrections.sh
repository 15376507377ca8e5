#!/usr/bin/env bash
# Runs check_corrections.py in a virtual environment of its own (.venv, made on first use), after a build.
# Exit code 77, with one line that says why, where Python or the packages are missing.
set -eu
exec "$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/in_venv.sh" "corrections check" check_corrections.py "$@"
