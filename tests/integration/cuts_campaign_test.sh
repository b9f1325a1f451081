#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A few of the power cuts of tests/cuts/cuts.sh, and mutants that they catch.
# Usage: cuts_campaign_test.sh SOURCE BUILD
set -u
cuts=$1/tests/cuts/cuts.sh
build=$2
passed=0
failed=0

report() { # STATUS NAME
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
        echo "ok $2"
    else
        failed=$((failed + 1))
        echo "not ok $2: $out"
    fi
}

# caught NAME OPTION...: some cuts show it, and it comes back all the same
caught() {
    local name=$1
    shift
    out=$("$cuts" --build "$build" --mutant "$name" "$@")
    [ $? = 1 ] && grep -qE '^([0-9]+) cuts: \1 booted, [1-9][0-9]* mixed' <<<"$out"
    report $? "$name is caught"
    rm -rf "$(sed -n 's/^Results: //p' <<<"$out")"
}

out=$("$cuts" --build "$build" --count 12 --seed 6)
[ $? = 0 ] && grep -q '^12 cuts: 12 booted, 0 mixed$' <<<"$out"
report $? 'four devices are all old or all new after each cut'
out=$("$cuts" --build "$build" --count 4 --seed 6 --devices suit-late --alone)
[ $? = 0 ] && grep -q '^4 cuts: 4 booted, 0 neither old nor new$' <<<"$out"
report $? 'and one that is not transactional has what is old or new'
caught half-slot-booted --count 4 --seed 3 --devices mcuboot
caught one-image-reverted --count 3 --seed 3 --devices suit

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
