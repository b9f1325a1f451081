#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# SUIT envelopes that `assay package` builds, by other programs: openssl checks
# the signature or MAC and the digests, agrees and unwraps the keys and decrypts
# the payload; python3's `cryptography`, where it is there, checks the tag of
# AES-GCM as well. In the other direction openssl signs and encrypts, and
# `assay package` reads. Skipped where openssl or its key derivation is missing.
# Usage: suit_test.sh ASSAY FOLDER
set -u
assay=$1
folder=$2
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
hex() { od -An -v -tx1 | tr -d ' \n'; }
unhex() { printf '%b' "$(sed 's/../\\x&/g')"; }
command -v openssl >/dev/null || skip 'no openssl'
openssl kdf -keylen 4 -kdfopt digest:SHA256 -kdfopt hexkey:00 -kdfopt info:x HKDF >out 2>&1 ||
    skip "this openssl has no HKDF ($(head -n 1 out))"
printf '%048d' 0 | unhex | openssl enc -id-aes128-wrap -K 00000000000000000000000000000000 \
    -iv A6A6A6A6A6A6A6A6 >out 2>&1 || skip "this openssl has no key wrap ($(head -n 1 out))"
has_gcm=false
if python3 -c 'import cryptography' 2>/dev/null; then
    has_gcm=true
fi
echo "$(openssl version), tags of AES-GCM by python3: $has_gcm"

bytes() { tail -c +$(($2 + 1)) "$1" | head -c "$3"; } # FILE OFFSET COUNT
# field FILE NAME [N]: "OFFSET BYTES" of the Nth field of that name
field() {
    [ "$1.fields" -nt "$1" ] || "$assay" package inspect "$1" >"$1.fields"
    awk -v name="$2" -v left="${3:-1}" '
        { text = $0; sub(/^ *[0-9]+ +[0-9]+  /, "", text)
          if (index(text, name "  ") == 1 && --left == 0) { print $1, $2; exit } }' "$1.fields"
}
# part FILE NAME [N]: its bytes as digits
part() {
    local at length
    read -r at length <<<"$(field "$@")"
    bytes "$1" "$at" "$length" | hex
}
# bstr DIGITS: a byte string of less than 65536 bytes, deterministic CBOR
bstr() {
    local length=$((${#1} / 2))
    if [ $length -lt 24 ]; then
        printf '%02x%s' $((0x40 + length)) "$1"
    elif [ $length -lt 256 ]; then
        printf '58%02x%s' $length "$1"
    else
        printf '59%04x%s' $length "$1"
    fi
}
# der DIGITS: r and s, as openssl wants them
der() {
    printf 'asn1=SEQUENCE:two\n[two]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' "${1:0:64}" "${1:64:64}" |
        openssl asn1parse -genconf /dev/stdin -noout -out signature.der
}
ctr() { # KEY COUNTER: bytes to bytes
    openssl enc -d -aes-128-ctr -K "$1" -iv "$2"
}
unwrap() { # KEK WRAPPED: the key, as digits; fails when it is another one's
    printf '%s' "$2" | unhex |
        openssl enc -d -id-aes128-wrap -K "$1" -iv A6A6A6A6A6A6A6A6 2>out | hex
}
# What COSE's key derivation is told: RFC 9053, 5.2, and firmware-encryption.
context=842283f6f6f683f6f6f683188044a101381c5753554954205061796c6f616420456e6372797074696f6e
agree() { # PRIVATE-KEY X Y: the key that wraps, as digits
    printf '3059301306072a8648ce3d020106082a8648ce3d03010703420004%s%s' "$2" "$3" |
        unhex >ephemeral.der
    openssl pkeyutl -derive -inkey "$1" -peerkey ephemeral.der -peerform DER -out z 2>out
    openssl kdf -keylen 16 -kdfopt digest:SHA256 -kdfopt "hexkey:$(hex <z)" \
        -kdfopt "hexinfo:$context" -binary HKDF | hex
}

for key in sign enc stranger; do
    "$assay" package keys --generate p256 --output $key.pem >out 2>&1 || exit 1
    "$assay" package keys $key.pem --public --output $key.pub >out 2>&1 || exit 1
done
"$assay" package keys --generate secret128 --form hex --output kek >out 2>&1 || exit 1
"$assay" package keys --generate secret256 --form hex --output mac >out 2>&1 || exit 1
kek=$(tr -d '\n' <kek)
head -c 5000 /dev/urandom >app.bin
head -c 333 /dev/urandom >tee.bin
build() { # FILE ARGUMENT...
    local file=$1
    shift
    rm -f "$file" "$file.fields"
    "$assay" package build --format suit --image-version 1.2.3 --counter 5 \
        --members app=app.bin,tee=tee.bin --output "$file" "$@" 2>/dev/null
}

# What is signed: SUIT_Digest, whose bytes stand before the authentication.
to_be_signed() { # FILE CONTEXT-AS-CBOR
    local at digest algorithm
    read -r at _ <<<"$(field "$1" 'manifest digest')"
    digest=$(bytes "$1" $((at - 4)) 36 | hex)
    read -r at _ <<<"$(field "$1" authentication)"
    algorithm=$(bytes "$1" $((at + 3)) 3 | hex)
    printf '84%s%s40%s' "$2" "$(bstr "$algorithm")" "$(bstr "$digest")" | unhex
}
signature1=6a5369676e617475726531
mac0=644d414330
build signed.suit --sign-key sign.pem --encrypt-for enc.pub
to_be_signed signed.suit $signature1 >signed
der "$(part signed.suit signature)"
openssl dgst -sha256 -verify sign.pub -signature signature.der signed >out 2>&1
report $? 'openssl verifies COSE_Sign1'
! openssl dgst -sha256 -verify stranger.pub -signature signature.der signed >out 2>&1
report $? 'and not with another key'
for variant in sig-untrusted-masq sig-flip; do
    build bad.suit --sign-key sign.pem --variant $variant
    to_be_signed bad.suit $signature1 >signed
    der "$(part bad.suit signature)"
    ! openssl dgst -sha256 -verify sign.pub -signature signature.der signed >out 2>&1
    report $? "nor that of $variant"
done
for file in signed bad; do
    [ "$(part $file.suit manifest | unhex | openssl dgst -sha256 -r | cut -d' ' -f1)" = \
        "$(part $file.suit 'manifest digest')" ]
    report $? "openssl finds the same digest of the manifest ($file)"
done
build mac.suit --mac-key mac --kek kek
to_be_signed mac.suit $mac0 >signed
[ "$(openssl dgst -sha256 -mac HMAC -macopt "hexkey:$(tr -d '\n' <mac)" -r signed |
    cut -d' ' -f1)" = "$(part mac.suit signature)" ]
report $? 'openssl finds the same tag of COSE_Mac0'

# GCM is counter mode from 2; the tag is another one's to check.
decrypt() { # CIPHER KEY IV PAYLOAD-DIGITS: the plaintext
    if [ "$1" = ctr ]; then
        printf '%s' "$4" | unhex | ctr "$2" "$3"
    else
        printf '%s' "${4:0:$((${#4} - 32))}" | unhex | ctr "$2" "${3}00000002"
    fi
}
has_tag() { # KEY IV PAYLOAD-DIGITS
    python3 -c '
import sys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
key, iv, sealed = map(bytes.fromhex, sys.argv[1:3] + [sys.stdin.read()])
aad = bytes.fromhex("8367456e637279707443a1010140")
AESGCM(key).decrypt(iv, sealed, aad)' "$1" "$2" <<<"$3" >out 2>&1
}
for way in kw es; do
    for cipher in gcm ctr; do
        if [ $way = kw ]; then
            build e.suit --sign-key sign.pem --kek kek --cipher $cipher
        else
            build e.suit --sign-key sign.pem --encrypt-for enc.pub --cipher $cipher
        fi
        n=0
        for name in app tee; do
            n=$((n + 1))
            wrapping=$kek
            [ $way = kw ] || wrapping=$(agree enc.pem "$(part e.suit '  ephemeral x' $n)" \
                "$(part e.suit '  ephemeral y' $n)")
            key=$(unwrap "$wrapping" "$(part e.suit '  wrapped key' $n)")
            iv=$(part e.suit '  IV' $n)
            payload=$(part e.suit "payload #$name")
            [ ${#key} = 32 ] && decrypt $cipher "$key" "$iv" "$payload" | cmp -s - $name.bin
            report $? "openssl unwraps the key by $way and decrypts $name by $cipher"
            [ "$(openssl dgst -sha256 -r $name.bin | cut -d' ' -f1)" = \
                "$(part e.suit "digest $name")" ]
            report $? "and finds the same digest of $name"
            if [ $cipher = gcm ] && $has_gcm; then
                has_tag "$key" "$iv" "$payload"
                report $? 'python3 finds the same tag'
                ! has_tag "$key" "$iv" "${payload:0:2}00${payload:4}"
                report $? 'and not of changed bytes'
            fi
        done
        if [ $way = kw ]; then
            [ -z "$(unwrap 00000000000000000000000000000000 "$(part e.suit '  wrapped key')")" ]
        else
            [ -z "$(unwrap "$(agree stranger.pem "$(part e.suit '  ephemeral x')" \
                "$(part e.suit '  ephemeral y')")" "$(part e.suit '  wrapped key')")" ]
        fi
        report $? "openssl does not unwrap it with another key ($way, $cipher)"
    done
done
build both.suit --sign-key sign.pem --kek kek --encrypt-for enc.pub
first=$(unwrap "$(agree enc.pem "$(part both.suit '  ephemeral x')" \
    "$(part both.suit '  ephemeral y')")" "$(part both.suit '  wrapped key')")
second=$(unwrap "$kek" "$(part both.suit '  wrapped key' 2)")
[ ${#first} = 32 ] && [ "$first" = "$second" ]
report $? 'openssl unwraps the same key for both of two recipients'
$has_gcm || echo 'skipped: tags of AES-GCM, as python3 has no cryptography'

# The other direction: an envelope of one component whose bytes are put here,
# and whose cryptography is openssl's. HMAC, A128KW, A128CTR; then ECDSA, ECDH.
put() { # PROTECTED RECIPIENT-HEADERS KEK MAC0-OR-SIGN1: theirs.suit
    local cek iv cipher digest sealed info wrapped shared install validate common manifest item
    cek=$(openssl rand -hex 16)
    iv=$(openssl rand -hex 16)
    digest=$(openssl dgst -sha256 -r tee.bin | cut -d' ' -f1)
    cipher=$(openssl enc -aes-128-ctr -K "$cek" -iv "$iv" <tee.bin | hex)
    sealed=$(printf '%s' "$cipher" | unhex | openssl dgst -sha256 -r | cut -d' ' -f1)
    wrapped=$(printf '%s' "$cek" | unhex |
        openssl enc -id-aes128-wrap -K "$3" -iv A6A6A6A6A6A6A6A6 | hex)
    info=$(printf 'd8608440a20139fffd0550%sf68183%s%s%s' "$iv" "$(bstr "$1")" "$2" "$(bstr "$wrapped")")
    # 12, i, 20, {3: [-16, digest], 14: size}
    shared=$(printf '880c0014a203%s0e19014d0c0114a203%s0e19014d' \
        "$(bstr "822f5820$digest")" "$(bstr "822f5820$sealed")")
    install=$(printf '900c0114a115642361707015%s030f0c0014a213%s160116%s030f' \
        0f "$(bstr "$info")" 0f)
    validate=840c00030f
    common=$(printf 'a20282814361707081476170702e656e6304%s' "$(bstr "$shared")")
    manifest=$(bstr "$(printf 'a601010209''03%s0644830102030''7%s14%s' "$(bstr "$common")" \
        "$(bstr $validate)" "$(bstr "$install")")")
    item=822f5820$(printf '%s' "$manifest" | unhex | openssl dgst -sha256 -r | cut -d' ' -f1)
    authentication "$item" "$4"
    printf 'd86ba302%s03%s6423617070%s' \
        "$(bstr "82$(bstr "$item")$(bstr "$block")")" "$manifest" "$(bstr "$cipher")" |
        unhex >theirs.suit
}
authentication() { # ITEM MAC0-OR-SIGN1: block
    local numbers
    if [ "$2" = mac0 ]; then
        printf '84%s%s40%s' $mac0 "$(bstr a10105)" "$(bstr "$1")" | unhex >signed
        block=d18443a10105a0f6$(bstr "$(openssl dgst -sha256 -mac HMAC \
            -macopt "hexkey:$(tr -d '\n' <mac)" -r signed | cut -d' ' -f1)")
        return
    fi
    printf '84%s%s40%s' $signature1 "$(bstr a10128)" "$(bstr "$1")" | unhex >signed
    openssl dgst -sha256 -sign sign.pem -out signature.der signed
    numbers=$(openssl asn1parse -inform DER -in signature.der |
        sed -n 's/.*INTEGER *://p' | while read -r number; do
            printf '%064s' "$number" | tr ' ' 0
        done)
    block=d28443a10128a0f6$(bstr "$numbers")
}
verifies() { # ARGUMENT...
    "$assay" package verify theirs.suit --require-encryption --counter 9 --installed 1.0.0 "$@" \
        >out 2>&1 && ! grep -q skipped out
}
put '' a2012204436b6964 "$kek" mac0
verifies --mac-key mac --kek kek
report $? 'an envelope with the MAC, wrap and encryption of openssl is good'
! verifies --mac-key kek --kek kek && ! verifies --mac-key mac --kek "$kek"
report $? 'and not for other secrets'
openssl ecparam -name prime256v1 -genkey -noout -out ephemeral.pem 2>out
point=$(openssl pkey -in ephemeral.pem -pubout -outform DER | tail -c 64 | hex)
# Agreed by the other side: the sender has the private half, we the public one.
enc=$(openssl pkey -pubin -in enc.pub -outform DER | tail -c 64 | hex)
wrapping=$(agree ephemeral.pem "${enc:0:64}" "${enc:64}")
put a101381c "a120a401022001215820${point:0:64}225820${point:64}" "$wrapping" sign1
verifies --sign-key sign.pub --decrypt-key enc.pem
report $? 'an envelope with the signature, agreement and encryption of openssl is good'
! verifies --sign-key stranger.pub --decrypt-key enc.pem &&
    ! verifies --sign-key sign.pub --decrypt-key stranger.pem
report $? 'and not for other keys'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
