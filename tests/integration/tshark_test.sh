#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What tester and simulated device send each other, read by other people's
# program: tshark must decode every message of a campaign as CoAP, without a
# malformed mark and without a warning: over IPv4, IPv6 and, in clear, DTLS.
# Usage: tshark_test.sh ASSAY DEVICE SOURCE FOLDER
set -u
assay=$1
device=$2
source=$3
folder=$4
case=AFU-PSH-014

for tool in tshark text2pcap; do
    command -v "$tool" >/dev/null || {
        echo "skipped: no '$tool' (Debian: apt-get install tshark)"
        exit 77
    }
done
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

. "$(dirname "$0")/tshark_checks.sh"
. "$(dirname "$0")/dtls_credentials.sh"

# The check itself can fail: a message that ends inside an option.
control=$folder/control.pcap
echo '000000 40 01 00 01 bd 01 61' |
    text2pcap -4 127.0.0.1,127.0.0.1 -u 5683,5683 - "$control" \
        >"$folder/control.log" 2>&1
got=$(frames "$control" "$bad")
[ "${got:-0}" = 1 ]
report $? "a cut message is marked" "${got:-no} frames"

"$assay" demo --output "$folder/results" "$case" \
    >"$folder/demo.log" 2>&1 </dev/null
got=$?
[ $got = 0 ]
report $? "the campaign passes" "exit status $got: $(tail -n 3 "$folder/demo.log")"

trace=$folder/results/$case@push/trace.pcap
registration=$folder/results/registration.pcap
reads_well "$trace" trace.pcap
reads_well "$registration" registration.pcap
sees "a Register" "$registration" \
    'coap.code == 2 && coap.opt.uri_path == "rd"'
sees "its location" "$registration" \
    'coap.code == 65 && coap.opt.location_path == "rd"'
sees "the first block" "$trace" \
    'coap.code == 3 && coap.opt.block_number == 0 && coap.opt.block_mflag == 1'
sees "that it goes on" "$trace" 'coap.code == 95'
sees "the last block" "$trace" \
    'coap.code == 3 && coap.opt.block_number > 10 && coap.opt.block_mflag == 0'
sees "Execute on Update" "$trace" \
    'coap.code == 2 && coap.opt.uri_path_recon == "/33629/0/2"'
sees "a Read" "$trace" 'coap.code == 1 && coap.opt.uri_path_recon == "/33629/0"'
sees "its answer in TLV" "$trace" \
    'coap.code == 69 && coap.opt.ctype == "application/vnd.oma.lwm2m+tlv"'

# campaign NAME PROFILE ADDRESS SCHEME DEVICE-OPTION...
campaign() {
    local name=$1 profile=$2 address=$3 scheme=$4
    shift 4
    "$assay" run "$case" --profile "$profile" --bind "$address" --port 0 \
        --output "$folder/$name" -- "$device" \
        --server "$scheme://{address}:{port}" "$@" \
        >"$folder/$name.log" 2>&1 </dev/null
    got=$?
    [ $got = 0 ]
    report $? "$name: the campaign passes" \
        "exit status $got: $(tail -n 3 "$folder/$name.log")"
    reads_well "$folder/$name/$case@push/trace.pcap" "$name: trace.pcap"
    reads_well "$folder/$name/registration.pcap" "$name: registration.pcap"
    sees "a Register ($name)" "$folder/$name/registration.pcap" \
        'coap.code == 2 && coap.opt.uri_path == "rd"'
    sees "Execute on Update ($name)" "$folder/$name/$case@push/trace.pcap" \
        'coap.code == 2 && coap.opt.uri_path_recon == "/33629/0/2"'
}

# Files by HTTP, and by HTTPS in clear, each as a connection by TCP that begins
# and ends. AFU-PUL-005 fetches one twice: with its length, and chunked.
"$assay" demo --output "$folder/http" AFU-PUL-005 AFU-PUL-006 AFU-INT-015@pull --pull-by http \
    >"$folder/http.log" 2>&1 </dev/null
got=$?
[ $got = 0 ]
report $? "files by HTTP: the campaign passes" "exit status $got: $(tail -n 3 "$folder/http.log")"
for name in AFU-PUL-005 AFU-PUL-006 AFU-INT-015; do
    trace=$folder/http/$name@pull/trace.pcap
    # A reset on purpose is marked, and is no fault of the trace.
    got=$(frames "$trace" "!coap && !tcp || tcp.flags.reset == 0 && ($bad || tcp.analysis.flags)")
    [ "${got:-none}" = 0 ]
    report $? "$name: CoAP and TCP, and nothing is marked" "frames $(tr '\n' ' ' <"$folder/frames")"
done
sees "a reset of ours" "$trace" 'tcp.flags.reset == 1 && tcp.srcport == 80'
sees "a GET by HTTPS" "$folder/http/AFU-PUL-006@pull/trace.pcap" \
    'http.request.method == "GET" && tcp.dstport == 80'
trace=$folder/http/AFU-PUL-005@pull/trace.pcap
sees "a chunked answer" "$trace" 'http.response.code == 200 && http.transfer_encoding == "chunked"'
# Both times the same bytes, as others put them together.
tshark -r "$trace" --export-objects "http,$folder/objects" >/dev/null 2>"$folder/tshark.err"
got=$(sha256sum "$folder/objects"/* 2>/dev/null | awk '{print $1}' | sort | uniq -c | awk '{print $1}')
[ "$got" = 2 ]
report $? "the package is in it twice" "$(ls -l "$folder/objects" 2>&1)"

# What passes inside of DTLS is in the trace as if there were none.
identity=urn:assay:sim:quad
echo "$psk_hex" >"$folder/quad.psk"
chmod 600 "$folder/quad.psk"
make_profile psk \
    "{ \"mode\": \"psk\", \"identity\": \"$identity\", \"key-file\": \"quad.psk\" }"
campaign psk "$folder/psk.json" 127.0.0.1 coaps \
    --psk-identity "$identity" --psk-key "$psk_hex"
if grep -qs '^0*1 ' /proc/net/if_inet6; then
    campaign v6 "$source/scenarios/profiles/quad.json" ::1 coap
    sees "both directions over IPv6" "$folder/v6/$case@push/trace.pcap" \
        'ipv6.src == ::1 && ipv6.dst == ::1 && coap.code == 69'
else
    echo "skipped: IPv6 (no ::1 here)"
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
