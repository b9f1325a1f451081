#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# How long `assay recheck` takes for a journal of one million events: the cases
# of a campaign, again and again, in the release build. What counts is the
# processor's time, as others use the machine, too; the least of three runs.
# Usage: tests/bench/recheck.sh [RESULT-DIRECTORY]
# Without one the campaign of group afu on the plain device runs first (about
# four minutes). Exit status: 1 when it takes 5 s or more.
set -euo pipefail
cd "$(dirname "$0")/../.."
assay=build/release/assay
cmake --preset release >/dev/null
cmake --build --preset release --target assay assay-device >/dev/null
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=${1-}
if [ -z "$folder" ]; then
    folder=$work/results
    "$assay" demo --output "$folder" afu >/dev/null
fi
# The header once, the cases until it is a million lines; numbers and times go
# on as in one long campaign.
awk -v wanted=1000000 '
    { lines[NR] = $0 }
    !first && /"kind":"case-begin"/ { first = NR }
    END {
        last = NR
        while (lines[last] ~ /"kind":"campaign-end"/) last--
        split(lines[last], parts, /[:,]/)
        round = parts[4] + 1000
        for (at = 1; number < wanted; at++) {
            if (at > last) { at = first; shift += round }
            line = lines[at]
            match(line, /"time":[0-9]+/)
            time = substr(line, RSTART + 7, RLENGTH - 7) + shift
            printf "{\"seq\":%d,\"time\":%.0f%s\n", ++number, time,
                substr(line, RSTART + RLENGTH)
        }
    }' "$folder/events.ndjson" >"$work/events.ndjson"
best=
for _ in 1 2 3; do
    took=$( { TIMEFORMAT=%U; time "$assay" recheck "$work/events.ndjson" >"$work/verdicts"; } 2>&1)
    [ -z "$best" ] || awk -v a="$took" -v b="$best" 'BEGIN { exit !(a < b) }' && best=$took
done
printf 'recheck: %d events in %s s of processor time\n' "$(wc -l <"$work/events.ndjson")" "$best"
grep 'judged again' "$work/verdicts"
awk -v a="$best" 'BEGIN { exit !(a < 5) }'
