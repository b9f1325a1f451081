#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The dependency matrix: the quad passes all of it, and a device that errs in
# one order, or compares versions as text, fails a case of it.
# Usage: dependency_matrix_test.sh ASSAY SOURCES FOLDER
set -u

assay=$1
sources=$2
folder=$3

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

profile=$sources/scenarios/profiles/quad.json
"$assay" list --profile "$profile" afu-mtx >"$folder/list" 2>"$folder/err"
[ "$(wc -l <"$folder/list")" = 34 ] &&
    grep -q '^AFU-MTX-ABCD-ABCD .*: installed$' "$folder/list"
report $? "list shows them" "$(cat "$folder/err")"
"$assay" list --shape quad afu-mtx 2>&1 | cmp -s - "$folder/list"
report $? "by the shape, too"
"$assay" list afu-mtx >"$folder/out" 2>&1
[ $? = 3 ]
report $? "without a profile there are none"
"$assay" describe --shape quad afu-mtx-ab1-ab >"$folder/out" 2>"$folder/err" &&
    grep -q '"deliver":"STALE","to":"tee"' "$folder/out"
report $? "describe shows one" "$(cat "$folder/err")"
"$assay" demo --dry-run 'afu-mtx-*' >"$folder/out" 2>&1 &&
    [ "$(grep -c '^AFU-MTX-' "$folder/out")" = 34 ]
report $? "a dry run lists each once"

# Each device has the matrix of its profile.
for row in quad:urn:a dual-core:urn:b; do
    sed "0,/\"components\"/s//\"endpoint\": \"${row#*:}\", \"components\"/" \
        "$sources/scenarios/profiles/${row%%:*}.json" >"$folder/${row%%:*}.json"
done
"$assay" run --dry-run --profile "$folder/quad.json" \
    --profile "$folder/dual-core.json" 'afu-mtx-ab1-ab' >"$folder/out" 2>&1 &&
    grep -q 'With application and too old tee' "$folder/out" &&
    grep -q 'With core-0 and too old core-1' "$folder/out"
report $? "two profiles have two" "$(tail -n 3 "$folder/out")"

"$assay" demo --output "$folder/quad" afu-mtx >"$folder/out" 2>"$folder/err"
grep -q '^34 pass, 0 fail, 0 inconc, 0 error, .*; 0 warnings' "$folder/out"
report $? "the quad passes all" "$(tail -n 3 "$folder/out")"
"$assay" recheck "$folder/quad" >"$folder/out" 2>&1
report $? "judged again the same" "$(tail -n 3 "$folder/out")"

# MUTANT PASSES FAILS: a case that it passes, and one that it fails.
while read -r mutant passes fails; do
    "$assay" demo --mutant "$mutant" --output "$folder/$mutant" "$passes" \
        "$fails" >"$folder/out" 2>"$folder/err"
    [ $? = 1 ] && grep -q '^1 pass, 1 fail' "$folder/out" &&
        grep -q "^fail $fails@push" "$folder/out" &&
        grep -q '^  fail AFU-089' "$folder/out" &&
        grep -q "again: .*$fails" "$folder/out"
    report $? "$mutant" "$(cat "$folder/out")"
done <<'ROWS'
first-unchecked AFU-MTX-BCD-D0 AFU-MTX-ACD-A0
last-unchecked AFU-MTX-ACD-A0 AFU-MTX-BCD-D0
versions-as-text AFU-MTX-A-A AFU-MTX-AB1-AB
old-sibling-accepted AFU-MTX-A-A AFU-MTX-AB1-AB
reverse-ignored AFU-MTX-A-A AFU-MTX-D-D
dependency-ignored AFU-MTX-B-B AFU-MTX-DB-D
ROWS

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
