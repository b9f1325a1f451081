#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Several devices in one campaign at the same time: each has its own verdicts,
# and what happens to one changes nothing for the others.
# Usage: devices_test.sh ASSAY ASSAY-DEVICE SOURCES FOLDER
set -u

assay=$1
device=$2
sources=$3
folder=$4

rm -rf "$folder"
mkdir -p "$folder" || exit 1
cd "$folder" || exit 1
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

# make_profile NAME MEMBERS: the demo profile with more members, and without
# its hooks
make_profile() {
    {
        echo "{ $2,"
        sed -e '1,/^{/d' -e '/^  "control": {/,/^  },/d' "$sources/scenarios/profiles/quad.json"
    } >"$folder/$1.json"
}

# start_with OPTION...: a hook that starts the simulated device. By one
# mechanism each case that delivers has one verdict.
start_with() {
    local word line="\"control\": { \"start\": [\"$device\", \"--server\", \
\"coap://{address}:{port}\", \"--delivery\", \"push\""
    for word in "$@"; do
        line="$line, \"$word\""
    done
    echo "$line] }"
}

# run NAME OPTION...: a campaign; the exit status
run() {
    local name=$1
    shift
    "$assay" run --port 0 --output "$folder/$name" "$@" \
        >"$folder/$name.out" 2>"$folder/$name.err" </dev/null
}

# verdicts NAME: "ENDPOINT CASE VERDICT" of each verdict in the journal
verdicts() {
    sed -nE 's/.*"case":"([^"]*)","endpoint":"([^"]*)","kind":"verdict","data":\{"verdict":"([a-z]*)".*/\2 \1 \3/p' \
        "$folder/$1/events.ndjson"
}

# count PATTERN FILE
count() {
    grep -acE "$1" "$2"
}

cases=(AFU-OBJ-001 AFU-PSH-013 AFU-DEP-001 AFU-PER-001)

# Fifty devices, one of them broken, in one campaign; and one that is not there.
make_profile fleet "\"endpoint\": \"sim:fleet-{n}\", \"devices\": 49, \
    $(start_with --endpoint sim:fleet -n 49)"
make_profile mutant "\"endpoint\": \"sim:mutant\", \
    $(start_with --endpoint sim:mutant --mutant result-not-reset)"
make_profile absent '"endpoint": "sim:absent"'
run fifty "${cases[@]}" --profile fleet.json --profile mutant.json \
    --profile absent.json --register-timeout 10
status=$?
report $((status != 1)) "fifty: exit status" "$status: $(tail -n 4 fifty.err)"
verdicts fifty >fifty.verdicts
report "$([ "$(count '^sim:fleet-[0-9]+ [^ ]+ pass$' fifty.verdicts)" = 196 ]; echo $?)" \
    "fifty: each case of each good device passes" \
    "$(grep -v ' pass$' fifty.verdicts | head -n 5)"
report "$([ "$(grep '^sim:fleet' fifty.verdicts | sort -u | wc -l)" = 196 ]; echo $?)" \
    "fifty: each good device has each verdict once"
grep '^sim:mutant' fifty.verdicts | sort >mutant.verdicts
report "$(diff - mutant.verdicts >mutant.diff <<'END'
sim:mutant AFU-DEP-001@push pass
sim:mutant AFU-OBJ-001 pass
sim:mutant AFU-PER-001@push pass
sim:mutant AFU-PSH-013@push fail
END
echo $?)" "fifty: the mutant fails where its mistake shows" "$(cat mutant.diff)"
# What it cannot do is not known: it has a verdict for each mechanism.
report "$([ "$(count '^sim:absent [^ ]+ inconc$' fifty.verdicts)" = 6 ]; echo $?)" \
    "fifty: a device that never registers has its own cases inconclusive"
report "$(grep -qa 'no device registered as sim:absent within 10 s' fifty/events.ndjson; echo $?)" \
    "fifty: and its own diagnosis"
report "$([ "$(find fifty -name trace.pcap | wc -l)" = 200 ] &&
    [ -s fifty/sim-fleet-49/AFU-DEP-001@push/trace.pcap ]; echo $?)" \
    "fifty: one folder for each device" "$(find fifty -name trace.pcap | wc -l)"
report "$([ "$(count '<testsuite ' fifty/junit.xml)" = 51 ] &&
    grep -q 'tests="206" failures="1" errors="6"' fifty/junit.xml; echo $?)" \
    "fifty: one suite for each device" "$(grep '<testsuites' fifty/junit.xml)"
report "$([ "$(grep -a '"case":' fifty/events.ndjson | grep -vac '"endpoint":')" = 0 ]; echo $?)" \
    "fifty: each line of a case names its device"
report "$(grep -q '^49 of 51 devices: all pass$' fifty.out &&
    grep -q '^sim:mutant: 3 pass, 1 fail' fifty.out &&
    grep -q '^199 pass, 1 fail, 6 inconc, 0 error, 0 not run' fifty.out; echo $?)" \
    "fifty: the summary counts for each device and for all" "$(tail -n 4 fifty.out)"
# The command that is offered tests the one device again.
again=$(sed -nE 's/.*"reproduce":[[:space:]]*"(.*mutant\.json.*AFU-PSH-013.*)",?$/\1/p' \
    fifty/results.json | head -n 1)
case $again in
*"--profile mutant.json "*) report 0 "again: names the profile of the device" ;;
*) report 1 "again: names the profile of the device" "$again" ;;
esac
bash -c "$again --output again" >again.out 2>again.err </dev/null
status=$?
report "$([ $status = 1 ] && [ -s again/AFU-PSH-013@push/trace.pcap ]; echo $?)" \
    "again: the same case fails again" "$status: $(tail -n 3 again.err)"

# In waves: no more than two at the same time, and all of them in the end.
make_profile six "\"endpoint\": \"sim:six-{n}\", \"devices\": 6, \
    $(start_with --endpoint sim:six -n 6)"
run waves "${cases[@]:0:3}" --profile six.json --parallel 2
report $? "waves: all pass" "$(tail -n 3 waves.err)"
report "$(awk '/"kind":"case-begin"/ { open++; if (open > most) most = open }
    /"kind":"verdict"/ { open-- } END { exit most == 2 ? 0 : 1 }' \
    waves/events.ndjson; echo $?)" "waves: two at the same time, never more"

# One alone.
run alone AFU-OBJ-001 --profile six.json --device sim:six-4
report $? "alone: passes" "$(tail -n 3 alone.err)"
report "$([ "$(verdicts alone)" = "sim:six-4 AFU-OBJ-001 pass" ] &&
    [ -s alone/AFU-OBJ-001/trace.pcap ]; echo $?)" "alone: no other is tested" \
    "$(verdicts alone)"
cat >who.sh <<'END'
echo "$1 $2" >who.txt
exec "${@:3}" --endpoint "$2"
END
make_profile who "\"endpoint\": \"sim:who-{n}\", \"devices\": 3, \"control\": \
    { \"start\": [\"bash\", \"who.sh\", \"{n}\", \"{endpoint}\", \"$device\", \
\"--server\", \"coap://{address}:{port}\"] }"
run who AFU-OBJ-001 --profile who.json --device sim:who-2
report "$([ $? = 0 ] && [ "$(cat who.txt)" = "2 sim:who-2" ]; echo $?)" \
    "alone: a program learns which device it is" "$(cat who.txt who.err)"
run unknown AFU-OBJ-001 --profile six.json --device sim:six-7
report "$([ $? = 3 ] && grep -q "no profile has a device 'sim:six-7'" unknown.err; echo $?)" \
    "alone: an unknown name is refused" "$(cat unknown.err)"

# One device goes for ever in the middle, and the program of another is killed:
# the third does not notice.
limits='"limits": { "state": "1 s", "update": "2 s", "boot": "2 s", "settle": "50 ms" }'
make_profile_short() { # NAME MEMBERS: with short limits
    make_profile "$1" "$2"
    sed -i '/^  "limits": {/,/^  }/d' "$folder/$1.json"
    sed -i "1s/^{ /{ $limits, /; s/^  },\$/  },/" "$folder/$1.json"
    # the last member has no comma behind it
    sed -i -z 's/,\n}/\n}/' "$folder/$1.json"
}
mkdir cases
cat >cases/batch.json <<'END'
{ "group": "AFU-ITG", "title": "Tests of Assay", "cases": [ {
  "id": "AFU-ITG-901", "title": "A batch that fails", "requirements": ["AFU-094"],
  "applies": ["components >= 2", "package FAILI"],
  "steps": [
    { "deliver": "FAILI", "to": "x" },
    { "deliver": "FAILI", "to": "y" },
    { "update": "x", "with": ["y"], "code": "2.04" },
    { "await": { "x": { "result": 8 } }, "within": "update", "req": ["AFU-094"] }
  ] }, {
  "id": "AFU-ITG-902", "title": "What follows", "requirements": ["AFU-010"],
  "steps": [ { "expect": { "x": { "state": "Idle" } }, "req": ["AFU-010"] } ]
} ] }
END
# Kills its device once a case runs on it, and then itself.
cat >kill.sh <<'END'
"$@" &
until grep -qaF '"endpoint":"sim:killed","kind":"snapshot"' lost/events.ndjson; do
    sleep 0.05
done
kill -9 $! $$
END
make_profile_short bricked "\"endpoint\": \"sim:bricked\", \
    $(start_with --endpoint sim:bricked --mutant bricked-by-batch)"
make_profile killed "\"endpoint\": \"sim:killed\", \"control\": { \"start\": \
    [\"bash\", \"kill.sh\", \"$device\", \"--server\", \
\"coap://{address}:{port}\", \"--endpoint\", \"sim:killed\"] }"
make_profile whole "\"endpoint\": \"sim:whole\", $(start_with --endpoint sim:whole)"
run lost AFU-OBJ-001 AFU-PER-001 AFU-ITG-901 AFU-ITG-902 --catalogue cases \
    --profile bricked.json --profile killed.json --profile whole.json
status=$?
verdicts lost >lost.verdicts
report "$([ "$(count '^sim:whole [^ ]+ pass$' lost.verdicts)" = 4 ] &&
    [ "$(count '^sim:whole' lost.verdicts)" = 4 ]; echo $?)" \
    "lost: the others do not notice" "$(cat lost.verdicts)"
report "$([ "$(count '^sim:bricked [^ ]+ (pass|fail|inconc)$' lost.verdicts)" = 4 ] &&
    [ "$(count '^sim:bricked [^ ]+ inconc$' lost.verdicts)" -ge 1 ]; echo $?)" \
    "lost: a dead device has a verdict for each of its cases" \
    "$(grep bricked lost.verdicts)"
report "$([ "$(count '^sim:killed [^ ]+ inconc$' lost.verdicts)" -ge 3 ] &&
    [ "$(count '^sim:killed [^ ]+ (fail|error)$' lost.verdicts)" = 0 ]; echo $?)" \
    "lost: a device that was killed did not fail" "$(grep killed lost.verdicts)"
report "$([ $status != 3 ]; echo $?)" "lost: no error of ours" "$status"

# Ctrl-C: each case that runs gets its postamble, on each device.
make_profile stop "\"endpoint\": \"sim:stop-{n}\", \"devices\": 5, \
    $(start_with --endpoint sim:stop -n 5 --install-ms 400)"
"$assay" run --port 0 --output stop --profile stop.json --parallel 3 \
    >stop.out 2>stop.err </dev/null &
process=$!
for ((i = 0; i < 600; i++)); do
    [ "$(grep -a '"phase":"body"' stop/events.ndjson 2>/dev/null |
        sed -E 's/.*"endpoint":"([^"]*)".*/\1/' | sort -u | wc -l)" = 3 ] && break
    sleep 0.05
done
kill -INT $process
wait $process
status=$?
report "$([ $status = 2 ] || [ $status = 1 ]; echo $?)" "stop: exit status" "$status"
for kind in '"kind":"verdict"' '"phase":"postamble"'; do
    report "$([ "$(count "$kind" stop/events.ndjson)" = \
        "$(count '"kind":"case-begin"' stop/events.ndjson)" ]; echo $?)" \
        "stop: each case that began has $kind"
done
report "$(grep -qa '"kind":"campaign-end".*"interrupted":true' stop/events.ndjson &&
    grep -q '0 of 5 devices: all pass' stop.out; echo $?)" \
    "stop: what did not run is no pass" "$(tail -n 5 stop.out)"

# Requests that waited for a registration are answered for whom they were sent.
make_profile later "\"endpoint\": \"sim:later-{n}\", \"devices\": 3, \
    $(start_with --endpoint sim:later -n 3 --variant deregisters --install-ms 300)"
run later AFU-PSH-014 --profile later.json
report $? "later: all pass" "$(tail -n 3 later.err)"

# What cannot be tested together is refused before anything is written.
make_profile twin '"endpoint": "sim:mutant"'
make_profile nameless '"tolerate": []'
make_profile clash '"endpoint": "sim:fleet-7"'
while read -r one other text; do
    run refused AFU-OBJ-001 --profile "$one.json" --profile "$other.json"
    report "$([ $? = 3 ] && grep -qF -- "$text" refused.err && [ ! -e refused ]; echo $?)" \
        "refused: $one and $other" "$(cat refused.err)"
done <<'END'
mutant twin 'mutant.json' and 'twin.json' have the same endpoint 'sim:mutant'
fleet clash 'fleet.json' and 'clash.json' have the same endpoint 'sim:fleet-7'
mutant nameless 'nameless.json' has no /endpoint
END

# DTLS with an identity and a name for each.
echo 00112233445566778899aabbccddeeff >psk.key
chmod 600 psk.key
make_profile psk '"endpoint": "sim:psk-{n}", "devices": 4, "security":
    { "mode": "psk", "identity": "id-{n}", "key-file": "psk.key" }'
run psk AFU-OBJ-001 AFU-DEP-001 --profile psk.json -- "$device" \
    --server 'coaps://{address}:{port}' --endpoint sim:psk --psk-identity id \
    --psk-key 00112233445566778899aabbccddeeff -n 4
report $? "psk: each device has its identity" "$(tail -n 3 psk.err)"
report "$([ "$(verdicts psk | grep -c ' pass$')" = 12 ]; echo $?)" "psk: all pass, by push and by pull"
report "$(! grep -rqi 00112233445566778899aabbccddeeff psk psk.out psk.err; echo $?)" \
    "psk: the key is in no result"
run mixed AFU-OBJ-001 --profile psk.json --profile mutant.json
report "$([ $? = 3 ] && grep -q "differ in /security/mode" mixed.err; echo $?)" \
    "psk: coap and coaps do not go together" "$(cat mixed.err)"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
