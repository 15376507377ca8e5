#!/bin/sh
# Builds splora and runs its tests. Options go to Maven. Needs a JDK 17 or newer and, the first time, access to Maven
# Central. Works from any folder.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
exec "$here/mvnw" -f "$here/pom.xml" -B -ntp verify "$@"
