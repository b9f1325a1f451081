# SPDX-License-Identifier: Apache-2.0
#
# For the tests of DTLS, sourced: what each makes for itself in $folder, from
# the profile $source/scenarios/profiles/quad.json.

psk_text=sesame-sesame-16
psk_hex=$(printf %s "$psk_text" | od -An -tx1 | tr -d ' \n')

# A profile with a "security" member. Usage: make_profile NAME JSON
make_profile() {
    sed "0,/^{/s@@{ \"security\": $2,@" \
        "$source/scenarios/profiles/quad.json" >"$folder/$1.json"
}

# A key and a certificate. Usage: make_certificate NAME COMMON-NAME CA
# [EXTENSION]
make_certificate() {
    echo "${4-}" >"$folder/$1.extension"
    make_key "$1" &&
        openssl req -new -key "$folder/$1.key" -subj "/CN=$2" \
            -out "$folder/$1.csr" 2>>"$folder/openssl.log" &&
        openssl x509 -req -in "$folder/$1.csr" -CA "$folder/$3.pem" \
            -CAkey "$folder/$3.key" -CAcreateserial -days 2 -sha256 \
            -extfile "$folder/$1.extension" -out "$folder/$1.pem" \
            2>>"$folder/openssl.log"
}

make_key() { # NAME
    openssl ecparam -name prime256v1 -genkey -noout -out "$folder/$1.key" \
        2>>"$folder/openssl.log" && chmod 600 "$folder/$1.key"
}

make_ca() { # NAME
    make_key "$1" &&
        openssl req -x509 -new -key "$folder/$1.key" -subj "/CN=$1" -days 2 \
            -sha256 -out "$folder/$1.pem" 2>>"$folder/openssl.log"
}
