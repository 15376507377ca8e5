#!/bin/sh
# Scores, prunes and verifies in a network namespace that has no routes, not even a working loopback. Needs a build.
# Exit code 77, with one line that gives the reason, if no such namespace can be created.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
model=$here/testdata/tiny-llama
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

alone() {
  unshare --net --map-root-user "$@"
}

alone true 2>/dev/null || { echo "Check without a network skipped: unshare cannot create a network namespace"; exit 77; }
routes=$(alone cat /proc/net/route | tail -n +2)
[ -z "$routes" ] || { echo "the namespace has a route: $routes" >&2; exit 1; }

# Fixes the time that reports state, so that all of their bytes are the same.
export SOURCE_DATE_EPOCH=1769860800
set -- --base "$model/base" --aligned "$model/aligned" --adapter "$model/adapter"
alone "$here/bin/splora" score -q "$@" --format json > "$folder/alone.json"
"$here/bin/splora" score -q "$@" --format json > "$folder/connected.json"
alone "$here/bin/splora" prune -q "$@" --output "$folder/pruned" > "$folder/decisions"
alone "$here/bin/splora" verify "$folder/pruned"
[ -s "$folder/alone.json" ]
cmp "$folder/alone.json" "$folder/connected.json"
echo "no network: scored, pruned and verified, with the same figures as with a network"
