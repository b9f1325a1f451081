#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Campaigns against the simulated device in queue mode, in the way of LwM2M 1.0
# and of 1.1: it hears nothing while it sleeps, and sleeps longer than any limit
# of the profile. Usage: queue_mode_campaign_test.sh ASSAY DEVICE SOURCE FOLDER
set -u
assay=$1
device=$2
source=$3
folder=$4
rm -rf "$folder"
mkdir -p "$folder"
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

# Lines of a limit are replaced: no limit is as long as the device sleeps.
sed -e 's/"state": "[^"]*"/"awake": "1 ms", "state": "500 ms"/' \
    -e 's/"download": "[^"]*"/"download": "500 ms"/' \
    -e 's/"update": "[^"]*"/"update": "500 ms"/' \
    "$source/scenarios/profiles/quad.json" >"$folder/sleepy.json"

# Of two Updates only the first can come before the limit has passed once.
mkdir "$folder/cases"
cat >"$folder/cases/sleep.json" <<'CASES'
{ "group": "QUEUE", "title": "Queue mode", "cases": [ {
    "id": "QUEUE-001", "title": "Limits stand still while the device sleeps",
    "requirements": ["AFU-001"],
    "steps": [
      { "await": { "events": { "kind": "update", "count": 2 } },
        "within": "state", "req": ["AFU-001"] } ] } ] }
CASES

for version in 1.0 1.1; do
    "$assay" run AFU-OBJ-005 AFU-PSH-014 AFU-STM-001 AFU-CAN-006 QUEUE-001 \
        CORE-REG-108 CORE-REG-109 \
        --catalogue "$folder/cases" \
        --profile "$folder/sleepy.json" --output "$folder/$version" -- \
        "$device" --server 'coap://{address}:{port}' --lwm2m "$version" \
        --queue-mode --awake-ms 200 --sleep-ms 1500 \
        >"$folder/$version.out" 2>"$folder/$version.err" </dev/null
    status=$?
    [ $status = 0 ] && grep -q '^8 pass, 0 fail' "$folder/$version.out"
    report $? "$version: passes" "exit status $status: $(tail -n 4 "$folder/$version.err")"
    journal=$folder/$version/events.ndjson
    grep -q '"kind":"sleep"' "$journal" && grep -q '"kind":"wake"' "$journal"
    report $? "$version: the device slept and woke"
    [ "$(grep -c 'the device sleeps (queue mode)' "$folder/$version.err")" = 1 ]
    report $? "$version: it is said once why it may take long"
    ! grep -q '"kind":"timeout"' "$journal"
    report $? "$version: nothing was sent while it slept"
done

echo "$passed passed, $failed failed"
[ $failed = 0 ]
