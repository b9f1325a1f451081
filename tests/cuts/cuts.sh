#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Power cuts at random moments of a batch of four images: the device is killed
# by SIGKILL, started again, and looked at by Assay. ./check does some of them
# (ctest campaign.cuts).
set -u
cd "$(dirname "$0")/../.." || exit 3
count=200
seed=$(date +%s)
devices=mcuboot,mcuboot-late,suit,suit-late
build=build/dev
alone=0
mutant=
# A batch changes the disk 47 times, and takes some 100 ms. What is later than
# that comes when its boot is over.
calls=48
us=120000

usage() {
    cat <<'U'
Usage: tests/cuts/cuts.sh [OPTION]...

  --count N       cuts, in all; default 200
  --seed N        default: the clock
  --devices LIST  of mcuboot, mcuboot-late, suit, suit-late; default: all four,
                  each for its share of the cuts
  --alone         devices that do not declare transactional updates: images of
                  a batch succeed and fail each by itself
  --mutant NAME   of the device, which is to be caught: exit status 1 then
  --build DIR     default build/dev
  --help          this text

Every other cut is at a random change of the disk since the Update began, in
the middle of what is written; the others are at a random microsecond. The last
line is 'N cuts: N booted, N mixed' (or 'neither old nor new', when mixed sets
are allowed). Exit status 1 when a device did not come back, or shows what it
must not: the result directories stay then.
U
}

while [ $# -gt 0 ]; do
    case $1 in
    --help | -h)
        usage
        exit 0
        ;;
    --alone)
        alone=1
        shift
        ;;
    --count | --seed | --devices | --mutant | --build)
        [ $# -gt 1 ] || { echo "cuts: $1 needs a value" >&2; exit 3; }
        printf -v "${1#--}" %s "$2"
        shift 2
        ;;
    *)
        echo "cuts: unknown option '$1'; see --help" >&2
        exit 3
        ;;
    esac
done
IFS=, read -ra kinds <<<"$devices"
RANDOM=$((seed % 32768))
# Busy disks make devices late, and a kill needs none.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
folder=$(mktemp -d)

# catalogue COUNT FILE: the case of cut.json so often
catalogue() {
    local i
    printf '{ "group": "X-CUT", "title": "Power cuts", "cases": [\n'
    for ((i = 1; i <= $1; i++)); do
        [ "$i" = 1 ] || echo ,
        sed "s/@NUMBER@/$(printf %03d "$i")/" tests/cuts/cut.json
    done
    printf '] }\n'
}

# moments COUNT: what the device is armed for, one a line
moments() {
    local i
    for ((i = 0; i < $1; i++)); do
        if [ $((i % 2)) = 0 ]; then
            echo "call-$((1 + RANDOM % calls))"
        else
            echo "us-$((1 + (RANDOM * 32768 + RANDOM) % us))"
        fi
    done
}

# prepare KIND COUNT: profile, catalogue, moments and the hook, in its folder
prepare() {
    local mine=$folder/$1 trans=true
    [ $alone = 0 ] || trans=false
    mkdir -p "$mine/catalogue"
    catalogue "$2" >"$mine/catalogue/cut.json"
    moments "$2" >"$mine/moments"
    sed "s|@FOLDER@|$mine|; s/@TRANS@/$trans/" "tests/cuts/${1%-late}.json" >"$mine/profile.json"
    cat >"$mine/arm" <<A
#!/bin/sh
# The next moment: \$1 the device, \$2 its folder.
moment=\$(head -n 1 '$mine/moments') && sed -i 1d '$mine/moments' || exit 1
exec "\$1" --state "\$2" --arm-kill "\$moment"
A
    chmod +x "$mine/arm"
}

# campaign KIND
campaign() {
    local mine=$folder/$1 images=taken
    [ "$1" = "${1%-late}" ] || images=taken,late
    "$build/assay" run 'X-CUT-*@push' --profile "$mine/profile.json" --catalogue "$mine/catalogue" \
        --output "$mine/result" --port 0 --seed "$seed" -- "$build/assay-device" \
        --server 'coap://{address}:{port}' --state '{folder}' --no-sync --watched --images "$images" \
        --install-ms 40 ${mutant:+--mutant "$mutant"} $([ $alone = 0 ] || echo --variant batch-partial) \
        >"$mine/out" 2>"$mine/err" </dev/null
}

share=$((count / ${#kinds[@]}))
for i in "${!kinds[@]}"; do
    extra=$((i < count % ${#kinds[@]} ? 1 : 0))
    prepare "${kinds[i]}" $((share + extra))
done
for kind in "${kinds[@]}"; do
    campaign "$kind" &
done
wait

# lines KIND: what the devices found when their power came back, "stage updated"
lines() {
    sed -nE 's/.*power is back, ([a-z ]+); ([0-9]) updated.*/\1,\2/p' "$folder/$1/result/events.ndjson"
}

# tally NAME: of such lines, when the cuts were and what came of them
tally() {
    awk -F, -v name="$1" '
        { seen[$1]++; $2 == 0 ? old++ : $2 == 4 ? new++ : part++ }
        END { printf "%-13s %3d cuts: %d before the Update, %d while it installs, %d in the boot loader, " \
                     "%d on trial, %d after it; all old %d, all new %d, some of each %d\n",
              name ":", NR, seen["downloaded"], seen["installing"], seen["in the boot loader"],
              seen["on trial"], seen["idle"], old, new, part }'
}

echo "seed $seed"
passed=0
failed=0
gone=0
for kind in "${kinds[@]}"; do
    lines "$kind" | tally "$kind"
    passed=$((passed + $(grep -cE '^\[.*\] pass ' "$folder/$kind/err")))
    failed=$((failed + $(grep -cE '^\[.*\] FAIL ' "$folder/$kind/err")))
    gone=$((gone + $(grep -c 'expected: the device registers again' "$folder/$kind/out")))
    sed -nE '/^(fail|inconc|error) X-CUT/,/observed/p' "$folder/$kind/out" | head -n 12
done
cuts=$(for kind in "${kinds[@]}"; do lines "$kind"; done | wc -l)
[ ${#kinds[@]} = 1 ] || for kind in "${kinds[@]}"; do lines "$kind"; done | tally all
wrong=mixed
[ $alone = 0 ] || wrong='neither old nor new'
echo "$((cuts + gone)) cuts: $((passed + failed - gone)) booted, $((failed - gone)) $wrong"
if [ "$passed" = "$count" ] && [ "$cuts" = "$count" ]; then
    rm -r "$folder"
    exit 0
fi
echo "Results: $folder"
exit 1
