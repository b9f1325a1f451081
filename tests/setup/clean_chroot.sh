#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Proves the set-up on a bare Debian: makes a minimal system with debootstrap,
# copies what git tracks into it, and runs ./demo twice and ./check there.
# Needs root, debootstrap and the network that apt has. Not part of ./check.
set -euo pipefail

usage() {
    cat <<'U'
Usage: tests/setup/clean_chroot.sh [OPTION]... RELEASE [COMMAND]...

  RELEASE       bookworm (Debian 12) or trixie (Debian 13)
  COMMAND       what to run there instead of ./demo, ./demo and ./check
  --folder DIR  where to make the system; it must not exist (default: a
                temporary folder)
  --keep        leave the system there
  --help        this text

The last line is 'RELEASE: proven' or says what failed.
U
}

fail() {
    printf 'clean_chroot: %s\n' "$*" >&2
    exit 1
}

keep=
folder=
while [ $# -gt 0 ]; do
    case $1 in
    --keep) keep=1 ;;
    --folder)
        [ $# -gt 1 ] || fail "--folder needs a folder"
        folder=$2
        shift
        ;;
    --help | -h)
        usage
        exit 0
        ;;
    -*) fail "unknown option '$1'; see --help" ;;
    *) break ;;
    esac
    shift
done
[ $# -gt 0 ] || { usage >&2; exit 3; }
release=$1
shift
[ $# -gt 0 ] || set -- './demo' './demo' './check'
[ "$(id -u)" = 0 ] || fail "needs root for chroot"
command -v debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"
command -v git >/dev/null || fail "git is missing: apt-get install git"

source=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
[ -n "$folder" ] || folder=$(mktemp -du)
[ ! -e "$folder" ] || fail "'$folder' exists"

# The archive that this machine's apt uses; its address is written nowhere.
address=$(apt-get indextargets --format '$(REPO_URI)|$(COMPONENT)' \
    'Created-By: Packages' 'Origin: Debian' 'Label: Debian' |
    sed -n 's/|main$//p' | sort -u | head -n 1)
[ -n "$address" ] || fail "apt knows no Debian archive; run apt-get update"

end() {
    local mount
    for mount in dev/pts dev proc sys; do
        umount -l "$folder/$mount" 2>/dev/null || true # was not mounted
    done
    [ -n "$keep" ] || rm -rf --one-file-system "$folder"
}
trap end EXIT

started=$SECONDS
echo "clean_chroot: makes a minimal $release in $folder"
debootstrap --variant=minbase "$release" "$folder" "$address" >"$folder.log" 2>&1 ||
    { tail -n 20 "$folder.log" >&2; fail "debootstrap failed"; }
rm -f "$folder.log"
mount -t proc proc "$folder/proc"
mount --rbind /dev "$folder/dev"
mount --make-rslave "$folder/dev"
for file in /etc/resolv.conf /etc/hosts /etc/apt/apt.conf; do # how apt gets out
    [ ! -e "$file" ] || cp -L "$file" "$folder$file"
done
find /etc/apt/apt.conf.d /usr/local/share/ca-certificates -type f 2>/dev/null |
    while read -r file; do
        case $file in
        *docker* | *autoremove*) continue ;;
        esac
        mkdir -p "$folder$(dirname "$file")"
        cp "$file" "$folder$file"
    done
mkdir -p "$folder/src/assay"
git -C "$source" ls-files -z | tar -C "$source" --null -T - -cf - | tar -C "$folder/src/assay" -xf -
echo "clean_chroot: system ready after $((SECONDS - started)) s"
for command; do
    began=$SECONDS
    echo "clean_chroot: runs '$command'"
    chroot "$folder" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        http_proxy="${http_proxy-}" https_proxy="${https_proxy-}" \
        bash -c "cd /src/assay && $command" </dev/null ||
        fail "$release: '$command' ended with status $?"
    echo "clean_chroot: '$command' took $((SECONDS - began)) s"
done
echo "$release: proven"
