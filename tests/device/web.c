/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/web.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { REDIRECTS_MAX = 5, EVENTS_MAX = 16, HEADER_MAX = 256 };

struct slot {
    struct web *web;
    unsigned number;
    CURL *easy; /* NULL: free */
    struct curl_slist *headers;
    struct web_answer answer;
    bool is_stopped; /* by on_bytes() */
};

struct web {
    struct web_config config;
    CURLM *multi;
    int epoll;
    uint64_t now_ms;
    uint64_t due_ms;
    struct slot slots[WEB_SLOTS];
};

/* Headers. */

/** The value of a header with this name; NULL for another one. */
static const char *value_of(const char *line, const char *name)
{
    size_t length = strlen(name);

    if (strncasecmp(line, name, length) != 0 || line[length] != ':') {
        return NULL;
    }
    line += length + 1;
    return line + strspn(line, " \t");
}

/** "bytes 100-199/2000". */
static void take_range(struct web_answer *answer, const char *text)
{
    unsigned long long first = 0;
    unsigned long long last = 0;
    unsigned long long size = 0;

    if (sscanf(text, "bytes %llu-%llu/%llu", &first, &last, &size) >= 2) {
        answer->has_range = true;
        answer->range_first = first;
        answer->range_size = size;
    }
}

static void take_header(struct web_answer *answer, const char *line)
{
    const char *etag = value_of(line, "ETag");
    const char *range = value_of(line, "Content-Range");
    unsigned status = 0;

    if (sscanf(line, "HTTP/%*u.%*u %u", &status) == 1) {
        *answer = (struct web_answer){ .status = status };
    }
    if (etag != NULL) {
        (void)snprintf(answer->etag, sizeof(answer->etag), "%s", etag);
    }
    if (range != NULL) {
        take_range(answer, range);
    }
    answer->has_retry_after =
        answer->has_retry_after || value_of(line, "Retry-After") != NULL;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *user)
{
    struct slot *slot = user;
    char line[HEADER_MAX];
    size_t length = size * count;
    size_t used = length < sizeof(line) ? length : sizeof(line) - 1;

    memcpy(line, bytes, used);
    line[used] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    take_header(&slot->answer, line);
    return length;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *user)
{
    struct slot *slot = user;
    struct web *web = slot->web;
    size_t length = size * count;

    if (!web->config.on_bytes(web->config.user, slot->number, &slot->answer,
                              (const uint8_t *)bytes, length)) {
        slot->is_stopped = true;
        return 0; /* which ends it */
    }
    return length;
}

/* The loop. */

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user,
                     void *known)
{
    struct web *web = user;
    struct epoll_event event = { .data.fd = fd };

    (void)easy;
    event.events = ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0u) |
                   ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0u);
    if (what == CURL_POLL_REMOVE) {
        (void)epoll_ctl(web->epoll, EPOLL_CTL_DEL, fd, NULL); /* may be gone */
    } else if (known == NULL ||
               epoll_ctl(web->epoll, EPOLL_CTL_MOD, fd, &event) != 0) {
        (void)epoll_ctl(web->epoll, EPOLL_CTL_ADD, fd,
                        &event); /* else it is silent */
        (void)curl_multi_assign(web->multi, fd, web);
    }
    return 0;
}

static int on_timer(CURLM *multi, long after_ms, void *user)
{
    struct web *web = user;

    (void)multi;
    web->due_ms = after_ms < 0 ? WEB_NEVER : web->now_ms + (uint64_t)after_ms;
    return 0;
}

static enum web_end end_of(CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return WEB_WHOLE;
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
        return WEB_REFUSED;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
        return WEB_UNTRUSTED;
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
        return WEB_LOST;
    default:
        return WEB_BROKEN;
    }
}

static struct slot *slot_of(struct web *web, const CURL *easy)
{
    for (size_t i = 0; i < WEB_SLOTS; i++) {
        if (web->slots[i].easy == easy) {
            return &web->slots[i];
        }
    }
    return NULL;
}

/** Tell who is done. */
static void reap(struct web *web)
{
    CURLMsg *message = NULL;
    int left = 0;

    while ((message = curl_multi_info_read(web->multi, &left)) != NULL) {
        struct slot *slot = slot_of(web, message->easy_handle);
        if (message->msg != CURLMSG_DONE || slot == NULL) {
            continue;
        }
        enum web_end end = end_of(message->data.result);
        struct web_answer answer = slot->answer;
        bool is_stopped = slot->is_stopped;
        web_stop(web, slot->number); /* the message is gone with it */
        if (!is_stopped) {
            web->config.on_end(web->config.user, slot->number, &answer, end);
        }
    }
}

void web_turn(struct web *web, uint64_t now_ms)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(web->epoll, events, EVENTS_MAX, 0);
    int running = 0;

    web->now_ms = now_ms;
    for (int i = 0; i < count; i++) {
        int what =
            ((events[i].events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
            ((events[i].events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
            ((events[i].events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR
                                                             : 0);
        (void)curl_multi_socket_action(web->multi, events[i].data.fd, what,
                                       &running); /* reap() finds it out */
    }
    if (web->due_ms <= now_ms) {
        web->due_ms = WEB_NEVER;
        (void)curl_multi_socket_action(web->multi, CURL_SOCKET_TIMEOUT, 0,
                                       &running); /* as above */
    }
    reap(web);
}

int web_descriptor(const struct web *web)
{
    return web->epoll;
}

uint64_t web_deadline(const struct web *web)
{
    return web->due_ms;
}

/* GETs. */

static void set_options(const struct web *web, struct slot *slot,
                        const struct web_get *get)
{
    CURL *easy = slot->easy;

    /* None of these fails for what is given here. */
    (void)curl_easy_setopt(easy, CURLOPT_URL, get->url);
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, slot);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot);
    (void)curl_easy_setopt(easy, CURLOPT_RANGE, get->range);
    (void)curl_easy_setopt(easy, CURLOPT_NOBODY, get->is_head ? 1L : 0L);
    (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, slot->headers);
    (void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    (void)curl_easy_setopt(easy, CURLOPT_CAINFO, web->config.ca_file);
    if (web->config.trusts_all) {
        (void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    }
    if (web->config.takes_any_name) {
        (void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

bool web_start(struct web *web, unsigned number, const struct web_get *get)
{
    struct slot *slot = &web->slots[number];
    char if_range[WEB_ETAG_MAX + sizeof("If-Range: ")];

    slot->answer = (struct web_answer){ .status = 0 };
    slot->is_stopped = false;
    slot->easy = curl_easy_init();
    if (slot->easy == NULL) {
        return false;
    }
    if (get->if_range != NULL) {
        (void)snprintf(if_range, sizeof(if_range), "If-Range: %s",
                       get->if_range); /* fits */
        slot->headers = curl_slist_append(NULL, if_range);
    }
    set_options(web, slot, get);
    if (curl_multi_add_handle(web->multi, slot->easy) != CURLM_OK) {
        web_stop(web, number);
        return false;
    }
    return true;
}

void web_stop(struct web *web, unsigned number)
{
    struct slot *slot = &web->slots[number];

    if (slot->easy != NULL) {
        (void)curl_multi_remove_handle(web->multi,
                                       slot->easy); /* or never in */
        curl_easy_cleanup(slot->easy);
        curl_slist_free_all(slot->headers);
    }
    slot->easy = NULL;
    slot->headers = NULL;
}

/* Life. */

struct web *web_new(const struct web_config *config)
{
    struct web *web = calloc(1, sizeof(*web));

    if (web == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(web);
        return NULL;
    }
    web->config = *config;
    web->due_ms = WEB_NEVER;
    web->multi = curl_multi_init();
    web->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (unsigned i = 0; i < WEB_SLOTS; i++) {
        web->slots[i] = (struct slot){ .web = web, .number = i };
    }
    if (web->multi == NULL || web->epoll < 0) {
        web_free(web);
        return NULL;
    }
    (void)curl_multi_setopt(web->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    (void)curl_multi_setopt(web->multi, CURLMOPT_SOCKETDATA, web);
    (void)curl_multi_setopt(web->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    (void)curl_multi_setopt(web->multi, CURLMOPT_TIMERDATA, web);
    /* A connection that was aborted is not used again by chance. */
    (void)curl_multi_setopt(web->multi, CURLMOPT_MAXCONNECTS, 4L);
    return web;
}

void web_free(struct web *web)
{
    if (web == NULL) {
        return;
    }
    for (unsigned i = 0; i < WEB_SLOTS; i++) {
        web_stop(web, i);
    }
    if (web->multi != NULL) {
        (void)curl_multi_cleanup(web->multi); /* all are out of it */
    }
    if (web->epoll >= 0) {
        (void)close(web->epoll); /* nothing was written */
    }
    free(web);
    curl_global_cleanup();
}
