#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The manual page and --help say the same: each command has a subsection with
# exactly its options, each option an entry, and no entry is of an option that
# does not exist. Usage: docs_man_test.sh ASSAY PAGE FOLDER
set -u
assay=$1
page=$2
folder=$3
rm -rf "$folder"
mkdir -p "$folder"
passed=0
failed=0

report() { # STATUS NAME
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
        echo "ok $2"
    else
        failed=$((failed + 1))
        echo "not ok $2"
    fi
}

# The long options in a text, one a line, sorted.
options() {
    sed 's/\\-/-/g' | grep -oE -- '(^|[^[:alnum:]-])--[a-z][a-z0-9-]*' |
        grep -oE -- '--.*' | sort -u
}

# Those that --help lists, not those that its text mentions.
listed() { # COMMAND
    "$assay" "$1" --help |
        sed -nE 's/^ +(-[a-z], )?(--[a-z0-9-]+).*/\2/p' | sort -u
}

commands() { "$assay" --help | sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p'; }

# The subsection of a command, the entries of options, in a page.
section() { # PAGE COMMAND
    sed -nE "/^\.SH COMMANDS/,/^\.SH OPTIONS/p" "$1" |
        sed -nE "/^\.SS $2\$/,/^\.S[SH]/{/^\.S[SH]/!p}"
}
entries() { # PAGE
    sed -nE '/^\.SH OPTIONS/,/^\.SH EXIT/p' "$1" | sed -n '/^\.TP/{n;p}' | options
}

# What is wrong with a page, one line each.
complaints() { # PAGE
    local command
    : >"$folder/all"
    for command in $(commands); do
        listed "$command" >"$folder/help"
        section "$1" "$command" | options >"$folder/page"
        cat "$folder/help" >>"$folder/all"
        comm -23 "$folder/help" "$folder/page" | sed "s/^/$command lacks /"
        comm -13 "$folder/help" "$folder/page" | sed "s/^/$command has no /"
        [ -s "$folder/help" ] || echo "$command --help has no options"
    done
    grep -E '^\.SS ' "$1" | sed -n '/^\.SS [a-z]*$/s/^\.SS //p' |
        grep -vxF "$(commands)" | sed 's/^/no command /'
    echo --version >>"$folder/all"
    sort -u "$folder/all" >"$folder/known"
    entries "$1" >"$folder/entries"
    comm -23 "$folder/known" "$folder/entries" | sed 's/^/no entry for /'
    comm -13 "$folder/known" "$folder/entries" | sed 's/^/an entry for /'
    options <"$1" | comm -13 "$folder/known" - | sed 's/^/unknown option /'
    "$assay" --version | head -n 1 | {
        read -r version
        grep -q "^\.TH ASSAY 1 \"[0-9-]*\" \"$version\" " "$1" ||
            echo "is not of '$version'"
    }
}

complaints "$page" >"$folder/complaints"
cat "$folder/complaints"
[ ! -s "$folder/complaints" ]
report $? "page and --help have the same commands and options"
[ "$(wc -l <"$folder/known")" -gt 20 ] && [ "$(commands | wc -l)" -ge 5 ]
report $? "commands and options were found"

# Damaged pages are refused, so that the above can fail.
refused() { # NAME SED-SCRIPT COMPLAINT
    sed -E "$2" "$page" >"$folder/damaged.1"
    ! cmp -s "$page" "$folder/damaged.1" &&
        complaints "$folder/damaged.1" | grep -qxF -- "$3"
    report $? "refused: $1"
}
refused "an option of a command is missing" \
    '/^\.SS run/,/^\.SS demo/s/^\.BR \\-\\-seed ,$//' "run lacks --seed"
refused "an option of another command" \
    's/^\.SS list$/&\n.BR \\-\\-mutant/' "list has no --mutant"
refused "an entry is missing" '/^\.BI \\-\\-bind/d' "no entry for --bind"
refused "an entry of what does not exist" \
    's/^\.SH EXIT STATUS/.TP\n.B \\-\\-frobnicate\n&/' \
    "an entry for --frobnicate"
refused "a misspelt option in an example" \
    's/^    \\-\\-output dep/    \\-\\-outptu dep/' "unknown option --outptu"
refused "a command that does not exist" 's/^\.SS device/.SS devices/' \
    "no command devices"
refused "a page of another version" 's/"assay [0-9.]*"/"assay 99.0"/' \
    "is not of '$("$assay" --version | head -n 1)'"

if command -v man >/dev/null && man --help 2>&1 | grep -q -- '--warnings'; then
    MANROFFSEQ='' man --warnings -E UTF-8 -l -Tutf8 -Z "$page" \
        >"$folder/out" 2>"$folder/err"
    [ ! -s "$folder/err" ] && [ -s "$folder/out" ]
    report $? "man has no warnings"
    cat "$folder/err"
else
    echo "skipped: man has no warnings (no man here)"
fi
if command -v groff >/dev/null && groff -man -Z /dev/null >/dev/null 2>&1; then
    groff -man -ww -Tutf8 -Z "$page" >"$folder/out" 2>"$folder/err"
    [ ! -s "$folder/err" ] && [ -s "$folder/out" ]
    report $? "groff has no warnings"
    cat "$folder/err"
else
    echo "skipped: groff has no warnings (no groff here)"
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
