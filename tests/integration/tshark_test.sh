#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What tester and simulated device send each other, read by other people's
# program: tshark must decode every message of a campaign as CoAP, without a
# malformed mark and without a warning. Usage: tshark_test.sh ASSAY FOLDER
set -u
assay=$1
folder=$2
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

frames() { # FILE FILTER: how many frames match; nothing when tshark fails
    tshark -r "$1" -Y "$2" -T fields -e frame.number \
        2>"$folder/tshark.err" >"$folder/frames" && wc -l <"$folder/frames"
}

# Malformed, or an expert's remark that is a warning (0x600000) or an error.
bad='_ws.malformed || _ws.expert.severity >= 0x600000'

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
for file in "$trace" "$registration"; do
    name=$(basename "$file")
    all=$(frames "$file" frame)
    [ "${all:-0}" -gt 0 ]
    report $? "$name has messages" "$(tail -n 1 "$folder/tshark.err")"
    coap=$(frames "$file" coap)
    [ "${all:-0}" = "${coap:-none}" ]
    report $? "$name: each of ${all:-0} frames is CoAP" "${coap:-none}"
    marked=$(frames "$file" "$bad")
    [ "${marked:-none}" = 0 ]
    report $? "$name: nothing is marked" "frames $(tr '\n' ' ' <"$folder/frames")"
done

# The decoder sees what happened, not just bytes that look like CoAP.
sees() { # NAME FILE FILTER
    local count
    count=$(frames "$2" "$3")
    [ "${count:-0}" -gt 0 ]
    report $? "tshark sees $1" "no frame matches '$3'"
}
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

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
