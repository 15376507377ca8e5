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

set -- --base "$model/base" --aligned "$model/aligned" --adapter "$model/adapter"
alone "$here/bin/splora" score -q "$@" --format json > "$folder/alone.json"
"$here/bin/splora" score -q "$@" --format json > "$folder/connected.json"
alone "$here/bin/splora" prune -q "$@" --output "$folder/pruned" > "$folder/decisions"
alone "$here/bin/splora" verify "$folder/pruned"
# Everything except the last section, the timing.
sed '/"timing"/,$d' "$folder/alone.json" > "$folder/alone"
sed '/"timing"/,$d' "$folder/connected.json" > "$folder/connected"
[ -s "$folder/alone" ]
cmp "$folder/alone" "$folder/connected"
echo "no network: scored, pruned and verified, with the same figures as with a network"
