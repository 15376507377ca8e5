#!/bin/sh
# Installs splora from a clone (building it if needed), from an unpacked distribution, or from a bundle:
#
#   scripts/install.sh                            for this user, into ~/.local; the same as --from-source
#   scripts/install.sh --bundle FILE.tar.gz       a bundle, which has its own Java
#   PREFIX=/opt/splora scripts/install.sh         into another folder
#   scripts/install.sh --uninstall                removes it (with the same PREFIX)
#
# A bundle is installed only if its SHA-256 is the one in FILE.tar.gz.sha256, or the one given with --sha256 HEX.
#
# It creates PREFIX/lib/splora (the program), a link PREFIX/bin/splora, and the manual page and bash completion under
# PREFIX/share. It does not touch PyTorch's library, which splora unpacks to ~/.djl.ai on first use.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
prefix=${PREFIX:-$HOME/.local}
program=$prefix/lib/splora
link=$prefix/bin/splora
man=$prefix/share/man/man1/splora.1
completion=$prefix/share/bash-completion/completions/splora
new=$program.new

say() { echo "install: $*" >&2; }

wrong_usage() {
  say "$1; usage: [PREFIX=DIR] scripts/install.sh [--from-source | --bundle FILE.tar.gz [--sha256 HEX] | --uninstall]"
  exit 2
}

fail() {
  say "$1"
  exit "${2:-1}"
}

action=
bundle=
expected=
choose() {
  [ -z "$action" ] || wrong_usage "--$1 cannot be combined with --$action"
  action=$1
}
while [ $# -gt 0 ]; do
  case $1 in
    --from-source | --uninstall) choose "${1#--}" ;;
    --bundle | --sha256)
      [ -n "${2:-}" ] || wrong_usage "$1 needs a value"
      if [ "$1" = --sha256 ]; then
        expected=$2
      else
        choose bundle
        bundle=$2
      fi
      shift
      ;;
    *) wrong_usage "unknown argument '$1'" ;;
  esac
  shift
done
[ -z "$expected" ] || [ "$action" = bundle ] || wrong_usage "--sha256 needs --bundle"

if [ "$action" = uninstall ]; then
  [ ! -f "$program/lib/splora.jar" ] || rm -r "$program"
  [ "$(readlink "$link")" != ../lib/splora/bin/splora ] || rm "$link"
  rm -f "$man" "$completion"
  say "removed splora from $prefix"
  exit 0
fi

if [ -e "$program" ] && [ ! -f "$program/lib/splora.jar" ]; then
  fail "$program exists and is not splora; choose another PREFIX"
fi
if [ -e "$link" ] && [ "$(readlink "$link")" != ../lib/splora/bin/splora ]; then
  fail "$link exists and does not belong to splora; choose another PREFIX"
fi

# Fails unless the bundle is the file that the checksum was made of.
verify() {
  [ -f "$bundle" ] || fail "there is no file $bundle" 4
  if [ -z "$expected" ]; then
    [ -f "$bundle.sha256" ] ||
      fail "$bundle has no checksum: put $bundle.sha256 beside it, or give its SHA-256 with --sha256" 4
    read -r expected _ < "$bundle.sha256" || [ -n "$expected" ] || fail "$bundle.sha256 is empty" 4
  fi
  expected=$(printf %s "$expected" | tr A-F a-f)
  case $expected in *[!0-9a-f]*) fail "'$expected' is not a SHA-256: it must have 64 hexadecimal digits" 4 ;; esac
  [ ${#expected} -eq 64 ] || fail "'$expected' is not a SHA-256: it must have 64 hexadecimal digits" 4
  if command -v sha256sum > /dev/null 2>&1; then
    found=$(sha256sum < "$bundle")
  else
    found=$(shasum -a 256 < "$bundle")
  fi
  found=${found%% *}
  [ "$found" = "$expected" ] ||
    fail "$bundle has the SHA-256 $found, expected $expected: it is damaged or another file; download it again" 4
}

# These write to a new folder, so that a failure leaves the old installation intact.
unpack_bundle() {
  tar -xzf "$bundle" -C "$new" --strip-components=1 || fail "cannot unpack $bundle" 4
  for file in bin/splora lib/splora.jar runtime/bin/java docs/man/splora.1; do
    [ -f "$new/$file" ] || fail "$bundle is not a bundle of splora: it has no $file" 4
  done
}

copy_program() {
  if [ -f "$here/lib/splora.jar" ]; then
    jar=$here/lib/splora.jar
    lib=$here/lib
  else
    jar=$here/target/splora.jar
    lib=$here/target/lib
    # A build that is there is installed as it is, with or without PyTorch's library; delete target/ to build again.
    [ -f "$jar" ] && [ -d "$lib" ] || "$here/scripts/build.sh"
  fi
  mkdir -p "$new/bin" "$new/lib"
  cp "$lib"/*.jar "$new/lib/"
  cp "$jar" "$new/lib/splora.jar"
  cp "$here/bin/splora" "$new/bin/splora"
  cp -R "$here/LICENSE" "$here/NOTICE" "$here/THIRD-PARTY.md" "$here/README.md" "$here/configs" "$here/docs" "$new/"
}

[ "$action" != bundle ] || verify
trap 'rm -rf "$new"' EXIT
rm -rf "$new"
mkdir -p "$new" "$prefix/bin" "$(dirname "$man")" "$(dirname "$completion")"
if [ "$action" = bundle ]; then unpack_bundle; else copy_program; fi
"$new/bin/splora" completion bash > "$new/completion" ||
  fail "the new splora does not start; nothing was changed in $prefix"

rm -rf "$program"
mv "$new" "$program"
mv "$program/completion" "$completion"
cp "$program/docs/man/splora.1" "$man"
ln -sf ../lib/splora/bin/splora "$link"

say "$("$link" --version) is $link"
case :$PATH: in
  *:"$prefix/bin":*) ;;
  *) say "add $prefix/bin to your PATH" ;;
esac
say "for completion in zsh, add to ~/.zshrc:  source <(splora completion zsh)"
