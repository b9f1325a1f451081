#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The plain device fetches its packages by each protocol in turn: no case may
# fail, warn or stay open. Not part of ./check: it takes some minutes.
set -u
cd "$(dirname "$0")/../.." || exit 3
protocols=
shape=quad
lanes=8
seed=1
build=build/dev
verbose=
cases=()

usage() {
    cat <<'U'
Usage: tests/soak/pulls.sh [OPTION]... [CASE|GROUP|GLOB]...

Without a CASE: afu, and what follows from the profile.

  --by PROTOCOL  this one alone, again for more; default coap, coaps, http,
                 https, coap+tcp and coaps+tcp
  --shape SHAPE  of the simulated device; default quad
  --lanes N      campaigns at a time; default 8
  --seed N       default 1
  --build DIR    default build/dev
  --verbose      also which cases are not applicable, and why
  --help         this text

Prints one line for each protocol: 'coaps: N pass, N fail, N inconc, N error,
N not applicable, N warnings', and after it the cases that are no pass with
their result directories, which stay then. The exit status is 1 when one of
these counts is wrong.
U
}

while [ $# -gt 0 ]; do
    case $1 in
    --help | -h)
        usage
        exit 0
        ;;
    --verbose | -v)
        verbose=yes
        shift
        ;;
    --by)
        [ $# -gt 1 ] || { echo "pulls: $1 needs a value" >&2; exit 3; }
        protocols="$protocols $2"
        shift 2
        ;;
    --shape | --lanes | --seed | --build)
        [ $# -gt 1 ] || { echo "pulls: $1 needs a value" >&2; exit 3; }
        printf -v "${1#--}" %s "$2"
        shift 2
        ;;
    -*)
        echo "pulls: unknown option '$1'; see --help" >&2
        exit 3
        ;;
    *)
        cases+=("$1")
        shift
        ;;
    esac
done
[ "${#cases[@]}" -gt 0 ] || cases=(afu)
mapfile -t ids < <("$build/assay" list "${cases[@]}" --shape "$shape" | awk '{print $1}')
[ "${#ids[@]}" -gt 0 ] || exit 3
# Devices whose disk stands still for seconds, as it may on a busy machine, are
# late, and give up on their own.
if [ -d /dev/shm ] && [ -w /dev/shm ]; then
    export TMPDIR=/dev/shm
fi
folder=$(mktemp -d)
# What the device can, beside what its profile says: it goes on after an outage.
sed -E '/^  "ics": \{/s/$/ "resume": "outage",/' "scenarios/profiles/$shape.json" \
    >"$folder/profile.json"
device=("$build/assay-device" --shape "$shape" --server 'coap://{address}:{port}'
    --install-ms 1000 --state '{folder}' --no-sync --watched --memory
    --pull-ca '{ca}' --firmware-update)
if grep -q '"second-server": true' "$folder/profile.json"; then
    device+=(--second-server 'coap://{address}:{second-port}' --second-access read)
fi

# lane PROTOCOL NUMBER: every lanes-th case
lane() {
    local mine=() i
    for ((i = $2; i < ${#ids[@]}; i += lanes)); do
        mine+=("${ids[i]}")
    done
    [ "${#mine[@]}" -gt 0 ] || return
    # By a relay: then the network can be cut.
    "$build/assay" run "${mine[@]}" --pull-by "$1" --seed "$seed" --via-relay \
        --profile "$folder/profile.json" --output "$folder/$1-$2" -- \
        "${device[@]}" >"$folder/$1-$2.out" 2>&1 </dev/null
}

# sum PROTOCOL WORD: of the last lines 'N pass, N fail, …; N warnings'
sum() {
    cat "$folder/$1"-*.out | sed -nE "/^[0-9]+ pass,/s/.*(^|[ ,;])([0-9]+) $2.*/\2/p" |
        awk '{n += $1} END {print n + 0}'
}

# why PROTOCOL: the cases that are not applicable
why() {
    "$build/assay" run "${ids[@]}" --pull-by "$1" --via-relay \
        --profile "$folder/profile.json" --dry-run 2>/dev/null |
        grep 'not applicable: '
}

bad=0
for protocol in ${protocols:-coap coaps http https coap+tcp coaps+tcp}; do
    for ((i = 0; i < lanes; i++)); do
        lane "$protocol" "$i" &
    done
    wait
    line=
    for word in pass fail inconc error 'not applicable' warnings; do
        count=$(sum "$protocol" "$word")
        case $word in
        pass) [ "$count" -gt 0 ] || bad=1 ;;
        'not applicable') ;;
        *) [ "$count" = 0 ] || bad=1 ;;
        esac
        line="$line${line:+, }$count $word"
    done
    echo "$protocol: $line"
    for out in "$folder/$protocol"-*.out; do
        grep -qE '^[0-9]+ pass,' "$out" || { bad=1; tail -n 2 "$out"; }
        grep -E '\] (FAIL|inconc|ERROR)' "$out" | sed "s|$| in ${out%.out}|"
    done
    [ -z "$verbose" ] || why "$protocol"
done
[ "$bad" = 1 ] || rm -rf "$folder"
exit "$bad"
