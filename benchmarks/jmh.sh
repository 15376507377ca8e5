#!/usr/bin/env bash
# jmh.sh [JMH-OPTIONS]: benchmarks the kernels, the matrix products and the header parser with JMH, for example
# `benchmarks/jmh.sh KernelBenchmark -p type=BF16`. All benchmarks take about twelve minutes. The first run needs Maven Central.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
"$here/mvnw" -f "$here/pom.xml" -q -B -ntp -Pjmh test-compile dependency:build-classpath \
  -Dmdep.includeScope=test -Dmdep.outputFile="$here/target/jmh.classpath"
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
exec "$java" -cp "$here/target/test-classes:$here/target/classes:$(cat "$here/target/jmh.classpath")" \
  org.openjdk.jmh.Main "$@"
