#!/bin/sh
# Builds the distribution twice from scratch, in copies of the repository at two different paths, and compares all bytes.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for copy in one "another one"; do
  mkdir "$folder/$copy"
  (cd "$here" && git ls-files -z | xargs -0 tar -cf - ) | tar -xf - -C "$folder/$copy"
  "$folder/$copy/mvnw" -f "$folder/$copy/pom.xml" -q -B -ntp -DskipTests -Pdist package
done

status=0
for file in splora.jar splora.cdx.json $(cd "$folder/one/target" && ls splora-*.tar.gz splora-*.zip); do
  if cmp "$folder/one/target/$file" "$folder/another one/target/$file"; then
    echo "$file: identical in both builds ($(sha256sum < "$folder/one/target/$file" | cut -c1-64))"
  else
    status=1
  fi
done
exit "$status"
