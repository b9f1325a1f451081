#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What a profile declares is held against the device where the text leaves it
# open: A-08, State during a push. Usage: declared_campaign_test.sh ASSAY DEVICE
# SOURCE FOLDER
set -u
assay=$1
device=$2
source=$3
folder=$4
passed=0
failed=0
rm -rf "$folder"
mkdir -p "$folder"

# run NAME EXIT TEXT PROFILE DEVICE-OPTION...
run() {
    local name=$1 wanted=$2 text=$3 profile=$4 got
    shift 4
    "$assay" run AFU-PSH-001 --profile "$profile" --output "$folder/$name" -- "$device" \
        --server 'coap://{address}:{port}' --no-sync --state '{folder}' "$@" \
        >"$folder/out" 2>/dev/null </dev/null
    got=$?
    if [ "$got" = "$wanted" ] && grep -q "$text" "$folder/out"; then
        passed=$((passed + 1))
        echo "ok $name"
    else
        failed=$((failed + 1))
        echo "not ok $name: exit status $got"
        sed 's/^/    | /' "$folder/out"
    fi
}

plain=$source/scenarios/profiles/quad.json
sed 's/"long-update": true/"long-update": true, "pushd": "yes"/' "$plain" >"$folder/yes.json"
cmp -s "$plain" "$folder/yes.json" && exit 1
run declared-and-shown 0 '^1 pass, 0 fail' "$folder/yes.json"
run declared-and-not-shown 1 'fail AFU-030' "$folder/yes.json" --variant push-stays-idle
run not-declared 0 '^1 pass, 0 fail' "$plain" --variant push-stays-idle

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
