#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Campaigns with packages that are files of the user: what is bad is made from
# the good one, whether Assay knows its format (anjay) or knows no field that
# it could damage (suit). A correct device passes, one with a defect does not.
# Usage: opaque_campaign_test.sh ASSAY DEVICE FOLDER
set -u
assay=$1
device=$2
folder=$3
passed=0
failed=0
rm -rf "$folder"
mkdir -p "$folder"

report() { # STATUS NAME
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
        echo "ok $2"
    else
        failed=$((failed + 1))
        echo "not ok $2"
    fi
}
profile() { # NAME FILE-OF-G FILE-OF-BIG ICS
    cat >"$folder/$1.json" <<EOT
{ "components": { "application": { "instance": 0, "role": "main" } },
  "packages": { "application": {
    "G":   { "file": "$2", "version": "1.9.9" },
    "BIG": { "file": "$3" } } },
  "control": { "power-cycle": "restart" },
  "ics": { $4, "checksum": true, "big": 65536, "reboot": true },
  "limits": { "state": "2 s", "download": "1500 ms", "abort": "2 s", "update": "10 s",
    "boot": "10 s", "clock": "250 ms", "settle": "50 ms", "stall": "20 ms" } }
EOT
}
# campaign NAME PROFILE SHAPE DEVICE-OPTION... -- CASE...
campaign() {
    local name=$1 profile=$2 shape=$3 options=()
    shift 3
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    "$assay" run "$@" --profile "$folder/$profile.json" --output "$folder/$name" -- \
        "$device" --server 'coap://{address}:{port}' --storage 65536 --no-sync \
        --state '{folder}' --shape "$shape" "${options[@]}" >"$folder/$name.out" 2>&1 </dev/null
}
build() { # FILE ARGUMENT...
    local file=$1
    shift
    "$assay" package build --image-version 1.9.9 --seed 1 --output "$folder/$file" "$@" \
        >"$folder/build.out" 2>&1 </dev/null
}
build app.bin --format anjay --size 6000 && build big.bin --format anjay --size 70000 &&
    profile anjay app.bin big.bin '"auth": false'
report $? 'files of one format'
build app.suit --format suit --size 6000 --component application --counter 1 \
    --class 41535341592d434f4d504f4e454e5400 --sign-key demo:sign &&
    build big.suit --format suit --size 70000 --component application --counter 1 \
        --class 41535341592d434f4d504f4e454e5400 --sign-key demo:sign &&
    profile suit app.suit big.suit '"auth": true, "enc": "optional"'
report $? 'files of another one'

# Not AFU-ITG-003: its 20 deliveries take long, and FLIP knows no format anyway.
cases='AFU-ITG-001@push AFU-ITG-002@pull AFU-ITG-002@push AFU-ITG-007@push AFU-ITG-008@push AFU-PSH-008@push AFU-PSH-009@push AFU-PSH-017@push'
campaign anjay anjay quad -- $cases
report $? 'a correct device passes'
for id in ITG-001 ITG-002 ITG-007 ITG-008 PSH-008 PSH-009 PSH-017; do
    grep -qE "pass +AFU-$id" "$folder/anjay.out"
    report $? "AFU-$id was judged"
done
campaign suit suit suit --images plaintext -- AFU-ITG-001@push AFU-ITG-002@push \
    AFU-ITG-004@push AFU-PSH-008@push AFU-PSH-017@push
report $? 'so does one whose format has no fields for us'
for id in ITG-001 ITG-002 ITG-004 PSH-008 PSH-017; do
    grep -qE "pass +AFU-$id" "$folder/suit.out"
    report $? "AFU-$id was judged there"
done
while read -r mutant case; do
    campaign "$mutant" anjay quad --mutant "$mutant" -- "$case"
    [ $? = 1 ] && grep -qE "fail +$case" "$folder/$mutant.out"
    report $? "$mutant is caught by $case"
done <<'EOT'
corrupt-accepted AFU-ITG-001@push
header-not-checked AFU-ITG-002@push
package-left AFU-ITG-007@push
error-by-code-only AFU-PSH-017@push
EOT

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
