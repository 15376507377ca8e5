#!/usr/bin/env bash
# in_venv.sh LABEL SCRIPT [OPTIONS]: runs a Python script of this folder in a virtual environment of its own (.venv, made
# on first use). Exit code 77, with one line that begins with LABEL and says why, where Python or the packages are missing.
set -eu

label=$1
script=$2
shift 2
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
venv=$root/.venv
requirements=$root/scripts/requirements.txt
# A copy of the requirements that the environment satisfies; written last, so a broken install is made again.
stamp=$venv/requirements.stamp

skip() {
  echo "$label skipped: $1"
  exit 77
}

if ! cmp -s "$requirements" "$stamp"; then
  command -v python3 >/dev/null || skip "python3 is not installed"
  python3 -m venv "$venv" >/dev/null 2>&1 || skip "python3 -m venv cannot make an environment"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" >&2 ||
    skip "pip cannot install scripts/requirements.txt"
  cp "$requirements" "$stamp"
fi

exec "$venv/bin/python" "$root/scripts/$script" "$@"
