#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Pulls by coaps, coap+tcp and coaps+tcp: the plain device passes what it
# passes by coap; each file was asked for by the protocol; and no private key
# is in what is written. Usage: pull_by_test.sh ASSAY DEVICE PROFILE FOLDER
set -u
assay=$1
device=$2
profile=$3
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

# campaign NAME ARGUMENT... -- DEVICE-ARGUMENT...: into $folder/NAME; $status
campaign() {
    name=$1
    shift
    words=()
    while [ "$1" != -- ]; do
        words+=("$1")
        shift
    done
    shift
    "$assay" run "${words[@]}" --port 0 --output "$folder/$name" -- "$device" \
        --server 'coap://{address}:{port}' --state '{folder}' --no-sync "$@" \
        >"$folder/$name.out" 2>"$folder/$name.err" </dev/null
    status=$?
}

last() { # NAME: the line of counts
    grep -E '^[0-9]+ pass' "$folder/$1.out" "$folder/$1.err" | head -n 1
}

for protocol in coaps coap+tcp coaps+tcp; do
    campaign "$protocol" AFU-PUL AFU-INT-002 AFU-INT-004 AFU-CON-003 AFU-CAN-001 \
        --pull-by "$protocol" --profile "$profile" --fail-on-warning -- --pull-ca '{ca}' &
done
wait
for protocol in coaps coap+tcp coaps+tcp; do
    events=$folder/$protocol/events.ndjson
    last "$protocol" | grep -qE '^[^ ]*[1-9][0-9]* pass, 0 fail, 0 inconc, 0 error, 0 not run, [0-9]+ not applicable; 0 warnings$'
    report $? "by $protocol the plain device passes" "$(last "$protocol"; tail -n 20 "$folder/$protocol.err")"
    [ "$(grep -c "\"kind\":\"repository\".*\"protocol\":\"$protocol\"" "$events")" -gt 100 ]
    report $? "by $protocol files are asked for" "$(grep -c '"kind":"repository"' "$events")"
    ! grep -rq 'PRIVATE KEY' "$folder/$protocol"
    report $? "by $protocol no private key is written"
    grep -q 'BEGIN CERTIFICATE' "$folder/$protocol/repository-ca.pem"
    report $? "by $protocol the CA's certificate is written"
done

# With keys of the user's own: a pre-shared key, which is in no result, and a CA.
key=00112233445566778899aabbccddeeff
(umask 077 && echo "$key" >"$folder/files.key")
sed -e '0,/{/s//{ "repository": { "psk": { "identity": "files", "key-file": "files.key" } },/' \
    "$profile" >"$folder/psk.json"
campaign psk AFU-PUL-003 AFU-PUL-004 AFU-PUL-008 --profile "$folder/psk.json" -- \
    --pull-psk-identity files --pull-psk-key "$key"
[ "$status" = 0 ]
report $? "with a pre-shared key all pass" "$(cat "$folder/psk.err")"
! grep -rqi "$key" "$folder/psk"
report $? "a pre-shared key is not written"
campaign wrong-psk AFU-PUL-003 --profile "$folder/psk.json" -- \
    --pull-psk-identity files --pull-psk-key 0011
grep -q 'FAIL.*AFU-PUL-003' "$folder/wrong-psk.err" "$folder/wrong-psk.out"
report $? "with a wrong key nothing is fetched" "$(cat "$folder/wrong-psk.err")"

if command -v openssl >/dev/null; then
    (umask 077 && openssl ecparam -genkey -name prime256v1 -noout -out "$folder/ca.key") 2>/dev/null
    openssl req -x509 -new -key "$folder/ca.key" -days 3650 -subj "/CN=Own CA" \
        -out "$folder/ca.pem" 2>/dev/null
    sed -e '0,/{/s//{ "repository": { "ca": { "certificate-file": "ca.pem", "key-file": "ca.key" } },/' \
        "$profile" >"$folder/own.json"
    campaign own AFU-PUL-003 AFU-PUL-004 AFU-PUL-008 --profile "$folder/own.json" -- \
        --pull-ca "$folder/ca.pem"
    [ "$status" = 0 ] && cmp -s "$folder/ca.pem" "$folder/own/repository-ca.pem"
    report $? "with a CA of the user's own all pass" "$(cat "$folder/own.err")"
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
