#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# `assay package`: what is built can be inspected, verified and damaged; no
# bytes make it fail without offset and field; what is secret is written to
# nothing but the file that was asked for. Usage: package_test.sh ASSAY FOLDER
set -u
assay=$1
folder=$2
passed=0
failed=0
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder" || exit 1

report() { # STATUS NAME
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
        echo "ok $2"
    else
        failed=$((failed + 1))
        echo "not ok $2"
    fi
}

# gives STATUS TEXT NAME ARGUMENT...: exit status, and a text in the output
gives() {
    local want=$1 text=$2 name=$3 got
    shift 3
    "$assay" package "$@" >out 2>&1 </dev/null
    got=$?
    cat out >>everything
    [ "$got" = "$want" ] && grep -qF -- "$text" out
    report $? "$name"
}
: >everything

# Keys.
gives 0 'P-256, private' 'a key is made' keys --generate p256 --output sign.pem
gives 0 'P-256, private' 'another one' keys --generate p256 --output enc.pem
gives 0 'secret, private, 128 bits' 'a secret' keys --generate secret128 --output kek
gives 3 'exists; say --force' 'a key is not overwritten' keys --generate p256 --output sign.pem
[ "$(stat -c %a sign.pem)$(stat -c %a kek)" = 600600 ]
report $? 'only the owner reads keys'
gives 0 'BEGIN PUBLIC KEY' 'the public half is shown' keys sign.pem --public
gives 3 'only written to --output' 'the private half is not' keys sign.pem --form hex
gives 3 'only written to --output' 'nor is a secret' keys kek --form hex
"$assay" package keys enc.pem --public --output enc.pub 2>/dev/null >/dev/null
gives 0 'P-256, public' 'a public key is one' keys enc.pub
for form in hex base64; do
    "$assay" package keys sign.pem --form $form --output "sign.$form" >/dev/null 2>&1
    [ "$("$assay" package keys "sign.$form")" = "$("$assay" package keys sign.pem)" ]
    report $? "a key as $form is the same"
done
gives 3 "key 'out'" 'what is no key is refused' keys out
gives 3 'No such file' 'a missing file is named' keys nowhere.pem

# Build, inspect, verify.
printf 'This is a real firmware image.' >fw.bin
build() { # FILE ARGUMENT...
    local file=$1
    shift
    "$assay" package build --image-version 1.2.3+4 --sign-key sign.pem --counter 7 \
        --depends 1=1.0.0 --class 00112233445566778899aabbccddeeff --output "$file" "$@" \
        >out 2>&1 </dev/null
    local status=$?
    cat out >>everything
    return $status
}
verify() { # FILE ARGUMENT...
    "$assay" package verify "$@" --sign-key sign.pem --decrypt-key enc.pem --kek kek \
        --counter 7 --present 1=1.0.0 --installed 1.0.0 --require-encryption \
        --class 00112233445566778899aabbccddeeff >out 2>&1 </dev/null
    local status=$?
    cat out >>everything
    return $status
}
build ecies.bin --payload fw.bin --encrypt-for enc.pub && verify ecies.bin
report $? 'an image for a public key is good'
build kw.bin --payload fw.bin --kek kek && verify kw.bin
report $? 'an image for a secret is good'
build ecies-256.bin --size 9000 --encrypt-for enc.pub --key-bits 256 && verify ecies-256.bin
report $? 'an image with a long key is good'
build plain.bin --payload fw.bin
verify plain.bin
[ $? = 1 ] && grep -q 'refused: Update Result 6' out
report $? 'one in plaintext is refused'
gives 0 'image 1 at least 1.0.0' 'inspect shows fields' inspect ecies.bin
# Through pipes: what one writes, the others read, whole and damaged.
made() { # FORMAT
    case $1 in
    object5) set -- anjay --object-5 --size 100 ;;
    multi) set -- anjay --members 0=fw.bin,2=fw.bin ;;
    dfumi) set -- dfumi --members 0=fw.bin,1=sign.pem ;;
    *) set -- "$1" --size 100 ;;
    esac
    "$assay" package build --format "$@" --image-version 1.0 --seed 1 2>/dev/null
}
while read -r format name field; do
    made "$format" | "$assay" package inspect --json - >out 2>&1 &&
        grep -q "\"format\":[[:space:]]*\"$name\"" out && grep -q "\"$field\"" out
    report $? "build | inspect --json of $format"
    [ "$(made "$format" | "$assay" package inspect | sed -n 1p)" = \
        "$name, $(made "$format" | wc -c) bytes" ] &&
        made "$format" | "$assay" package inspect - | grep -qE "^ +[0-9]+ +[0-9]+  $field  "
    report $? "build | inspect of $format"
    asked=()
    [ "$format" != opaque ] || asked=(--format opaque)
    made "$format" | "$assay" package verify - "${asked[@]}" >out 2>&1 &&
        made "$format" | "$assay" package verify --json - "${asked[@]}" | grep -q '"result":[[:space:]]*0'
    report $? "build | verify of $format"
    made "$format" | "$assay" package damage --variant trunc-half 2>/dev/null |
        "$assay" package verify - --format "$name" >out 2>&1
    [ $? = 1 ] || [ "$format" = opaque ]
    report $? "build | damage | verify of $format"
done <<'EOT'
opaque opaque bytes
mcuboot mcuboot payload
suit suit payload #main
dfumi dfumi image 1
anjay anjay payload
object5 anjay CRC-32
multi anjay instance 2 payload
EOT
gives 3 'knows no components' 'a bundle for object 5' build --format anjay --object-5 --image-version 1 --members 0=fw.bin
gives 3 'members 0 to 3' 'a multi-package for no component' build --format anjay --image-version 1 --members 4=fw.bin
gives 3 'is for suit' 'members of an image' build --image-version 1 --members 0=fw.bin
"$assay" package inspect fw.bin --json 2>&1 | grep -q '"opaque"'
report $? 'inspect of a file of no format'
"$assay" package verify fw.bin >out 2>&1
[ $? = 1 ] && grep -q 'BAD.*format.*nothing is known about these bytes' out
report $? 'verify of a file of no format that nobody asked for'
"$assay" package verify --format opaque fw.bin >out 2>&1 && grep -q 'nothing is wrong' out
report $? 'verify of opaque bytes'
"$assay" package verify --format opaque --require-encryption fw.bin >out 2>&1
[ $? = 1 ]
report $? 'verify of opaque bytes that are to be encrypted'
"$assay" package verify --format opaque - </dev/null >out 2>&1
[ $? = 1 ] && grep -q 'an empty file is no package' out
report $? 'verify of an empty file'
for i in 1 2; do
    build "same-$i.bin" --payload fw.bin --encrypt-for enc.pub --seed 5
    build "other-$i.bin" --payload fw.bin --encrypt-for enc.pub
done
cmp -s same-1.bin same-2.bin && ! cmp -s other-1.bin other-2.bin
report $? 'a seed gives the same package, none another one each time'

# Every variant of the list is made: by build, and what needs no key by damage.
"$assay" package build --list --json >variants.json
names=$(sed -nE 's/.*"name":[[:space:]]*"([a-z0-9-]+)".*/\1/p' variants.json)
count=0
for name in $names; do
    build "v-$name.bin" --size 9000 --encrypt-for enc.pub --variant "$name" \
        --installed 1.0.0 --slot-size 65536 && count=$((count + 1)) || cat out
done
[ "$count" -ge 40 ] && [ "$count" = "$(wc -w <<<"$names")" ]
report $? "all $count variants are built"
for name in sig-flip payload-flip trunc-half hash-flip enc-wrap-flip magic; do
    "$assay" package damage ecies.bin --variant $name >damaged.bin 2>/dev/null
    verify damaged.bin --format mcuboot
    [ $? = 1 ] && grep -q 'BAD' out
    report $? "what has $name is refused"
done
gives 3 'only when it is built' 'a defect that needs a key' damage ecies.bin --variant sig-untrusted
gives 3 "no variant 'nonsense'" 'an unknown defect' damage ecies.bin --variant nonsense

# Several components.
printf 'TEE image 2.0' >tee.bin
"$assay" package keys --generate secret256 --output mac >/dev/null
suit() { # FILE ARGUMENT...
    local file=$1
    shift
    "$assay" package build --format suit --image-version 1.2.3 --counter 5 \
        --members app=fw.bin,tee=tee.bin --output "$file" "$@" >out 2>&1 </dev/null
    local status=$?
    cat out >>everything
    return $status
}
suit agreed.suit --sign-key sign.pem --encrypt-for enc.pub --cipher ctr &&
    gives 0 'good     decryption' 'an envelope for a public key is good' verify agreed.suit \
        --sign-key sign.pem --decrypt-key enc.pem --require-encryption --counter 5
suit wrapped.suit --mac-key mac --kek kek --kid device-7 &&
    gives 0 'HMAC is right' 'one with a MAC for a secret' verify wrapped.suit \
        --mac-key mac --kek kek --kid device-7 --require-encryption
gives 1 'for another one' 'a key of another name' verify wrapped.suit --mac-key mac --kek kek --kid device-8
gives 0 'payload #tee' 'inspect shows its payloads' inspect wrapped.suit
suit both.suit --sign-key sign.pem --kek kek --encrypt-for enc.pub &&
    gives 0 '2 recipients: ECDH-ES and A128KW, A128KW' 'one for two recipients' inspect both.suit
for key in 'kek kek' 'decrypt-key enc.pem'; do
    # shellcheck disable=SC2086 # an option and its value
    gives 0 'good     decryption' "both recipients read it ($key)" verify both.suit \
        --sign-key sign.pem --require-encryption --$key
done
gives 1 'cannot be unwrapped' 'and nobody else' verify both.suit --sign-key sign.pem --decrypt-key sign.pem
gives 1 'Update Result 8' 'a sequence number that is too low' verify agreed.suit --sign-key sign.pem --counter 6
count=0
names=$("$assay" package build --format suit --list | awk '{ print $1 }')
for name in $names; do
    "$assay" package build --format suit --image-version 1.2.3 --counter 5 --size 9000 \
        --sign-key sign.pem --encrypt-for enc.pub --variant "$name" --installed 1.0.0 \
        --slot-size 65536 --depends tee=1.0.0 --output "s-$name.suit" >out 2>&1 &&
        count=$((count + 1))
    case $name in bundle-*) suit "s-$name.suit" --variant "$name" && count=$((count + 1)) ;; esac
done
[ "$count" -ge 50 ] && [ "$count" = "$(wc -w <<<"$names")" ]
report $? "all $count variants of suit are built"
gives 0 'dfumi, good' 'a multi-image' build --format dfumi --members 0=ecies.bin,1=kw.bin --output two.dfumi
gives 0 'image 1' 'inspect shows its images' inspect two.dfumi
gives 0 'id 1: mcuboot' 'verify looks into them' verify two.dfumi --sign-key sign.pem --decrypt-key enc.pem --kek kek
gives 1 'id 1: SHA-256 is another one' 'one bad image' verify --sign-key sign.pem --decrypt-key enc.pem \
    --kek kek <("$assay" package build --format dfumi --members 0=kw.bin,1=plain.bin --variant bundle-one-bad 2>/dev/null)
gives 3 'members with an id' 'a multi-image without images' build --format dfumi --output x.bin
gives 3 'NAME=VALUE' 'wrong members' build --format dfumi --members kw.bin --output x.bin
gives 3 'gcm or ctr' 'an unknown cipher' build --format suit --image-version 1 --cipher cbc --output x.bin

# Any bytes: an error with offset and field.
for length in 0 1 3 4 31 32 63 66 100 131 243 300 359; do
    head -c "$length" ecies.bin >cut.bin
    "$assay" package inspect --format mcuboot cut.bin >out 2>err
    [ $? = 1 ] && grep -qE '^assay: offset [0-9]+, [A-Za-z]' err
    report $? "the first $length bytes are an error with an offset"
done
gives 3 'unknown command' 'an unknown command' dance
gives 3 '--image-version is needed' 'a version is needed' build
gives 3 "version '1.2.x'" 'a wrong version' build --image-version 1.2.x --output x.bin
gives 3 'takes 32 hexadecimal' 'a wrong class' build --image-version 1 --class 12 --output x.bin
gives 3 'NAME=VALUE' 'wrong dependencies' build --image-version 1 --depends 1 --output x.bin
[ ! -e x.bin ]
report $? 'an error writes nothing'
gives 0 'Exit status' 'help of one command' verify --help

# Secrets.
secrets=$("$assay" package keys sign.pem --form hex --output s1 >/dev/null 2>&1
    "$assay" package keys enc.pem --form hex --output s2 >/dev/null 2>&1
    "$assay" package keys kek --form hex --output s3 >/dev/null 2>&1
    cat s1 s2 s3; cat kek sign.base64
    # The scalar is in the first line; the last ones have the public point.
    sed -n 2p sign.pem; sed -n 2p enc.pem)
leaked=0
while read -r line; do
    [ -n "$line" ] && grep -qF -- "$line" everything variants.json && leaked=1
done <<<"$secrets"
[ "$leaked" = 0 ] && [ "$(wc -l <<<"$secrets")" -ge 7 ]
report $? 'no secret was shown'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
