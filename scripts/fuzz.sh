#!/usr/bin/env bash
# fuzz.sh [SECONDS] [TARGET ...]: runs each fuzz target under Jazzer, guided by coverage, for SECONDS (default 60), and
# prints how many inputs were tried. Inputs that reach new code are kept in target/fuzz/TARGET for the next run. An input
# that breaks a target is written to target/fuzz/crash-* and makes the exit code 1: fix the reader, and add the input to
# testdata/fuzz/TARGET. Needs access to Maven Central the first time.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
seconds=${1:-60}
[ "$#" -eq 0 ] || shift
# Add the names of new targets here; see src/test/java/io/github/splora/fuzz/package-info.java.
[ "$#" -gt 0 ] || set -- fuzz.HeaderFuzz fuzz.ShardIndexFuzz fuzz.AdapterConfigFuzz fuzz.PolicyFuzz fuzz.PickleFuzz cli.FileArgumentsFuzz

"$here/mvnw" -f "$here/pom.xml" -q -B -ntp -Pfuzz test-compile dependency:build-classpath \
  -Dmdep.includeScope=test -Dmdep.outputFile="$here/target/fuzz.classpath"
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
classpath=$here/target/test-classes:$here/target/classes:$(cat "$here/target/fuzz.classpath")

status=0
for target in "$@"; do
  name=${target##*.}
  corpus=$here/target/fuzz/$name
  log=$here/target/fuzz/$name.log
  seeds=$here/testdata/fuzz/$name
  [ "$name" != PickleFuzz ] || seeds=$here/testdata/pickles
  mkdir -p "$corpus"
  # Hooks that look for injections into other programs have nothing to find here, and the one for file paths would report
  # the temporary folder.
  (cd "$here" && "$java" -Xmx1g -cp "$classpath" com.code_intelligence.jazzer.Jazzer \
    --target_class="io.github.splora.$target" --instrumentation_includes='io.github.splora.**' --hooks=false \
    --reproducer_path="$here/target/fuzz" -artifact_prefix="$here/target/fuzz/" \
    -max_total_time="$seconds" -timeout=60 -rss_limit_mb=4096 -max_len=4096 -print_final_stats=1 \
    "$corpus" "$seeds" >"$log" 2>&1) || status=1
  tried=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  found=$(grep -c '^== Java Exception\|^==.*ERROR: libFuzzer' "$log" || true)
  echo "$name: ${tried:-no} inputs tried in $seconds s, $found found (log: $log)"
done
exit "$status"
