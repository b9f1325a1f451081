#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the devices of Eclipse Leshan's client library: FOLDER/lwm2m-1.0 and
# FOLDER/lwm2m-1.1 get all that 'java -cp' needs. Maven's own repository is
# used as it is; the network only for what is not in it yet.
# Exit status 77 and one line that says why, where they cannot be built here.
# Usage: build.sh FOLDER
set -u
folder=$1
here=$(cd "$(dirname "$0")" && pwd) || exit 1
log=$folder/maven.log
packages="Debian: apt-get install default-jdk-headless maven"

for tool in java javac mvn; do
    command -v "$tool" >/dev/null || {
        echo "skipped: no '$tool' ($packages)"
        exit 77
    }
done
mkdir -p "$folder" || exit 1

build() { # MAVEN-OPTION...
    mvn --batch-mode --file "$here/pom.xml" "-Dassay.output=$folder" "$@" \
        package >"$log" 2>&1 </dev/null
}
build --offline || build --update-snapshots && exit 0
if grep -qE 'Could not (transfer|resolve)|Unknown host|Non-resolvable|PluginResolution|Connect(ion)? (refused|timed out|reset)|unreachable' "$log"; then
    echo "skipped: Maven does not get Eclipse Leshan's client library; see $log"
    exit 77
fi
grep -E '^\[ERROR\]' "$log" | head -n 20
echo "the devices do not build; the whole log is $log"
exit 1
