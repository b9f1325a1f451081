#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Campaigns with images of MCUboot, and with SUIT envelopes: keys of files, whose private halves are in
# nothing that is written; a device whose policy lets older images and such in
# plaintext pass. Usage: images_campaign_test.sh ASSAY DEVICE SOURCE FOLDER
set -u
assay=$1
device=$2
source=$3
folder=$4
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

shape=mcuboot
# campaign NAME PROFILE DEVICE-OPTION... -- CASE...
campaign() {
    local name=$1 profile=$2 options=()
    shift 2
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    "$assay" run "$@" --profile "$profile" --output "$folder/$name" -- "$device" \
        --server 'coap://{address}:{port}' --install-ms 400 --no-sync --state '{folder}' \
        --shape "$shape" "${options[@]}" >"$folder/$name.out" 2>&1 </dev/null
}
edited() { # FILE SED-SCRIPT
    sed -E "$2" "$source/scenarios/profiles/$shape.json" >"$folder/$1"
    ! cmp -s "$folder/$1" "$source/scenarios/profiles/$shape.json"
}

# The same keys, in files; the profile names them relative to itself.
keys=$folder/keys
mkdir -p "$keys"
for name in sign sign-x enc-x; do
    "$assay" package keys "demo:$name" --output "$keys/$name.pem" >/dev/null
done
"$assay" package keys demo:enc --public --output "$keys/enc.pub"
"$assay" package keys demo:kek --form hex --output "$keys/kek.hex" >/dev/null
edited files.json 's|"demo:(sign\|sign-x\|enc-x)"|"keys/\1.pem"|g; s|"demo:enc"|"keys/enc.pub"|; s|"demo:kek"|"keys/kek.hex"|'
report $? 'a profile with keys of files'
campaign files "$folder/files.json" -- AFU-ENC-001@push AFU-ENC-002@push AFU-ITG-005@push
report $? 'images by keys of files are taken, and those by others are not'
grep -q '^3 pass, 0 fail' "$folder/files.out"
report $? 'all three were judged'
{
    sed -n 2p "$keys/sign.pem" # base64: the scalar is in the first line
    cat "$keys/kek.hex"
    "$assay" package keys demo:sign --form hex --output "$folder/scalar" >/dev/null
    cat "$folder/scalar"
    "$assay" package keys demo:kek --form base64 --output "$folder/secret" >/dev/null
    cat "$folder/secret"
} >"$folder/secrets"
[ "$(wc -l <"$folder/secrets")" = 4 ] &&
    ! grep -rqF -f "$folder/secrets" "$folder/files" "$folder/files.out"
report $? 'no secret is in journal, reports and output'

# Policies.
edited open.json 's/"arb": true/"arb": false/; s/"enc": "required"/"enc": "optional"/'
report $? 'a profile of an open device'
campaign open "$folder/open.json" --images downgrade,plaintext -- AFU-RBK-008@push \
    AFU-RBK-009@push AFU-ENC-001@push
report $? 'an older version is installed where that is allowed'
campaign closed "$folder/open.json" -- AFU-RBK-008@push
[ $? != 0 ]
report $? 'and is not where it is not'
campaign plain "$source/scenarios/profiles/mcuboot.json" --images plaintext -- AFU-ENC-007@push
[ $? = 1 ] && grep -q 'fail AFU-172' "$folder/plain.out"
report $? 'plaintext on a device that shall require encryption is a fail'

# The same by envelopes.
shape=suit
edited suit.json 's/"arb": true/"arb": false/; s/"enc": "required"/"enc": "optional"/'
report $? 'a profile of an open device for envelopes'
campaign suit "$folder/suit.json" --images downgrade,plaintext -- AFU-RBK-008@push AFU-ENC-001@push
report $? 'an older envelope is installed where that is allowed'
campaign suit-closed "$folder/suit.json" -- AFU-RBK-008@push
[ $? != 0 ]
report $? 'and is not where it is not'
campaign suit-plain "$source/scenarios/profiles/suit.json" --images plaintext -- AFU-ENC-007@push
[ $? = 1 ] && grep -q 'fail AFU-172' "$folder/suit-plain.out"
report $? 'an envelope in plaintext on a device that shall require encryption is a fail'
shape=mcuboot

# A profile that names a key which is none.
edited wrong.json 's|"demo:enc"|"secrets"|'
"$assay" run AFU-ENC-001 --profile "$folder/wrong.json" --dry-run >"$folder/wrong.out" 2>&1
[ $? = 3 ] && grep -q '/keys/enc' "$folder/wrong.out" &&
    ! grep -qF -f "$folder/secrets" "$folder/wrong.out"
report $? 'a key that is none is named, not shown'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
