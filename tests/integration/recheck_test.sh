#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A journal that is judged again by the same program has the same verdicts and
# findings; one in which something was changed has not.
# Usage: recheck_test.sh ASSAY DEVICE SOURCE FOLDER
set -u
assay=$1
device=$2
source=$3
folder=$4
profile=$source/scenarios/profiles/quad.json
passed=0
failed=0
rm -rf "$folder"
mkdir -p "$folder"

# campaign NAME DEVICE-OPTIONS -- CASE...: a journal to judge
campaign() {
    local name=$1 options=()
    shift
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    "$assay" run "$@" --profile "$profile" --output "$folder/$name" -- "$device" \
        --server 'coap://{address}:{port}' --install-ms 400 "${options[@]}" \
        >"$folder/$name.out" 2>&1 </dev/null
}

# edited NAME FROM SED-SCRIPT: a copy of a journal with a change
edited() {
    mkdir -p "$folder/$1"
    sed -E "$3" "$folder/$2/events.ndjson" >"$folder/$1/events.ndjson"
    if cmp -s "$folder/$1/events.ndjson" "$folder/$2/events.ndjson"; then
        failed=$((failed + 1))
        echo "not ok $1: nothing was changed"
    fi
}

# says WHAT STATUS TEXT ARGUMENT...: exit status, and a line of the output
says() {
    local what=$1 status=$2 text=$3 out
    shift 3
    out=$("$assay" recheck "$@" 2>&1 </dev/null)
    local got=$?
    if [ "$got" = "$status" ] && grep -qE -- "$text" <<<"$out"; then
        passed=$((passed + 1))
        echo "ok $what"
    else
        failed=$((failed + 1))
        printf 'not ok %s: exit status %s, expected %s and %s in\n%s\n' \
            "$what" "$got" "$status" "$text" "$out"
    fi
}
same='cases? judged again: 0 with another verdict, 0 with the same verdict and other'

campaign plain -- AFU-DEP-001 AFU-PER-001@push AFU-PUL-022 AFU-MUL-005@pull AFU-STM-001 CORE-REG-101 CORE-DM-241 CORE-OBS-301
campaign mutant --mutant dependency-ignored -- AFU-DEP-001@push AFU-DEP-012@push
campaign ten --variant reset-cancels -- AFU-PSH-010 AFU-CAN-003@push
campaign lost --mutant reset-ignored --variant mandatory-only -- AFU-PSH-001 AFU-PSH-005 AFU-PSH-010

says 'the plain device has the same verdicts' 0 "$same" "$folder/plain"
says 'a journal may be named itself' 0 "$same" "$folder/plain/events.ndjson"
says 'a mutant has the same verdicts' 0 "$same" "$folder/mutant"
says 'a tolerated deviation has the same verdicts' 0 "$same" "$folder/ten"
says 'a preamble that is not reached has the same verdicts' 0 "$same" "$folder/lost"
says 'the strict reading judges otherwise' 1 '^pass   -> fail   AFU-PSH-010' --reading strict "$folder/ten"
says 'what is new is told' 1 '^  \+ fail AFU-05[56] ' --reading strict "$folder/ten"
says 'a warning may fail' 1 '^pass   -> fail   AFU-PSH-010' --fail-on-warning "$folder/ten"
says 'JSON has both verdicts' 1 '"after":\s*"fail"' --json --reading strict "$folder/ten"

# a fail that was not seen then
edited hidden mutant '/"kind":"verdict"/s/"verdict":"fail"/"verdict":"pass"/; /"kind":"finding"/s/"level":"fail"/"level":"pass"/'
says 'a fail that was overlooked is found' 1 '^pass   -> fail   AFU-DEP-001@push' "$folder/hidden"
# a check in the body that failed then and does not today
edited forgiven plain '/"instance":"AFU-STM-001"|"case":"AFU-STM-001"/{/"kind":"verdict"/s/"verdict":"pass"/"verdict":"fail"/; /"kind":"finding"/s/"level":"pass"/"level":"fail"/}'
says 'a fail that is forgiven becomes inconc' 1 '^fail   -> inconc AFU-STM-001' "$folder/forgiven"
says 'what is gone is told' 1 '^  - fail AFU-080 ' "$folder/forgiven"
# a failure of the tester that is no finding
edited own plain '/AFU-STM-001"/{/"kind":"verdict"/s/"verdict":"pass"/"verdict":"error"/}'
says 'what the tester said of itself stays' 0 "$same" "$folder/own"
# cut off, as by kill -9
mkdir -p "$folder/cut"
head -c "$(($(wc -c <"$folder/plain/events.ndjson") * 2 / 3))" "$folder/plain/events.ndjson" >"$folder/cut/events.ndjson"
says 'a case without a verdict is told' 0 '^1 begun without a verdict' "$folder/cut"
says 'a line that was cut off is told' 0 'last line was cut off' "$folder/cut"

printf '{"seq":1,"kind":"campaign"}\n' >"$folder/bad"
says 'no profile' 3 'event 1: the campaign has no profile|bad' "$folder/bad"
printf 'nonsense\nmore\n' >"$folder/bad"
says 'no journal' 3 'line 1|: 1:' "$folder/bad"
: >"$folder/bad"
says 'an empty file' 3 'no journal of a campaign' "$folder/bad"
says 'no file' 3 'nowhere' "$folder/nowhere"
says 'no argument' 3 'takes one result directory'
edited verb plain 's/"verb":"await","parameters":\{"await"/"verb":"await","parameters":{"hover"/'
says 'a verb that is not known' 3 'a step of another version' "$folder/verb"
edited parameter plain 's/("verb":"await","parameters":\{"await":)\{/\1[],"x":{/'
says 'a parameter that cannot be read' 3 'event [0-9]+: ' "$folder/parameter"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
