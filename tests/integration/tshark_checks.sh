# SPDX-License-Identifier: Apache-2.0
#
# For the tests of traces, sourced: tshark reads the trace files as other
# people would.
# Needs $folder and report().

frames() { # FILE FILTER: how many frames match; nothing when tshark fails
    tshark -r "$1" -Y "$2" -T fields -e frame.number \
        2>"$folder/tshark.err" >"$folder/frames" && wc -l <"$folder/frames"
}

# Malformed, or an expert's remark that is a warning (0x600000) or an error.
bad='_ws.malformed || _ws.expert.severity >= 0x600000'

# Each frame of the trace is CoAP, and nothing is wrong with any of them.
# Usage: reads_well FILE NAME
reads_well() {
    local all coap marked
    all=$(frames "$1" frame)
    [ "${all:-0}" -gt 0 ]
    report $? "$2 has messages" "$(tail -n 1 "$folder/tshark.err")"
    coap=$(frames "$1" coap)
    [ "${all:-0}" = "${coap:-none}" ]
    report $? "$2: each of ${all:-0} frames is CoAP" "${coap:-none}"
    marked=$(frames "$1" "$bad")
    [ "${marked:-none}" = 0 ]
    report $? "$2: nothing is marked" "frames $(tr '\n' ' ' <"$folder/frames")"
}

# The decoder sees what happened, not just bytes that look like CoAP.
# Usage: sees NAME FILE FILTER
sees() {
    local count
    count=$(frames "$2" "$3")
    [ "${count:-0}" -gt 0 ]
    report $? "tshark sees $1" "no frame matches '$3'"
}
