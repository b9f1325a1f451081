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
. "$source/tests/integration/tshark_checks.sh"
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
    awk '/^(pass|fail|inconc|error) / { id = $2 }
        /^  (fail|inconc|error|warning) / { what = $0; sub(/^ +/, "", what) }
        /^    observed: / { sub(/^    observed: /, "");
            sub(/and [0-9]+ whose/, "and N whose");
            print id ": " what ": " $0 }' "$1"
}
# Of those cases that ran.
known() { # NAME VERSION
    grep -E "^($(sed -nE 's/^\[ *[0-9]+\/[0-9]+\] *[a-zA-Z]+ +([A-Z0-9-]+).*/\1/p' \
        "$folder/$1.err" | paste -sd '|')): " "$here/findings-$2.txt"
}

# campaign NAME VERSION SECURITY ADDRESS CASES DEVICE-OPTION...
campaign() {
    local name=$1 version=$2 security=$3 address=$4 scheme=coap cases
    read -ra cases <<<"${5//$'\n'/ }"
    shift 5
    [ "$security" = udp ] || scheme=coaps
    "$assay" run "${cases[@]}" --profile "$folder/$security.json" \
        --bind "$address" --port 0 --register-timeout 60 \
        --output "$folder/$name" -- java \
        -cp "$folder/devices/lwm2m-$version/*" \
        -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
        "assay.interop.Device${version/./}" \
        --server "$scheme://{address}:{port}" "$@" \
        >"$folder/$name.out" 2>"$folder/$name.err" </dev/null
    status=$?
    findings "$folder/$name.out" >"$folder/$name.findings"
    known "$name" "$version" | diff - "$folder/$name.findings" \
        >"$folder/$name.diff" && [ $status -le 2 ] &&
        grep -qE '^[0-9]+ pass.* 0 error, 0 not run' \
            "$folder/$name.out"
    report $? "$name: what is known is found, and nothing else" \
        "exit status $status: $(cat "$folder/$name.diff"; tail -n 3 "$folder/$name.err")"
    saw "$name" "registers as $version" register \
        "\"lwm2m-major\":1,\"lwm2m-minor\":${version#1.},"
    saw "$name" "the library says so, too" process-output 'registered at '
    traces "$name"
}
journal() { # NAME KIND
    grep -a "\"kind\":\"$2\"" "$folder/$1/events.ndjson"
}
saw() { # NAME TEXT KIND PATTERN: in the journal
    journal "$1" "$3" | grep -qE -- "$4"
    report $? "$1: $2" "no '$3' with '$4'"
}
never() { # NAME TEXT KIND
    [ -s "$folder/$1/events.ndjson" ] && ! journal "$1" "$3" >/dev/null
    report $? "$1: $2" "$(journal "$1" "$3" | head -n 3)"
}

# What Leshan and Assay sent each other, read by tshark.
traces() { # NAME
    command -v tshark >/dev/null && command -v mergecap >/dev/null || return
    mergecap -w "$folder/$1.pcap" "$folder/$1"/*.pcap \
        "$folder/$1"/*/trace.pcap 2>"$folder/tshark.err"
    reads_well "$folder/$1.pcap" "$1: all traces"
}

psk="--psk-identity leshan --psk-key $psk_hex"
x509="--cert $folder/leshan.pem --key $folder/leshan.p8"
# Of the core group, CORE-REG-102 waits for most of a minute: once is enough.
# CORE-OBS-302 does not pass and leaves its observation behind, which changes
# what later cases see: it runs alone.
quick="CORE-REG-101 CORE-REG-104 CORE-REG-107 CORE-DM-* CORE-OBS-301
    CORE-OBS-303 CORE-OBS-304 CORE-OBS-305 CORE-RUL-*"
updates="CORE-REG-104 CORE-REG-107 CORE-DM-222"
for version in 1.1 1.0; do
    campaign udp-$version $version udp 127.0.0.1 "CORE-REG-102 $quick"
    saw udp-$version "updates its registration when asked" update \
        '"query":"","code":"2.04"'
    saw udp-$version "registers again after a reboot" replace registered
    campaign psk-$version $version psk 127.0.0.1 "$quick" $psk
    campaign cid-$version $version psk 127.0.0.1 "$quick" $psk --cid 6
    # 1.0 knows only 'domain-issued certificate': the server's itself.
    ca=ca
    [ $version = 1.1 ] || ca=server
    campaign x509-$version $version x509 127.0.0.1 "$quick" \
        $x509 --ca "$folder/$ca.pem"
    campaign queue-$version $version udp 127.0.0.1 "$updates" --queue
    # A new session from the same port before each Update.
    campaign reconnect-$version $version psk 127.0.0.1 "$updates" \
        $psk --reconnect
    saw reconnect-$version "updates in a new session" update '"code":"2.04"'
    never reconnect-$version "nothing is taken for a stray" stray
done
campaign pmax-1.1 1.1 udp 127.0.0.1 CORE-OBS-302
saw queue-1.1 "says so in 'Q'" register '"query":"[^"]*&?Q[&"]'
saw queue-1.0 "says so in the binding" register '"binding":"UQ"'

# The port changes before each Update. Connection ID finds the session; Leshan
# 1.5.0 knows only a draft of it (extension 53), and stays without.
campaign moved-1.1 1.1 psk 127.0.0.1 "$updates" $psk --cid 6 --rebind
ports=$(journal moved-1.1 '\(register\|update\)' |
    sed -nE 's/.*"address":"127.0.0.1:([0-9]+)".*/\1/p' | sort -u | wc -l)
[ "$ports" -ge 3 ]
report $? "moved-1.1: each Update comes from another port" "$ports ports"
never moved-1.1 "it is the same registration" replace

# Each third datagram is lost, the answer to the Register among them: what is
# sent again changes nothing.
for version in 1.1 1.0; do
    campaign lossy-$version $version udp 127.0.0.1 "$updates" --drop 3
    [ "$(journal lossy-$version register | wc -l)" = 1 ]
    report $? "lossy-$version: registers once" \
        "$(journal lossy-$version register)"
done

if grep -qs '^0*1 ' /proc/net/if_inet6; then
    campaign v6-1.1 1.1 udp ::1 "$updates"
    campaign v6-psk-1.1 1.1 psk ::1 "$updates" $psk
else
    echo "left out: IPv6 (no ::1 here)"
fi

command -v tshark >/dev/null ||
    echo "left out: traces are not read (Debian: apt-get install tshark)"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
