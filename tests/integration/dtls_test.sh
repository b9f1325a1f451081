#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# DTLS with other people's clients: libcoap's, over OpenSSL and over GnuTLS,
# register by pre-shared key and by certificate; who has proven another name,
# or nothing, does not. Usage: dtls_test.sh ASSAY SOURCE FOLDER
set -u
assay=$1
source=$2
folder=$3
rm -rf "$folder"
mkdir -p "$folder"
. "$(dirname "$0")/dtls_credentials.sh"
passed=0
failed=0

for tool in openssl coap-client-openssl coap-client-gnutls; do
    command -v "$tool" >/dev/null || {
        echo "skipped: no '$tool' (Debian: apt-get install openssl libcoap3-bin)"
        exit 77
    }
done

report() { # STATUS NAME [TEXT]
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
        echo "ok $2"
    else
        failed=$((failed + 1))
        echo "not ok $2: ${3-}"
    fi
}

# campaign NAME PROFILE SCRIPT: the script is the device; it gets address, port
# and this folder, and registers as 'node' last. Sets $status.
campaign() {
    "$assay" run AFU-OBJ-001 --profile "$folder/$2.json" --port 0 \
        --register-timeout 3 --output "$folder/$1" -- \
        sh "$folder/$3" '{address}' '{port}' "$folder" \
        >"$folder/$1.out" 2>"$folder/$1.err" </dev/null
    status=$?
}

# What a client does: the URI is that of a Register.
cat >"$folder/register.sh" <<'S'
# register LOG CLIENT ENDPOINT CREDENTIAL...
register() {
    log=$folder/$1.log client=$2 endpoint=$3
    shift 3
    "coap-client-$client" -B 2 -m post -t 40 -e '</1/0>,</3/0>,</33629/0>' \
        "$@" "coaps://$address:$port/rd?ep=$endpoint&lt=300&lwm2m=1.1&b=U" \
        >"$log" 2>&1
}
address=$1 port=$2 folder=$3
S

refused() { # NAME LOG PATTERN: by the server, as the client saw it
    grep -qE -- "$3" "$folder/$2.log"
    report $? "$1" "$(head -n 3 "$folder/$2.log")"
}
journal() { grep -a "\"kind\":\"$2\"" "$folder/$1/events.ndjson"; }

registers() { # NAME CAMPAIGN
    journal "$2" register | grep -q '"endpoint":"node"' &&
        [ "$(journal "$2" register | wc -l)" = 1 ]
    report $? "$1" "exit status $status: $(tail -n 3 "$folder/$2.err")"
    grep -qa 'ep=node' "$folder/$2/registration.pcap"
    report $? "$1: the trace has the message in clear"
}

# Pre-shared keys.
make_profile psk \
    '{ "mode": "psk", "identity": "node", "key-file": "node.psk" }'
echo "$psk_hex" >"$folder/node.psk"
chmod 600 "$folder/node.psk"
for client in openssl gnutls; do
    cat "$folder/register.sh" - >"$folder/psk-$client.sh" <<S
register psk-$client-other $client other -u node -k $psk_text
register psk-$client-nobody $client node -u nobody -k $psk_text
register psk-$client-wrong $client node -u node -k 0123456789abcdef
register psk-$client $client node -u node -k $psk_text
S
    campaign "psk-$client" psk "psk-$client.sh"
    registers "$client: the right key registers" "psk-$client"
    refused "$client: another endpoint name gets 4.00" "psk-$client-other" \
        '^4\.00'
    refused "$client: an unknown identity fails the handshake" \
        "psk-$client-nobody" 'unknown|not known'
    journal "psk-$client" stray | grep -q 'DTLS handshake or record that failed'
    report $? "$client: a wrong key fails the handshake and is written down"
    ! grep -q '^2\.\|^4\.' "$folder/psk-$client-wrong.log"
    report $? "$client: nothing is answered to a wrong key"
    [ -s "$folder/psk-$client/campaign.json" ] &&
        ! grep -rqaiE -- "$psk_hex|$psk_text" "$folder/psk-$client" \
            "$folder/psk-$client.out" "$folder/psk-$client.err"
    report $? "$client: the key is in no result and no output"
done
grep -qa "$psk_hex" "$folder/node.psk"
report $? "the search for the key can find one"

# Certificates.
make_ca ca && make_ca stranger && make_certificate server server ca &&
    make_certificate node node ca && make_certificate other other ca &&
    make_certificate alien node stranger
report $? "openssl makes certificates" "$(tail -n 3 "$folder/openssl.log")"
make_profile x509 '{ "mode": "x509", "certificate-file": "server.pem", \
    "key-file": "server.key", "ca-file": "ca.pem" }'
sed '0,/server.key/s//node.key/' "$folder/x509.json" >"$folder/swapped.json"
for client in openssl gnutls; do
    cat "$folder/register.sh" - >"$folder/x509-$client.sh" <<S
with() { echo -c \$folder/\$1.pem -j \$folder/\$1.key -C \$folder/ca.pem; }
register x509-$client-other $client node \$(with other)
register x509-$client-alien $client node \$(with alien)
register x509-$client $client node \$(with node)
S
    campaign "x509-$client" x509 "x509-$client.sh"
    registers "$client: a certificate registers" "x509-$client"
    refused "$client: a certificate of another name gets 4.00" \
        "x509-$client-other" '^4\.00'
    ! grep -q '^2\.\|^4\.' "$folder/x509-$client-alien.log" &&
        [ "$(journal "x509-$client" refuse | wc -l)" = 1 ] &&
        journal "x509-$client" stray | grep -q 'DTLS'
    report $? "$client: a certificate of another CA fails the handshake" \
        "$(head -n 3 "$folder/x509-$client-alien.log")"
    [ -s "$folder/x509-$client/campaign.json" ] &&
        ! grep -rqaF -- "$(sed -n 2p "$folder/server.key")" "$folder/x509-$client"
    report $? "$client: the server's key is in no result"
done

# What cannot work is one line, before anything listens.
refuses() { # NAME PROFILE PATTERN
    "$assay" run AFU-OBJ-001 --profile "$folder/$2.json" --port 0 \
        --output "$folder/refused" >"$folder/out" 2>"$folder/err" </dev/null
    status=$?
    [ $status = 3 ] && [ "$(wc -l <"$folder/err")" = 1 ] &&
        grep -qE -- "$3" "$folder/err"
    report $? "$1" "exit status $status: $(head -n 3 "$folder/err")"
}
refuses "a key of another certificate is refused" swapped \
    "node.key' is not the key of .*server.pem'"
chmod 644 "$folder/node.psk" "$folder/server.key"
refuses "a pre-shared key that others may read is refused" psk \
    "node.psk' may be used by others than its owner \(mode 644\)"
refuses "a private key that others may read is refused" x509 \
    "server.key' may be used by others than its owner \(mode 644\)"
chmod 600 "$folder/node.psk"

# CoAP without DTLS: the diagnosis says so.
cat >"$folder/plain.sh" <<'S'
coap-client-openssl -B 1 -m post -e '</1/0>' "coap://$1:$2/rd?ep=node"
S
campaign plain psk plain.sh
[ $status = 2 ] && grep -q 'CoAP without DTLS' "$folder/plain.err"
report $? "CoAP without DTLS gets a diagnosis" \
    "exit status $status: $(tail -n 3 "$folder/plain.err")"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
