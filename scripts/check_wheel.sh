#!/usr/bin/env bash
# Builds a bundle and the wheel around it, installs the wheel from the file in a new environment, and runs the package's tests
# and the program there, with no Java on the PATH. Type-checks the package with mypy.
# Exit code 77, with one line that gives the reason, if there is no JDK 25 (JAVA_HOME, or SPLORA_JDK for this check).
set -euo pipefail
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)

check="Check of the wheel"
# shellcheck source=scripts/bundle/find_jdk.sh
. "$here/scripts/bundle/find_jdk.sh"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$here/scripts/build.sh"
archive=$(find "$here/target/bundle" -maxdepth 1 -name 'splora-[0-9]*.tar.gz' 2>/dev/null || true)
if [ -z "$archive" ] || [ "$here/target/splora.jar" -nt "$archive" ]; then
  "$here/scripts/bundle.py" --jdk "$jdk"
fi
"$here/scripts/wheel.py" --output "$folder"

python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index "$folder"/splora-*.whl
mkdir "$folder/programs"
for program in sh dirname readlink locale; do
  ln -s "$(command -v "$program")" "$folder/programs/$program"
done
# Not the package's own folder: what is installed is what is tested.
clean() { (cd "$folder" && env -i HOME="$folder" PATH="$folder/programs" PYTHONDONTWRITEBYTECODE=1 "$@"); }

clean "$folder/venv/bin/splora" --version
clean "$folder/venv/bin/python" "$here/python/tests/test_splora.py" -q
# The same with uv, where it is installed: its own entry script in an environment of its own.
if command -v uv > /dev/null; then
  UV_CACHE_DIR=$folder/uv uvx --offline --quiet --python "$folder/venv/bin/python" --from "$(echo "$folder"/splora-*.whl)" splora --version
fi
JAVA_OPTS=-Xlog:class+load "$folder/venv/bin/splora" --version > "$folder/classes"
grep -q 'splora.cli.Main source: shared objects file' "$folder/classes" ||
  { echo "wheel: the start-up cache is not used" >&2; exit 1; }
light=$("$here/scripts/in_venv.sh" --light --path)/bin/python
"$light" -m mypy --strict --no-incremental --cache-dir /dev/null "$here/python/splora"
echo "wheel: installs, runs and is typed, without Java on the PATH"
