#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What 'assay list' and 'assay describe' say of cases and requirements.
# Usage: catalogue_test.sh ASSAY SOURCE FOLDER
set -u
assay=$1
source=$2
folder=$3
rm -rf "$folder"
mkdir -p "$folder"
failed=0

report() { # STATUS NAME
    [ "$1" = 0 ] && echo "ok $2" && return
    failed=$((failed + 1))
    echo "not ok $2"
    sed 's/^/    | /' "$folder/out" | head -n 30
}

# says NAME PATTERN ARG...: status 0, and a line of standard output matches.
says() {
    local name=$1 pattern=$2
    shift 2
    "$assay" "$@" >"$folder/out" 2>&1 && grep -qE -- "$pattern" "$folder/out"
    report $? "$name"
}

says "a requirement has the text of the page" \
    '^Requirement:  Downloaded package incompatible' describe AFU-089
says "a requirement names the cases that claim it" \
    '^Claimed by:   AFU-DEP-001  Update with unmet dependency' \
    describe afu-089
says "a requirement without a case says why" \
    '^No case:      Common check' describe LWM-101
says "the matrix has the reason, too" \
    '^LWM-101  MUST   no case: Common check' list --requirements
says "a requirement of core" '^strength:     MUST' describe LWM-213
says "a transition" '^Next \(S,R\):   \(L,13\) or \(I,13\)' describe ST-35
says "an ambiguity has both readings" \
    '^Interop:      4.xx with nothing updated' describe A-07
says "short names are explained" '^In short:' describe A-07
says "a case has the text of its requirements" \
    '^  AFU-089  m    Downloaded package incompatible' describe AFU-DEP-001
says "a case of core has them, too" \
    '^  LWM-202  MUST  A Read shows' describe CORE-DM-222
says "JSON of a row" '"Interop":.*4.xx with nothing' describe A-07 --json
says "JSON of a requirement has its cases" '"AFU-DEP-001"' \
    describe AFU-089 --json
says "JSON of a case has the texts" '"AFU-089":.*Downloaded package' \
    describe AFU-DEP-001 --json
says "the matrix has a case by a requirement" \
    '^AFU-089  m      AFU-DEP-001' list --requirements
says "the matrix of one case has only what it claims" \
    '^4 requirements, 4 with a case$' list --requirements AFU-DEP-001
says "JSON of the matrix" '"AFU-102"' list --requirements --json

# Whether a case runs with a profile.
quad=$source/scenarios/profiles/quad.json
says "a line that the profile declares holds" \
    '^  deps  +holds +/ics declares: true$' describe AFU-DEP-001 --profile "$quad"
says "components are counted" '^  components >= 2 +holds +4 components$' \
    describe AFU-DEP-001 --profile "$quad"
says "a package names its component" \
    '^  package DEP +holds +application of the profile$' \
    describe AFU-DEP-001 --profile "$quad"
says "a role names its component" '^  y +is tee \(/33629/1\)$' \
    describe AFU-DEP-001 --profile "$quad"
says "what only the device can show is left open" \
    '^AFU-DEP-001@push: runs if the device shows: push$' \
    describe AFU-DEP-001 --profile "$quad"
says "a mechanism leaves one instance" '^AFU-DEP-001@pull: runs' \
    describe afu-dep-001@pull --profile "$quad"
[ "$(grep -c '^AFU-DEP-001@' "$folder/out")" = 1 ]
report $? "and no other"
sed 's/"deps": true/"deps": false/; s/"DEP":/"DEQ":/' "$quad" \
    >"$folder/poor.json"
says "a line that the profile denies fails" \
    '^  deps  +fails +/ics declares: false$' \
    describe AFU-DEP-001 --profile "$folder/poor.json"
says "a package that nobody has fails" \
    '^  package DEP +fails +no component of the profile has it$' \
    describe AFU-DEP-001 --profile "$folder/poor.json"
says "the case does not run, with its line" \
    '^AFU-DEP-001@push: does not run: needs deps: /ics declares: false$' \
    describe AFU-DEP-001 --profile "$folder/poor.json"
sed 's/"impl": true/"pull": false/; s/"deps": true/"x-own": 1/' "$quad" \
    >"$folder/other.json"
says "what nobody declares has its default" \
    '^  deps  +fails +/ics does not declare it, so false$' \
    describe AFU-DEP-001 --profile "$folder/other.json"
says "a mechanism that the profile turns off does not run" \
    '^AFU-CAN-003@pull: does not run: pull: the profile says' \
    describe AFU-CAN-003@pull --profile "$folder/other.json"
says "JSON says it, too" '"state":.*"unknown"' \
    describe AFU-CAN-003 --profile "$quad" --json
says "a dry run says what the look may drop" \
    '^AFU-CAN-003@push .*  -- if the device shows: push, cancel$' \
    run --dry-run AFU-CAN-003 AFU-DEP-001 --profile "$folder/poor.json"
tail -n 1 "$folder/out" | grep -q \
    '^2 to run, 2 of them only if the device shows what they need; 2 not app'
report $? "and counts"

# Every row of the pages is shown as it stands there.
rows=0
while IFS='|' read -r _ id text _; do
    id=${id// /}
    rows=$((rows + 1))
    [ $((rows % 16)) = 0 ] || continue # each takes a process
    "$assay" describe "$id" --json >"$folder/out" 2>&1 || report 1 "row $id"
    grep -qF -- "$(printf '%s' "$text" | sed 's/^ *//; s/ *$//; s/"/\\"/g')" \
        "$folder/out" || report 1 "text of $id"
done < <(grep -hE '^\| (AFU|LWM|ST|DG|A)-[0-9]+ \|' "$source/docs/afu.md" \
    "$source/docs/core.md" | awk -F'|' '$5 != ""')
[ "$rows" -gt 250 ]
report $? "rows of the pages ($rows)"

[ "$failed" = 0 ]
