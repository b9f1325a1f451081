#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# MCUboot images in both directions: imgtool (PyPI) reads and verifies what
# `assay package` builds, `assay package` reads and verifies what imgtool signs
# and encrypts, and openssl alone checks signature, key agreement and
# decryption. Skipped where python3, imgtool or openssl is missing.
# The simulated device installs what imgtool signs and encrypts.
# Usage: imgtool_test.sh ASSAY DEVICE FOLDER
set -u
assay=$1
device=$2
folder=$3
passed=0
failed=0
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder" || exit 1

skip() {
    echo "skipped: $*"
    exit 77
}
report() { # STATUS NAME
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
        echo "ok $2"
    else
        failed=$((failed + 1))
        echo "not ok $2"
    fi
}

# IMGTOOL names one; else that of the path; else one of our own, which is kept.
imgtool=${IMGTOOL:-$(command -v imgtool || true)}
if [ -z "$imgtool" ]; then
    venv=${XDG_CACHE_HOME:-$HOME/.cache}/assay/imgtool
    imgtool=$venv/bin/imgtool
    if [ ! -x "$imgtool" ]; then
        command -v python3 >/dev/null || skip 'no python3'
        { timeout 60 python3 -m venv "$venv" &&
            timeout 120 "$venv/bin/pip" -q install imgtool; } >pip.log 2>&1 ||
            skip "imgtool cannot be installed by pip ($(tail -n 1 pip.log))"
    fi
fi
"$imgtool" version >version 2>&1 || skip 'imgtool does not start'
command -v openssl >/dev/null || skip 'no openssl'
echo "imgtool $(cat version), $(openssl version)"

"$assay" package keys --generate p256 --output sign.pem >/dev/null || exit 1
"$assay" package keys --generate p256 --output enc.pem >/dev/null || exit 1
"$assay" package keys sign.pem --public --output sign.pub
"$assay" package keys enc.pem --public --output enc.pub
head -c 5000 /dev/urandom >fw.bin

# bytes FILE OFFSET COUNT
bytes() { tail -c +$(($2 + 1)) "$1" | head -c "$3"; }
# field FILE NAME: "OFFSET BYTES" of a field
field() {
    "$assay" package inspect "$1" |
        awk -v name="$2" '{ text = $0; sub(/^ *[0-9]+ +[0-9]+  /, "", text)
            if (index(text, name "  ") == 1 || text == name) { print $1, $2; exit } }'
}
hex() { od -An -v -tx1 | tr -d ' \n'; }

# What imgtool verifies of ours: hash and signature of images in plaintext.
for size in 32 512; do
    "$assay" package build --image-version 1.2.3+4 --payload fw.bin --sign-key sign.pem \
        --counter 7 --depends 1=1.0.0 --header-size $size --output plain-$size.bin 2>/dev/null
    "$imgtool" verify -k sign.pub plain-$size.bin >out 2>&1
    grep -q 'correctly validated' out
    report $? "imgtool verifies an image with a header of $size bytes"
done
for variant in payload-flip hash-flip sig-flip sig-untrusted sig-untrusted-masq trunc-half; do
    "$assay" package build --image-version 1.2.3 --payload fw.bin --sign-key sign.pem \
        --variant $variant --force --output bad.bin 2>/dev/null
    ! "$imgtool" verify -k sign.pub bad.bin >out 2>&1
    report $? "imgtool refuses $variant"
done
"$assay" package build --image-version 1.2.3 --payload fw.bin --sign-key sign.pem \
    --variant append --force --output appended.bin 2>/dev/null
"$imgtool" verify -k sign.pub appended.bin >out 2>&1
report $? 'imgtool accepts bytes behind the end, as packages.md says'

# What it reads of ours: every field of an encrypted image.
for bits in 128 256; do
    "$assay" package build --image-version 1.2.3+4 --payload fw.bin --sign-key sign.pem \
        --counter 7 --depends 1=1.0.0 --encrypt-for enc.pub --key-bits $bits \
        --output ecies-$bits.bin 2>/dev/null
    "$imgtool" dumpinfo ecies-$bits.bin >dump 2>&1 &&
        grep -q "ENCRYPTED_AES$bits" dump && grep -q '1\.2\.3+4' dump &&
        grep -q 'SEC_CNT (0x50)' dump && grep -q 'DEPENDENCY (0x40)' dump &&
        grep -q 'ECDSASIG (0x22)' dump && grep -q 'ENCEC256 (0x32)' dump
    report $? "imgtool reads an image encrypted with $bits bits"
done

# What we read of imgtool's.
sign() { # FILE ARGUMENT...
    local file=$1
    shift
    "$imgtool" sign -k sign.pem -H 0x20 --pad-header -S 0x20000 --align 4 -v 1.2.3+4 -s 7 \
        -d '(1,1.0.0+0)' "$@" fw.bin "$file" >out 2>&1
}
verify() { # FILE ARGUMENT...
    "$assay" package verify "$@" --sign-key sign.pub --counter 7 --present 1=1.0.0 >out 2>&1
}
sign theirs.bin && verify theirs.bin && ! grep -q skipped out
report $? 'an image that imgtool signs is good'
for bits in 128 256; do
    sign theirs-$bits.bin -E enc.pub --encrypt-keylen $bits &&
        verify theirs-$bits.bin --decrypt-key enc.pem --require-encryption &&
        ! grep -q skipped out
    report $? "one that it encrypts with $bits bits is decrypted and good"
    "$assay" package damage theirs-$bits.bin --variant payload-flip >bad.bin 2>/dev/null
    verify bad.bin --decrypt-key enc.pem
    [ $? = 1 ] && grep -q '^BAD *hash' out
    report $? "with a flipped bit it is not"
done
! verify theirs-128.bin --decrypt-key sign.pem
report $? 'with another key it is not'

# The same fields with the same values in both files.
for name in 'magic' 'header size' 'protected TLV size' 'image size' 'flags' 'version' \
    'TLV 0x50 SEC_CNT' 'TLV 0x40 DEPENDENCY' 'TLV 0x10 SHA256' 'TLV 0x01 KEYHASH'; do
    ours=$(field plain-32.bin "$name")
    theirs=$(field theirs.bin "$name")
    # shellcheck disable=SC2086 # two words
    [ -n "$ours" ] && [ "$ours" = "$theirs" ] &&
        [ "$(bytes plain-32.bin $ours | hex)" = "$(bytes theirs.bin $theirs | hex)" ]
    report $? "$name is that of imgtool"
done

# openssl: the signature over header, payload and protected area.
read -r at length <<<"$(field plain-32.bin 'TLV 0x22 ECDSA')"
bytes plain-32.bin "$at" "$length" >signature
read -r info _ <<<"$(field plain-32.bin 'TLV info')"
bytes plain-32.bin 0 "$info" >signed
openssl dgst -sha256 -verify sign.pub -signature signature signed >out 2>&1
report $? 'openssl verifies the signature'

# openssl alone decrypts: ECDH, HKDF, CTR; then the signature of the plaintext.
if openssl kdf -keylen 4 -kdfopt digest:SHA256 -kdfopt hexkey:00 -kdfopt info:x HKDF >out 2>&1; then
    read -r at _ <<<"$(field ecies-128.bin '  ephemeral point')"
    {
        printf '\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48'
        printf '\xce\x3d\x03\x01\x07\x03\x42\x00'
        bytes ecies-128.bin "$at" 65
    } >ephemeral.der
    openssl pkeyutl -derive -inkey enc.pem -peerkey ephemeral.der -peerform DER -out z 2>out
    okm=$(openssl kdf -keylen 48 -kdfopt digest:SHA256 -kdfopt "hexkey:$(hex <z)" \
        -kdfopt info:MCUBoot_ECIES_v1 -binary HKDF | hex)
    zero=00000000000000000000000000000000
    bytes ecies-128.bin $((at + 97)) 16 |
        openssl enc -d -aes-128-ctr -K "${okm:0:32}" -iv $zero >image.key
    mac=$(bytes ecies-128.bin $((at + 97)) 16 |
        openssl dgst -sha256 -mac HMAC -macopt "hexkey:${okm:32:64}" -r | cut -d' ' -f1)
    [ "$mac" = "$(bytes ecies-128.bin $((at + 65)) 32 | hex)" ]
    report $? 'openssl finds the same MAC of the image key'
    read -r body size <<<"$(field ecies-128.bin payload)"
    bytes ecies-128.bin "$body" "$size" |
        openssl enc -d -aes-128-ctr -K "$(hex <image.key)" -iv $zero >plain
    cmp -s <(head -c 5000 plain) fw.bin
    report $? 'openssl decrypts the payload'
    read -r info _ <<<"$(field ecies-128.bin 'TLV info')"
    {
        bytes ecies-128.bin 0 "$body"
        cat plain
        bytes ecies-128.bin $((body + size)) $((info - body - size))
    } >signed
    read -r at length <<<"$(field ecies-128.bin 'TLV 0x22 ECDSA')"
    bytes ecies-128.bin "$at" "$length" >signature
    openssl dgst -sha256 -verify sign.pub -signature signature signed >out 2>&1
    report $? 'openssl verifies the signature of the plaintext'
else
    echo 'skipped: this openssl has no HKDF'
fi

# openssl unwraps the key of an AES-KW image, which imgtool cannot make.
"$assay" package keys --generate secret128 --form hex --output kek >/dev/null
"$assay" package build --image-version 1.0.0 --payload fw.bin --sign-key sign.pem --kek kek \
    --output kw.bin 2>/dev/null
read -r at length <<<"$(field kw.bin 'TLV 0x31 ENC_KW')"
read -r body size <<<"$(field kw.bin payload)"
if bytes kw.bin "$at" "$length" | openssl enc -d -id-aes128-wrap -K "$(tr -d '\n' <kek)" \
    -iv A6A6A6A6A6A6A6A6 >image.key 2>out; then
    bytes kw.bin "$body" "$size" |
        openssl enc -d -aes-128-ctr -K "$(hex <image.key)" -iv 00000000000000000000000000000000 \
            >plain
    cmp -s <(head -c 5000 plain) fw.bin
    report $? 'openssl unwraps the key and decrypts'
else
    echo "skipped: this openssl has no key wrap ($(head -n 1 out))"
fi

# The simulated device, whose code is not ours of above: an image that imgtool
# signs and encrypts is installed, one with a flipped bit or by another key is
# not. The class is "ASSAY-COMPONENT" and the instance.
for key in sign enc; do
    "$assay" package keys "demo:$key" --output "demo-$key.pem" >/dev/null
done
"$assay" package keys demo:enc --public --output demo-enc.pub
cid=41535341-592d-434f-4d50-4f4e454e5400
image() { # FILE SIGNING-KEY
    "$imgtool" sign -k "$2" -H 0x20 --pad-header -S 0x20000 --align 4 -v 1.0.1 -s 1 \
        --cid $cid -E demo-enc.pub fw.bin "$1" >out 2>&1
}
image good.bin demo-sign.pem && image stranger.bin sign.pem
report $? 'imgtool makes images for the device'
"$assay" package damage good.bin --variant payload-flip --output flipped.bin 2>/dev/null
cat >profile.json <<'EOF'
{ "components": { "application": { "instance": 0, "role": "main" } },
  "packages": { "application": {
      "G": { "file": "good.bin", "version": "1.0.1" },
      "BAD": { "file": "flipped.bin", "version": "1.0.1" },
      "SIGNER": { "file": "stranger.bin", "version": "1.0.1" } } },
  "ics": { "auth": true, "persist": true, "reboot": true },
  "limits": { "state": "2 s", "settle": "50 ms", "update": "30 s", "boot": "15 s" } }
EOF
"$assay" run AFU-ITG-001@push AFU-ITG-005@push AFU-PSH-014@push --profile profile.json \
    --output results -- "$device" --server 'coap://{address}:{port}' --shape mcuboot \
    --variant one-component --install-ms 200 >out 2>&1 </dev/null
grep -q '^3 pass, 0 fail' out
report $? 'the device installs it, and neither of the others'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
