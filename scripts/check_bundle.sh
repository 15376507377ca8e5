#!/bin/sh
# Builds a bundle and uses it in a new folder, with no Java and hardly any programs on the PATH: starts, scores, prunes and
# verifies, without and with the start-up cache, and with adapters that need float64. Then installs it from the archive.
# Exit code 77, with one line that gives the reason, if there is no JDK 25 (JAVA_HOME, or SPLORA_JDK for this check).
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
model=$here/testdata/tiny-llama

check="Check of the bundle"
# shellcheck source=scripts/bundle/find_jdk.sh
. "$here/scripts/bundle/find_jdk.sh"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "bundle: $*" >&2; exit 1; }

"$here/scripts/bundle.py" --jdk "$jdk"
mkdir "$folder/un packed" "$folder/home" "$folder/programs"
tar -xzf "$here"/target/bundle/splora-[0-9]*.tar.gz -C "$folder/un packed" --strip-components=1
for program in sh dirname readlink locale; do
  ln -s "$(command -v "$program")" "$folder/programs/$program"
done
bundle="$folder/un packed"

# Runs the bundle's splora with JAVA_OPTS from $1, and fails if it writes anything to standard error.
splora() {
  options=$1
  shift
  env -i HOME="$folder/home" SOURCE_DATE_EPOCH=0 PATH="$folder/programs" JAVA_OPTS="$options" "$bundle/bin/splora" "$@" 2> "$folder/err" ||
    fail "splora $* failed: $(cat "$folder/err")"
  [ ! -s "$folder/err" ] || fail "splora $* wrote to standard error: $(cat "$folder/err")"
}

# Whether the cache is used, as Java's log says.
from_cache() {
  splora -Xlog:class+load --version > "$folder/classes"
  grep -q 'splora.cli.Main source: shared objects file' "$folder/classes"
}

splora "" --help > "$folder/help"
from_cache || fail "the start-up cache is not used"
splora -XX:+PrintFlagsFinal --version > "$folder/flags"
for flag in EnableVectorSupport EnableVectorReboxing; do
  grep -Eq "bool $flag +=? *= true" "$folder/flags" || fail "$flag is off: vectors would be slow"
done
set -- --base "$model/base" --aligned "$model/aligned" --adapter "$model/adapter" -q
splora "" score "$@" --format json > "$folder/cached.json"
splora -XX:AOTMode=off score "$@" --format json > "$folder/plain.json"
splora "" prune "$@" --output "$folder/pruned" > "$folder/decisions"
splora "" verify "$folder/pruned" --aligned "$model/aligned"
splora "" doctor > "$folder/doctor"
grep -q 'PyTorch is not installed' "$folder/doctor" || fail "doctor does not say that PyTorch is missing"

touch "$bundle/lib/picocli-"*.jar
if from_cache; then fail "the start-up cache is used with a jar that it was not made for"; fi
splora "" score "$@" --format json > "$folder/left-out.json"
for form in cached plain left-out; do
  # Everything except the last section, the timing.
  sed '/"timing"/,$d' "$folder/$form.json" > "$folder/$form"
  cmp "$folder/cached" "$folder/$form"
done
[ -s "$folder/cached" ]

install() { PREFIX="$folder/in stalled" "$here/scripts/install.sh" "$@" > /dev/null 2> "$folder/err"; }

archive=$(echo "$here"/target/bundle/splora-[0-9]*.tar.gz)
cp "$archive" "$folder/copy.tar.gz"
if install --bundle "$folder/copy.tar.gz"; then fail "a bundle without a checksum is installed"; fi
grep -q 'has no checksum' "$folder/err" || fail "a missing checksum is not named: $(cat "$folder/err")"
if install --bundle "$archive" --sha256 "$(printf %064d 0)"; then fail "a bundle with another checksum is installed"; fi
grep -q 'expected 0000' "$folder/err" || fail "a wrong checksum is not named: $(cat "$folder/err")"
[ ! -e "$folder/in stalled" ] || fail "a refused bundle has left something behind"
install --bundle "$archive" || fail "the bundle cannot be installed: $(cat "$folder/err")"
bundle="$folder/in stalled"
from_cache || fail "the installed bundle does not use the start-up cache"
install --uninstall
[ -z "$(find "$folder/in stalled" ! -type d)" ] || fail "files are left behind after uninstalling"
echo "bundle: starts, scores, prunes and verifies without Java on the PATH, with the same figures from the cache; installs and uninstalls"
