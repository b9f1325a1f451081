/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/uri.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { PORT_MAX = 65535 };

static const struct {
    const char *name;
    uint16_t port;
} schemes[] = {
    [URI_COAP] = { "coap", 5683 },
    [URI_COAPS] = { "coaps", 5684 },
    [URI_HTTP] = { "http", 80 },
    [URI_HTTPS] = { "https", 443 },
    [URI_COAP_TCP] = { "coap+tcp", 5683 },
    [URI_COAPS_TCP] = { "coaps+tcp", 5684 },
};

/** RFC 3986, 3.1. */
static size_t scheme_length(const char *text, size_t length)
{
    size_t used = 0;

    if (length == 0 || isalpha((unsigned char)text[0]) == 0) {
        return 0;
    }
    while (used < length && (isalnum((unsigned char)text[used]) != 0 ||
                             strchr("+-.", text[used]) != NULL)) {
        used++;
    }
    return used < length && text[used] == ':' ? used : 0;
}

/** No blanks, controls, fragments (RFC 7252, 6.1) and half percent signs. */
static bool is_clean(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte <= ' ' || byte >= 0x7f || strchr("#\"<>\\^`{|}", byte)) {
            return false;
        }
        if (byte == '%' &&
            (length - i < 3 || isxdigit((unsigned char)text[i + 1]) == 0 ||
             isxdigit((unsigned char)text[i + 2]) == 0)) {
            return false;
        }
    }
    return true;
}

/** ":5683", or nothing. */
static bool parse_port(const char *text, size_t length, uint16_t *port)
{
    uint32_t number = 0;

    if (length <= 1) {
        return length == 0 || text[0] == ':';
    }
    for (size_t i = 1; i < length; i++) {
        if (isdigit((unsigned char)text[i]) == 0) {
            return false;
        }
        number = number * 10 + (uint32_t)(text[i] - '0');
        if (number > PORT_MAX) {
            return false;
        }
    }
    *port = (uint16_t)number;
    return text[0] == ':' && number > 0;
}

/** "host", "host:5683" or "[::1]:5683". */
static bool parse_authority(const char *text, size_t length, struct uri *uri)
{
    const char *bracket =
        length > 0 && text[0] == '[' ? memchr(text, ']', length) : NULL;
    size_t skip = bracket != NULL ? 1 : 0;
    size_t host_length = 0;

    if (length == 0 || memchr(text, '@', length) != NULL ||
        (text[0] == '[' && bracket == NULL)) {
        return false;
    }
    if (bracket != NULL) {
        host_length = (size_t)(bracket - text) - 1;
    } else {
        const char *colon = memchr(text, ':', length);
        host_length = colon != NULL ? (size_t)(colon - text) : length;
    }
    if (host_length == 0 || host_length > URI_MAX) {
        return false;
    }
    memcpy(uri->host, text + skip, host_length);
    uri->host[host_length] = '\0';
    size_t used = host_length + 2 * skip;
    return parse_port(text + used, length - used, &uri->port);
}

bool uri_parse(const char *text, size_t length, struct uri *out_uri)
{
    size_t scheme = scheme_length(text, length);
    struct uri uri = { .scheme = URI_OTHER };

    *out_uri = uri;
    if (scheme == 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (strlen(schemes[i].name) == scheme &&
            strncasecmp(schemes[i].name, text, scheme) == 0) {
            uri.scheme = (enum uri_scheme)i;
            uri.port = schemes[i].port;
        }
    }
    const char *rest = text + scheme + 1;
    size_t left = length - scheme - 1;
    if (left >= 2 && memcmp(rest, "//", 2) == 0 && is_clean(text, length)) {
        size_t authority = 2;
        while (authority < left && rest[authority] != '/' &&
               rest[authority] != '?') {
            authority++;
        }
        uri.target = rest + authority;
        uri.target_length = left - authority;
        uri.is_good = parse_authority(rest + 2, authority - 2, &uri);
    }
    *out_uri = uri;
    return true;
}

static unsigned digit_of(char letter)
{
    return isdigit((unsigned char)letter) != 0
               ? (unsigned)(letter - '0')
               : (unsigned)(tolower((unsigned char)letter) - 'a') + 10;
}

bool uri_next(const struct uri *uri, size_t *at, struct uri_part *out_part)
{
    const char *text = uri->target;
    const char *mark = memchr(text, '?', uri->target_length);
    size_t query = mark != NULL ? (size_t)(mark - text) : uri->target_length;
    size_t used = *at;
    struct uri_part part = { .is_query = used >= query };

    /* A path "/" has no segment: RFC 7252, 6.4. */
    if (used >= uri->target_length || (used == 0 && query == 1)) {
        used = used == 0 && query == 1 ? query : used;
        if (used >= uri->target_length) {
            return false;
        }
        part.is_query = true;
    }
    used++; /* '/', '?' or '&' */
    while (used < uri->target_length &&
           (part.is_query ? text[used] != '&'
                          : text[used] != '/' && text[used] != '?')) {
        unsigned byte = (unsigned char)text[used];
        if (byte == '%') {
            byte = digit_of(text[used + 1]) << 4 | digit_of(text[used + 2]);
            used += 2;
        }
        part.bytes[part.length++] = (char)byte;
        used++;
    }
    *at = used;
    *out_part = part;
    return true;
}
