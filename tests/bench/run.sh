#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# tests/bench/run.sh transfer: how fast Assay pushes and serves packages, by
# libcoap's own coap-client and coap-server (transfer_bench.c says how). They
# are built once, from the source that ./setup fetched, with its options.
# Everything runs on one processor, so that no number depends on where the
# system puts a process, and before everything else there where that is allowed,
# so that none depends on what else runs. Exit status: 1 when a ratio is greater
# than 1, or a push needs more memory than one copy of the package.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "${1-}" = transfer ] && [ $# = 1 ] || { echo "usage: tests/bench/run.sh transfer" >&2; exit 2; }
cache=${XDG_CACHE_HOME:-$HOME/.cache}/assay
stock=$PWD/build/bench

if [ ! -x "$stock/libcoap-build/coap-client" ]; then
    archive=$(ls "$cache"/downloads/libcoap*.tar.* 2>/dev/null | sort -V | tail -n 1)
    [ -n "$archive" ] || { echo "no source of libcoap in $cache/downloads: run ./setup" >&2; exit 2; }
    echo "builds coap-client and coap-server" >&2
    mkdir -p "$stock/libcoap"
    tar -xf "$archive" -C "$stock/libcoap" --strip-components=1
    { cmake -S "$stock/libcoap" -B "$stock/libcoap-build" -DCMAKE_BUILD_TYPE=Release -DDTLS_BACKEND=mbedtls \
        -DENABLE_DOCS=OFF -DENABLE_EXAMPLES=ON -DENABLE_THREAD_SAFE=OFF -DENABLE_Q_BLOCK=OFF \
        -DCMAKE_PREFIX_PATH="$cache/prefix" &&
        cmake --build "$stock/libcoap-build" --target coap-client coap-server
    } >"$stock/log" 2>&1 || { tail -n 20 "$stock/log" >&2; exit 2; }
fi
cmake --preset release >/dev/null
cmake --build --preset release --target bench_transfer bench_receiver >/dev/null
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
first=
chrt -f 1 true 2>/dev/null && first="chrt -f 1"
# shellcheck disable=SC2086 # two words
$first taskset -c 0 build/release/tests/bench/bench_transfer "$work" "$stock/libcoap-build/coap-client" \
    "$stock/libcoap-build/coap-server" "$PWD/build/release/tests/bench/bench_receiver"
