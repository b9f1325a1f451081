#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The plain device behind a bad network: 2 % of the datagrams get lost, others
# are late, and the cases come in any order. No case may fail. Not part of
# ./check: it takes about half an hour.
set -u
cd "$(dirname "$0")/../.." || exit 3
count=1000
seed=$(date +%s)
lanes=20
impair=loss=2%,jitter=5ms
build=build/dev

usage() {
    cat <<'U'
Usage: tests/soak/soak.sh [OPTION]...

  --count N      case instances, at least; default 1000
  --seed N       default: the clock
  --lanes N      campaigns at a time; default 20
  --impair SPEC  default loss=2%,jitter=5ms
  --build DIR    default build/dev
  --help         this text

The last line is 'N case instances: N pass, N fail, N inconc, N error'; the
exit status is 1 when there is a fail or an error. What is no pass is printed
with its result directory, which stays.
U
}

while [ $# -gt 0 ]; do
    case $1 in
    --help | -h)
        usage
        exit 0
        ;;
    --count | --seed | --lanes | --impair | --build)
        [ $# -gt 1 ] || { echo "soak: $1 needs a value" >&2; exit 3; }
        printf -v "${1#--}" %s "$2"
        shift 2
        ;;
    *)
        echo "soak: unknown option '$1'; see --help" >&2
        exit 3
        ;;
    esac
done

folder=$(mktemp -d)
# What a lost datagram costs, a retransmission after 2 to 3 s, is not the
# device's slowness: every limit leaves room for several.
sed -E 's/("state": )"[^"]*"/\1"8 s"/; s/("download": )"[^"]*"/\1"120 s"/
    s/("abort": )"[^"]*"/\1"90 s"/; s/("update": )"[^"]*"/\1"120 s"/
    s/("boot": )"[^"]*"/\1"90 s"/; s/("clock": )"[^"]*"/\1"5 s"/
    s/("defer": )"[0-9]+ s"/\1"10 s"/' \
    scenarios/profiles/quad.json >"$folder/profile.json"
mapfile -t cases < <("$build/assay" list afu | awk '{print $1}')
[ "${#cases[@]}" -gt 0 ] || exit 3

# lane NUMBER ROUND: every lanes-th case, in an order of its own
lane() {
    local mine=() i
    for ((i = $1; i < ${#cases[@]}; i += lanes)); do
        mine+=("${cases[i]}")
    done
    "$build/assay" run "${mine[@]}" --profile "$folder/profile.json" \
        --output "$folder/$2-$1" --seed $((seed + 1000 * $2 + $1)) --shuffle \
        --impair "$impair" --register-timeout 120 -- "$build/assay-device" \
        --server 'coap://{address}:{port}' --install-ms 3000 \
        --second-server 'coap://{address}:{second-port}' --second-access read --firmware-update \
        --state '{folder}' --watched --pull-ack-ms 1000 --push-timeout-ms 60000 \
        >"$folder/$2-$1.out" 2>&1 </dev/null
}

# sum WORD: of the last lines "N pass, N fail, …"
sum() {
    cat "$folder"/*.out |
        sed -nE "s/^[0-9]+ pass,.*/&/p" |
        sed -nE "s/.*(^|[ ,])([0-9]+) $1.*/\2/p" |
        awk '{n += $1} END {print n + 0}'
}

round=0
done=0
while [ "$done" -lt "$count" ]; do
    round=$((round + 1))
    for ((i = 0; i < lanes; i++)); do
        lane "$i" "$round" &
    done
    wait
    before=$done
    done=$(($(sum pass) + $(sum fail) + $(sum inconc) + $(sum error)))
    echo "round $round (seed $seed): $done case instances so far"
    [ "$done" -gt "$before" ] || break
done
for out in "$folder"/*.out; do
    grep -E '\] (FAIL|inconc|ERROR)' "$out" | sed "s|$| in ${out%.out}|"
done
fail=$(sum fail)
error=$(sum error)
echo "$done case instances: $(sum pass) pass, $fail fail, $(sum inconc) inconc, $error error"
if [ "$fail" = 0 ] && [ "$error" = 0 ] && [ "$done" -ge "$count" ]; then
    rm -rf "$folder"
    exit 0
fi
exit 1
