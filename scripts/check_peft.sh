#!/usr/bin/env bash
# Runs check_peft.py in a virtual environment of its own (.venv, made on first use).
# Options are passed on. Exit code 77, with one line that says why, where Python or the packages are missing.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
venv=$root/.venv
requirements=$root/scripts/requirements.txt
# A copy of the requirements that the environment satisfies; written last, so a broken install is made again.
stamp=$venv/requirements.stamp

skip() {
  echo "PEFT check skipped: $1"
  exit 77
}

if ! cmp -s "$requirements" "$stamp"; then
  command -v python3 >/dev/null || skip "python3 is not installed"
  python3 -m venv "$venv" >/dev/null 2>&1 || skip "python3 -m venv cannot make an environment"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" >&2 ||
    skip "pip cannot install scripts/requirements.txt"
  cp "$requirements" "$stamp"
fi

exec "$venv/bin/python" "$root/scripts/check_peft.py" "$@"
