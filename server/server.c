/* SPDX-License-Identifier: Apache-2.0 */
#include "server/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/server_private.h"

enum {
    METHOD_GET = 1,
    METHOD_POST = 2,
    METHOD_DELETE = 4,
    PATH_TEXT_SIZE = 256,
};

/** All parameters as sent, "ep=…&lt=…"; caller frees; NULL: no memory. */
static char *join_queries(const struct endpoint_incoming *request)
{
    size_t size = 1;
    size_t used = 0;

    for (size_t i = 0; i < request->query_count; i++) {
        size += request->queries[i].length + 1;
    }
    char *text = malloc(size);
    for (size_t i = 0; text != NULL && i < request->query_count; i++) {
        if (i > 0) {
            text[used++] = '&';
        }
        for (size_t j = 0; j < request->queries[i].length; j++) {
            /* NUL cannot stand in a text; nothing else is changed. */
            char letter = (char)request->queries[i].bytes[j];
            text[used++] = letter == '\0' ? '?' : letter;
        }
    }
    if (text != NULL) {
        text[used] = '\0';
    }
    return text;
}

static void fill_view(struct server_registration_view *view,
                      const struct registration *registration)
{
    if (registration != NULL) {
        view->location = registration->location;
        view->lifetime_s = registration->lifetime_s;
        view->lwm2m_major = registration->major;
        view->lwm2m_minor = registration->minor;
        view->binding = registration->binding;
        view->queue_mode = registration->queue_mode;
    }
}

struct server_event server_plain_event(const struct server *server,
                                       enum server_event_kind kind,
                                       const struct registration *registration,
                                       const char *why)
{
    struct server_event event = {
        .kind = kind,
        .time_ms = loop_now_ms(server->loop),
        .endpoint = registration->endpoint,
        .as.registration = { .content_format = CONTENT_FORMAT_NONE,
                             .reason = why },
    };

    fill_view(&event.as.registration, registration);
    return event;
}

static void push_plain(struct server *server, enum server_event_kind kind,
                       const struct registration *registration, const char *why)
{
    const struct server_event event =
        server_plain_event(server, kind, registration, why);

    event_queue_push(&server->queue, &event);
}

/** Which of our LwM2M servers it was sent to. */
static const char *suffix_of(const struct endpoint_incoming *request)
{
    return request->on_other_port ? SERVER_SECOND_SUFFIX : "";
}

static void push_message(struct server *server, enum server_event_kind kind,
                         const struct endpoint_incoming *request,
                         const struct registry_result *result,
                         bool is_new_session)
{
    const struct registration *registration = result->registration;
    char *query = join_queries(request);
    char refused[sizeof(result->endpoint) + sizeof(SERVER_SECOND_SUFFIX)];
    const char *remarks = result->parameters.remarks;
    struct server_event event = {
        .kind = result->code >> 5 == 2 ? kind : SERVER_REFUSE,
        .time_ms = loop_now_ms(server->loop),
        .endpoint = registration != NULL          ? registration->endpoint
                    : result->endpoint[0] != '\0' ? refused
                                                  : NULL,
        .as.registration = { .location = request->path,
                             .address = request->peer,
                             .is_new_session = is_new_session,
                             .query = query,
                             .has_links = request->payload_length > 0,
                             .content_format = request->content_format,
                             .links = request->payload,
                             .links_length = request->payload_length,
                             .code = result->code,
                             .reason = result->code >> 5 != 2 ? result->why
                                       : remarks[0] != '\0'   ? remarks
                                                              : NULL },
    };

    (void)snprintf(refused, sizeof(refused), "%s%s", result->endpoint,
                   suffix_of(request)); /* fits */
    fill_view(&event.as.registration, registration);
    event_queue_push(&server->queue, &event);
    free(query);
}

/** A registration is gone: its requests end, its session is let go. */
static void bury(struct server *server, struct registration *registration,
                 bool is_left, const char *why)
{
    queue_mode_gone(server, registration, why);
    if (registration->session != NULL) {
        endpoint_abandon(server->endpoint, registration->session, is_left, why);
        endpoint_session_release(registration->session);
    }
    registration_free(registration);
}

static void take_register(struct server *server,
                          const struct endpoint_incoming *request,
                          const struct registry_message *message,
                          struct endpoint_answer *answer)
{
    struct registry_result result;
    bool is_new_session = false;

    registry_register(server->registry, message, loop_now_ms(server->loop),
                      &result);
    if (result.registration != NULL) {
        /* First hold the new session: it may be the old one. */
        endpoint_session_keep(request->session);
        result.registration->session = request->session;
        (void)snprintf(answer->location, sizeof(answer->location), "%s",
                       result.registration->location); /* fits */
    }
    if (result.replaced != NULL) {
        push_plain(server, SERVER_REPLACE, result.replaced,
                   "the endpoint registered again");
        is_new_session =
            request->identity != NULL && result.registration != NULL &&
            result.registration->session != result.replaced->session;
        bury(server, result.replaced,
             result.registration == NULL ||
                 result.registration->session != result.replaced->session,
             "the endpoint registered again");
    }
    answer->code = result.code;
    push_message(server, SERVER_REGISTER, request, &result, is_new_session);
}

static void take_update(struct server *server,
                        const struct endpoint_incoming *request,
                        const struct registry_message *message,
                        struct endpoint_answer *answer)
{
    struct registry_result result;

    registry_update(server->registry, request->path, message,
                    loop_now_ms(server->loop), &result);
    struct registration *registration = result.registration;
    if (registration != NULL && registration->session != request->session) {
        /* From another address: later requests go there. */
        endpoint_abandon(server->endpoint, registration->session, true,
                         "the device moved to another address");
        endpoint_session_release(registration->session);
        endpoint_session_keep(request->session);
        registration->session = request->session;
    }
    answer->code = result.code;
    push_message(server, SERVER_UPDATE, request, &result, false);
}

static void refuse(struct server *server,
                   const struct endpoint_incoming *request, uint8_t code,
                   const char *why, struct endpoint_answer *answer)
{
    struct registry_result result = { .code = code };

    (void)snprintf(result.why, sizeof(result.why), "%s", why); /* fits */
    answer->code = code;
    push_message(server, SERVER_REFUSE, request, &result, false);
}

static void take_deregister(struct server *server,
                            const struct endpoint_incoming *request,
                            struct endpoint_answer *answer)
{
    struct registration *registration =
        registry_at(server->registry, request->path);

    if (registration != NULL && request->identity != NULL &&
        !registry_is_named(registration, request->identity)) {
        refuse(server, request, COAP_CODE(4, 0),
               "the registration is another identity's", answer);
        return;
    }
    registration =
        registration != NULL && registry_is_of(registration, suffix_of(request))
            ? registry_remove(server->registry, request->path)
            : NULL;
    struct registry_result result = {
        .code = registration != NULL ? COAP_CODE(2, 2) : COAP_CODE(4, 4),
        .registration = registration,
        .why = "no registration at this location",
    };

    answer->code = result.code;
    push_message(server, SERVER_DEREGISTER, request, &result, false);
    if (registration != NULL) {
        bury(server, registration, false, "the device de-registered");
    }
}

void server_push_stray(struct server *server,
                       const struct endpoint_incoming *request)
{
    char what[PATH_TEXT_SIZE];
    const struct server_event event = {
        .kind = SERVER_STRAY,
        .time_ms = loop_now_ms(server->loop),
        .as.stray = { .peer = request->peer,
                      .what = what,
                      .bytes = request->payload,
                      .length = request->payload_length },
    };

    (void)snprintf(what, sizeof(what), "a request (method %u) for '%s'",
                   request->method, request->path); /* cut */
    event_queue_push(&server->queue, &event);
}

static void take_request(struct server *server,
                         const struct endpoint_incoming *request,
                         struct endpoint_answer *answer)
{
    struct query_option options[ENDPOINT_OPTIONS_MAX];
    const struct registry_message message = {
        .options = options,
        .option_count = request->query_count,
        .content_format = request->content_format,
        .payload = request->payload,
        .payload_length = request->payload_length,
        .identity = request->identity,
        .suffix = suffix_of(request),
        .reserved = server->has_second ? SERVER_SECOND_SUFFIX : NULL,
        .is_non = request->is_non,
    };

    for (size_t i = 0; i < request->query_count; i++) {
        options[i] = (struct query_option){ request->queries[i].bytes,
                                            request->queries[i].length };
    }
    if (request->refusal != NULL) {
        refuse(server, request, request->refusal_code, request->refusal,
               answer);
        return;
    }
    if (files_take_request(server, request, answer) ||
        send_take_request(server, request, answer)) {
        return;
    }
    bool is_rd = strcmp(request->path, "/rd") == 0;
    bool below = strncmp(request->path, "/rd/", 4) == 0;
    bool is_location = below && strchr(request->path + 4, '/') == NULL;
    if (is_rd && request->method == METHOD_POST) {
        take_register(server, request, &message, answer);
    } else if (is_location && request->method == METHOD_POST) {
        take_update(server, request, &message, answer);
    } else if (is_location && request->method == METHOD_DELETE) {
        take_deregister(server, request, answer);
    } else if (is_rd || below) {
        refuse(server, request,
               request->method == METHOD_GET ? COAP_CODE(4, 5)
                                             : COAP_CODE(4, 0),
               "no operation of the registration interface", answer);
    } else {
        answer->code = COAP_CODE(4, 4);
        server_push_stray(server, request);
    }
}

static void on_request(const struct endpoint_incoming *request,
                       struct endpoint_answer *answer, void *user)
{
    struct server *server = user;

    if (request->door != NULL) {
        files_take_port_request(request, answer, request->door);
        return;
    }
    take_request(server, request, answer);
    queue_mode_heard(server, server_registration_of(server, request->session));
}

struct registration *server_registration_of(const struct server *server,
                                            const void *session)
{
    for (struct registration *row = registry_first(server->registry);
         row != NULL; row = row->next) {
        if (row->session == session) {
            return row;
        }
    }
    return NULL;
}

static const char *name_of(void *session, void *user)
{
    const struct registration *registration =
        server_registration_of(user, session);

    return registration != NULL ? registration->endpoint : NULL;
}

/** A device may have two registrations by one socket: at two servers. */
static const char *owner_of(const struct sockaddr *peer, uint16_t port,
                            void *user)
{
    const struct server *server = user;

    for (const struct registration *row = registry_first(server->registry);
         row != NULL; row = row->next) {
        if (row->session != NULL &&
            endpoint_session_port(row->session) == port &&
            endpoint_session_is_at(row->session, peer)) {
            return row->endpoint;
        }
    }
    return NULL;
}

static const char *file_owner_of(const char *target, void *user)
{
    const struct server *server = user;

    return repository_owner(server->repository, target);
}

static void expire(struct server *server)
{
    struct registration *registration = NULL;

    while ((registration = registry_expired(
                server->registry, loop_now_ms(server->loop))) != NULL) {
        (void)registry_remove(server->registry, registration->location);
        push_plain(server, SERVER_EXPIRE, registration,
                   "the lifetime passed without an Update");
        bury(server, registration, false, "the registration expired");
    }
}

static uint64_t fresh_seed(void)
{
    struct timespec now = { .tv_sec = 0 };

    (void)clock_gettime(CLOCK_REALTIME, &now); /* 0 serves, too */
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static enum status open_authority(const struct server_config *config,
                                  struct authority **out_authority,
                                  struct reason *reason)
{
    const struct server_security *security = config->file_security;

    return security != NULL && security->ca_file != NULL
               ? authority_load(security->ca_file, security->key_file,
                                out_authority, reason)
               : authority_new(out_authority, reason);
}

static enum status add_relays(struct server *server,
                              const struct server_config *config,
                              struct reason *reason)
{
    const struct endpoint *endpoint = server->endpoint;
    enum status status = relays_add(server, RELAY_LWM2M, config->port,
                                    endpoint_port(endpoint), false, reason);

    if (status == STATUS_OK) {
        status = relays_add(server, RELAY_FILES,
                            config->repository_ports[REPOSITORY_COAP],
                            endpoint_second_port(endpoint),
                            endpoint_has_ipv6(endpoint), reason);
    }
    return status == STATUS_OK && server->has_second
               ? relays_add(server, RELAY_LWM2M, config->second_port,
                            endpoint_other_port(endpoint), false, reason)
               : status;
}

enum status server_new(const struct server_config *config,
                       server_event_fn on_event, void *user,
                       struct server **out_server, struct reason *reason)
{
    struct server *server = calloc(1, sizeof(*server));
    const char *address =
        config->bind_address != NULL ? config->bind_address : "127.0.0.1";

    if (server == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    event_queue_init(&server->queue);
    server->on_event = on_event;
    server->user = user;
    server->is_secure = config->security != NULL;
    server->has_second = config->has_second_server;
    server->has_relays = config->impairment != NULL;
    server->impairment = server->has_relays ? *config->impairment
                                            : (struct impairment){ .seed = 0 };
    (void)snprintf(server->address, sizeof(server->address), "%s", address);
    server->registry = registry_new(fresh_seed());
    server->repository = repository_new();
    enum status status =
        server->registry == NULL || server->repository == NULL
            ? reason_set(reason, STATUS_NO_MEMORY, "out of memory")
            : loop_new(&server->queue, config->handle_signals, &server->loop,
                       reason);
    if (status == STATUS_OK) {
        status = open_authority(config, &server->authority, reason);
    }
    if (status == STATUS_OK) {
        status = file_ports_keep_keys(server, config->file_security, reason);
    }
    if (status == STATUS_OK) {
        const struct endpoint_config endpoint = {
            .address = address,
            .port = server->has_relays ? 0 : config->port,
            .second_port = server->has_relays
                               ? 0
                               : config->repository_ports[REPOSITORY_COAP],
            .has_other = config->has_second_server,
            .other_port = server->has_relays ? 0 : config->second_port,
            .security = config->security,
            .loop = server->loop,
            .queue = &server->queue,
            .on_request = on_request,
            .name_of = name_of,
            .owner_of = owner_of,
            .file_owner_of = file_owner_of,
            .user = server,
        };
        status = endpoint_new(&endpoint, &server->endpoint, reason);
    }
    if (status == STATUS_OK) {
        status = add_relays(server, config, reason);
    }
    if (status == STATUS_OK) {
        status = file_ports_begin(server, config->repository_ports, reason);
    }
    if (status != STATUS_OK) {
        server_free(server);
        return status;
    }
    *out_server = server;
    return STATUS_OK;
}

void server_free(struct server *server)
{
    if (server == NULL) {
        return;
    }
    if (server->registry != NULL) {
        for (struct registration *row = registry_first(server->registry);
             row != NULL; row = row->next) {
            endpoint_session_release(row->session);
            row->session = NULL;
        }
    }
    /* libcoap's descriptor must outlive its poll handle. */
    struct loop *loop = server->loop;
    struct endpoint *endpoint = server->endpoint;
    if (endpoint != NULL) {
        loop_unwatch(loop);
    }
    queue_mode_release(server);
    if (endpoint != NULL) {
        late_drop(server, 0);
    }
    held_drop(server, 0);
    file_ports_close(server);
    endpoint_free(endpoint);
    relays_close(server);
    loop_free(loop);
    registry_free(server->registry);
    repository_free(server->repository);
    authority_free(server->authority);
    event_queue_release(&server->queue);
    free(server);
}

const char *server_address(const struct server *server)
{
    return server->address;
}

const char *server_ca(const struct server *server)
{
    return authority_certificate(server->authority);
}

uint16_t server_port(const struct server *server)
{
    return relays_port(server, endpoint_port(server->endpoint));
}

uint16_t server_second_port(const struct server *server)
{
    return relays_port(server, endpoint_other_port(server->endpoint));
}

static void drain(struct server *server)
{
    struct server_event *event = NULL;

    while (!server->stopped &&
           (event = event_queue_pop(&server->queue)) != NULL) {
        if (event->kind != SERVER_TIMER ||
            !(late_take_timer(server, event->id) ||
              endpoint_take_timer(server->endpoint, event->id))) {
            queue_mode_before(server, event);
            server->on_event(event, server->user);
            queue_mode_after(server, event);
        }
        event_queue_free(&server->queue, event);
    }
}

void server_run(struct server *server)
{
    server->stopped = false;
    drain(server);
    while (!server->stopped) {
        loop_turn(server->loop);
        expire(server);
        drain(server);
        queue_mode_turn(server);
        drain(server);
    }
}

void server_stop(struct server *server)
{
    server->stopped = true;
}

uint64_t server_now_ms(const struct server *server)
{
    return loop_now_ms(server->loop);
}

enum status server_send(struct server *server,
                        const struct server_request *request, uint64_t *out_id,
                        struct reason *reason)
{
    const struct registration *registration =
        registry_find(server->registry, request->endpoint);

    if (registration == NULL) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "the device is not registered");
    }
    return queue_mode_must_wait(server, registration)
               ? queue_mode_hold(server, registration, request, out_id, reason)
               : server_send_now(server, registration, request, 0, out_id,
                                 reason);
}

enum status server_send_now(struct server *server,
                            const struct registration *registration,
                            const struct server_request *request, uint64_t id,
                            uint64_t *out_id, struct reason *reason)
{
    char path[PATH_TEXT_SIZE + LWM2M_PATH_TEXT_MAX];
    const size_t length = strlen(registration->root);

    if (length >= PATH_TEXT_SIZE) {
        return reason_set(reason, STATUS_LIMIT,
                          "the alternate path has %zu bytes", length);
    }
    memcpy(path, registration->root, length + 1);
    /* The root itself is "/", or the alternate path alone. */
    if (request->path.depth > 0 || length == 0) {
        (void)lwm2m_path_text(&request->path, path + length);
    }
    const struct endpoint_request out = {
        .id = id,
        .device = registration->endpoint,
        .method = request->method,
        .path = path,
        .query = request->query,
        .content_format = request->content_format,
        .accept = request->accept,
        .has_observe = request->has_observe,
        .observe = request->observe,
        .observation = request->observation,
        .token_of = request->token_of,
        .copies = request->copies,
        .has_block1 = request->has_block1,
        .block1 = request->block1,
        .has_size1 = request->has_size1,
        .size1 = request->size1,
        .payload = request->payload,
        .payload_length = request->payload_length,
    };
    return endpoint_send(server->endpoint, registration->session, &out, out_id,
                         reason);
}

bool server_is_full(const struct server *server)
{
    return endpoint_is_full(server->endpoint);
}

void server_forget(struct server *server, uint64_t observation)
{
    endpoint_forget(server->endpoint, observation);
}

enum status server_disown(struct server *server, const char *endpoint,
                          bool is_disowned, struct reason *reason)
{
    struct registration *registration =
        registry_find(server->registry, endpoint);

    if (registration == NULL) {
        return reason_set(reason, STATUS_NOT_FOUND, "'%s' is not registered",
                          endpoint);
    }
    registration->is_disowned = is_disowned;
    return STATUS_OK;
}

enum status server_timer_start(struct server *server, uint64_t after_ms,
                               uint64_t *out_id, struct reason *reason)
{
    return loop_timer_start(server->loop, after_ms, out_id, reason);
}

void server_timer_stop(struct server *server, uint64_t id)
{
    loop_timer_stop(server->loop, id);
}

enum status server_watch(struct server *server, int fd, uint64_t *out_id,
                         struct reason *reason)
{
    return loop_input_watch(server->loop, fd, out_id, reason);
}

void server_unwatch(struct server *server, uint64_t id)
{
    loop_input_unwatch(server->loop, id);
}

enum status server_process_start(struct server *server, const char *const *argv,
                                 uint64_t *out_id, struct reason *reason)
{
    return loop_process_start(server->loop, argv, out_id, reason);
}

int server_process_pid(const struct server *server, uint64_t id)
{
    return loop_process_pid(server->loop, id);
}

void server_process_signal(struct server *server, uint64_t id, int signal)
{
    loop_process_signal(server->loop, id, signal);
}

void server_statistics(const struct server *server,
                       struct server_statistics *out_statistics)
{
    const char *peer = NULL;
    const char *what = NULL;

    endpoint_seen(server->endpoint, &out_statistics->datagrams_received, &peer,
                  &what);
    (void)snprintf(out_statistics->last_peer, sizeof(out_statistics->last_peer),
                   "%s", peer); /* fits */
    (void)snprintf(out_statistics->last_what, sizeof(out_statistics->last_what),
                   "%s", what); /* fits */
    relays_count(server, &out_statistics->relayed);
}

char *server_message_text(const struct server_message_view *message,
                          char *buffer, size_t size)
{
    return message_text(message->bytes, message->length, buffer, size);
}

const char *server_library_versions(void)
{
    return endpoint_library_versions();
}
