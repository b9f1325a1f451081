#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The cases of core and some of AFU by each kind of security, against devices
# with few formats or small blocks, in each version of LwM2M: all pass, and
# enough of them ran. AFU needs LwM2M 1.1.
# Usage: matrix_campaign_test.sh ASSAY DEVICE SOURCE FOLDER
set -u
assay=$1
device=$2
source=$3
folder=$4
rm -rf "$folder"
mkdir -p "$folder"
. "$(dirname "$0")/dtls_credentials.sh"
passed=0
failed=0
at_a_time=12 # they mostly wait
name=urn:assay:sim:quad
afu=(AFU-OBJ-001 AFU-PSH-001 AFU-PSH-014 AFU-STM-001)

command -v openssl >/dev/null || {
    echo "skipped: no 'openssl' (Debian: apt-get install openssl)"
    exit 77
}

report() { # STATUS NAME [TEXT]
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
        echo "ok $2"
    else
        failed=$((failed + 1))
        echo "not ok $2: ${3-}"
    fi
}

echo "$psk_hex" >"$folder/quad.psk"
chmod 600 "$folder/quad.psk"
cp "$source/scenarios/profiles/quad.json" "$folder/udp.json"
make_profile psk \
    "{ \"mode\": \"psk\", \"identity\": \"$name\", \"key-file\": \"quad.psk\" }"
make_ca ca && make_certificate server server ca &&
    make_certificate quad "$name" ca
report $? "openssl makes certificates" "$(tail -n 3 "$folder/openssl.log")"
make_profile x509 '{ "mode": "x509", "certificate-file": "server.pem", \
    "key-file": "server.key", "ca-file": "ca.pem" }'

# campaign SECURITY VERSION KIND DEVICE-OPTION...
campaign() {
    local security=$1 version=$2 campaign=$1-$2-$3 scheme=coaps
    local cases=(core) how=()
    shift 3
    case $security in
    udp) scheme=coap ;;
    psk) how=(--psk-identity "$name" --psk-key "$psk_hex") ;;
    x509) how=(--cert "$folder/quad.pem" --key "$folder/quad.key"
        --ca "$folder/ca.pem") ;;
    esac
    [ "$version" = 1.0 ] || cases+=("${afu[@]}")
    "$assay" run "${cases[@]}" --profile "$folder/$security.json" --port 0 \
        --output "$folder/$campaign" -- "$device" \
        --server "$scheme://{address}:{port}" --lwm2m "$version" \
        --install-ms 200 "${how[@]}" "$@" >"$folder/$campaign.out" \
        2>"$folder/$campaign.err" </dev/null
    echo $? >"$folder/$campaign.status"
}

# judge NAME VERSION CORE: so many cases of core passed at least
judge() {
    local campaign=$1 version=$2 least=$3 of_core of_afu wanted=${#afu[@]}
    local status
    status=$(cat "$folder/$campaign.status")
    of_core=$(grep -c '\] pass *CORE-' "$folder/$campaign.err")
    of_afu=$(grep -c '\] pass *AFU-' "$folder/$campaign.err")
    [ "$version" = 1.0 ] && wanted=0
    [ "$status" = 0 ] && [ "$of_core" -ge "$least" ] &&
        [ "$of_afu" -ge "$wanted" ] &&
        grep -q ', 0 fail, 0 inconc, 0 error, 0 not run' \
            "$folder/$campaign.out"
    report $? "$campaign: $of_core of core, $of_afu of AFU" \
        "exit status $status; $(grep -A5 -m1 -E '^(fail|inconc|error)' \
            "$folder/$campaign.out" | tr '\n' ' ')"
}

begun=()
# try KIND VERSION LEAST DEVICE-OPTION... by each kind of security
try() {
    local kind=$1 version=$2 least=$3 security
    shift 3
    for security in udp psk x509; do
        while [ "$(jobs -rp | wc -l)" -ge "$at_a_time" ]; do
            wait -n
        done
        campaign "$security" "$version" "$kind" "$@" &
        begun+=("$security-$version-$kind $version $least")
    done
}

for version in 1.0 1.1 1.2; do
    try tlv "$version" 28 --formats tlv
    try block-256 "$version" 33 --max-block 256 --portfolio
done
for version in 1.1 1.2; do
    try senml-cbor "$version" 36 --formats senml-cbor
done
wait
for row in "${begun[@]}"; do
    # shellcheck disable=SC2086 # three words
    judge $row
done

! grep -rqaiF -- "$psk_hex" "$folder"/psk-*/
report $? "the key is in no result, though on the command line"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 20 ]
