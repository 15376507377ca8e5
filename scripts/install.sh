#!/bin/sh
# Installs splora from a clone (building it if need be) or from an unpacked distribution:
#
#   scripts/install.sh                            for this user, into ~/.local
#   PREFIX=/opt/splora scripts/install.sh         elsewhere
#   scripts/install.sh --uninstall                takes it away again (with the same PREFIX)
#
# What it makes: PREFIX/lib/splora (the program), a link PREFIX/bin/splora, the manual page and bash's completion under
# PREFIX/share. PyTorch's library, unpacked on first use to ~/.djl.ai, is not touched.
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
    say "splora is no longer in $prefix"
    exit 0
    ;;
  *)
    say "unknown argument '$1'; usage: [PREFIX=DIR] scripts/install.sh [--uninstall]"
    exit 2
    ;;
esac

if [ -e "$program" ] && [ ! -f "$program/lib/splora.jar" ]; then
  say "$program is there and is not splora; choose another PREFIX"
  exit 1
fi
if [ -e "$link" ] && [ "$(readlink "$link")" != ../lib/splora/bin/splora ]; then
  say "$link is there and is not splora's; choose another PREFIX"
  exit 1
fi

if [ -f "$here/lib/splora.jar" ]; then
  jar=$here/lib/splora.jar
  lib=$here/lib
else
  jar=$here/target/splora.jar
  lib=$here/target/lib
  [ -f "$jar" ] || "$here/mvnw" -f "$here/pom.xml" -q -B -ntp -DskipTests package
fi

# Beside the old one first, so that a copy that fails leaves that as it was.
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
