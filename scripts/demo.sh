#!/bin/sh
# Builds splora if needed, then scans and prunes the small LoRA adapter in testdata/ against its base and aligned
# checkpoints. Needs a JDK 17 or newer and, the first time, access to Maven Central. Works from any folder.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
echo "Building (the first build downloads Maven, the dependencies and PyTorch's CPU library, about 200 MB) ..." >&2
"$here/scripts/build.sh"

cd "$here"
model=testdata/tiny-llama
pruned=target/demo/pruned-adapter

# Prints a command as it could be pasted, then runs it.
try() {
  echo "\$ bin/splora $*" >&2
  bin/splora "$@"
  echo
}

try scan $model/adapter --base $model/base --aligned $model/aligned
try prune $model/adapter --base $model/base --aligned $model/aligned --output $pruned --force
try verify $pruned --aligned $model/aligned
