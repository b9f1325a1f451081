#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Another people's CoAP client that registers as no device should: each
# parameter wrong in turn, the list in another format or in blocks, unknown
# locations, Non-confirmable messages, a device that vanishes. What is answered
# is what LwM2M Core 1.2.2, 6.2.1 to 6.2.3 lists, and a good registration works
# after each of them. Usage: registrant_test.sh ASSAY FOLDER
#
# `assay run` starts this script once more as the device:
# registrant_test.sh --device ADDRESS PORT FOLDER CLIENT
set -u
passed=0
failed=0
links='</1/0>,</3/0>'

report() { # STATUS NAME [TEXT]
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
        echo "ok $2"
    else
        failed=$((failed + 1))
        echo "not ok $2: ${3-}"
    fi
}

# The device.

# ask METHOD PATH CLIENT-OPTION...: one request; sets $code and $location.
ask() {
    local method=$1 path=$2
    shift 2
    "$client" -v 7 -B 20 -m "$method" "$@" "coap://$address:$port$path" \
        >"$folder/client.log" 2>&1 </dev/null
    answer=$(grep -E 't:(ACK|NON).*c:[245]\.[0-9]+' "$folder/client.log" |
        grep -v 'c:2\.31' | tail -n 1)
    code=$(sed -nE 's/.*c:([245]\.[0-9]+).*/\1/p' <<<"$answer")
    location=$(sed -nE 's/.*Location-Path:rd, *Location-Path:([0-9a-f]+).*/\/rd\/\1/p' \
        <<<"$answer")
}

# wants CODE NAME
wants() {
    [ "$code" = "$1" ]
    report $? "$2: $1" "${code:-no answer}"
}

between() { # a good registration is not disturbed
    ask post '/rd?ep=between&lt=300&lwm2m=1.1&b=U' -t 40 -e "$links"
    [ "$code" = 2.01 ] && [ -n "$location" ]
    report $? "a good registration after: $1" "${code:-no answer}"
}

# Each row: code, query, client options. Accepted ones have the endpoint name
# that the outer half looks for in the journal.
register() {
    local want=$1 query=$2
    shift 2
    [ $# -gt 0 ] || set -- -t 40 -e "$links"
    ask post "/rd${query:+?$query}" "$@"
    wants "$want" "Register ${query:-without parameters}${1:+ $*}"
    between "$query"
}

wrong_parameters() {
    local rest='lt=300&lwm2m=1.1' query
    for query in '' "$rest" "ep=&$rest" "ep&$rest" "ep=x&ep=y&$rest" \
        'ep=x&lwm2m=1.1' 'ep=x&lt=&lwm2m=1.1' 'ep=x&lt&lwm2m=1.1' \
        'ep=x&lt=soon&lwm2m=1.1' 'ep=x&lt=-1&lwm2m=1.1' \
        'ep=x&lt=1.5&lwm2m=1.1' 'ep=x&lt=4294967296&lwm2m=1.1' \
        "ep=x&lt=300&$rest" 'ep=x&lt=300' 'ep=x&lt=300&lwm2m=' \
        'ep=x&lt=300&lwm2m=1' 'ep=x&lt=300&lwm2m=1.1.1' \
        'ep=x&lt=300&lwm2m=one' "ep=x&$rest&lwm2m=1.1" "ep=x&$rest&b=" \
        "ep=x&$rest&b=X" "ep=x&$rest&b=U&b=U" "ep=x&$rest&Q=1" \
        "ep=x&$rest&Q&Q" "ep=x&$rest&sms=" "ep=x&$rest&sms=1&sms=2"; do
        register 4.00 "$query"
    done
    for query in 0.9 1.3 2.0; do
        register 4.12 "ep=x&lt=300&lwm2m=$query"
    done
}

wrong_lists() {
    local query='ep=x&lt=300&lwm2m=1.1'
    register 4.00 "$query" -t 40
    register 4.00 "$query" -t 40 -e '</1/0'
    register 4.00 "$query" -t 40 -e 'hello'
    register 4.00 "$query" -t 40 -e '</1/0>,,'
    register 4.09 'ep=x&lt=300&lwm2m=1.2' -t 40
    register 4.15 "$query" -t 0 -e "$links"
    register 4.15 "$query" -t 60 -e "$links"
    # The answer has the option, too, and coap-client waits for a better one.
    register 4.02 "$query" -t 40 -e "$links" -O 65001,0x01 -B 5
}

tolerated() {
    register 2.01 'ep=no-binding&lt=300&lwm2m=1.1'
    register 2.01 'ep=queue&lt=300&lwm2m=1.1&Q'
    register 2.01 'ep=queue-1.0&lt=300&lwm2m=1.0&b=UQ'
    register 2.01 'ep=version-1.2&lt=300&lwm2m=1.2'
    register 2.01 'ep=forever&lt=0&lwm2m=1.1'
    register 2.01 'ep=extra&lt=300&lwm2m=1.1&colour=red'
    register 2.01 'ep=early&lt=300&lwm2m=1.0&Q'
    register 2.01 'ep=caller&lt=300&lwm2m=1.1&sms=+43'
    register 2.01 'ep=formless&lt=300&lwm2m=1.1' -e "$links"
    register 2.01 'ep=hasty&lt=300&lwm2m=1.1' -N -t 40 -e "$links"
    register 2.01 'ep=elective&lt=300&lwm2m=1.1' -t 40 -e "$links" -O 65000,0x01
}

no_operations() {
    local row
    for row in '4.04 post /rd/nowhere' '4.04 delete /rd/nowhere' \
        '4.00 post /rd/a/b' '4.00 delete /rd/a/b' '4.00 delete /rd' \
        '4.05 get /rd' '4.05 get /rd/nowhere' '4.00 put /rd' \
        '4.04 post /bs?ep=x' '4.04 get /'; do
        set -- $row
        ask "$2" "$3"
        wants "$1" "$2 $3"
        between "$2 $3"
    done
}

updates() {
    local place
    ask post '/rd?ep=updater&lt=300&lwm2m=1.1&b=U' -t 40 -e "$links"
    place=$location
    wants 2.01 "a device for Updates"
    ask post "$place?lt=later"
    wants 4.00 "Update with a lifetime that is none"
    ask post "$place?b=X"
    wants 4.00 "Update with a binding that is none"
    ask post "$place?lt=400&Q=1"
    wants 4.00 "Update with a queue mode that has a value"
    ask post "$place?lt=400" -t 40 -e '</1/0'
    wants 4.00 "Update with a list that is none"
    ask post "$place?lt=400" -t 0 -e "$links"
    wants 4.15 "Update with a list in another format"
    ask post "$place"
    wants 2.04 "Update without parameters"
    ask post "$place?lt=500&b=U&Q&sms=43" -t 40 -e "$links,</5/0>"
    wants 2.04 "Update with all parameters"
    ask post "$place?lt=600" -N
    wants 2.04 "Update in a Non-confirmable message"
    ask delete "$place"
    wants 2.02 "De-register"
    ask delete "$place"
    wants 4.04 "De-register again"
    ask post "$place"
    wants 4.04 "Update after De-register"
    between updates
}

blocks() {
    local size
    for size in 16 64 1024; do
        ask post "/rd?ep=blocks-$size&lt=300&lwm2m=1.1" -t 40 -b $size \
            -f "$folder/long.links"
        wants 2.01 "a long list in blocks of $size"
    done
    # Block 1 alone waits for the others. Of the last one, which is short,
    # coap-client says that more follow.
    ask post '/rd?ep=torn&lt=300&lwm2m=1.1' -t 40 -b 1,64 \
        -f "$folder/long.links"
    between "one block of a list"
    ask post '/rd?ep=torn&lt=300&lwm2m=1.1' -t 40 -f "$folder/long.links" \
        -b "$(($(wc -c <"$folder/long.links") / 64)),64"
    wants 4.00 "a short block that says that more follow"
    ask post '/rd?ep=huge&lt=300&lwm2m=1.1' -t 40 -f "$folder/huge.links" -B 120
    case $code in 4.00 | 4.13) true ;; *) false ;; esac
    report $? "a list of 1 MB is refused" "${code:-no answer}"
    between blocks
}

twins() {
    local first second
    ask post '/rd?ep=twin&lt=300&lwm2m=1.1' -t 40 -e "$links"
    first=$location
    ask post '/rd?ep=twin&lt=300&lwm2m=1.1' -t 40 -e "$links"
    second=$location
    wants 2.01 "a second registration"
    [ -n "$first" ] && [ "$first" != "$second" ]
    report $? "has another location" "$first, $second"
    ask post "$first"
    wants 4.04 "the first one is gone"
    ask post "$second"
    wants 2.04 "the second one is there"
}

vanishes() {
    local tries=0 place
    ask post '/rd?ep=ghost&lt=1&lwm2m=1.1' -t 40 -e "$links"
    place=$location
    wants 2.01 "a device that will not be heard of again"
    until grep -qa '"endpoint":"ghost","kind":"expire"' \
        "$folder/results/events.ndjson"; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || break
        sleep 0.1
    done
    ask post "$place"
    wants 4.04 "Update after the lifetime"
    ask post '/rd?ep=ghost&lt=300&lwm2m=1.1' -t 40 -e "$links"
    wants 2.01 "it registers again"
}

device() {
    wrong_parameters
    wrong_lists
    tolerated
    no_operations
    updates
    blocks
    twins
    vanishes
    echo "$passed passed, $failed failed"
    # The campaign that begins with this one ends this script.
    ask post '/rd?ep=good&lt=300&lwm2m=1.1&b=U' -t 40 -e "$links"
}

if [ "$1" = --device ]; then
    address=$2
    port=$3
    folder=$4
    client=$5
    device >"$folder/device.log" 2>&1
    exit 0
fi

# The test.

assay=$1
folder=$2
client=
for name in coap-client-notls coap-client-openssl coap-client-gnutls coap-client; do
    [ -z "$client" ] && client=$(command -v "$name")
done
[ -n "$client" ] || {
    echo "skipped: no 'coap-client' (Debian: apt-get install libcoap3-bin)"
    exit 77
}
rm -rf "$folder"
mkdir -p "$folder"
# 20 objects of 10 instances, and far more than a list may have.
for object in $(seq 10240 10259); do
    for instance in $(seq 0 9); do printf '</%s/%s>,' "$object" "$instance"; done
done >"$folder/long.links"
printf %s "$links" >>"$folder/long.links"
yes '</10240/1>,' | head -c 1000000 | tr -d '\n' >"$folder/huge.links"
printf %s "$links" >>"$folder/huge.links"
echo '{ "endpoint": "good" }' >"$folder/profile.json"
"$assay" run AFU-OBJ-001 --profile "$folder/profile.json" --port 0 \
    --register-timeout 200 --output "$folder/results" -- \
    bash "$0" --device '{address}' '{port}' "$folder" "$client" \
    >"$folder/out" 2>"$folder/err" </dev/null
status=$?
# No case applies to what registered, and that is said.
[ $status = 3 ] && grep -q '1 not applicable' "$folder/out"
report $? "the campaign begins with the device of the profile" \
    "exit status $status: $(tail -n 3 "$folder/err")"
cat "$folder/device.log"
tail -n 1 "$folder/device.log" | grep -q ' passed, 0 failed$'
report $? "all of the device's requests got their answers"

journal() { # ENDPOINT KIND
    grep -a "\"endpoint\":\"$1\",\"kind\":\"$2\"" "$folder/results/events.ndjson"
}
journal good register | grep -q '"code":"2.01"'
report $? "the device of the profile registers"
remark() { # ENDPOINT WORDS KIND: what is tolerated is written down
    journal "$1" "$3" | grep -qF -- "$2"
    report $? "the journal has a remark: $2" "$(journal "$1" "$3")"
}
remark forever 'a lifetime of 0 before LwM2M 1.2' register
remark extra "unknown parameter 'colour'" register
remark early "parameter 'Q' before LwM2M 1.1" register
remark caller "parameter 'sms' is no MSISDN" register
remark formless 'Object list without Content-Format' register
remark hasty 'not in a Confirmable message' register
remark updater 'not in a Confirmable message' update
for name in no-binding queue queue-1.0 version-1.2 elective; do
    [ "$(journal $name register | grep -c '"reason"')" = 0 ]
    report $? "nothing is wrong with '$name'" "$(journal $name register)"
done
for size in 16 64 1024; do
    list=$(od -An -v -tx1 "$folder/long.links" | tr -d ' \n')
    journal blocks-$size register | grep -qF "\"links\":\"$list\""
    report $? "the journal has the whole list that came in blocks of $size"
done
journal twin replace | grep -q 'registered again'
report $? "the journal has the replacement"
journal updater update | grep -q '"lifetime":500'
report $? "the journal has the new lifetime"
! grep -qaE '"kind":"(register|update)".*"endpoint":"(x|torn|huge)"' \
    "$folder/results/events.ndjson"
report $? "nobody who was refused is registered"
[ "$(grep -cvE '^\{.*\}$' "$folder/results/events.ndjson")" = 0 ]
report $? "the journal is whole"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
