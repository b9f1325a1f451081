#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Each fuzz target for a bounded time, from its corpus on. Not part of ./check,
# where each corpus and mutations of it are run once.
set -u
cd "$(dirname "$0")/../.." || exit 3
seconds=60

if [ "${1-}" = --help ] || [ "${1-}" = -h ]; then
    cat <<'U'
Usage: tests/fuzz/run.sh [--seconds N] [NAME]...

Builds the targets by the preset `fuzz` (Clang with libFuzzer) and runs each one,
or those that are named (package, suit, device_manifest, …), for N seconds,
default 60. What is found is in build/fuzz/found, as NAME-crash-… with NAME.log.
Exit status 1 when something is.
U
    exit 0
fi
if [ "${1-}" = --seconds ]; then
    seconds=${2-}
    shift 2
fi
if ! [[ $seconds =~ ^[1-9][0-9]*$ ]]; then
    echo "run.sh: --seconds takes a number" >&2
    exit 3
fi
names=("$@")
if [ $# = 0 ]; then
    names=(tests/fuzz/corpus/*)
    names=("${names[@]##*/}")
fi
if ! cmake --preset fuzz >/dev/null ||
    ! cmake --build --preset fuzz --target "${names[@]/#/fuzz_}" >/dev/null; then
    exit 3
fi

found=build/fuzz/found
mkdir -p "$found"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
failed=0
for name in "${names[@]}"; do
    mkdir "$work/$name"
    # Inputs that are new are kept for this run only.
    if "build/fuzz/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=20 \
        -artifact_prefix="$found/$name-" "$work/$name" "tests/fuzz/corpus/$name" \
        >"$found/$name.log" 2>&1; then
        echo "ok $name: $(tail -n 1 "$found/$name.log")"
        rm "$found/$name.log"
    else
        echo "not ok $name: see $found/$name.log"
        failed=$((failed + 1))
    fi
done
echo "$((${#names[@]} - failed)) passed, $failed failed"
[ "$failed" = 0 ]
