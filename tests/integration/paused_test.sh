#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Assay is stopped in the middle of a push for longer than the device waits for
# the next block. That is no failure of the device: the case is inconclusive,
# says why, and is judged so again.
# Usage: paused_test.sh ASSAY DEVICE SOURCE FOLDER
set -u
assay=$1
device=$2
profile=$3/scenarios/profiles/quad.json
folder=$4
rm -rf "$folder"
"$assay" run AFU-PSH-008@push --profile "$profile" --output "$folder" \
    --impair delay=5ms -- "$device" --server 'coap://{address}:{port}' \
    --variant mandatory-only >"$folder.out" 2>"$folder.err" </dev/null &
process=$!
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

# Block 9 of 300 is on its way.
until grep -qaF '"block1":{"number":9,' "$folder/events.ndjson" 2>/dev/null; do
    kill -0 $process 2>/dev/null || break
    sleep 0.02
done
kill -STOP $process
# The simulated device waits 1.5 s for the next block.
sleep 2.5
kill -CONT $process
wait $process
status=$?
report $((status != 2)) "exit status" "$status: $(tail -n 5 "$folder.out" "$folder.err")"
verdict=$(grep -a '"kind":"verdict"' "$folder/events.ndjson")
report "$(grep -q '"verdict":"inconc"' <<<"$verdict"; echo $?)" \
    "the case is inconclusive" "$verdict"
report "$(grep -qE 'observed after Assay itself did not run for [2-9]\.[0-9] s \(run the case again\): ' \
    <<<"$verdict"; echo $?)" "and says why" "$verdict"
report "$(grep -qE '^note: Assay did not run for [2-9]\.[0-9] s' "$folder.err" "$folder.out"; echo $?)" \
    "it is told at once" "$(tail -n 5 "$folder.err")"
report "$("$assay" recheck "$folder" >"$folder.again" 2>&1 &&
    grep -q '1 case judged again: 0 with another verdict' "$folder.again"; echo $?)" \
    "and judged so again" "$(cat "$folder.again")"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
