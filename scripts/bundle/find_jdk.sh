# shellcheck shell=sh
# Sourced by the checks that build a bundle. Sets jdk to the JDK 25 that SPLORA_JDK, or else JAVA_HOME, names. Where there is
# none, ends the check with exit code 77 and one line that gives the reason.
#
#     check="Check of the bundle"; . scripts/bundle/find_jdk.sh
: "${check:?}"
jdk=${SPLORA_JDK:-${JAVA_HOME:-}}
jdk_major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$jdk/release" 2>/dev/null || true)
if [ "${jdk_major:-0}" -lt 25 ]; then
  echo "$check skipped: neither SPLORA_JDK nor JAVA_HOME names a JDK 25 or newer"
  exit 77
fi
