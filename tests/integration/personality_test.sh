#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The personalities of the server: a right device passes in the company of
# each, and one that cannot stand a pattern is found out by those that have it.
# Usage: personality_test.sh ASSAY ASSAY-DEVICE SOURCES FOLDER
set -u

assay=$1
device=$2
sources=$3
folder=$4
cases="AFU-PSH-001 AFU-PSH-014 AFU-PUL-001 AFU-PUL-009 AFU-INT-006 AFU-CAN-003
    AFU-CON-002 AFU-STM-005"

rm -rf "$folder"
mkdir -p "$folder" || exit 1
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

run() { # NAME PERSONALITY MUTANT CASE...
    local name=$1 personality=$2 mutant=$3
    shift 3
    "$assay" run "$@" --personality "$personality" \
        --profile "$sources/scenarios/profiles/quad.json" \
        --output "$folder/$name" -- "$device" \
        --server "coap://{address}:{port}" --install-ms 100 \
        ${mutant:+--mutant "$mutant"} >"$folder/$name.out" 2>"$folder/$name.err"
}

for personality in strict leshan coiote thingsboard; do
    # shellcheck disable=SC2086
    run "$personality" "$personality" "" $cases
    status=$?
    [ $status = 0 ] && grep -q ' 0 warnings$' "$folder/$personality.out"
    report $? "a right device passes beside $personality" \
        "exit status $status: $(grep -A4 'warning\|fail' \
            "$folder/$personality.out" | head -n 6)"
    grep -q "\"personality\":[[:space:]]*\"$personality\"" \
        "$folder/$personality/campaign.json"
    report $? "$personality is in campaign.json"
done

# What each does, on record: the requests to /33629/0 before the first block.
before() { # NAME KIND
    sed '/"block1":{"number":0,/q' "$folder/$1/events.ndjson" |
        grep "\"case\":\"AFU-PSH-001@push\"" | grep -c "$2"
}
[ "$(before coiote '"method":"POST","path":"/33629/0/10"')" = 1 ] &&
    [ "$(before strict '"method":"POST"')" = 0 ]
report $? "Cancel comes before the package, where that is the pattern"
[ "$(before thingsboard '"observe":0')" = 4 ] &&
    [ "$(before leshan '"observe":0')" = 0 ]
report $? "four Resources are observed before the package"
grep -q '"block1":{"number":0,"more":true,"szx":5}' \
    "$folder/leshan/events.ndjson"
report $? "blocks have 512 bytes"
grep '"kind":"repository"' "$folder/leshan/events.ndjson" |
    grep '"case":"AFU-PUL-001@pull"' | grep -q '"lwm2m-port":true'
report $? "the file is on the LwM2M port"

# Who finds which device out, and who does not. 0: passes, 1: a fail.
while read -r mutant personality wanted case; do
    run "$mutant-$personality" "$personality" "$mutant" "$case"
    status=$?
    [ $status = "$wanted" ]
    report $? "$mutant beside $personality" "exit status $status"
done <<'ROWS'
token-is-the-transfer strict 0 AFU-PSH-001
token-is-the-transfer leshan 1 AFU-PSH-001
cancel-in-idle-jams strict 0 AFU-PSH-001
cancel-in-idle-jams coiote 1 AFU-PSH-001
observed-push-spoiled strict 0 AFU-PSH-001
observed-push-spoiled thingsboard 1 AFU-PSH-001
server-port-refused strict 0 AFU-PUL-001
server-port-refused leshan 1 AFU-PUL-001
ROWS
grep -q "assay run --personality coiote .* AFU-PSH-001@push" \
    "$folder/cancel-in-idle-jams-coiote/junit.xml"
report $? "the line that repeats a case has the personality"

for file in results.json junit.xml; do
    grep -q personality "$folder/coiote/$file" || break
done
report $? "results.json and junit.xml have it"

echo 'deliver G to=application' |
    "$assay" shell - --personality coiote \
        --profile "$sources/scenarios/profiles/quad.json" \
        --output "$folder/shell" -- "$device" \
        --server "coap://{address}:{port}" >"$folder/shell.out" 2>&1
status=$?
[ $status = 0 ] &&
    grep -q '"method":"POST","path":"/33629/0/10"' "$folder/shell/events.ndjson"
report $? "the shell has them, too" "exit status $status"

"$assay" run --personality help >"$folder/help"
for word in strict leshan coiote thingsboard sdk-nrf#12620; do
    grep -q -- "$word" "$folder/help" || break
done
report $? "help lists them with their sources"
"$assay" run --personality nobody --profile x >"$folder/help" 2>&1
[ $? = 3 ]
report $? "an unknown one is refused"

# docs/personalities.md has the same rows as the table.
"$assay" run --personality help | sed -n 's/^  \([a-z][a-z0-9-]*\) .*/\1/p' |
    sort -u >"$folder/rows"
sed -n 's/^| `\([a-z][a-z0-9-]*\)` |.*/\1/p' "$sources/docs/personalities.md" |
    sort -u >"$folder/documented"
cmp -s "$folder/rows" "$folder/documented"
report $? "each pattern is documented" \
    "$(diff "$folder/rows" "$folder/documented" | head -n 4)"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
