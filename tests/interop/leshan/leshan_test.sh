#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Campaigns against devices that nobody here wrote: those of Eclipse Leshan's
# client library, in LwM2M 1.0 and 1.1, over UDP and DTLS. What they do wrong
# is in findings-1.0.txt and findings-1.1.txt, with the reason; nothing else
# may be found, and nothing of it may be missed.
# Usage: leshan_test.sh ASSAY SOURCE FOLDER; only with ASSAY_INTEROP=1
set -u
assay=$1
source=$2
folder=$3
here=$(cd "$(dirname "$0")" && pwd) || exit 1
[ "${ASSAY_INTEROP-}" = 1 ] || {
    echo "skipped: a device of Eclipse Leshan's library, only with './check --interop'"
    exit 77
}
command -v openssl >/dev/null || {
    echo "skipped: no 'openssl' (Debian: apt-get install openssl)"
    exit 77
}
rm -rf "$folder"
mkdir -p "$folder"
. "$source/tests/integration/dtls_credentials.sh"
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

"$here/build.sh" "$folder/devices"
status=$?
[ $status != 77 ] || exit 77
report $status "the devices build"

# Profiles without components: the device updates no firmware.
profile() { # NAME [SECURITY]
    echo "{ \"endpoint\": \"leshan\", ${2-} \"limits\": { \"boot\": \"60 s\" } }" \
        >"$folder/$1.json"
}
profile udp
profile psk "\"security\": { \"mode\": \"psk\", \"identity\": \"leshan\", \
    \"key-file\": \"leshan.psk\" },"
profile x509 "\"security\": { \"mode\": \"x509\", \
    \"certificate-file\": \"server.pem\", \"key-file\": \"server.key\", \
    \"ca-file\": \"ca.pem\" },"
echo "$psk_hex" >"$folder/leshan.psk"
chmod 600 "$folder/leshan.psk"
make_ca ca && make_certificate leshan leshan ca &&
    make_certificate server 127.0.0.1 ca "subjectAltName=IP:127.0.0.1" &&
    openssl pkcs8 -topk8 -nocrypt -in "$folder/leshan.key" \
        -out "$folder/leshan.p8" 2>>"$folder/openssl.log"
report $? "openssl makes certificates" "$(tail -n 3 "$folder/openssl.log")"

# One line per finding that is no pass: case, what, where, what was seen.
findings() {
    awk '/^(fail|inconc|error) / { id = $2 }
        /^  (fail|inconc|error|warn) / { what = $0; sub(/^ +/, "", what) }
        /^    observed: / { sub(/^    observed: /, "");
            print id ": " what ": " $0 }' "$1"
}
known() { # VERSION: without the comments
    grep -vE '^#|^$' "$here/findings-$1.txt"
}

# campaign NAME VERSION SECURITY DEVICE-OPTION...
campaign() {
    local name=$1 version=$2 security=$3 scheme=coap
    shift 3
    [ "$security" = udp ] || scheme=coaps
    "$assay" run 'LESHAN-*' --catalogue "$here/cases" \
        --profile "$folder/$security.json" --port 0 --register-timeout 60 \
        --output "$folder/$name" -- java \
        -cp "$folder/devices/lwm2m-$version/*" \
        -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
        "assay.interop.Device${version/./}" \
        --server "$scheme://{address}:{port}" "$@" \
        >"$folder/$name.out" 2>"$folder/$name.err" </dev/null
    status=$?
    findings "$folder/$name.out" >"$folder/$name.findings"
    known "$version" | diff - "$folder/$name.findings" >"$folder/$name.diff" &&
        [ $status -le 1 ] && grep -qE '^[1-9][0-9]* pass' "$folder/$name.out"
    report $? "$name: what is known to be found, and nothing else" \
        "exit status $status: $(cat "$folder/$name.diff"; tail -n 3 "$folder/$name.err")"
}
journal() { # NAME KIND
    grep -a "\"kind\":\"$2\"" "$folder/$1/events.ndjson"
}
saw() { # NAME TEXT KIND PATTERN: in the journal
    journal "$1" "$3" | grep -qE -- "$4"
    report $? "$1: $2" "no '$3' with '$4'"
}
everywhere() { # NAME VERSION
    saw "$1" "registers as $2" register \
        "\"lwm2m-major\":1,\"lwm2m-minor\":${2#1.},\"binding\":\"U\""
    saw "$1" "the library says so, too" process-output 'registered at '
    saw "$1" "updates its registration with the new lifetime" update \
        '"lifetime":240,.*"query":"lt=240","code":"2.04"'
    saw "$1" "updates its registration when asked" update '"query":"","code":"2.04"'
    saw "$1" "notifies" notification '"code":"2.05"'
    saw "$1" "registers again after the reboot" replace registered
}

psk="--psk-identity leshan --psk-key $psk_hex"
x509="--cert $folder/leshan.pem --key $folder/leshan.p8"
for version in 1.1 1.0; do
    campaign "udp-$version" $version udp
    campaign "psk-$version" $version psk $psk
    campaign "cid-$version" $version psk $psk --cid 6
    # 1.0 knows only 'domain-issued certificate': the server's itself.
    ca=ca
    [ $version = 1.1 ] || ca=server
    campaign "x509-$version" $version x509 $x509 --ca "$folder/$ca.pem"
    for name in udp psk cid x509; do
        everywhere "$name-$version" $version
    done
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
