#!/bin/sh
# Builds the distribution if needed, unpacks it in a new folder, and uses it there (prune, verify, install, uninstall)
# with nothing in the environment but Java's folder.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
model=$here/testdata/tiny-llama
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$here/scripts/build.sh" -Pdist
mkdir "$folder/un packed" "$folder/home"
tar -xzf "$here"/target/splora-*.tar.gz -C "$folder/un packed" --strip-components=1

# The tests have unpacked PyTorch's library already; sharing it saves writing 430 MB.
clean() {
  env -i HOME="$folder/home" PATH=/usr/bin:/bin JAVA_HOME="${JAVA_HOME:-}" \
    DJL_CACHE_DIR="${DJL_CACHE_DIR:-$HOME/.djl.ai}" "$@"
}

cd "$folder"
clean "un packed/bin/splora" prune -q --base "$model/base" --aligned "$model/aligned" --adapter "$model/adapter" \
  --output pruned > decisions
clean "un packed/bin/splora" verify pruned --aligned "$model/aligned"
clean "un packed/scripts/install.sh" 2>&1
clean "$folder/home/.local/bin/splora" inspect pruned > listing
# shellcheck disable=SC2016 # For the inner shell to expand.
clean bash -c '. "$HOME/.local/share/bash-completion/completions/splora" && complete -p splora'
clean "un packed/scripts/install.sh" --uninstall 2>&1
left=$(find home/.local ! -type d)
[ -z "$left" ] || { echo "left behind after uninstalling: $left" >&2; exit 1; }
