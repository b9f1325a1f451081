#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Campaigns against a device that is none: verdicts, never a crash, a hang or
# an error of Assay's, and a whole journal. Usage: rogue_test.sh ASSAY ROGUE
# SOURCE FOLDER
set -u
assay=$1
rogue=$2
profile=$3/scenarios/profiles/quad.json
folder=$4
rm -rf "$folder"
mkdir -p "$folder"
passed=0
failed=0

# campaign MODE EXITS PATTERN: the exit status is one of EXITS, the output has
# the pattern, the reports are there.
campaign() {
    local mode=$1 exits=$2 pattern=$3 got why=""
    "$assay" run 'AFU-OBJ-*' AFU-PSH-001 --profile "$profile" --port 0 \
        --register-timeout 3 --output "$folder/$mode" \
        -- "$rogue" "$mode" 'coap://{address}:{port}' \
        >"$folder/$mode.out" 2>"$folder/$mode.err" </dev/null
    got=$?
    case " $exits " in
    *" $got "*) ;;
    *) why="exit status $got, not one of $exits" ;;
    esac
    grep -qE -- "$pattern" "$folder/$mode.out" "$folder/$mode.err" ||
        why="$why; no '$pattern' in the output"
    grep -qE ' 0 error' "$folder/$mode.out" || why="$why; counts an error"
    grep -q '</testsuites>' "$folder/$mode/junit.xml" || why="$why; no junit.xml"
    [ "$(grep -cvE '^\{.*\}$' "$folder/$mode/events.ndjson")" = 0 ] ||
        why="$why; a torn journal"
    LC_ALL=C grep -qP '[^\x20-\x7e\t]' "$folder/$mode.out" "$folder/$mode.err" &&
        why="$why; control characters in the output"
    if [ -z "$why" ]; then
        passed=$((passed + 1))
        echo "ok $mode"
    else
        failed=$((failed + 1))
        echo "not ok $mode: $why"
        head -n 30 "$folder/$mode.err" "$folder/$mode.out"
    fi
}

campaign garbage 2 'datagrams received: [1-9][0-9]*; the last from 127.0.0.1:'
campaign long 2 'POST /rd .*4[0-9]* bytes, at most 1472 are read'
campaign twice 2 'inconc'
campaign liar '1 2' 'AFU-OBJ-002'
grep -qF "again:    $assay run" "$folder/liar.out" &&
    grep -qF "AFU-OBJ-001 -- $rogue liar 'coap://{address}:{port}'" "$folder/liar.out"
[ $? = 0 ] && passed=$((passed + 1)) || {
    failed=$((failed + 1))
    echo "not ok liar: the line to run a case again does not start the device"
}
grep -q '"kind":"replace"' "$folder/twice/events.ndjson"
[ $? = 0 ] && passed=$((passed + 1)) || {
    failed=$((failed + 1))
    echo "not ok twice: the journal has no 'replace'"
}
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
