#!/bin/sh
# Builds splora into target/ unless the build there is up to date. Options, such as -Pdist, go to Maven.
#
# With -Pdist the distribution must be up to date as well. A deleted file counts as a change: its folder is newer.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
cd "$here"

# Whether nothing that goes into the file $1 is newer than it: the remaining arguments are files and folders.
up_to_date() {
  built=$1
  shift
  [ -f "$built" ] && [ -z "$(find "$@" -newer "$built" | head -n 1)" ]
}

sources="pom.xml src/main src/test"
# shellcheck disable=SC2086 # Several paths.
if up_to_date target/splora.jar $sources && [ -d target/lib ]; then
  case " $* " in
    *" -Pdist "*)
      archive=$(find target -maxdepth 1 -name 'splora-*.tar.gz')
      contents="bin configs docs scripts/install.sh scripts/ci-gate.sh src/assembly README.md SECURITY.md LICENSE NOTICE
        THIRD-PARTY.md"
      # shellcheck disable=SC2086
      if up_to_date "$archive" $sources $contents; then exit 0; fi
      ;;
    *) exit 0 ;;
  esac
fi
mkdir -p target
# Files edited while Maven runs are newer than this.
touch target/build-started
./mvnw -q -B -ntp -DskipTests "$@" package
# Maven leaves a file alone if its content would be the same.
touch -r target/build-started target/splora.jar
case " $* " in *" -Pdist "*) touch -r target/build-started target/splora-*.tar.gz ;; esac
