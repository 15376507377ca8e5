#!/bin/sh
# Prints a version's section of CHANGELOG.md, without its heading, as release notes:
#
#   scripts/release_notes.sh VERSION [CHANGELOG]
#
# Exit code 1 if the changelog has no section for the version, or the section is empty.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)

fail() {
  echo "release_notes: $2" >&2
  exit "$1"
}

[ $# -eq 1 ] || [ $# -eq 2 ] || fail 2 "usage: scripts/release_notes.sh VERSION [CHANGELOG]"
version=$1
changelog=${2:-$here/CHANGELOG.md}
[ -r "$changelog" ] || fail 1 "cannot read $changelog"

# Headings are "## [1.2.3] - 2026-01-31" or "## 1.2.3". Link definitions, "[1.2.3]: https://…", are left out.
status=0
VERSION=$version awk '
  /^## / {
    heading = $2
    gsub(/[][]/, "", heading)
    inside = (heading == ENVIRON["VERSION"] "")
    found = found || inside
    next
  }
  !inside || /^\[[^]]+\]: / { next }
  NF { for (; blank > 0; blank--) print ""; print; printed = 1; next }
  printed { blank++ }
  END { if (!found) exit 3; if (!printed) exit 4 }
' "$changelog" || status=$?

case $status in
  0) ;;
  3) fail 1 "$changelog has no section '## [$version]': add one" ;;
  4) fail 1 "section '## [$version]' of $changelog is empty: describe the release" ;;
  *) fail 1 "awk failed on $changelog (exit code $status)" ;;
esac
