#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# How long `assay recheck` takes for a journal, and would take for one of a
# million events like it. Usage: tests/bench/recheck.sh [RESULT-DIRECTORY]
# Without one the campaign of group afu on the plain device runs first.
set -euo pipefail
cd "$(dirname "$0")/../.."
assay=build/release/assay
cmake --preset release >/dev/null
cmake --build --preset release --target assay assay-device >/dev/null
folder=${1-}
if [ -z "$folder" ]; then
    folder=$(mktemp -d)/results
    trap 'rm -rf "$(dirname "$folder")"' EXIT
    "$assay" demo --output "$folder" afu >/dev/null
fi
events=$(wc -l <"$folder/events.ndjson")
best=
for _ in 1 2 3 4 5; do # the least disturbed of five
    begin=$(date +%s%N)
    "$assay" recheck "$folder" >/dev/null
    took=$((($(date +%s%N) - begin) / 1000))
    [ -z "$best" ] || [ "$took" -lt "$best" ] && best=$took
done
awk -v n="$events" -v us="$best" 'BEGIN {
    printf "recheck: %d events in %.2f s, %.1f s for a million\n",
        n, us / 1e6, us / n }'
