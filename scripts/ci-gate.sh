#!/bin/sh
# A gate for pipelines: scores an adapter, writes the report as JSON and Markdown, and fails (exit code 3) if a condition
# holds. All arguments are passed to 'splora score':
#
#   scripts/ci-gate.sh @configs/llama-3.1-8b-instruct.args --adapter ./my-lora --metric cosine --fail-on 'max-score>0.02'
#
# SPLORA           the program; default: bin/splora of this repository or distribution
# SPLORA_JSON      the JSON file; default: splora-scores.json
# SPLORA_MARKDOWN  the Markdown file; default: splora-scores.md
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
splora=${SPLORA:-$here/bin/splora}
json=${SPLORA_JSON:-splora-scores.json}
markdown=${SPLORA_MARKDOWN:-splora-scores.md}

case " $* " in
  *" --fail-on"[\ =]*) ;;
  *)
    echo "ci-gate: no --fail-on given: a gate without a condition lets everything through" >&2
    exit 2
    ;;
esac

# Files of an earlier run must not be mistaken for this run's.
rm -f "$json" "$markdown"

status=0
"$splora" score "$@" --format json > "$json" || status=$?
case $status in
  0 | 3)
    {
      if [ $status = 3 ]; then
        printf '**Gate failed.**\n\n'
      else
        printf '**Gate passed.**\n\n'
      fi
      "$splora" show "$json" --format markdown
    } > "$markdown"
    ;;
  *) rm -f "$json" ;;
esac
exit $status
