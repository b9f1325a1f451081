/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REGISTER_DEFAULT_MS 30000u
#define PORT_TAKES          "a number from 0 to 65535"

/** One option, whichever commands accept it. */
struct option_row {
    char letter; /* names it in struct command; -v and -h are typed so */
    const char *name;
    const char *argument; /* NULL: a flag */
    const char *help;
    bool (*store)(struct options *options, const char *text);
    const char *takes; /* what is allowed, when `store` refuses a value; NULL:
                          it refuses none, or has said it itself */
};

static bool parse_number(const char *text, uint64_t low, uint64_t high,
                         uint64_t *out_number)
{
    char *end = NULL;

    errno = 0;
    uintmax_t number = strtoumax(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text == '-' ||
        number < low || number > high) {
        return false;
    }
    *out_number = number;
    return true;
}

static bool store_profile(struct options *options, const char *text)
{
    options->profile = text;
    if (options->profile_count == CAMPAIGN_PROFILES_MAX) {
        return false;
    }
    options->profiles[options->profile_count++] = text;
    return true;
}

static bool store_device(struct options *options, const char *text)
{
    options->device = text;
    return text[0] != '\0';
}

static bool store_parallel(struct options *options, const char *text)
{
    uint64_t number = 0;

    if (!parse_number(text, 1, CAMPAIGN_PARALLEL_MAX, &number)) {
        return false;
    }
    options->parallel = (unsigned)number;
    return true;
}

static bool store_bind(struct options *options, const char *text)
{
    options->bind_address = text;
    return true;
}

static bool store_port(struct options *options, const char *text)
{
    uint64_t number = 0;

    if (!parse_number(text, 0, UINT16_MAX, &number)) {
        return false;
    }
    options->port = (uint16_t)number;
    options->has_port = true;
    return true;
}

/** "8443", or "https=8443". */
static bool store_repository(struct options *options, const char *text)
{
    const char *equals = strchr(text, '=');
    enum repository_protocol protocol = REPOSITORY_COAP;
    char name[16];
    uint64_t number = 0;

    if (!parse_number(equals != NULL ? equals + 1 : text, 0, UINT16_MAX,
                      &number)) {
        return false;
    }
    if (equals == NULL) {
        options->repository_port = (uint16_t)number;
        return true;
    }
    if ((size_t)(equals - text) >= sizeof(name)) {
        return false;
    }
    (void)snprintf(name, sizeof(name), "%.*s", (int)(equals - text),
                   text); /* fits */
    if (!repository_protocol_parse(name, &protocol)) {
        return false;
    }
    options->repository_ports[protocol] = (uint16_t)number;
    return true;
}

static bool store_second(struct options *options, const char *text)
{
    uint64_t number = 0;

    if (!parse_number(text, 0, UINT16_MAX, &number)) {
        return false;
    }
    options->second_port = (uint16_t)number;
    options->has_second = true;
    return true;
}

static bool store_pull_by(struct options *options, const char *text)
{
    options->has_pull_by = repository_protocol_parse(text, &options->pull_by);
    return options->has_pull_by;
}

static bool store_personality(struct options *options, const char *text)
{
    options->lists_personalities = strcmp(text, "help") == 0;
    return options->lists_personalities ||
           personality_parse(text, &options->personality);
}

static bool store_output(struct options *options, const char *text)
{
    options->output = text;
    return true;
}

static bool store_seed(struct options *options, const char *text)
{
    options->has_seed = parse_number(text, 0, INT64_MAX, &options->seed);
    return options->has_seed;
}

static bool store_reading(struct options *options, const char *text)
{
    options->has_reading = true;
    if (strcmp(text, "strict") == 0) {
        options->reading = READING_STRICT;
        return true;
    }
    options->reading = READING_INTEROP;
    return strcmp(text, "interop") == 0;
}

static bool store_fail_fast(struct options *options, const char *text)
{
    (void)text; /* a flag has none */
    options->fail_fast = true;
    return true;
}

static bool store_shuffle(struct options *options, const char *text)
{
    (void)text; /* a flag has none */
    options->shuffle = true;
    return true;
}

static bool store_via_relay(struct options *options, const char *text)
{
    (void)text;                     /* a flag has none */
    options->has_impairment = true; /* of nothing, unless --impair says what */
    return true;
}

static bool store_impairment(struct options *options, const char *text)
{
    struct reason reason = { .status = STATUS_OK };

    options->has_impairment = true;
    if (impairment_parse(text, &options->impairment, &reason) == STATUS_OK) {
        return true;
    }
    fprintf(stderr, "assay: option '--impair': %s\n", reason.text);
    return false;
}

static bool store_fail_on_warning(struct options *options, const char *text)
{
    (void)text; /* a flag has none */
    options->fail_on_warning = true;
    return true;
}

static bool store_catalogue(struct options *options, const char *text)
{
    options->catalogue = text;
    return true;
}

static bool store_register(struct options *options, const char *text)
{
    uint64_t seconds = 0;

    if (!parse_number(text, 1, 86400, &seconds)) {
        return false;
    }
    options->register_ms = seconds * 1000;
    return true;
}

static bool store_mutant(struct options *options, const char *text)
{
    options->mutant = text;
    return true;
}

static bool store_shape(struct options *options, const char *text)
{
    options->shape = text;
    return true;
}

static bool store_dry_run(struct options *options, const char *text)
{
    (void)text; /* a flag has none */
    options->dry_run = true;
    return true;
}

static bool store_json(struct options *options, const char *text)
{
    (void)text; /* a flag has none */
    options->json = true;
    return true;
}

static bool store_requirements(struct options *options, const char *text)
{
    (void)text; /* a flag has none */
    options->requirements = true;
    return true;
}

static bool store_keep_going(struct options *options, const char *text)
{
    (void)text; /* a flag has none */
    options->keep_going = true;
    return true;
}

static bool store_force(struct options *options, const char *text)
{
    (void)text; /* a flag has none */
    options->force = true;
    return true;
}

static bool store_verbose(struct options *options, const char *text)
{
    (void)text; /* a flag has none */
    options->verbose = true;
    return true;
}

static bool store_help(struct options *options, const char *text)
{
    (void)text; /* a flag has none */
    options->help = true;
    return true;
}

static const struct option_row rows[] = {
    { 'p', "profile", "FILE", "what is known about the device (IXIT)",
      store_profile, "no more than 64 profiles" },
    { 'd', "device", "NAME", "of several devices test this one alone",
      store_device, "the name of a device" },
    { 'a', "parallel", "N",
      "test so many devices at the same time; default 64, at most 256",
      store_parallel, "a number from 1 to 256" },
    { 'm', "mutant", "NAME", "break the simulated device in one named way",
      store_mutant, NULL },
    { 'S', "shape", "NAME",
      "shape of the simulated device, with its profile: quad, modem-mcu, "
      "dual-core, trustzone, mcuboot, mcuboot-late, suit or suit-late",
      store_shape, NULL },
    { 'b', "bind", "ADDRESS", "listen here; default 127.0.0.1", store_bind,
      NULL },
    { 'P', "port", "PORT",
      "UDP port, 0: a free one; default 5683 (5684 with DTLS), or a free one "
      "if the device is started",
      store_port, PORT_TAKES },
    { 'F', "repository-port", "[PROTOCOL=]PORT",
      "port of packages to fetch (Package URI), by what --pull-by says or, "
      "again, by others; default: free ones",
      store_repository, "[PROTOCOL=]PORT" },
    { 'Y', "second-port", "PORT",
      "UDP port of a second LwM2M server; default: none, or a free one if the "
      "profile says \"second-server\"",
      store_second, PORT_TAKES },
    { 'B', "pull-by", "PROTOCOL",
      "packages are fetched by coap, coaps, http, https, coap+tcp or "
      "coaps+tcp; default coap, or what the profile says",
      store_pull_by, "coap, coaps, http, https, coap+tcp or coaps+tcp" },
    { 'y', "personality", "strict|leshan|coiote|thingsboard",
      "do what public reports say of such a server; 'help' lists it",
      store_personality, "strict, leshan, coiote, thingsboard or help" },
    { 'o', "output", "DIR", "result directory; default results/<time>",
      store_output, NULL },
    { 'O', "output", "FILE", "write the profile here; default standard output",
      store_output, NULL },
    { 'f', "force", NULL, "overwrite the file of --output", store_force, NULL },
    { 's', "seed", "N", "seed of everything random; default from the clock",
      store_seed, "a number" },
    { 'R', "reading", "interop|strict",
      "how ambiguous text is read; default interop", store_reading,
      "interop or strict" },
    { 'W', "fail-on-warning", NULL, "a warning makes the case a fail",
      store_fail_on_warning, NULL },
    { 'x', "fail-fast", NULL, "stop after the first case that fails",
      store_fail_fast, NULL },
    { 'H', "shuffle", NULL, "cases in an order by the seed", store_shuffle,
      NULL },
    { 'V', "via-relay", NULL,
      "put a relay before each UDP port (what goes by TCP passes none), which "
      "is the network that steps 'impair'",
      store_via_relay, NULL },
    { 'i', "impair", "SPEC",
      "a bad network, by such a relay: words such as loss=2%,jitter=10ms of " IMPAIRMENT_WORDS,
      store_impairment, NULL },
    { 'c', "catalogue", "DIR", "add or replace cases by the files of DIR",
      store_catalogue, NULL },
    { 'r', "register-timeout", "S",
      "wait so long for the device to register; default 30", store_register,
      "seconds, from 1 to 86400" },
    { 'n', "dry-run", NULL, "list what would run, and stop", store_dry_run,
      NULL },
    { 'k', "keep-going", NULL, "a script goes on after an error",
      store_keep_going, NULL },
    { 'q', "requirements", NULL,
      "list each requirement, with the cases that claim it", store_requirements,
      NULL },
    { 'j', "json", NULL, "results as JSON on standard output", store_json,
      NULL },
    { 'v', "verbose", NULL, "show the CoAP messages as they pass",
      store_verbose, NULL },
    { 'h', "help", NULL, "this text", store_help, NULL },
};

enum {
    ROW_COUNT = sizeof(rows) / sizeof(rows[0]),
    TEXT_ROWS_MAX = 32, /* of package_rows */
};

static bool is_accepted(const struct command *command, char letter)
{
    return letter == 'h' || strchr(command->letters, letter) != NULL;
}

static const struct option_row *row_of(int letter)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i].letter == letter) {
            return &rows[i];
        }
    }
    return NULL;
}

static const struct text_row *text_row_of(int letter)
{
    for (const struct text_row *row = package_rows; row->name != NULL; row++) {
        if (row->letter == letter) {
            return row;
        }
    }
    return NULL;
}

/** A value that is kept as it was given; "" of a flag. */
static void store_text(struct options *options, const struct text_row *row,
                       const char *text)
{
    char *base = (char *)&options->package;
    void *field = base + row->at;

    *(const char **)field = text != NULL ? text : "";
}

static size_t add_text_rows(const struct command *command, struct option *longs,
                            size_t count)
{
    for (const struct text_row *row = package_rows; row->name != NULL; row++) {
        if (is_accepted(command, row->letter)) {
            longs[count++] =
                (struct option){ row->name,
                                 row->argument != NULL ? required_argument
                                                       : no_argument,
                                 NULL, row->letter };
        }
    }
    return count;
}

/** Options after "--" belong to the device: cut them off. */
static int split_device(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            options->device_argv = (const char *const *)&argv[i + 1];
            argv[i] = NULL;
            return i;
        }
    }
    return argc;
}

static void say_refused(const struct option_row *row, const char *text)
{
    if (row->takes != NULL) {
        fprintf(stderr, "assay: option '--%s' takes %s, not '%s'\n", row->name,
                row->takes, text);
    }
}

static void unknown_option(const struct command *command, const char *word,
                           const struct option *longs)
{
    const char *names[ROW_COUNT + TEXT_ROWS_MAX + 1] = { NULL };
    char typed[64];

    for (size_t i = 0; longs[i].name != NULL; i++) {
        names[i] = longs[i].name;
    }
    (void)snprintf(typed, sizeof(typed), "%.*s", (int)strcspn(word, "="),
                   word); /* cut: then nothing is near */
    const char *near =
        strncmp(typed, "--", 2) == 0 ? nearest_word(typed + 2, names) : NULL;
    fprintf(stderr, "assay: unknown option '%s'%s%s%s; see 'assay %s --help'\n",
            word, near != NULL ? ", did you mean '--" : "",
            near != NULL ? near : "", near != NULL ? "'?" : "", command->name);
}

static bool parse_all(const struct command *command, int argc, char **argv,
                      struct options *options)
{
    struct option longs[ROW_COUNT + TEXT_ROWS_MAX + 1] = { { NULL, 0, NULL,
                                                             0 } };
    size_t count = 0;

    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (is_accepted(command, rows[i].letter)) {
            longs[count++] =
                (struct option){ rows[i].name,
                                 rows[i].argument != NULL ? required_argument
                                                          : no_argument,
                                 NULL, rows[i].letter };
        }
    }
    (void)add_text_rows(command, longs, count); /* as many as there are */
    const char *shorts = is_accepted(command, 'v') ? ":vh" : ":h";
    opterr = 0;
    optind = 1;
    for (;;) {
        int letter = getopt_long(argc, argv, shorts, longs, NULL);
        if (letter == -1) {
            return true;
        }
        const struct option_row *row = row_of(letter);
        const struct text_row *text = text_row_of(letter);
        if (text != NULL) {
            store_text(options, text, optarg);
            continue;
        }
        if (letter == ':') {
            fprintf(stderr, "assay: option '%s' needs a value\n",
                    argv[optind - 1]);
            return false;
        }
        if (row == NULL) {
            unknown_option(command, argv[optind - 1], longs);
            return false;
        }
        if (!row->store(options, optarg)) {
            say_refused(row, optarg);
            return false;
        }
    }
}

bool options_parse(const struct command *command, int argc, char **argv,
                   struct options *out_options)
{
    *out_options = (struct options){ .register_ms = REGISTER_DEFAULT_MS,
                                     .argv = (const char *const *)argv };
    if (command->letters == NULL) {
        out_options->arguments = (const char *const *)&argv[1];
        return true;
    }

    int own = split_device(argc, argv, out_options);
    if (!parse_all(command, own, argv, out_options)) {
        return false;
    }
    out_options->arguments = (const char *const *)&argv[optind];
    if (out_options->device_argv != NULL) {
        if (strchr(command->letters, 'D') == NULL) {
            fprintf(stderr, "assay: '%s' takes no device after '--'\n",
                    command->name);
            return false;
        }
        if (out_options->device_argv[0] == NULL) {
            fprintf(stderr, "assay: no program after '--'\n");
            return false;
        }
    }
    return true;
}

static void print_option(const char *name, const char *argument,
                         const char *help)
{
    char left[80];

    (void)snprintf(left, sizeof(left), "%s%s%s", name,
                   argument != NULL ? " " : "",
                   argument != NULL ? argument : ""); /* fits */
    printf("  %-28s %s\n", left, help);
}

void options_help(const struct command *command)
{
    printf("Usage: assay %s %s\n\n%s.\n\nOptions:\n", command->name,
           command->usage, command->summary);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct option_row *row = &rows[i];
        if (!is_accepted(command, row->letter)) {
            continue;
        }
        char name[48];
        bool is_short = row->letter == 'v' || row->letter == 'h';
        (void)snprintf(name, sizeof(name), "%s--%s",
                       is_short ? (row->letter == 'v' ? "-v, " : "-h, ")
                                : "    ",
                       row->name); /* fits */
        print_option(name, row->argument, row->help);
    }
    for (const struct text_row *row = package_rows; row->name != NULL; row++) {
        if (is_accepted(command, row->letter)) {
            char name[48];
            (void)snprintf(name, sizeof(name), "    --%s",
                           row->name); /* fits */
            print_option(name, row->argument, row->help);
        }
    }
    if (command->details != NULL) {
        printf("\n%s\n", command->details);
    }
}

void options_personalities(void)
{
    for (int i = PERSONALITY_NONE + 1; i < PERSONALITY_COUNT; i++) {
        printf("%s\n", personality_name((enum personality)i));
        for (int j = 0; j < PATTERN_COUNT; j++) {
            enum personality_pattern pattern = (enum personality_pattern)j;
            if (personality_has((enum personality)i, pattern)) {
                printf("  %-18s %s\n  %-18s (%s)\n",
                       personality_pattern_name(pattern),
                       personality_pattern_text(pattern), "",
                       personality_pattern_source(pattern));
            }
        }
    }
}
