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
xmllint=$(command -v xmllint)
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
    # What a device gave reaches no terminal by a file that somebody looks at.
    LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' \
        "$folder/$mode/events.ndjson" "$folder/$mode/junit.xml" \
        "$folder/$mode/results.json" && why="$why; control characters in a file"
    if [ -n "$xmllint" ] && ! "$xmllint" --noout "$folder/$mode/junit.xml"; then
        why="$why; junit.xml is no XML"
    fi
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
campaign names '1 2' 'AFU-OBJ-002'
campaign resets '1 2' 'does not answer: the device answered with Reset'
campaign endless '1 2' 'a body in blocks of more than 1048576 bytes'
campaign storm '1 2' 'AFU-OBJ-002'

# has MODE TEXT: the journal of a campaign tells it.
has() {
    if grep -qF -- "$2" "$folder/$1/events.ndjson"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not ok $1: the journal has no '$2'"
    fi
}
has names '"endpoint":"ro\u001b[31mgue'
has endless 'a body in blocks of more than 1048576 bytes'
has storm 'a Reset of a message that was not sent'
has storm 'an ACK of a message that was not sent'
has storm 'a response in an ACK whose message ID fits no request'
has storm 'a malformed CoAP message'
has storm '"kind":"unwanted"'
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
