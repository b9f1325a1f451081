#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# INIT of scenarios.md 0.3: a device that takes a reset and stays where it is
# fails the cases about resets; a case that meets it in its preamble is
# inconclusive. Usage: initial_test.sh ASSAY DEVICE SOURCE FOLDER
set -u
assay=$1
device=$2
profile=$3/scenarios/profiles/quad.json
folder=$4
rm -rf "$folder"
"$assay" run AFU-PSH-001 AFU-PSH-005 AFU-PSH-010 --profile "$profile" \
    --output "$folder" -- "$device" --server 'coap://{address}:{port}' \
    --mutant reset-ignored --variant mandatory-only >"$folder.out" 2>&1 </dev/null
passed=0
failed=0

# has VERDICT CASE: the verdict, from the journal
has() {
    if grep -E "\"case\":\"$2@push\".*\"kind\":\"verdict\"" "$folder/events.ndjson" |
        grep -q "\"verdict\":\"$1\""; then
        passed=$((passed + 1))
        echo "ok $2 is $1"
    else
        failed=$((failed + 1))
        echo "not ok $2 is not $1"
        cat "$folder.out"
    fi
}

has fail AFU-PSH-001   # leaves Downloaded, and is not brought back
has inconc AFU-PSH-005 # its preamble finds the device there
has fail AFU-PSH-010   # is about resets
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
