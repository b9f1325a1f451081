#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Usage: shell_test.sh ASSAY DEVICE SOURCE_DIR WORK_DIR
# The shell without a terminal: scripts from a pipe and from a file against the
# simulated device.
set -u
assay=$1
device=$2
source=$3
work=$4
failures=0

rm -rf "$work"
mkdir -p "$work"
cd "$work" || exit 3

fail() {
    printf 'FAIL: %s\n' "$*"
    failures=$((failures + 1))
}
# shell NAME EXPECTED_STATUS SCRIPT [OPTION...]: through a pipe
shell() {
    local name=$1 expected=$2 script=$3 status
    shift 3
    printf '%s\n' "$script" | "$assay" shell - --output "$work/$name" "$@" \
        -- "$device" --server 'coap://{address}:{port}' \
        >"$name.out" 2>"$name.err"
    status=${PIPESTATUS[1]}
    [ "$status" = "$expected" ] ||
        fail "$name: exit $status instead of $expected: $(cat "$name.out" "$name.err")"
}
has() { # NAME TEXT
    grep -qF -e "$2" "$1" || fail "$1 lacks '$2': $(cat "$1")"
}
lacks() { # NAME TEXT
    if grep -qF -e "$2" "$1"; then
        fail "$1 has '$2'"
    fi
}
# What differs from run to run.
normal() {
    sed -E 's/[0-9]+ ms/N ms/; s/127\.0\.0\.1:[0-9]+/127.0.0.1:PORT/' "$@"
}
profile=$source/scenarios/profiles/quad.json

# The session in README is what the tool prints.
sed -n '/assay shell - /,/^$/p' "$source/README.md" | sed -n 's/^    //p' |
    sed 1d >readme.txt
[ "$(grep -c '^> ' readme.txt)" -ge 5 ] || fail "README has no session"
shell readme 0 "$(sed -n 's/^> //p' readme.txt)" --profile "$profile"
normal readme.txt >readme.want
normal readme.out >readme.got
cmp -s readme.want readme.got ||
    fail "README differs: $(diff readme.want readme.got)"
has readme.got '  /33629/0/5  Update Result  1 (updated successfully)'

# Any device, without a profile.
cat >plain.txt <<'END'
# no verdict, no profile

devices
read /3/0/1 /33629/1/14   # two at once
write /33629/0/11 2
read /33629/0/11 accept=text
read /3/0/99 code=4.04
deliver file=junk.bin to=2
read /33629/2/5
mark here
quit
read /3/0/0
END
printf 'this is no firmware' >junk.bin
"$assay" shell plain.txt --output "$work/plain" -- "$device" \
    --server 'coap://{address}:{port}' >plain.out 2>plain.err ||
    fail "plain: exit $?: $(cat plain.out plain.err)"
has plain.out '=> urn:assay:sim:quad'
has plain.out '  /3/0/1  Model Number  "quad"'
has plain.out '  /33629/1/14  Component Name  "tee"'
has plain.out '  /33629/0/11  Severity  2 (optional)'
has plain.out 'package file-1 for /33629/2 by push: 19 bytes'
has plain.out '  /33629/2/5  Update Result  6 (unsupported package type)'
lacks plain.out '> # no verdict'
lacks plain.out 'Manufacturer' # behind quit

# Everything is in the journal, so that it can be judged again.
journal=plain/events.ndjson
has "$journal" '"verb":"deliver"'
has "$journal" '"instance":"SHELL"'
has "$journal" '"kind":"campaign-end"'
[ -s plain/SHELL/trace.pcap ] || fail "the session has no trace"

# The first error stops a script, with a status that says what it was.
shell refused 2 $'read /3/0/99\nread /3/0/0'
has refused.out '4.04 Not Found'
lacks refused.out '> read /3/0/0'
shell typo 3 $'reed /3/0/0\nread /3/0/0'
has typo.err "standard input:1: unknown command 'reed', did you mean 'read'?"
lacks typo.out '> read /3/0/0'
shell going 3 $'reed /3/0/0\nread /3/0/0' --keep-going
has going.out '  /3/0/0  Manufacturer  "Assay"'
shell expected 1 'expect application state=Downloaded req=AFU-044' \
    --profile "$profile"
has expected.out 'fail AFU-044'
has expected.out '  expected: application (/33629/0) Downloaded'
shell quote 3 $'read /3/0/0 "open'
has quote.err 'standard input:1: column 13: the quote " is not closed'
shell noprofile 3 $'run AFU-OBJ-001'
has noprofile.err 'start the shell with --profile'

# Test cases, between steps; an observation outlives them.
shell cases 0 $'observe /33629/0/3\nread /3/0/3
run AFU-OBJ-001 AFU-ITG-001\nread /3/0/3' --profile "$profile"
has cases.out 'notifies /33629/0/3 State: 1 (Downloading)'
has cases.out 'application (/33629/0) Idle with Result 5'
has cases.out 'pass AFU-OBJ-001'
has cases.out 'pass AFU-ITG-001@push'
[ "$(grep -c '/3/0/3  Firmware Version' cases.out)" = 2 ] ||
    fail "steps around the cases: $(cat cases.out)"

# A script waits for the device that it wants to use.
printf '%s\n' 'use urn:assay:sim:quad-3' 'write /33629/0/11 2' \
    'use urn:assay:sim:quad-1' 'read /33629/0/11' 'devices' >several.txt
"$assay" shell several.txt --output "$work/several" -- "$device" -n 3 \
    --server 'coap://{address}:{port}' >several.out 2>several.err ||
    fail "several: exit $?: $(cat several.out several.err)"
has several.out '/33629/0/11  Severity  1 (mandatory)' # of the other one
has several.out '=> urn:assay:sim:quad-1'
has several.out '   urn:assay:sim:quad-3'
[ "$(wc -c <several/SHELL-2/trace.pcap)" -gt 24 ] ||
    fail "the second device has no messages in its trace"

# A transfer outlives its step; a package is fetched where that is asked for.
shell transfers 0 'deliver G to=application pause-at="50 %"
read /33629/application/3
resume application
await application state=Downloaded within=download
deliver G to=tee from=repository
await tee state=Downloaded within=download' --profile "$profile"
has transfers.out "transfer paused after 11264 bytes; 'resume' goes on"
has transfers.out '/33629/0/3  State  1 (Downloading)'
has transfers.out 'transfer complete: 2.04, 21 blocks of 1024 bytes'
has transfers.out 'package G for /33629/1 by pull'
lacks transfers.out '2.31 Continue'
[ "$(grep -c '^holds, ' transfers.out)" = 2 ] ||
    fail "the conditions: $(cat transfers.out)"

# One JSON object a line, with the keys that the manual page names.
shell json 3 $'read /33629/0/3\nred' --json
has json.out '{"event":"command","line":"read /33629/0/3"}'
has json.out '"values":[{"path":"/33629/0/3","name":"State","type":"Integer","value":0,"meaning":"Idle"}]'
has json.out '{"event":"error","text":"unknown command '
if grep -v '^{"event":"[a-z-]*".*}$' json.out; then
    fail "lines that are no events"
fi

# What was typed becomes a case that can be read.
shell record 0 "record case.json
deliver G to=0
await 0 state=Downloaded within=download req=AFU-044
reset application
record off
read /3/0/0" --profile "$profile"
[ -s case.json ] || fail "nothing was recorded"
mkdir recorded
cp case.json recorded/
"$assay" describe SHELL-001 --catalogue recorded >described.txt 2>&1 ||
    fail "the record is no case: $(cat described.txt)"
has described.txt 'deliver'
has described.txt 'AFU-044'
"$assay" run SHELL-001@push --catalogue recorded --profile "$profile" \
    --output "$work/again" -- "$device" --server 'coap://{address}:{port}' \
    >again.out 2>&1 || fail "the record does not run: $(cat again.out)"
has again.out '1 pass, 0 fail'
lacks described.txt '/3/0/0'
# So does one in which no line names a requirement: it judges that of its own.
shell unnamed 0 "record plain.json
await 0 state=Idle within=state
expect 0 version=\"1.0\"" --profile "$profile"
mkdir plainly
cp plain.json plainly/
"$assay" run SHELL-001 --catalogue plainly --profile "$profile" \
    --output "$work/plain-run" --json -- "$device" \
    --server 'coap://{address}:{port}' --shape quad >again.out 2>&1 ||
    fail "the record without requirements: $(cat again.out)"
has again.out '"verdict":	"pass"'
sed -i 's/"1.0"/"9.9"/' plainly/plain.json
"$assay" run SHELL-001 --catalogue plainly --profile "$profile" \
    --output "$work/otherwise" -- "$device" \
    --server 'coap://{address}:{port}' >again.out 2>&1
[ $? = 1 ] || fail "another version than the recorded one: $(cat again.out)"
has again.out 'fail SHELL-000'

# Nobody registers.
: | "$assay" shell - --output "$work/empty" -- sleep 60 >/dev/null 2>&1 ||
    fail "an empty script: exit $?"
echo 'read /3/0' | "$assay" shell - --register-timeout 1 \
    --output "$work/nobody" -- sleep 60 >nobody.out 2>nobody.err
[ $? = 2 ] || fail "nobody: $(cat nobody.err)"
has nobody.err 'no device registered within 1 s'

[ "$failures" = 0 ] || exit 1
echo "all as expected"
