#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The command as a user meets it: exit statuses, one clear line for bad input,
# and nothing recorded is lost. Usage: cli_test.sh ASSAY DEVICE SOURCE FOLDER
set -u
assay=$1
device=$2
source=$3
folder=$4
rm -rf "$folder"
mkdir -p "$folder"
passed=0
failed=0
profile=$source/scenarios/profiles/quad.json

report() { # STATUS NAME [TEXT]
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
        echo "ok $2"
    else
        failed=$((failed + 1))
        echo "not ok $2: ${3-}"
        sed 's/^/    | /' "$folder/err" | head -n 20
    fi
}

# expect NAME EXIT PATTERN COMMAND...: the exit status, and exactly one line on
# stderr, which matches.
expect() {
    local name=$1 exit_status=$2 pattern=$3 got lines
    shift 3
    "$@" >"$folder/out" 2>"$folder/err" </dev/null
    got=$?
    lines=$(wc -l <"$folder/err")
    if [ "$got" != "$exit_status" ]; then
        report 1 "$name" "exit status $got, not $exit_status"
    elif [ "$lines" != 1 ]; then
        report 1 "$name" "$lines lines on stderr, not 1"
    elif ! grep -qE -- "$pattern" "$folder/err"; then
        report 1 "$name" "stderr does not match '$pattern'"
    else
        report 0 "$name"
    fi
}

# wait_for FILE PATTERN PID: until a line of the file matches or the process
# is gone; the time-out is ctest's.
wait_for() {
    until grep -qs -- "$2" "$1"; do
        kill -0 "$3" 2>/dev/null || return 1
        sleep 0.05
    done
}

edit() { # SED-SCRIPT: a profile that differs in one place
    sed -E "$1" "$profile" >"$folder/profile.json"
}

expect "no command" 3 "no command" "$assay"
expect "unknown command" 3 "unknown command 'rnu', did you mean 'run'" \
    "$assay" rnu
expect "help of an unknown command" 3 "unknown command 'rnu', did you mean" \
    "$assay" help rnu
expect "unknown option" 3 "unknown option '--sede', did you mean '--seed'" \
    "$assay" run --sede 1
expect "unknown option with its value" 3 "'--sede=1', did you mean '--seed'" \
    "$assay" run --sede=1
expect "option without value" 3 "'--seed' needs a value" "$assay" run --seed
expect "bad number" 3 "'--port' takes a number from 0 to 65535, not 'x'" \
    "$assay" run --port x
expect "unknown protocol" 3 "'--pull-by' takes coap, coaps, .*, not 'ftp'" \
    "$assay" run --pull-by ftp
expect "unknown word of an impairment" 3 "'los=2%' is none of loss=N%, " \
    "$assay" run --impair los=2%
expect "impossible impairment" 3 "loss takes a share such as 2%, not '200%'" \
    "$assay" run --impair loss=200%
for port in x ftp=1 https= https=70000; do
    expect "bad port of files '$port'" 3 "'--repository-port' takes \\[PROTOCOL=\\]PORT, not '$port'" \
        "$assay" run --repository-port "$port"
done
expect "run without a profile" 3 "needs '--profile FILE'" "$assay" run
expect "missing profile" 3 "no-such.json" \
    "$assay" run --profile "$folder/no-such.json"
expect "demo of an unknown case" 3 "NO-SUCH-CASE" \
    "$assay" demo --output "$folder/none" NO-SUCH-CASE
expect "demo of an unknown mutant" 3 "unknown mutant 'nope'" \
    "$assay" demo --output "$folder/none" --mutant nope
expect "demo of an unknown shape" 3 "unknown shape 'round'" \
    "$assay" demo --output "$folder/none" --shape round
for shape in modem-mcu dual-core trustzone mcuboot mcuboot-late suit suit-late; do
    "$assay" demo --output "$folder/$shape" --shape "$shape" AFU-OBJ-001 \
        >"$folder/out" 2>"$folder/err" && grep -q '^1 pass, 0' "$folder/out" &&
        grep -q "urn:assay:sim:$shape" "$folder/$shape/events.ndjson"
    report $? "demo of shape $shape"
done
expect "matrix without a profile" 3 "AFU-MTX follow from the packages" \
    "$assay" list AFU-MTX
expect "mechanism that a case lacks" 3 "'AFU-OBJ-020' does not run by 'push'" \
    "$assay" run --profile "$profile" --dry-run AFU-OBJ-020@push
expect "demo of an unknown mutant, dry" 3 "did you mean 'result-not-reset'" \
    "$assay" demo --dry-run --mutant result-not-rest
expect "describe of an unknown case" 3 "NO-SUCH" "$assay" describe NO-SUCH
expect "describe of a case by a way that it does not run" 3 \
    "AFU-OBJ-001 does not run by 'push'" "$assay" describe AFU-OBJ-001@push
mkdir -p "$folder/claims"
cat >"$folder/claims/own.json" <<'EOF'
{ "group": "OWN", "cases": [ { "id": "OWN-001", "title": "own",
  "requirements": ["OWN-001", "AFU-999"], "steps": [
  { "read": "/3/0/3", "code": "2.05", "req": ["OWN-001"] } ] } ] }
EOF
expect "a case that claims what there is not" 3 \
    "own.json: case OWN-001 claims AFU-999" \
    "$assay" list --catalogue "$folder/claims"
expect "no program after --" 3 "no program" \
    "$assay" run --profile "$profile" --

edit 's/"persist"/"persit"/'
expect "unknown item of the ICS" 3 "/ics: unknown item 'persit', did you mean 'persist'" \
    "$assay" run --profile "$folder/profile.json"
edit 's/"persist": true/"persist": "yes"/'
expect "wrong value of an item" 3 "/ics/persist: true or false is expected, found 'yes'" \
    "$assay" run --profile "$folder/profile.json"
edit 's/"components"/"compnents"/'
expect "unknown profile key" 3 "compnents.*components" \
    "$assay" run --profile "$folder/profile.json"
edit 's/"settle": *"[^"]*"/"settle": [1]/'
expect "wrong type in the profile" 3 "settle" \
    "$assay" run --profile "$folder/profile.json"
printf '{ "components": ' >"$folder/profile.json"
expect "torn profile" 3 "profile.json" \
    "$assay" run --profile "$folder/profile.json"

# Packages that cannot be right are errors of the profile, before anything runs.
package() { # NAME PATTERN PACKAGE
    printf '{ "components": { "app": { "instance": 0 }, "tee": { "instance": 1 } },
        "packages": { "app": { "G": %s } } }\n' "$3" >"$folder/profile.json"
    expect "$1" 3 "profile.json: /packages/app/G$2" \
        "$assay" run --profile "$folder/profile.json"
}
: >"$folder/empty.bin"
printf 'firmware' >"$folder/good.bin"
package "package that is not there" ": file '.*/no.bin' cannot be read" \
    '{ "file": "no.bin" }'
package "package that is empty" ": file '.*/empty.bin' is empty" \
    '{ "file": "empty.bin" }'
package "package of an unknown format" "/recipe: unknown; known are: anjay" \
    '{ "recipe": "anjy" }'
package "package for an unknown component" "/requires: no component 'modem'" \
    '{ "file": "good.bin", "requires": { "modem": "2.0" } }'
package "version that the format does not have" \
    "/version: version 'one' is not like 1.2.3" \
    '{ "recipe": "mcuboot", "version": "one" }'

mkdir -p "$folder/cases"
cat >"$folder/cases/a.json" <<'J'
{ "group": "AFU-X", "title": "x", "cases": [ { "id": "AFU-X-001",
  "title": "misspelt", "requirements": ["AFU-080"], "applies": [],
  "steps": [ { "udpate": "x" } ] } ] }
J
expect "misspelt verb" 3 "a.json.*/cases/0/steps/0.*udpate.*update" \
    "$assay" list --catalogue "$folder/cases"
expect "program that does not exist" 3 "no-such-program" \
    "$assay" run --profile "$profile" --output "$folder/above/noprog" -- \
    "$folder/no-such-program"
[ -d "$folder/above" ] && [ ! -e "$folder/above/noprog" ]
report $? "a start that fails leaves no result directory"
mkdir "$folder/above/noprog"
expect "program that does not exist, in a shell" 3 "no-such-program" \
    "$assay" shell - --output "$folder/above/noprog" -- \
    "$folder/no-such-program"
[ -d "$folder/above/noprog" ] && [ -z "$(ls -A "$folder/above/noprog")" ]
report $? "a start that fails leaves a directory of the user's as it was"

"$assay" --help >"$folder/out" 2>"$folder/err" &&
    grep -q '^  demo' "$folder/out"
report $? "--help lists the commands"
"$assay" help 2>"$folder/err" | cmp -s - "$folder/out"
report $? "help says what --help does"
for command in run list describe demo device package; do
    "$assay" "$command" --help >"$folder/out" 2>"$folder/err" &&
        grep -q "^Usage: assay $command" "$folder/out"
    report $? "$command --help"
    "$assay" help "$command" 2>"$folder/err" | cmp -s - "$folder/out"
    report $? "help $command"
done
"$assay" --version >"$folder/out" 2>"$folder/err" &&
    grep -qE '^assay [0-9]' "$folder/out"
report $? "--version"
[ "$("$assay" list 2>"$folder/err" | wc -l)" -gt 20 ]
report $? "list has over 20 cases"
"$assay" describe AFU-DEP-001 >"$folder/out" 2>"$folder/err" &&
    grep -q 'AFU-089' "$folder/out"
report $? "describe names the requirement"
"$assay" demo --dry-run 'AFU-DEP-*' >"$folder/out" 2>"$folder/err" &&
    grep -q 'AFU-DEP-001@push' "$folder/out" && [ ! -e results ]
report $? "--dry-run lists the case instances and writes nothing"

# A port in use: the second campaign says so in one line.
"$assay" run --profile "$profile" --port 0 --output "$folder/first" \
    -- "$device" --server 'coap://{address}:{port}' --install-ms 400 \
    >"$folder/out" 2>"$folder/first.err" &
first=$!
wait_for "$folder/first/events.ndjson" '"register"' $first
port=$(grep -ao '"--server","coap://127.0.0.1:[0-9]*' \
    "$folder/first/events.ndjson" | head -n 1 | sed 's/.*://')
expect "port in use" 3 "127.0.0.1.*${port:-none}.*in use" \
    "$assay" run --profile "$profile" --port "${port:-1}" \
    --output "$folder/second" -- "$device" --server 'coap://127.0.0.1:{port}'

# A journal that ends before its first case.
mkdir "$folder/bare"
head -n 1 "$folder/first/events.ndjson" >"$folder/bare/events.ndjson"
expect "recheck of a journal without cases" 3 \
    "'$folder/bare/events.ndjson' has no case that was judged" \
    "$assay" recheck "$folder/bare"

# kill -9: the journal reads up to the kill.
wait_for "$folder/first/events.ndjson" '"verdict"' $first
kill -9 $first
wait $first 2>/dev/null
lines=$(wc -l <"$folder/first/events.ndjson")
[ "$lines" -gt 10 ] && head -n "$lines" "$folder/first/events.ndjson" |
    grep -vcE '^\{.*\}$' | grep -qx 0
report $? "kill -9 leaves a journal of whole lines"
pkill -9 -f "$device --server coap://127.0.0.1:${port:-none}" 2>/dev/null

# A device that stops answering in the middle: verdicts, not a hang.
sed -E 's/"boot": *"[^"]*"/"boot": "3 s"/' "$profile" >"$folder/short.json"
"$assay" run --profile "$folder/short.json" --output "$folder/stopped" --json \
    AFU-OBJ-001 AFU-CAN-003 AFU-PSH-001 AFU-STM-001 \
    -- "$device" --server 'coap://{address}:{port}' \
    >"$folder/out" 2>"$folder/err" &
campaign=$!
wait_for "$folder/stopped/events.ndjson" '"case-begin"' $campaign
pkill -KILL -P $campaign
wait $campaign
got=$?
[ $got = 2 ] && grep -q '"inconc"' "$folder/out"
report $? "a device that dies in the middle makes the cases inconc" \
    "exit status $got"

# A device that cannot start is not waited for; its words are shown.
"$assay" run --profile "$profile" --register-timeout 200 --port 0 \
    --output "$folder/broken" AFU-OBJ-001 -- "$device" --no-such-option \
    >"$folder/out" 2>"$folder/err"
got=$?
[ $got = 2 ] && grep -q "ended (exit status 3)" "$folder/err" &&
    grep -q "no-such-option" "$folder/err"
report $? "a device that cannot start is not waited for" "exit status $got"

# Another name than the profile's is said.
sed -E '0,/^\{/s//{ "endpoint": "somebody-else",/' "$profile" >"$folder/other.json"
"$assay" run --profile "$folder/other.json" --register-timeout 1 --port 0 \
    --output "$folder/stranger" AFU-OBJ-001 -- "$device" \
    --server 'coap://{address}:{port}' >"$folder/out" 2>"$folder/err"
got=$?
[ $got = 2 ] && ! grep -q 'no {port}' "$folder/err" &&
    grep -q "a device did register, as 'urn:assay:sim:quad'" "$folder/err"
report $? "a device under another name is named" "exit status $got"

# A device that is started by hand: where assay listens, for whom it waits and
# until when is told first.
rm "$folder/err"
"$assay" run AFU-OBJ-001 --profile "$profile" --output "$folder/bytes" \
    --port 0 >"$folder/out" 2>"$folder/err" &
campaign=$!
wait_for "$folder/err" '^waiting for.*)' $campaign
port=$(sed -nE 's|^listening on coap://127.0.0.1:([0-9]+) \(UDP\)$|\1|p' \
    "$folder/err")
[ -n "$port" ] &&
    grep -qE '^the second LwM2M server is at coap://127.0.0.1:[0-9]+ ' \
        "$folder/err" && grep -qE \
    '^packages to fetch are at coap://127.0.0.1:[0-9]+ \(UDP\)$' "$folder/err" &&
    grep -qE '^waiting for the first device that registers, until [0-9:]{8} \(--register-timeout 30\)$' \
        "$folder/err" && [ "$(wc -l <"$folder/err")" = 4 ]
report $? "a campaign tells where and for whom it waits"
# Whatever bytes a name has, files are UTF-8 and evidence names an event.
"$device" --server "coap://127.0.0.1:${port:-9}" --endpoint $'x\xff' \
    >"$folder/device" 2>&1 &
external=$!
wait $campaign
got=$?
kill $external
wait $external 2>/dev/null
[ $got = 0 ] && grep -q '"endpoint"' "$folder/bytes/campaign.json" &&
    iconv -f UTF-8 -t UTF-8 "$folder/bytes/campaign.json" >"$folder/out" &&
    grep -q '"evidence":\[[1-9]' "$folder/bytes/events.ndjson" &&
    ! grep -q '"evidence":\[0' "$folder/bytes/events.ndjson"
report $? "an endpoint name that is no UTF-8" "exit status $got"

# Ctrl-C: the postamble runs, the journal is closed, reports are written.
"$assay" demo --output "$folder/interrupted" >"$folder/out" 2>"$folder/err" &
campaign=$!
wait_for "$folder/interrupted/events.ndjson" '"verdict"' $campaign
kill -INT $campaign
wait $campaign
got=$?
[ -s "$folder/interrupted/junit.xml" ] &&
    grep -q '"interrupted":true' "$folder/interrupted/events.ndjson"
report $? "Ctrl-C ends the campaign with reports" "exit status $got"
grep -q '^note: interrupted; the device is brought back to Idle, another interrupt ends at once' \
    "$folder/err"
report $? "Ctrl-C is answered at once" "$(tail -n 4 "$folder/err")"

# Nothing registers: a diagnosis.
"$assay" run --profile "$profile" --register-timeout 1 --port 0 \
    --output "$folder/silent" AFU-OBJ-001 -- /bin/echo "no device here" \
    >"$folder/out" 2>"$folder/err"
got=$?
[ $got = 2 ] && grep -q "no device here" "$folder/err" &&
    grep -q '^waiting for the started device to register, until' "$folder/err" &&
    grep -q '^note: the started program has no {port}' "$folder/err" &&
    grep -qE '127.0.0.1:[0-9]+' "$folder/err"
report $? "a device that never registers gets a diagnosis" "exit status $got"

# What a profile leaves out, and what it may mean otherwise, is said and changes
# nothing.
cat >"$folder/short.json" <<'EOF'
{
  "components": { "application": { "instance": 0 }, "tee": { "instance": 1 } },
  "packages": { "application": { "G": { "file": "good.bin", "version": "1.0" } },
                "tee": { "FALI": { "junk": 5 }, "OWN-9": { "junk": 5 } } },
  "ics": { "persist": true, "x-vendor-speciality": true }
}
EOF
cat >"$folder/remarks" <<'EOF'
note: /packages/tee/FALI of the profile: no case asks for it; did you mean 'FAILI'?
EOF
"$assay" run --profile "$folder/short.json" --dry-run >"$folder/out" \
    2>"$folder/err"
cmp -s "$folder/err" "$folder/remarks"
report $? "near misses in a profile are told by a dry run"
"$assay" run AFU-OBJ-001 --profile "$folder/short.json" \
    --output "$folder/short" \
    -- "$device" --server 'coap://{address}:{port}' \
    >"$folder/out" 2>"$folder/err"
report $? "a profile that leaves components out can be used"
cat >>"$folder/remarks" <<'EOF'
note: /packages/application/G of the profile is version '1.0', which the device has already: what it does with it says little; give it its old firmware back
note: component 2 of the device (/33629/2) is not in the profile: not tested
note: component 3 of the device (/33629/3) is not in the profile: not tested
EOF
grep '^note' "$folder/err" | cmp -s - "$folder/remarks"
report $? "components that the profile leaves out are told"
[ "$(grep -c '"remark":true' "$folder/short/events.ndjson")" = 4 ]
report $? "the journal has the remarks"
tr -d '\n\t ' <"$folder/short/campaign.json" >"$folder/campaign"
grep -q '"limits":{"state":{"ms":5000,"how":"default"}' "$folder/campaign" &&
    grep -q '"persist":"declared"' "$folder/campaign" &&
    grep -q '"trans":"default"' "$folder/campaign" &&
    grep -q '"cancel":"detected"' "$folder/campaign"
report $? "campaign.json has items and limits, and who says them"

# A profile that the device contradicts.
cat >"$folder/wrong.json" <<'EOF'
{
  "components": { "application": { "instance": 0 }, "radio": { "instance": 9 } },
  "ics": { "obj5": true }
}
EOF
"$assay" run AFU-OBJ-001 --profile "$folder/wrong.json" \
    --output "$folder/wrong" \
    -- "$device" --server 'coap://{address}:{port}' \
    >"$folder/out" 2>"$folder/err"
report $? "a profile that the device contradicts is used"
grep -q 'component radio is /33629/9, as the profile says' "$folder/out" &&
    grep -q 'expected: obj5: true, as the profile says' "$folder/out" &&
    grep -q ' 2 warnings$' "$folder/out"
report $? "each contradiction is a warning"
"$assay" run AFU-OBJ-001 --profile "$folder/wrong.json" --fail-on-warning \
    --output "$folder/failing" \
    -- "$device" --server 'coap://{address}:{port}' \
    >"$folder/out" 2>"$folder/err"
[ $? = 1 ]
report $? "and fails the campaign where warnings do"

# A package of the user's that the device does not know: the fail names it.
"$assay" run AFU-PSH-001 --profile "$folder/short.json" \
    --output "$folder/foreign" \
    -- "$device" --server 'coap://{address}:{port}' \
    >"$folder/out" 2>"$folder/err"
[ $? = 1 ] && grep -qE \
    "^    package:  G for /33629/0: 8 bytes, version 1.0, from file .*/good.bin$" \
    "$folder/out" && grep -q '^package: G for /33629/0: 8 bytes' \
    "$folder/foreign/junit.xml"
report $? "a fail names the package that was delivered"

# --fail-fast: what follows the first fail has no verdict, and is not lost
"$assay" demo --mutant dependency-ignored --fail-fast --output "$folder/fast" \
    AFU-DEP-001@push AFU-DEP-012@push >"$folder/out" 2>"$folder/err" </dev/null
if [ $? = 1 ] && grep -q '1 fail, 0 inconc, 0 error, 1 not run' "$folder/out"; then
    report 0 "--fail-fast stops after the first fail"
else
    report 1 "--fail-fast stops after the first fail" "$(tail -n 3 "$folder/out")"
fi

# ./demo from another folder: what it writes is found there, and what it builds
# in its own. What it calls is exchanged for programs that tell where they are.
mkdir -p "$folder/clone/build/release" "$folder/elsewhere" "$folder/bin"
cp "$source/demo" "$folder/clone/demo"
printf '#!/bin/sh\npwd >"%s/set-up"\n' "$folder" >"$folder/clone/setup"
printf '#!/bin/sh\npwd >>"%s/set-up"\n' "$folder" >"$folder/bin/cmake"
printf '#!/bin/sh\necho "$0 in $(pwd): $*"\n' >"$folder/clone/build/release/assay"
chmod +x "$folder/clone/setup" "$folder/bin/cmake" \
    "$folder/clone/build/release/assay"
here=$(cd "$folder" && pwd -P)
(cd "$here/elsewhere" && PATH="$here/bin:$PATH" ../clone/demo --json) \
    >"$folder/out" 2>"$folder/err"
echo "$here/clone/build/release/assay in $here/elsewhere: demo --json" |
    cmp -s - "$folder/out" && [ "$(sort -u "$folder/set-up")" = "$here/clone" ]
report $? "./demo writes to the folder in which it is called"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
