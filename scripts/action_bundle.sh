#!/usr/bin/env bash
# A step of action.yml: downloads the bundle of a release, verifies its checksum and installs it into RUNNER_TEMP/splora.
# Sets the step's output `program`, or leaves it unset if splora is to be built from the action's own files.
#
# INPUT_VERSION    0.1.0, for example, or `source`; default: the release that ACTION_REF names (v0.1.0), or else `source`
# INPUT_SHA256     the bundle's SHA-256; default: the checksum file of the release
# SPLORA_RELEASES  where the releases are, such as a mirror; default: GitHub
set -euo pipefail
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
releases=${SPLORA_RELEASES:-https://github.com/splora/splora/releases/download}
number='([0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?)'

fail() {
  echo "::error::$1" >&2
  exit 4
}

version=${INPUT_VERSION:-}
# There is no installer for the bundle for Windows.
if [ -z "$version" ] && [ "$RUNNER_OS" != Windows ] && [[ ${ACTION_REF:-} =~ ^v$number$ ]]; then
  version=${BASH_REMATCH[1]}
fi
if [ "${version:-source}" = source ]; then
  [ -z "${INPUT_SHA256:-}" ] || fail "input sha256 is the checksum of a bundle: set version to the release that it belongs to"
  exit 0
fi
[[ $version =~ ^$number$ ]] || fail "input version must be the number of a release, such as 0.1.0, or 'source'"
case $RUNNER_OS-$RUNNER_ARCH in
  Linux-X64) platform=linux-x64 ;;
  Linux-ARM64) platform=linux-arm64 ;;
  macOS-X64) platform=macos-x64 ;;
  macOS-ARM64) platform=macos-arm64 ;;
  *) fail "the action has no bundle for $RUNNER_OS on $RUNNER_ARCH: set version to 'source'" ;;
esac

bundle=$RUNNER_TEMP/splora-$version-$platform.tar.gz
download() {
  curl -fsSL --retry 3 --proto '=https,file' --proto-redir '=https' -o "$2" "$1" || fail "cannot download $1"
}
rm -f "$bundle" "$bundle.sha256"
download "$releases/v$version/${bundle##*/}" "$bundle"
if [ -n "${INPUT_SHA256:-}" ]; then
  options=(--sha256 "$INPUT_SHA256")
else
  options=()
  download "$releases/v$version/${bundle##*/}.sha256" "$bundle.sha256"
fi
# "${options[@]+…}": the bash of macOS takes an empty array for an unset variable.
PREFIX=$RUNNER_TEMP/splora "$here/scripts/install.sh" --bundle "$bundle" ${options[@]+"${options[@]}"}
rm -f "$bundle" "$bundle.sha256"
echo "program=$RUNNER_TEMP/splora/bin/splora" >> "$GITHUB_OUTPUT"
