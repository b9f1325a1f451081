#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Campaigns over DTLS against the simulated device, which has its own client:
# by key and by certificate, over IPv4 and IPv6, with and without Connection
# ID. Usage: dtls_campaign_test.sh ASSAY DEVICE SOURCE FOLDER
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
name=urn:assay:sim:quad

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

# passes NAME PROFILE ADDRESS DEVICE-OPTION...
passes() {
    local campaign=$1 profile=$2 address=$3 status
    shift 3
    "$assay" run AFU-OBJ-001 AFU-PSH-014 AFU-INT-007 AFU-PER-001 \
        --profile "$folder/$profile.json" --bind "$address" --port 0 \
        --output "$folder/$campaign" -- "$device" \
        --server 'coaps://{address}:{port}' --no-sync --state '{folder}' "$@" \
        >"$folder/$campaign.out" 2>"$folder/$campaign.err" </dev/null
    status=$?
    [ $status = 0 ] && grep -q '^5 pass, 0 fail' "$folder/$campaign.out"
    report $? "$campaign" "exit status $status: $(tail -n 4 "$folder/$campaign.err")"
    grep -qa 33629 "$folder/$campaign/AFU-PSH-014@push/trace.pcap"
    report $? "$campaign: the trace has the messages in clear"
}

echo "$psk_hex" >"$folder/quad.psk"
chmod 600 "$folder/quad.psk"
make_profile psk \
    "{ \"mode\": \"psk\", \"identity\": \"$name\", \"key-file\": \"quad.psk\" }"
make_ca ca && make_certificate server server ca &&
    make_certificate quad "$name" ca
report $? "openssl makes certificates" "$(tail -n 3 "$folder/openssl.log")"
make_profile x509 '{ "mode": "x509", "certificate-file": "server.pem", \
    "key-file": "server.key", "ca-file": "ca.pem" }'

key=(--psk-identity "$name" --psk-key "$psk_hex")
certificate=(--cert "$folder/quad.pem" --key "$folder/quad.key"
    --ca "$folder/ca.pem")
passes psk-v4 psk 127.0.0.1 "${key[@]}"
passes x509-v4 x509 127.0.0.1 "${certificate[@]}"
passes psk-no-cid psk 127.0.0.1 "${key[@]}" --no-cid
if grep -qs '^0*1 ' /proc/net/if_inet6; then
    passes psk-v6 psk ::1 "${key[@]}"
    passes x509-v6 x509 ::1 "${certificate[@]}"
else
    echo "skipped: IPv6 (no ::1 here)"
fi

# With Connection ID the port changes under way and the session stays: the
# Update moves the registration, and later requests go to the new address.
# The move is due before the first update can end in a reboot.
# A block that is sent again comes after 2 to 3 s.
passes moved psk 127.0.0.1 "${key[@]}" --move-port-ms 60 --install-ms 400 \
    --push-timeout-ms 20000
journal=$folder/moved/events.ndjson
first() { # KIND FIELD
    grep -a "\"kind\":\"$1\"" "$journal" | head -n 1 |
        sed -nE "s/.*\"$2\":\"([^\"]*)\".*/\1/p"
}
[ -n "$(first update location)" ] &&
    [ "$(first update location)" = "$(first register location)" ] &&
    [ "$(first update address)" != "$(first register address)" ]
report $? "an Update from another port is of the same registration" \
    "$(first register address), $(first update address)"

for campaign in psk-v4 psk-no-cid moved; do
    [ -s "$folder/$campaign/campaign.json" ] &&
        ! grep -rqaiF -- "$psk_hex" "$folder/$campaign" \
            "$folder/$campaign.out" "$folder/$campaign.err"
    report $? "$campaign: the key is in no result, though on the command line"
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
