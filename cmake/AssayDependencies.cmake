# SPDX-License-Identifier: Apache-2.0
# Debian packages by pkg-config; libcoap and Mbed TLS from the prefix that
# ./setup builds (libcoap with Mbed TLS 3.6 is in no stable distribution).
find_package(PkgConfig REQUIRED)
pkg_check_modules(CBOR REQUIRED IMPORTED_TARGET libcbor)
pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
pkg_check_modules(READLINE REQUIRED IMPORTED_TARGET readline)
pkg_check_modules(UV REQUIRED IMPORTED_TARGET libuv)
pkg_check_modules(XML2 REQUIRED IMPORTED_TARGET libxml-2.0)
pkg_check_modules(PCAP REQUIRED IMPORTED_TARGET libpcap)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd)
pkg_check_modules(CUNIT REQUIRED IMPORTED_TARGET cunit)

if(NOT ASSAY_PREFIX)
    if(DEFINED ENV{XDG_CACHE_HOME})
        set(cache "$ENV{XDG_CACHE_HOME}")
    else()
        set(cache "$ENV{HOME}/.cache")
    endif()
    set(ASSAY_PREFIX "${cache}/assay/prefix" CACHE PATH
        "Where libcoap and Mbed TLS were installed by ./setup")
endif()
list(PREPEND CMAKE_PREFIX_PATH "${ASSAY_PREFIX}")
find_package(MbedTLS 3.6 CONFIG QUIET)
find_package(libcoap 4.3.5 CONFIG QUIET)
if(NOT MbedTLS_FOUND OR NOT libcoap_FOUND)
    message(FATAL_ERROR
        "libcoap 4.3.5 with Mbed TLS 3.6 is not in ${ASSAY_PREFIX}: run ./setup")
endif()
