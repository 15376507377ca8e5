#!/bin/sh
# Builds splora if needed, then scores and prunes the small LoRA adapter in testdata/ against its base and aligned
# checkpoints. Needs a JDK 17 or newer and, the first time, access to Maven Central. Works from any folder.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
model=$here/testdata/tiny-llama
pruned=$here/target/demo/pruned-adapter

echo "Building (the first build downloads Maven, the dependencies and PyTorch's CPU library, about 200 MB) ..." >&2
"$here/scripts/build.sh"

echo "bin/splora prune --base testdata/tiny-llama/base --aligned testdata/tiny-llama/aligned \\" >&2
echo "    --adapter testdata/tiny-llama/adapter --output target/demo/pruned-adapter --force" >&2
"$here/bin/splora" prune --base "$model/base" --aligned "$model/aligned" --adapter "$model/adapter" \
  --output "$pruned" --force
"$here/bin/splora" verify "$pruned" --aligned "$model/aligned"
