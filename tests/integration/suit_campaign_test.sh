#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Campaigns with SUIT envelopes: what a device does not look at is found.
# Usage: suit_campaign_test.sh ASSAY FOLDER
set -u
assay=$1
folder=$2
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
        tail -n 12 "$folder/out" | sed 's/^/    | /'
    fi
}

# caught MUTANT SHAPE REQUIREMENT CASE: by this case, for this requirement,
# which the device without the error passes.
caught() {
    "$assay" demo --shape "$2" --output "$folder/$1-$2" --mutant "$1" "$4" \
        >"$folder/out" 2>/dev/null </dev/null
    [ $? = 1 ] && grep -q "^fail $4" "$folder/out" && grep -qE "^ +fail .*$3" "$folder/out"
    report $? "$1 on $2 fails $4"
    "$assay" demo --shape "$2" --output "$folder/right-$1-$2" "$4" >"$folder/out" 2>/dev/null </dev/null &&
        grep -q '^1 pass, 0 fail' "$folder/out"
    report $? "and the right device passes it"
}

caught signature-skipped suit AFU-170 AFU-ITG-005@push
caught tag-skipped suit AFU-170 AFU-ENC-004@push
caught plaintext-taken suit AFU-172 AFU-ENC-007@push
caught image-of-another-taken suit AFU-174 AFU-ENC-009@push
caught counter-ignored suit-late AFU-17 AFU-RBK-007-B@push
caught old-key-taken suit AFU-171 AFU-ENC-011@push
caught older-image-taken suit-late AFU-17 AFU-RBK-007@push
caught signature-skipped suit-late AFU-170 AFU-ITG-005@push

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
