#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The operations of LwM2M as steps, at the simulated device: attributes and the
# notifications that they rule, both ways to cancel, composite operations, Send.
# Usage: operations_campaign_test.sh ASSAY DEVICE SOURCE FOLDER
set -u
assay=$1
device=$2
source=$3
folder=$4
rm -rf "$folder"
mkdir -p "$folder/cases"
cp "$source/tests/integration/operations.json" "$folder/cases"

"$assay" run OPS --catalogue "$folder/cases" \
    --profile "$source/scenarios/profiles/quad.json" \
    --output "$folder/results" -- "$device" \
    --server 'coap://{address}:{port}' --lwm2m 1.2 --battery --send \
    >"$folder/out" 2>"$folder/err" </dev/null
status=$?
cat "$folder/out" "$folder/err"
[ $status = 0 ] && grep -q '^6 pass, 0 fail' "$folder/out"
