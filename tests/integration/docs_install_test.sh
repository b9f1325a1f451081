#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What is installed works, away from the build and the sources, also after it
# was moved. Usage: docs_install_test.sh CMAKE BUILD CONFIG BINDIR MANDIR DOCDIR FOLDER
set -u
cmake=$1
build=$2
config=$3
bindir=$4
mandir=$5
docdir=$6
folder=$7
rm -rf "$folder"
mkdir -p "$folder/work"
passed=0
failed=0

report() { # STATUS NAME
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
        echo "ok $2"
    else
        failed=$((failed + 1))
        echo "not ok $2"
        head -n 20 "$folder/out"
    fi
}

unset DESTDIR
"$cmake" --install "$build" --config "$config" --prefix "$folder/first" \
    >"$folder/out" 2>&1
report $? "cmake --install"

for file in "$bindir/assay" "$bindir/assay-device" "$mandir/man1/assay.1" \
    "$docdir/README.md" "$docdir/CHANGELOG.md" "$docdir/LICENSE" \
    "$docdir/afu.md" "$docdir/core.md" "$docdir/interop.md" "$docdir/personalities.md" "$docdir/profile.md" "$docdir/scenarios.md" "$docdir/junit.xsd" \
    "$docdir/results.schema.json" "$docdir/quad.json"; do
    [ -s "$folder/first/$file" ]
    report $? "$file"
done
find "$folder/first" -name '*.a' -o -name '*.h' >"$folder/out"
[ ! -s "$folder/out" ]
report $? "no library and no header of ours"

mv "$folder/first" "$folder/moved" && cd "$folder/work" || exit 1
"$folder/moved/$bindir/assay" demo AFU-OBJ-001 >"$folder/out" 2>&1
report $? "assay demo AFU-OBJ-001"
grep -q '^1 pass, 0 fail' "$folder/out"
report $? "its case passes"
[ "$(find results -name junit.xml | wc -l)" = 1 ]
report $? "its reports are below the working folder"
"$folder/moved/$bindir/assay" device --list-mutants >"$folder/out" 2>&1 &&
    grep -q AFU- "$folder/out"
report $? "assay device --list-mutants"
"$folder/moved/$bindir/assay" run --profile "$folder/moved/$docdir/quad.json" \
    --dry-run >"$folder/out" 2>&1
report $? "the profile that is installed can be read"
rm "$folder/moved/$bindir/assay-device"
"$folder/moved/$bindir/assay" demo AFU-OBJ-001 >"$folder/out" 2>&1
[ $? = 3 ] && grep -q "'assay-device' is not beside this program" "$folder/out"
report $? "without the device one line says so"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
