#!/usr/bin/env bash
# Runs Python in a virtual environment that holds the pinned packages, and creates the environment if it is missing.
#
#   in_venv.sh [--light|--spark] [--existing] LABEL SCRIPT [OPTIONS]   runs a Python script of this folder
#   in_venv.sh [--light|--spark] [--existing] --path                   prints the environment's folder
#
# The packages are those of requirements.txt (PyTorch, PEFT, transformers) or, with --light, of requirements-light.txt
# (numpy, safetensors and the linters; a few seconds to install), or with --spark, of requirements-spark.txt. With --existing, a missing environment stays missing.
#
# Environments live in ${XDG_CACHE_HOME:-~/.cache}/splora, one per hash of the requirements file, Python version and
# platform, so all clones share them. A changed file gets a new environment; delete the folder to free the disk space.
#
# An environment is renamed after it is installed, so its console scripts name a folder that is gone: run modules with
# `python -m`. (ruff and shellcheck are programs, not scripts.)
#
# Exit code 77, with one line that starts with LABEL and gives the reason, if Python or the packages are unavailable.
set -eu

requirements="requirements.txt"
case "${1:-}" in
  --light | --spark)
    requirements="requirements-${1#--}.txt"
    shift
    ;;
esac
existing=false
if [ "${1:-}" = --existing ]; then
  existing=true
  shift
fi
label=$1
shift
folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

skip() {
  if [ "$label" = --path ]; then label="Python environment"; fi
  echo "$label skipped: $1" >&2
  exit 77
}

command -v python3 >/dev/null || skip "python3 is not installed"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || skip "python3 is older than 3.11"
key=$(python3 - "$folder/$requirements" <<'PYTHON'
import hashlib, platform, sys
with open(sys.argv[1], "rb") as file:
    text = file.read() + "\n".join((platform.python_version(), platform.system(), platform.machine())).encode()
print(hashlib.sha256(text).hexdigest()[:16])
PYTHON
)
environments=${XDG_CACHE_HOME:-$HOME/.cache}/splora
venv=$environments/venv-$key

if [ ! -d "$venv" ]; then
  if $existing; then skip "there is no environment for scripts/$requirements yet"; fi
  mkdir -p "$environments"
  # Installed under another name and renamed once complete, so that nobody sees half an environment.
  new=$(mktemp -d "$environments/new-XXXXXX")
  trap 'rm -rf "$new"' EXIT
  python3 -m venv "$new/venv" >/dev/null 2>&1 || skip "python3 -m venv cannot create an environment"
  "$new/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile \
    -r "$folder/$requirements" >&2 || skip "pip cannot install scripts/$requirements"
  # If another process was faster, its environment is as good.
  mv -T "$new/venv" "$venv" 2>/dev/null || [ -d "$venv" ] || mv "$new/venv" "$venv"
  rm -rf "$new"
  trap - EXIT
fi

if [ "$label" = --path ]; then
  echo "$venv"
  exit 0
fi
script=$1
shift
exec "$venv/bin/python" "$folder/$script" "$@"
