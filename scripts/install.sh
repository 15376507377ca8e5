#!/bin/sh
# Installs splora from a clone (building it if needed) or from an unpacked distribution:
#
#   scripts/install.sh                            for this user, into ~/.local
#   PREFIX=/opt/splora scripts/install.sh         into another folder
#   scripts/install.sh --uninstall                removes it (with the same PREFIX)
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

say() { echo "install: $*" >&2; }

case ${1:-} in
  "") ;;
  --uninstall)
    [ ! -f "$program/lib/splora.jar" ] || rm -r "$program"
    [ "$(readlink "$link")" != ../lib/splora/bin/splora ] || rm "$link"
    rm -f "$man" "$completion"
    say "removed splora from $prefix"
    exit 0
    ;;
  *)
    say "unknown argument '$1'; usage: [PREFIX=DIR] scripts/install.sh [--uninstall]"
    exit 2
    ;;
esac

if [ -e "$program" ] && [ ! -f "$program/lib/splora.jar" ]; then
  say "$program exists and is not splora; choose another PREFIX"
  exit 1
fi
if [ -e "$link" ] && [ "$(readlink "$link")" != ../lib/splora/bin/splora ]; then
  say "$link exists and does not belong to splora; choose another PREFIX"
  exit 1
fi

if [ -f "$here/lib/splora.jar" ]; then
  jar=$here/lib/splora.jar
  lib=$here/lib
else
  jar=$here/target/splora.jar
  lib=$here/target/lib
  # A build that is there is installed as it is, with or without PyTorch's library; delete target/ to build again.
  [ -f "$jar" ] && [ -d "$lib" ] || "$here/scripts/build.sh"
fi

# Copy to a new folder first, so that a failed copy leaves the old installation intact.
mkdir -p "$prefix/lib" "$prefix/bin" "$(dirname "$man")" "$(dirname "$completion")"
new=$program.new
rm -rf "$new"
mkdir -p "$new/bin" "$new/lib"
cp "$lib"/*.jar "$new/lib/"
cp "$jar" "$new/lib/splora.jar"
cp "$here/bin/splora" "$new/bin/splora"
cp -R "$here/LICENSE" "$here/NOTICE" "$here/THIRD-PARTY.md" "$here/README.md" "$here/configs" "$here/docs" "$new/"
"$new/bin/splora" completion bash > "$new/completion"

rm -rf "$program"
mv "$new" "$program"
mv "$program/completion" "$completion"
cp "$here/docs/man/splora.1" "$man"
ln -sf ../lib/splora/bin/splora "$link"

say "$("$link" --version) is $link"
case :$PATH: in
  *:"$prefix/bin":*) ;;
  *) say "add $prefix/bin to your PATH" ;;
esac
say "for completion in zsh, add to ~/.zshrc:  source <(splora completion zsh)"
