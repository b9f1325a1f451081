/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a request by HTTP says. First byte: HEAD instead of GET, and a fault of
 * the file. Then lines: target, Range, If-Range, If-Match; an empty one is
 * absent.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "server/http/http_private.h"
#include "tests/fuzz/fuzz.h"

enum { LINES = 4, FILE_SIZE = 5000, HEAD = 1, FAULT_BITS = 1 };

static const uint8_t content[FILE_SIZE];
static const uint8_t other[FILE_SIZE / 2];

/** Each byte as %XX means the same. */
static void check_escaped(const char *target)
{
    char again[TARGET_MAX + 1];
    char *text = malloc(3 * strlen(target) + 1);

    HOLDS(text != NULL);
    text[0] = '\0';
    for (size_t i = 0; target[i] != '\0'; i++) {
        (void)snprintf(text + 3 * i, 4, "%%%02X",
                       (unsigned char)target[i]); /* fits */
    }
    HOLDS(target_decode(text, again) && strcmp(again, target) == 0);
    free(text);
}

static void check_target(const char *uri, bool is_good, const char *target)
{
    const size_t length = strlen(target);

    HOLDS(length <= TARGET_MAX && length <= strlen(uri));
    HOLDS(is_good || length == TARGET_MAX || strstr(uri, "%00") != NULL);
    if (is_good && strchr(uri, '%') == NULL) {
        HOLDS(strcmp(uri, target) == 0);
    }
    if (is_good) {
        check_escaped(target);
    }
}

static void check_answer(const struct repository_http_answer *answer)
{
    const size_t size = answer->is_other ? sizeof(other) : sizeof(content);

    HOLDS(memchr(answer->etag, '\0', sizeof(answer->etag)) != NULL);
    HOLDS(answer->size == sizeof(content) || answer->size == sizeof(other));
    HOLDS(answer->body_length <= size);
    HOLDS(answer->body_length == 0 ||
          (answer->body ==
               (answer->is_other ? other : content) + answer->offset &&
           answer->offset + answer->body_length <= size));
    HOLDS(!answer->has_content_range || answer->status == 416 ||
          (answer->status == 206 && answer->range_first <= answer->range_last &&
           answer->range_last < answer->range_size));
    HOLDS(answer->status == 0 ||
          (answer->status >= 200 && answer->status < 600));
}

static void ask(unsigned deed, const struct repository_http_request *request)
{
    struct repository *repository = repository_new();
    struct repository_http_answer answer;
    const struct repository_resource resource = {
        .endpoint = "device",
        .path = "/p/1?x=y",
        .protocol = REPOSITORY_HTTP,
        .bytes = content,
        .length = sizeof(content),
        .other_bytes = other,
        .other_length = sizeof(other),
        .max_szx = REPOSITORY_SZX_MAX,
        .faults = { { .when = REPOSITORY_AT_PERCENT,
                      .number = 40,
                      .deed = (enum repository_deed)deed,
                      .code = 0x84,
                      .ms = 1 } },
        .fault_count = deed < REPOSITORY_DEEDS ? 1 : 0,
    };

    HOLDS(repository != NULL &&
          repository_add(repository, 1, &resource, NULL) == STATUS_OK);
    for (unsigned i = 0; i < 2; i++) { /* the fault may last */
        if (repository_http_answer(repository, request, &answer)) {
            HOLDS(strncmp(request->path, resource.path,
                          strlen(resource.path)) == 0);
            check_answer(&answer);
        }
    }
    repository_free(repository);
}

/** The text of an address is the address. */
static void check_peer(const uint8_t *data, size_t size)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    struct in6_addr read_back;
    char text[PEER_MAX];

    memcpy(&v4.sin_addr, data, size < 4 ? size : 4);
    memcpy(&v6.sin6_addr, data, size < 16 ? size : 16);
    v4.sin_port = v6.sin6_port = htons((uint16_t)(size * 2654435761u));
    peer_text((const struct sockaddr *)&v4, text);
    char *colon = strrchr(text, ':');
    HOLDS(colon != NULL && atol(colon + 1) == ntohs(v4.sin_port));
    *colon = '\0';
    HOLDS(inet_pton(AF_INET, text, &read_back) == 1 &&
          memcmp(&read_back, &v4.sin_addr, sizeof(v4.sin_addr)) == 0);
    peer_text((const struct sockaddr *)&v6, text);
    colon = strrchr(text, ':');
    HOLDS(text[0] == '[' && colon != NULL && colon[-1] == ']');
    colon[-1] = '\0';
    HOLDS(inet_pton(AF_INET6, text + 1, &read_back) == 1 &&
          memcmp(&read_back, &v6.sin6_addr, sizeof(read_back)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *lines[LINES] = { NULL };
    char target[TARGET_MAX + 1];

    if (size == 0) {
        return 0;
    }
    check_peer(data, size);
    char *text = strndup((const char *)data + 1, size - 1);
    char *rest = text;
    HOLDS(text != NULL);
    for (size_t i = 0; i < LINES && rest != NULL; i++) {
        char *line = strsep(&rest, "\n");
        lines[i] = line[0] != '\0' ? line : NULL;
    }
    if (lines[0] != NULL) {
        const bool is_good = target_decode(lines[0], target);
        const struct repository_http_request request = {
            .protocol = REPOSITORY_HTTP,
            .method = (data[0] & HEAD) != 0 ? REPOSITORY_HTTP_HEAD
                                            : REPOSITORY_HTTP_GET,
            .path = target,
            .range = lines[1],
            .if_range = lines[2],
            .if_match = lines[3],
        };
        check_target(lines[0], is_good, target);
        ask((unsigned)data[0] >> FAULT_BITS, &request);
    }
    free(text);
    return 0;
}
