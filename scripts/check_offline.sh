#!/bin/sh
# Scores, prunes and verifies in a network namespace that has no route anywhere, not even a loopback that is up.
# Exit code 77, with one line that says why, where no such namespace can be made.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
model=$here/testdata/tiny-llama
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

alone() {
  unshare --net --map-root-user "$@"
}

alone true 2>/dev/null || { echo "check without a network skipped: unshare cannot make a network namespace"; exit 77; }
routes=$(alone cat /proc/net/route | tail -n +2)
[ -z "$routes" ] || { echo "the namespace has a route: $routes" >&2; exit 1; }

set -- --base "$model/base" --aligned "$model/aligned" --adapter "$model/adapter"
alone "$here/bin/splora" score -q "$@" --format json > "$folder/alone.json"
"$here/bin/splora" score -q "$@" --format json > "$folder/connected.json"
alone "$here/bin/splora" prune -q "$@" --output "$folder/pruned" > "$folder/decisions"
alone "$here/bin/splora" verify "$folder/pruned"
# All but the last section, the timing.
sed '/"timing"/,$d' "$folder/alone.json" > "$folder/alone"
sed '/"timing"/,$d' "$folder/connected.json" > "$folder/connected"
[ -s "$folder/alone" ]
cmp "$folder/alone" "$folder/connected"
echo "no network: scored, pruned and verified, with the figures of a run that has one"
