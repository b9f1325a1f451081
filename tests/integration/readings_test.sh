#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What --reading, --fail-on-warning and the profile's tolerate make of devices
# that differ in a way which the ambiguity list knows.
# Usage: readings_test.sh ASSAY DEVICE SOURCE FOLDER
set -u
assay=$1
device=$2
source=$3
folder=$4
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder" || exit 1
failed=0
plain=$source/scenarios/profiles/quad.json
sed 's#^  "ics": {#  "tolerate": ["A-32", "A-33"],\n  "ics": {#' "$plain" \
    >tolerant.json

report() { # STATUS NAME
    [ "$1" = 0 ] && echo "ok $2" && return
    failed=$((failed + 1))
    echo "not ok $2"
    tail -n 20 out | sed 's/^/    | /'
}

# judge NAME EXIT VARIANT CASE PROFILE ARG...
judge() {
    local name=$1 exit_status=$2 variant=$3 case=$4 profile=$5 got
    shift 5
    rm -rf result
    "$assay" run "$case" --profile "$profile" --output result "$@" -- \
        "$device" --server 'coap://{address}:{port}' --variant "$variant" \
        >out 2>&1
    got=$?
    [ "$got" = "$exit_status" ]
    report $? "$name (exit status $got)"
}

says() { # NAME PATTERN
    grep -qE -- "$2" out
    report $? "$1"
}

# An A key of a case.
judge "interop lets A-32 pass" 0 create-delete-4.04 AFU-OBJ-010 "$plain"
says "with a warning" 'warning AFU-003 \(ambiguity A-32\)'
says "and counts what it let pass" \
    '^tolerated by the ambiguity list, so often: A-32 \([1-9]'
judge "a warning may fail" 1 create-delete-4.04 AFU-OBJ-010 "$plain" \
    --fail-on-warning
judge "strict does not" 1 create-delete-4.04 AFU-OBJ-010 "$plain" \
    --reading strict
says "and names the row" 'fail AFU-003 \(ambiguity A-32\)'
judge "what the profile tolerates passes nevertheless" 0 create-delete-4.04 \
    AFU-OBJ-010 tolerant.json --reading strict
says "as a warning" 'warning AFU-003 \(ambiguity A-32\)'
says "what it need not tolerate is told" \
    '^tolerated by the profile, and not needed: A-33$'
tr -d '\n\t ' <result/results.json | grep -qE \
    '"tolerated":\[\{"row":"A-32","findings":[1-9][0-9]*,"in-profile":true\},\{"row":"A-33","findings":0,"in-profile":true\}\]'
report $? "results.json has both"
grep -q 'name="tolerate.unused" value="A-33"' result/junit.xml
report $? "so has junit.xml"

# A key "warn": both readings.
judge "strict lets a plain warning pass" 0 create-used-4.00 AFU-OBJ-010 \
    "$plain" --reading strict
says "as one" '^pass AFU-OBJ-010|warning AFU-003'

# A row of the oracle.
judge "interop lets A-04 pass in the oracle" 0 reset-cancels \
    AFU-PSH-010@push "$plain"
says "with a warning" 'warning AFU-055, AFU-056 .ambiguity A-04'
judge "strict does not" 1 reset-cancels AFU-PSH-010@push "$plain" \
    --reading strict

[ "$failed" = 0 ]
