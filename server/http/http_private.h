/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_HTTP_HTTP_PRIVATE_H
#define SERVER_HTTP_HTTP_PRIVATE_H

/*
 * What http.c (life, the loop), exchange.c (a request and its answer),
 * passage.c (what of it is told to the trace) and request_text.c share. Nobody
 * else includes it.
 */
#include <microhttpd.h>
#include <uv.h>

#include "server/http/http.h"

enum {
    TARGET_MAX = REPOSITORY_PATH_MAX,
    PEER_MAX = 64,
    LISTENERS_MAX = 2, /* 127.0.0.1 and [::1] */
};

/** A port that is listened at. */
struct listener {
    struct MHD_Daemon *daemon;
    uv_poll_t poll;
    bool is_polled;
};

/** A connection. */
struct peer {
    int fd;               /* the library's */
    char name[PEER_MAX];  /* of the other side … */
    char local[PEER_MAX]; /* … and of ours */
    struct peer *next;
};

struct http {
    struct peer *peers; /* newest first */
    struct http_config config;
    char *certificate; /* PEM, owned: the library keeps no copy */
    char *key;         /* wiped at the end */
    struct listener listeners[LISTENERS_MAX];
    size_t listener_count;
    uv_timer_t timer; /* whatever is due next */
    unsigned handles; /* that are not closed yet */
    uint16_t port;
    struct exchange *exchanges; /* requests that are not done */
    bool is_turning;
    bool is_ending; /* no event is told */
};

/** How an exchange waits. */
enum waiting {
    WAITING_NO,
    WAITING_HELD, /* for http_resume() */
    WAITING_TIME, /* for due_ms */
};

/** A request, and its answer. */
struct exchange {
    struct http *http;
    struct MHD_Connection *connection;
    char target[TARGET_MAX + 1]; /* decoded, with queries */
    char *uri;                   /* owned: as it came; NULL: no memory */
    bool is_bad;                 /* the target cannot be read */
    char peer[PEER_MAX];
    char local[PEER_MAX];
    bool is_told;      /* the request, to the trace */
    bool takes_chunks; /* neither HEAD nor HTTP/1.0 */
    bool is_chunked;   /* the body of the answer */
    bool is_planned;
    struct repository_http_answer answer;
    enum waiting waiting;
    uint64_t due_ms;
    bool is_late;    /* the time before the answer has passed */
    bool has_byte;   /* of a slow answer: the next one is due */
    bool has_broken; /* the break was done */
    bool is_dropped; /* the file is gone */
    uint64_t given;  /* bytes of the body */
    struct exchange *next;
};

/** libmicrohttpd's callbacks. */
void *exchange_begin(void *http, const char *uri,
                     struct MHD_Connection *connection);
enum MHD_Result exchange_answer(void *http, struct MHD_Connection *connection,
                                const char *url, const char *method,
                                const char *version, const char *upload,
                                size_t *upload_size, void **exchange);
void exchange_end(void *http, struct MHD_Connection *connection,
                  void **exchange, enum MHD_RequestTerminationCode how);

/** Let one that waits go on. */
void exchange_wake(struct exchange *exchange);

/* passage.c: for the trace. */

/** The head of the request; once. */
void passage_request(struct exchange *exchange, const char *method,
                     const char *version);
/** The head of the answer. */
void passage_head(struct exchange *exchange, struct MHD_Response *response,
                  unsigned status, const uint64_t *length);
/** Bytes of its body; none: it is whole. */
void passage_body(const struct exchange *exchange, const void *bytes,
                  size_t length);
/** The connection is over. @param resets  by us, by a reset */
void passage_end(struct http *http, const char *peer, const char *local,
                 bool resets);

/** "%20" is what it stands for.
 *  @return false for a text that is too long, or with a NUL in it */
bool target_decode(const char *uri, char out_target[TARGET_MAX + 1]);
/** "127.0.0.1:40123", "[::1]:5". */
void peer_text(const struct sockaddr *address, char out_text[PEER_MAX]);
/** The same of our side of a socket. */
void local_text(int fd, char out_text[PEER_MAX]);

#endif
