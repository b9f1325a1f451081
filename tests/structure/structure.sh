#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Usage: structure.sh includes|size|headers ROOT [COMPILER FLAG...]
# Checks the rules of form that a compiler does not: see the .awk files beside
# this one. `headers` also compiles every header alone, twice in one unit, with
# COMPILER and FLAGs. What ROOT/tests/structure/exceptions.txt lists is let
# through; an exception that nothing needs any more is a failure too.
set -u
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd) || exit 3
[ $# -ge 2 ] || { echo "usage: structure.sh CHECK ROOT [COMPILER FLAG...]" >&2; exit 3; }
check=$1
cd "$2" || exit 3
root=$(pwd)
shift 2

# All sources, one a line; no name of ours has a blank.
sources() {
    for folder in cli reports scenarios server tests; do
        [ -d "$folder" ] && find "$folder" -type f \( "$@" \) -print
    done | sort
}

compile_headers() {
    [ $# -ge 1 ] || return 0
    for header in $(sources -name '*.h'); do
        # The second time shows that the guard works.
        if ! printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
            "$@" -I"$root" -fsyntax-only -x c - 2>"$errors"; then
            printf 'alone\t%s\t%s: does not compile alone: %s\n' "$header" \
                "$header" "$(grep -m1 error "$errors")"
        fi
    done
}

findings() {
    case $check in
    includes)
        awk -f "$here/includes.awk" "$here/modules.txt" \
            $(sources -name '*.[ch]')
        ;;
    size)
        awk -f "$here/size.awk" $(sources -name '*.[ch]')
        ;;
    headers)
        awk -f "$here/form.awk" $(sources -name '*.[ch]') \
            $(sources -name CMakeLists.txt -o -name '*.cmake')
        compile_headers "$@"
        ;;
    esac
}

case $check in
includes) rules="include several-headers" ;;
size) rules="file-size function-size" ;;
headers) rules="licence guard own-header name forbidden unbuilt alone" ;;
*) echo "structure.sh: no check '$check'" >&2; exit 3 ;;
esac

found=$(mktemp) && errors=$(mktemp) || exit 3
trap 'rm -f "$found" "$errors"' EXIT
findings "$@" >"$found" || exit 3
exceptions=tests/structure/exceptions.txt
[ -f "$exceptions" ] || exceptions=/dev/null

# An exception: rule, subject (which may hold one blank), '#', why.
awk -v rules="$rules" -v list="$exceptions" '
BEGIN {
    FS = "\t"
    count = split(rules, names, " ")
    for (i = 1; i <= count; i++) {
        ours[names[i]] = 1
    }
    while ((getline line < list) > 0) {
        why = line
        sub(/^[^#]*#?[ ]*/, "", why)
        sub(/[ ]*#.*/, "", line)
        rule = line
        sub(/ .*/, "", rule)
        if (line == "" || !(rule in ours)) {
            continue
        }
        if (why == "") {
            printf "%s: exception without a reason: %s\n", list, line
            bad = 1
        }
        excepted[line] = 1
    }
}
($1 " " $2) in excepted {
    used[$1 " " $2] = 1
    next
}
{
    print $3
    bad = 1
}
END {
    for (line in excepted) {
        if (!(line in used)) {
            printf "%s: nothing needs this any more: %s\n", list, line
            bad = 1
        }
    }
    exit bad
}' "$found"
