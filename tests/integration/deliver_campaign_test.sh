#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Transfers that pause and go on, or that the file server spoils, by push and
# by pull; and what the journal says of them.
# Usage: deliver_campaign_test.sh ASSAY ASSAY-DEVICE SOURCES FOLDER
set -u

assay=$1
device=$2
sources=$3
folder=$4

rm -rf "$folder"
mkdir -p "$folder/cases" || exit 1
cp "$sources/tests/integration/deliver.json" "$folder/cases/" || exit 1
passed=0
failed=0

report() { # STATUS NAME [TEXT]
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
        echo "ok $2"
    else
        failed=$((failed + 1))
        echo "not ok $2: ${3-}"
    fi
}

"$assay" run DLV --catalogue "$folder/cases" \
    --profile "$sources/scenarios/profiles/quad.json" \
    --output "$folder/results" -- "$device" \
    --server "coap://{address}:{port}" --push-timeout-ms 6000 \
    >"$folder/out" 2>"$folder/err"
status=$?
journal=$folder/results/events.ndjson
[ $status = 0 ] && grep -q '^10 pass, 0 fail.* 0 warnings' "$folder/out"
report $? "all pass" "exit status $status: $(tail -n 5 "$folder/err")"
grep -A1 '^not applicable: push: the case lets the file server misbehave$' \
    "$folder/out" | grep -qx '  DLV-003@push'
report $? "what push cannot do is said"
[ "$(grep -c '"kind":"transfer-pause"' "$journal")" = 7 ]
report $? "each pause is on record"
grep -A1 '^not applicable: pull: the case is about the blocks of a push$' \
    "$folder/out" | grep -qx '  DLV-005@pull, DLV-006@pull'
report $? "what pull cannot do is said"
grep '"kind":"transfer-end"' "$journal" |
    grep -q '{"do":"skip","request":[0-9]*,"number":10,"szx":6,"code":"4.08"}'
report $? "where a push went on is on record"
[ "$(grep '"case":"DLV-001@pull"' "$journal" |
    grep -o '"block2":{"number":[0-9]*' | sort -u | wc -l)" = 21 ]
report $? "each block is on record" \
    "$(grep -c '"kind":"repository"' "$journal") requests"
grep '"case":"DLV-007@push"' "$journal" | grep '"kind":"transfer-end"' |
    grep -q '"count":21,"p50":[0-9]*,"p99":\([2-9][0-9][0-9][0-9]\),"max":\1,'
report $? "how long the longest block took is on record"
grep '"kind":"repository"' "$journal" | grep -q '"code":"0.00".*"fault":"stop"'
report $? "silence is on record"
grep '"kind":"repository"' "$journal" | grep -q '"code":"5.00".*"fault":"code"'
report $? "an error on purpose is on record"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
