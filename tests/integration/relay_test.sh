#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Campaigns behind the relay, by UDP and by DTLS: what is cut, lost, moved and
# disturbed in handshakes, and hooks for single messages inside of DTLS.
# Usage: relay_test.sh ASSAY DEVICE SOURCE FOLDER
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
cases=$(dirname "$0")/relay_cases

report() { # STATUS NAME [TEXT]
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
        echo "ok $2"
    else
        failed=$((failed + 1))
        echo "not ok $2: ${3-}"
    fi
}

# campaign NAME OPTION... [-- DEVICE-OPTION...]: by coap, or by coaps when the
# name says so.
campaign() {
    local campaign=$1 options=() scheme=coap profile=plain key=()
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    [ $# = 0 ] || shift
    case $campaign in
    *dtls*)
        scheme=coaps profile=psk
        key=(--psk-identity "$name" --psk-key "$psk_hex")
        ;;
    hasty) profile=hasty ;;
    esac
    timeout 100 "$assay" run "${options[@]}" --profile "$folder/$profile.json" \
        --port 0 --seed 7 --catalogue "$cases" --output "$folder/$campaign" -- \
        "$device" --server "$scheme://{address}:{port}" --state '{folder}' \
        --no-sync --watched "${key[@]}" "$@" \
        >"$folder/$campaign.out" 2>"$folder/$campaign.err" </dev/null
    echo $? >"$folder/$campaign.status"
}

# passes NAME COUNT: so many cases pass, and no other verdict is there.
passes() {
    [ "$(cat "$folder/$1.status")" = 0 ] &&
        grep -q "^$2 pass, 0 fail, 0 inconc, 0 error" "$folder/$1.out"
    report $? "$1" "exit status $(cat "$folder/$1.status"): $(tail -n 4 "$folder/$1.err")"
}

relayed() { # NAME FIELD: what the relay counted
    grep -a '"kind":"campaign-end"' "$folder/$1/events.ndjson" |
        sed -nE "s/.*\"$2\":([0-9]+).*/\1/p"
}

cp "$source/scenarios/profiles/quad.json" "$folder/plain.json"
echo "$psk_hex" >"$folder/quad.psk"
chmod 600 "$folder/quad.psk"
make_profile psk \
    "{ \"mode\": \"psk\", \"identity\": \"$name\", \"key-file\": \"quad.psk\" }"

# Each campaign has its own server and device; mostly they wait. The mutant does
# so for longest, beside all the others.
sed -E 's/"(abort|download)": "[0-9]+ s"/"\1": "4 s"/' "$folder/plain.json" \
    >"$folder/hasty.json"
campaign hasty --pull-by coaps --via-relay AFU-INT-027 \
    -- --pull-ca '{ca}' --no-cid --mutant fetch-waits-for-ever &
hasty=$!
campaign cut --via-relay AFU-INT-024 AFU-PSH-003 X-RELAY AFU-INT-027 X-FILES &
campaign dtls-moved --via-relay X-RELAY-001 X-RELAY-002 &
campaign dtls-no-cid --via-relay X-RELAY-005 -- --no-cid --ack-ms 50 &
campaign coaps --pull-by coaps --via-relay AFU-INT-027 X-FILES -- --pull-ca '{ca}' &
campaign coaps-no-cid --pull-by coaps --via-relay AFU-INT-027 \
    -- --pull-ca '{ca}' --no-cid &
campaign dtls-hooks --via-relay AFU-STM-014 AFU-STM-015 AFU-STM-016 &
# All but the mutant.
wait $(jobs -p | grep -vx "$hasty")
campaign bad --impair loss=2%,jitter=5ms AFU-PSH-001 AFU-PUL-001 AFU-INT-007 &
campaign sized --impair size=700 AFU-OBJ-001 AFU-PSH-003 &
for flight in 1 2 3 4 5 6; do
    campaign "dtls-drop-$flight" --impair "drop-flight=$flight" AFU-OBJ-001 &
done
campaign dtls-twice AFU-OBJ-001 --impair \
    repeat-flight=1,repeat-flight=2,repeat-flight=3,repeat-flight=4,repeat-flight=5,repeat-flight=6 &
campaign dtls-damage --impair damage-flight=2 AFU-OBJ-001 &
wait

passes cut 9
passes dtls-moved 2
passes dtls-no-cid 1
passes coaps 3
passes coaps-no-cid 1
grep -q '^0 pass, 1 fail' "$folder/hasty.out" &&
    grep -q 'fail AFU-040' "$folder/hasty.out"
report $? "a pull that ends with its session and is not given up fails" \
    "$(tail -n 4 "$folder/hasty.out")"
passes dtls-hooks 3
passes bad 3
[ "$(relayed bad lost)" -gt 0 ] && [ "$(relayed bad delayed)" -gt 0 ]
report $? "bad: some were lost, and some late" "$(relayed bad lost)"
for flight in 1 2 3 4 5 6; do
    passes "dtls-drop-$flight" 1
    [ "$(relayed "dtls-drop-$flight" lost)" = 1 ]
    report $? "one datagram of flight $flight was lost"
done
passes dtls-twice 1
[ "$(relayed dtls-twice doubled)" = 6 ]
report $? "one datagram of each flight was there twice" \
    "$(relayed dtls-twice doubled)"
passes dtls-damage 1
passes sized 2
[ "$(relayed dtls-damage damaged)" = 1 ]
report $? "one datagram of flight 2 was damaged"

# The same registration, from another address.
update() { # WHICH
    grep -a '"kind":"update"' "$folder/$1/events.ndjson" |
        sed -nE 's/.*"address":"([^"]*)".*/\1/p' | sort -u | wc -l
}
[ "$(update dtls-moved)" = 2 ] && [ "$(update cut)" = 2 ]
report $? "Updates came from two addresses" \
    "$(update dtls-moved), $(update cut)"
# Without Connection ID the old session is dead: what comes from the new address
# is no message, and the device begins a new one and registers.
registered() { # WHICH
    grep -a '"kind":"register","data":{"location"' "$folder/$1/events.ndjson" |
        sed -nE 's/.*"address":"([^"]*)".*/\1/p' | sort -u | wc -l
}
unread() { # WHICH CASE
    grep -a "\"case\":\"$2\"" "$folder/$1/events.ndjson" |
        grep -ac '"what":"a DTLS record that no session can read"'
}
[ "$(registered dtls-moved)" = 1 ] && [ "$(unread dtls-moved X-RELAY-001)" = 0 ]
report $? "with Connection ID the session goes on"
[ "$(registered dtls-no-cid)" = 2 ] && [ "$(unread dtls-no-cid X-RELAY-005)" -gt 0 ]
report $? "without Connection ID the device shakes hands again" \
    "$(registered dtls-no-cid), $(unread dtls-no-cid X-RELAY-005)"

# So it is with the file server: with Connection ID the rest is asked for from
# the new address, without, nothing that can be read comes.
places() { # WHICH
    grep -a '"case":"AFU-INT-027@pull".*"kind":"repository"' \
        "$folder/$1/events.ndjson" |
        sed -nE 's/.*"peer":"([^"]*)".*/\1/p' | sort -u | wc -l
}
[ "$(places cut)" = 2 ] && [ "$(places coaps)" = 2 ] &&
    [ "$(unread coaps AFU-INT-027@pull)" = 0 ]
report $? "a download goes on from another address" \
    "$(places cut), $(places coaps), $(unread coaps AFU-INT-027@pull)"
[ "$(places coaps-no-cid)" = 1 ] && [ "$(unread coaps-no-cid AFU-INT-027@pull)" -gt 0 ]
report $? "without Connection ID its session is dead" "$(places coaps-no-cid)"
"$assay" run --dry-run --via-relay --pull-by https AFU-INT-027 \
    --profile "$folder/plain.json" >"$folder/out" 2>&1
grep -q 'not applicable.*files go by TCP' "$folder/out"
report $? "a relay is no network of TCP" "$(cat "$folder/out")"
grep -qa '"what":"dropped"' "$folder/dtls-hooks/events.ndjson" &&
    grep -qa '"what":"answered".*4.02' "$folder/dtls-hooks/events.ndjson"
report $? "what was done inside of DTLS is on record"
# STM-015 has one Execute doubled at once, and X-FILES-002 a block.
twice() { # WHICH CASE
    grep -a "\"case\":\"$2\"" "$folder/$1/events.ndjson" |
        grep -aqE '"kind":"wire".*"sent":true.*"what":"repeated"'
}
twice dtls-hooks AFU-STM-015@push && twice coaps X-FILES-002@pull &&
    twice cut X-FILES-002@pull
report $? "what is doubled is there twice, also inside of DTLS"

# What cannot be done is named with what can.
"$assay" run --impair wind=2% --profile "$folder/plain.json" \
    >"$folder/out" 2>"$folder/err"
[ $? = 3 ] && grep -q 'loss=N%, .*drop-flight=N' "$folder/err"
report $? "--impair names its words" "$(cat "$folder/err")"
"$assay" run --dry-run AFU-INT-024 --profile "$folder/plain.json" \
    >"$folder/out" 2>&1
grep -q 'not applicable.*netcut' "$folder/out"
report $? "without a relay nothing can be cut" "$(cat "$folder/out")"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
