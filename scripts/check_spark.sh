#!/usr/bin/env bash
# Builds the Spark job (spark/) and a Spark to run it on, and runs check_spark.py, which gets the options. Downloads 300 MB from Maven
# Central the first time.
# Exit code 77, with one line that gives the reason, if Python or the packages are unavailable.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$here/.."
./mvnw -q -B -ntp -f spark/all.xml -DskipTests package
[ -d spark/target/spark-home/jars ] || ./mvnw -q -B -ntp -f spark/home.xml package
exec scripts/in_venv.sh --spark "Spark check" check_spark.py "$@"
