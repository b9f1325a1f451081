/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/fleet.h"
#include "tests/device/formats.h"
#include "tests/device/help.h"
#include "tests/device/moment.h"

enum { EXIT_USAGE = 3 };

/* Set by the signal handler (style.md, section 6). */
static volatile sig_atomic_t stop_asked;

/* The same, by signals that stand for the user: an enum user_word. */
static volatile sig_atomic_t user_word;

static void on_signal(int number)
{
    (void)number;
    stop_asked = 1;
}

static void on_user(int number)
{
    user_word = number == SIGUSR1    ? USER_WORD_DEFER
                : number == SIGUSR2  ? USER_WORD_ACCEPT
                : number == SIGHUP   ? USER_WORD_FACTORY
                : number == SIGWINCH ? USER_WORD_KEY
                                     : USER_WORD_LOAD;
}

struct settings {
    struct fleet_config fleet;
    struct dtls_config dtls;
    bool has_server;
    bool is_secure; /* the server's scheme is coaps */
    bool has_delivery;
    bool has_protocols;
    const char *moment; /* to arm, and no more; NULL: not */
    char endpoint[64];  /* by the shape */
};

static bool parse_number(const char *text, uint64_t high, uint64_t *out)
{
    char *end = NULL;

    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number > high) {
        return false;
    }
    *out = number;
    return true;
}

/** "127.0.0.1:5683" or "[::1]:5683". */
static bool parse_address(const char *text, struct sockaddr_storage *out_server,
                          socklen_t *out_size)
{
    char host[64];
    uint64_t port = 0;

    const char *colon = strrchr(text, ':');
    bool bracket = text[0] == '[' && colon != NULL && colon[-1] == ']';
    if (colon == NULL || !parse_number(colon + 1, 65535, &port)) {
        return false;
    }
    size_t skip = bracket ? 1 : 0;
    size_t length = (size_t)(colon - text) - 2 * skip;
    if (length == 0 || length >= sizeof(host)) {
        return false;
    }
    memcpy(host, text + skip, length);
    host[length] = '\0';
    struct sockaddr_in *v4 = (void *)out_server;
    struct sockaddr_in6 *v6 = (void *)out_server;
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        *out_size = sizeof(*v4);
        return true;
    }
    if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        *out_size = sizeof(*v6);
        return true;
    }
    return false;
}

/** "coap://127.0.0.1:5683" or "coaps://[::1]:5684"; port 0 of a second server:
 *  there is none. */
static bool parse_second(const char *text, struct fleet_config *fleet)
{
    const char *address = strstr(text, "://");
    struct sockaddr_storage server = { .ss_family = AF_UNSPEC };
    socklen_t size = 0;

    if (strncmp(text, "coap", 4) != 0 || address == NULL ||
        !parse_address(address + 3, &server, &size)) {
        return false;
    }
    const struct sockaddr_in *v4 = (const void *)&server;
    const struct sockaddr_in6 *v6 = (const void *)&server;
    bool is_there =
        (server.ss_family == AF_INET ? v4->sin_port : v6->sin6_port) != 0;
    fleet->second = server;
    fleet->second_size = is_there ? size : 0;
    return true;
}

/** The same, of the first one. */
static bool parse_server(const char *text, struct settings *settings)
{
    static const char *const schemes[] = { "coap://", "coaps://" };

    for (size_t i = 0; i < 2; i++) {
        size_t length = strlen(schemes[i]);
        if (strncmp(text, schemes[i], length) == 0) {
            settings->is_secure = i == 1;
            return parse_address(text + length, &settings->fleet.client.server,
                                 &settings->fleet.client.server_size);
        }
    }
    return false;
}

/** Block size 16..1024 as SZX. */
static bool parse_block(const char *text, uint8_t *out_szx)
{
    uint64_t size = 0;

    for (uint8_t szx = 0; parse_number(text, 1024, &size) && szx <= 6; szx++) {
        if (size == (uint64_t)1 << (szx + 4)) {
            *out_szx = szx;
            return true;
        }
    }
    return false;
}

static bool parse_version(const char *text, struct settings *settings)
{
    static const char *const versions[] = { "1.0", "1.1", "1.2" };

    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(text, versions[i]) == 0) {
            settings->fleet.client.lwm2m = versions[i];
            settings->fleet.objects.version = 10 + i;
            return true;
        }
    }
    return false;
}

enum option_id {
    ID_SERVER = 256,
    ID_SECOND,
    ID_ACCESS,
    ID_ENDPOINT,
    ID_SHAPE,
    ID_SHAPES,
    ID_LIFETIME,
    ID_PMIN,
    ID_LWM2M,
    ID_STATE,
    ID_NO_SYNC,
    ID_WATCHED,
    ID_ARM_KILL,
    ID_INSTALL,
    ID_BOOT,
    ID_PUSH,
    ID_USER,
    ID_STORAGE,
    ID_DELIVERY,
    ID_PROTOCOLS,
    ID_IMAGES,
    ID_PULL_CA,
    ID_PULL_IDENTITY,
    ID_PULL_KEY,
    ID_PULL_ACK,
    ID_PULL_BLOCK,
    ID_BLOCK,
    ID_REFUSE,
    ID_MUTANT,
    ID_LIST,
    ID_VARIANT,
    ID_VARIANTS,
    ID_IDENTITY,
    ID_PSK,
    ID_CERTIFICATE,
    ID_KEY,
    ID_CA,
    ID_NO_CID,
    ID_MOVE,
    ID_ACK,
    ID_FORMATS,
    ID_BATTERY,
    ID_MEMORY,
    ID_PORTFOLIO,
    ID_FU,
    ID_ANSWER,
    ID_SEND,
    ID_QUEUE,
    ID_AWAKE,
    ID_SLEEP,
};

static bool parse_delivery(const char *text, enum delivery *out_delivery)
{
    static const char *const names[] = {
        [DELIVERY_PULL] = "pull",
        [DELIVERY_PUSH] = "push",
        [DELIVERY_BOTH] = "both",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(text, names[i]) == 0) {
            *out_delivery = (enum delivery)i;
            return true;
        }
    }
    return false;
}

/** "0,2", or "none" for a device without the Resource. */
static bool parse_protocols(const char *text, unsigned *out_protocols)
{
    unsigned protocols = 0;

    if (strcmp(text, "none") == 0) {
        *out_protocols = 0;
        return true;
    }
    for (const char *at = text; *at != '\0'; at++) {
        bool is_number = (at - text) % 2 == 0;
        if (is_number && (*at < '0' || *at >= '0' + URI_OTHER)) {
            return false;
        }
        if (!is_number && (*at != ',' || at[1] == '\0')) {
            return false;
        }
        protocols |= is_number ? 1u << (*at - '0') : 0u;
    }
    *out_protocols = protocols;
    return protocols != 0;
}

/** Options of pulls, and of all downloads. */
static bool take_download(struct settings *settings, int id, const char *text)
{
    struct dtls_config *credentials = &settings->fleet.client.pull_credentials;

    switch (id) {
    case ID_DELIVERY:
        settings->has_delivery = true;
        return parse_delivery(text, &settings->fleet.firmware.delivery);
    case ID_IMAGES:
        return shape_parse_images(text, &settings->fleet.firmware.images);
    case ID_PROTOCOLS:
        settings->has_protocols = true;
        return parse_protocols(text, &settings->fleet.firmware.protocols);
    case ID_PULL_CA:
        credentials->ca_file = text;
        return true;
    case ID_PULL_IDENTITY:
        credentials->identity = text;
        return text[0] != '\0';
    case ID_PULL_KEY:
        return dtls_parse_key(text, credentials);
    case ID_PULL_ACK:
        return parse_number(text, 3600000,
                            &settings->fleet.client.pull_ack_ms) &&
               settings->fleet.client.pull_ack_ms > 0;
    case ID_STORAGE:
        return parse_number(text, UINT64_C(16) << 20,
                            &settings->fleet.firmware.storage) &&
               settings->fleet.firmware.storage > 0;
    default:
        return parse_block(text, &settings->fleet.client.pull_szx);
    }
}

/** Options of DTLS. */
static bool take_security(struct dtls_config *dtls, int id, const char *text)
{
    switch (id) {
    case ID_IDENTITY:
        dtls->identity = text;
        return text[0] != '\0';
    case ID_PSK:
        return dtls_parse_key(text, dtls);
    case ID_CERTIFICATE:
        dtls->certificate_file = text;
        return true;
    case ID_KEY:
        dtls->key_file = text;
        return true;
    case ID_CA:
        dtls->ca_file = text;
        return true;
    default:
        dtls->without_cid = true;
        return true;
    }
}

/** Whether the options of DTLS are one kind of credentials, whole; none, for
 *  coap. */
static bool has_credentials(const struct settings *settings)
{
    const struct dtls_config *dtls = &settings->dtls;
    int of_psk = (dtls->identity != NULL) + (dtls->key_length > 0);
    int of_x509 = (dtls->certificate_file != NULL) + (dtls->key_file != NULL) +
                  (dtls->ca_file != NULL);

    return settings->is_secure
               ? (of_psk == 2 && of_x509 == 0) || (of_psk == 0 && of_x509 == 3)
               : of_psk + of_x509 == 0;
}

/** What the device has and how it behaves. */
static bool take_behaviour(struct settings *settings, int id, const char *text)
{
    struct client_config *client = &settings->fleet.client;
    struct objects *objects = &settings->fleet.objects;

    switch (id) {
    case ID_SECOND:
        return parse_second(text, &settings->fleet);
    case ID_ACCESS:
        return access_parse(text, &objects->access.rights);
    case ID_FORMATS:
        return formats_parse(text, &objects->formats);
    case ID_NO_SYNC:
        settings->fleet.without_sync = true;
        return true;
    case ID_WATCHED:
        settings->fleet.firmware.is_watched = true;
        return true;
    case ID_ARM_KILL:
        settings->moment = text;
        return true;
    case ID_MEMORY:
        objects->has_memory = true;
        return true;
    case ID_BATTERY:
        objects->has_battery = true;
        return true;
    case ID_PORTFOLIO:
        portfolio_open(&objects->portfolio);
        return true;
    case ID_FU:
        objects->fu.is_there = true;
        return true;
    case ID_ANSWER:
        return parse_number(text, 60000, &client->answer_ms);
    case ID_SEND:
        client->sends = true;
        return true;
    case ID_QUEUE:
        client->queue_mode = true;
        return true;
    case ID_AWAKE:
        return parse_number(text, 3600000, &client->awake_ms) &&
               client->awake_ms > 0;
    case ID_SLEEP:
        return parse_number(text, 3600000, &client->sleep_ms);
    case ID_ACK:
        return parse_number(text, 60000, &client->ack_ms) && client->ack_ms > 0;
    case ID_NO_CID:
        client->pull_credentials.without_cid = true;
        return take_security(&settings->dtls, id, text);
    default:
        return take_security(&settings->dtls, id, text);
    }
}

/** What there is to say of an installation. */
static bool take_update(struct firmware_config *firmware, int id,
                        const char *text)
{
    bool defers = strcmp(text, "defer") == 0;

    switch (id) {
    case ID_INSTALL:
        return parse_number(text, 3600000, &firmware->install_ms);
    case ID_PUSH:
        return parse_number(text, 3600000, &firmware->push_timeout_ms);
    default:
        firmware->user = defers ? USER_DEFERS : USER_ACCEPTS;
        return defers || strcmp(text, "accept") == 0;
    }
}

/** One mutant, and any variants that go together. */
static bool take_oddity(struct firmware_config *firmware, int id,
                        const char *text)
{
    if (id == ID_MUTANT) {
        bool is_first = firmware->mutant == MUTANT_NONE;
        firmware->mutant = mutant_parse(text);
        return is_first && firmware->mutant != MUTANT_COUNT;
    }
    enum variant variant = variant_parse(text);
    if (variant == VARIANT_COUNT) {
        return false;
    }
    variants_add(&firmware->variants, variant);
    return true;
}

static bool take_option(struct settings *settings, int id, const char *text)
{
    uint64_t number = 0;

    switch (id) {
    case ID_SERVER:
        settings->has_server = parse_server(text, settings);
        return settings->has_server;
    case ID_ENDPOINT:
        settings->fleet.client.endpoint = text;
        return strlen(text) > 0 && strlen(text) <= 200;
    case ID_SHAPE:
        settings->fleet.firmware.shape = shape_parse(text);
        return settings->fleet.firmware.shape != NULL;
    case ID_LIFETIME:
        if (!parse_number(text, UINT32_MAX, &number) || number == 0) {
            return false;
        }
        settings->fleet.objects.server.lifetime_s = (uint32_t)number;
        return true;
    case ID_PMIN:
        if (!parse_number(text, UINT32_MAX / 1000, &number)) {
            return false;
        }
        settings->fleet.objects.server.pmin_s = (int64_t)number;
        return true;
    case ID_LWM2M:
        return parse_version(text, settings);
    case ID_STATE:
        settings->fleet.folder = text;
        return true;
    case ID_BOOT:
        return parse_number(text, 3600000, &settings->fleet.client.boot_ms);
    case ID_INSTALL:
    case ID_PUSH:
    case ID_USER:
        return take_update(&settings->fleet.firmware, id, text);
    case ID_DELIVERY:
    case ID_IMAGES:
    case ID_PROTOCOLS:
    case ID_PULL_CA:
    case ID_PULL_IDENTITY:
    case ID_PULL_KEY:
    case ID_PULL_ACK:
    case ID_PULL_BLOCK:
    case ID_STORAGE:
        return take_download(settings, id, text);
    case ID_REFUSE:
        settings->fleet.client.refuses_large = true;
        return parse_block(text, &settings->fleet.client.max_szx);
    case ID_BLOCK:
        return parse_block(text, &settings->fleet.client.max_szx);
    case ID_MUTANT:
    case ID_VARIANT:
        return take_oddity(&settings->fleet.firmware, id, text);
    case ID_MOVE:
        return parse_number(text, 3600000, &settings->fleet.client.move_ms);
    case 'n':
        if (!parse_number(text, FLEET_MAX, &number) || number == 0) {
            return false;
        }
        settings->fleet.count = (size_t)number;
        return true;
    case 'v':
        settings->fleet.client.verbose = true;
        return true;
    default:
        return take_behaviour(settings, id, text);
    }
}

/** One line, with names that are like it. */
static void refuse_mutant(const char *name)
{
    const char *near[MUTANT_NEAR_MAX + 1];

    mutant_near(name, near);
    fprintf(stderr, "assay-device: unknown mutant '%s'", name);
    for (size_t i = 0; near[i] != NULL; i++) {
        fprintf(stderr, "%s'%s'", i == 0 ? "; did you mean " : " or ", near[i]);
    }
    fprintf(stderr, "; see --list-mutants\n");
}

/** One line; a key is not shown. */
static void refuse_value(int id, const char *text)
{
    if (id == ID_PSK) {
        fprintf(stderr,
                "assay-device: '--psk-key' needs 2 to %d hexadecimal digits; "
                "see --help\n",
                2 * DTLS_KEY_MAX);
    } else {
        fprintf(stderr, "assay-device: bad value '%s'; see --help\n", text);
    }
}

static const struct option options[] = {
    { "server", required_argument, NULL, ID_SERVER },
    { "second-server", required_argument, NULL, ID_SECOND },
    { "second-access", required_argument, NULL, ID_ACCESS },
    { "endpoint", required_argument, NULL, ID_ENDPOINT },
    { "shape", required_argument, NULL, ID_SHAPE },
    { "list-shapes", no_argument, NULL, ID_SHAPES },
    { "lifetime", required_argument, NULL, ID_LIFETIME },
    { "default-pmin", required_argument, NULL, ID_PMIN },
    { "lwm2m", required_argument, NULL, ID_LWM2M },
    { "formats", required_argument, NULL, ID_FORMATS },
    { "battery", no_argument, NULL, ID_BATTERY },
    { "memory", no_argument, NULL, ID_MEMORY },
    { "portfolio", no_argument, NULL, ID_PORTFOLIO },
    { "firmware-update", no_argument, NULL, ID_FU },
    { "answer-ms", required_argument, NULL, ID_ANSWER },
    { "send", no_argument, NULL, ID_SEND },
    { "queue-mode", no_argument, NULL, ID_QUEUE },
    { "awake-ms", required_argument, NULL, ID_AWAKE },
    { "sleep-ms", required_argument, NULL, ID_SLEEP },
    { "state", required_argument, NULL, ID_STATE },
    { "no-sync", no_argument, NULL, ID_NO_SYNC },
    { "watched", no_argument, NULL, ID_WATCHED },
    { "arm-kill", required_argument, NULL, ID_ARM_KILL },
    { "install-ms", required_argument, NULL, ID_INSTALL },
    { "boot-ms", required_argument, NULL, ID_BOOT },
    { "push-timeout-ms", required_argument, NULL, ID_PUSH },
    { "user", required_argument, NULL, ID_USER },
    { "storage", required_argument, NULL, ID_STORAGE },
    { "delivery", required_argument, NULL, ID_DELIVERY },
    { "images", required_argument, NULL, ID_IMAGES },
    { "protocols", required_argument, NULL, ID_PROTOCOLS },
    { "pull-ca", required_argument, NULL, ID_PULL_CA },
    { "pull-psk-identity", required_argument, NULL, ID_PULL_IDENTITY },
    { "pull-psk-key", required_argument, NULL, ID_PULL_KEY },
    { "pull-ack-ms", required_argument, NULL, ID_PULL_ACK },
    { "pull-block", required_argument, NULL, ID_PULL_BLOCK },
    { "max-block", required_argument, NULL, ID_BLOCK },
    { "max-block-refuse", required_argument, NULL, ID_REFUSE },
    { "mutant", required_argument, NULL, ID_MUTANT },
    { "list-mutants", no_argument, NULL, ID_LIST },
    { "variant", required_argument, NULL, ID_VARIANT },
    { "list-variants", no_argument, NULL, ID_VARIANTS },
    { "psk-identity", required_argument, NULL, ID_IDENTITY },
    { "psk-key", required_argument, NULL, ID_PSK },
    { "cert", required_argument, NULL, ID_CERTIFICATE },
    { "key", required_argument, NULL, ID_KEY },
    { "ca", required_argument, NULL, ID_CA },
    { "no-cid", no_argument, NULL, ID_NO_CID },
    { "move-port-ms", required_argument, NULL, ID_MOVE },
    { "ack-ms", required_argument, NULL, ID_ACK },
    { "verbose", no_argument, NULL, 'v' },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

/** One line about options that do not go together. @return as below */
static int check_options(const struct settings *settings, bool has_operands)
{
    enum variant pair[2];

    if (!settings->has_server || has_operands) {
        fprintf(stderr, "assay-device: needs --server coap://ADDRESS:PORT and "
                        "no operands; see --help\n");
        return EXIT_USAGE;
    }
    const struct dtls_config *pull = &settings->fleet.client.pull_credentials;
    if ((pull->identity != NULL) != (pull->key_length > 0)) {
        fprintf(stderr, "assay-device: --pull-psk-identity and --pull-psk-key "
                        "go together; see --help\n");
        return EXIT_USAGE;
    }
    if (!has_credentials(settings)) {
        fprintf(stderr,
                settings->is_secure
                    ? "assay-device: coaps needs --psk-identity and --psk-key, "
                      "or --cert, --key and --ca; see --help\n"
                    : "assay-device: keys and certificates need --server "
                      "coaps://ADDRESS:PORT; see --help\n");
        return EXIT_USAGE;
    }
    if (variants_contradict(&settings->fleet.firmware.variants, pair)) {
        fprintf(stderr,
                "assay-device: variants '%s' and '%s' contradict each other; "
                "see --list-variants\n",
                variant_name(pair[0]), variant_name(pair[1]));
        return EXIT_USAGE;
    }
    return -1;
}

/** Whether the option asks for a list. */
static bool print_list(int id)
{
    switch (id) {
    case ID_LIST:
        mutant_list(stdout);
        return true;
    case ID_VARIANTS:
        variant_list(stdout);
        return true;
    case ID_SHAPES:
        shape_list(stdout);
        return true;
    default:
        return false;
    }
}

/** What follows from the shape where nothing else was said. */
static void settle(struct settings *settings)
{
    const struct shape *shape = settings->fleet.firmware.shape;

    if (!settings->has_delivery) {
        settings->fleet.firmware.delivery = (enum delivery)shape->delivery;
    }
    if (!settings->has_protocols) {
        const struct dtls_config *credentials =
            &settings->fleet.client.pull_credentials;
        const bool has_some =
            credentials->ca_file != NULL || credentials->identity != NULL;
        settings->fleet.firmware.protocols =
            1u << URI_COAP | 1u << URI_HTTP | 1u << URI_COAP_TCP |
            (has_some ? 1u << URI_COAPS | 1u << URI_COAPS_TCP : 0u) |
            (credentials->ca_file != NULL ? 1u << URI_HTTPS : 0u);
    }
    if (settings->fleet.client.endpoint == NULL) {
        (void)snprintf(settings->endpoint, sizeof(settings->endpoint),
                       "urn:assay:sim:%s", shape->name); /* fits */
        settings->fleet.client.endpoint = settings->endpoint;
    }
}

/** @return -1 to go on, else the exit status */
static int parse_options(int argc, char **argv, struct settings *settings)
{
    int id = 0;

    opterr = 0;
    while ((id = getopt_long(argc, argv, ":n:vh", options, NULL)) != -1) {
        if (id == 'h') {
            help_print();
            return 0;
        }
        if (print_list(id)) {
            return 0;
        }
        if (id == '?' || id == ':') {
            fprintf(stderr, "assay-device: %s '%s'; see --help\n",
                    id == ':' ? "no value for option" : "unknown option",
                    argv[optind - 1]);
            return EXIT_USAGE;
        }
        if (id == ID_MUTANT && settings->fleet.firmware.mutant != MUTANT_NONE) {
            fprintf(stderr,
                    "assay-device: a second --mutant '%s'; see "
                    "--help\n",
                    optarg);
            return EXIT_USAGE;
        }
        if (id == ID_MUTANT && mutant_parse(optarg) == MUTANT_COUNT) {
            refuse_mutant(optarg);
            return EXIT_USAGE;
        }
        if (!take_option(settings, id, optarg)) {
            refuse_value(id, optarg);
            return EXIT_USAGE;
        }
    }
    return settings->moment != NULL
               ? moment_arm(settings->fleet.folder, settings->moment)
               : check_options(settings, optind != argc);
}

int main(int argc, char **argv)
{
    struct settings settings = {
        .fleet = {
            .count = 1,
            .client = { .lwm2m = "1.1",
                        .boot_ms = 30,
                        .awake_ms = 93000, /* MAX_TRANSMIT_WAIT */
                        .max_szx = 6,
                        .ack_ms = 2500, /* 2 s times a random factor of up to 1.5 */
                        .pull_ack_ms = 100,
                        .pull_szx = 6 },
            .firmware = { .shape = shape_default(),
                          .install_ms = 50,
                          .push_timeout_ms = 1500 },
            .objects = { .version = 11,
                         .server = { .lifetime_s = 300 },
                         .second = { .lifetime_s = 300 },
                         .access = { .rights = ACCESS_READ | ACCESS_WRITE |
                                               ACCESS_EXECUTE } },
        },
    };
    int exit_status = parse_options(argc, argv, &settings);

    if (exit_status >= 0) {
        return exit_status;
    }
    settle(&settings);
    if (settings.fleet.firmware.is_watched && !moment_watch(&exit_status)) {
        return exit_status;
    }
    struct sigaction action = { .sa_handler = on_signal };
    struct sigaction user = { .sa_handler = on_user, .sa_flags = SA_RESTART };
    sigset_t signals;
    sigset_t others;
    (void)sigemptyset(&signals); /* none of these can fail */
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &signals, &others);
    (void)sigaction(SIGTERM, &action, NULL); /* else the default ends us */
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGUSR1, &user, NULL);
    (void)sigaction(SIGUSR2, &user, NULL);
    (void)sigaction(SIGHUP, &user, NULL);
    (void)sigaction(SIGURG, &user, NULL);
    (void)sigaction(SIGWINCH, &user, NULL);
    settings.fleet.user_word = &user_word;
    settings.fleet.firmware.user_word = &user_word;
    settings.fleet.dtls = settings.is_secure ? &settings.dtls : NULL;
    bool good = fleet_run(&settings.fleet, &stop_asked, &others);
    explicit_bzero(&settings.dtls, sizeof(settings.dtls));
    explicit_bzero(&settings.fleet.client.pull_credentials,
                   sizeof(settings.fleet.client.pull_credentials));
    return good ? 0 : EXIT_USAGE;
}
