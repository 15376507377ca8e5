#!/bin/sh
# Builds splora and runs its tests. Needs a JDK 17 or newer and, the first time, Maven Central. Works from any folder.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
exec "$here/mvnw" -f "$here/pom.xml" -B -ntp verify "$@"
