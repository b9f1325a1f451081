/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenarios/package/anjay.h"
#include "scenarios/package/package.h"

/*
 * What the builder makes, against packages.md section 7 as this file reads it:
 * layout, lengths and CRC are computed here once more, by other code.
 */

enum { HEAD = 25, LINKS = 8, SEED = 7 };

static const struct package_component components[] = {
    { "application", 0 }, { "tee", 1 },   { "bootloader", 2 },
    { "modem", 3 },       { "radio", 4 }, /* beyond the format */
};

static const struct package_observed observed[] = {
    { 0, "1.9" }, { 1, "2.0.3" }, { 2, "7" }, { 3, "0.0.0" }, { 4, "1.0" },
};

static struct {
    char folder[64];
    struct package_set *set;
} fixture;

/* Another implementation of the format. */

/** Bit by bit, from nothing but the polynomial. */
static uint32_t crc_of(const uint8_t *bytes, size_t size)
{
    uint32_t crc = 0xffffffff;

    for (size_t bit = 0; bit < 8 * size; bit++) {
        uint32_t in = (uint32_t)bytes[bit / 8] >> (bit % 8) & 1u;
        crc = crc >> 1 ^ ((crc & 1u) != in ? UINT32_C(0xedb88320) : 0);
    }
    return crc ^ 0xffffffff;
}

static uint32_t number_at(const uint8_t *bytes, size_t size)
{
    uint32_t number = 0;

    for (size_t i = 0; i < size; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

struct expected_part {
    const char *magic;
    unsigned outcome;
    uint8_t links[LINKS]; /* as they lie in the package */
    const char *version;
    size_t payload;
};

#define NO_LINKS                                                               \
    {                                                                          \
        255, 255, 255, 255, 255, 255, 255, 255                                 \
    }

/** Every byte of a part but those of the payload, whose CRC has to fit. */
static void is_part(const uint8_t *bytes, size_t size,
                    const struct expected_part *expected)
{
    size_t length = strlen(expected->version);

    CU_ASSERT_EQUAL_FATAL(size, HEAD + length + expected->payload);
    CU_ASSERT_EQUAL(memcmp(bytes, expected->magic, 8), 0);
    CU_ASSERT_EQUAL(number_at(bytes + 8, 2), 3);
    CU_ASSERT_EQUAL(number_at(bytes + 10, 2), expected->outcome);
    CU_ASSERT_EQUAL(number_at(bytes + 12, 4),
                    crc_of(bytes + HEAD + length, expected->payload));
    CU_ASSERT_EQUAL(memcmp(bytes + 16, expected->links, LINKS), 0);
    CU_ASSERT_EQUAL(bytes[24], length);
    CU_ASSERT_EQUAL(memcmp(bytes + HEAD, expected->version, length), 0);
}

static void the_crc_of_this_test_is_the_one_of_the_vector(void)
{
    /* packages.md, 12.3 */
    CU_ASSERT_EQUAL(
        crc_of((const uint8_t *)"This is a real firmware image.", 30),
        0xa2397ef1);
}

/* Sets and packages. */

static struct package_set *set_of(const char *text)
{
    struct package_set *set = NULL;
    struct reason reason = { .status = STATUS_OK };
    cJSON *json = cJSON_Parse(text);

    if (json == NULL ||
        package_set_parse(components,
                          sizeof(components) / sizeof(components[0]), json,
                          NULL, fixture.folder, &set, &reason) != STATUS_OK) {
        printf("%s: %s\n", text, reason.text);
        abort();
    }
    cJSON_Delete(json);
    return set;
}

/** A package that can be built. */
static struct package built(const struct package_set *set, uint16_t instance,
                            const char *name, uint64_t seed)
{
    struct package package = { .bytes = NULL };
    struct reason reason = { .status = STATUS_OK };

    if (package_build(set, instance, name, observed,
                      sizeof(observed) / sizeof(observed[0]), seed, &package,
                      &reason) != STATUS_OK) {
        printf("%u %s: %s\n", instance, name, reason.text);
        abort();
    }
    return package;
}

static const char recipes[] =
    "{ \"application\": {"
    "    \"G\": { \"recipe\": \"anjay\" },"
    "    \"GV\": { \"recipe\": \"anjay\", \"version\": \"4.5-rc1\","
    "            \"size\": 30 },"
    "    \"DEP\": { \"recipe\": \"anjay\", \"version\": \"above tee\","
    "             \"requires\": { \"tee\": \"newer\" }, \"size\": 90 },"
    "    \"MANY\": { \"recipe\": \"anjay\", \"size\": 90,"
    "              \"requires\": { \"tee\": \"observed.10\","
    "              \"bootloader\": \"major\", \"modem\": \"2.5\" } },"
    "    \"TIGHT\": { \"recipe\": \"anjay\", \"size\": 17,"
    "               \"requires\": [\"tee\"] },"
    "    \"OLD\": { \"recipe\": \"anjay\", \"version\": \"above modem\","
    "             \"size\": 1 },"
    "    \"LNK\": { \"recipe\": \"anjay\", \"links\": [\"tee\", \"modem\"],"
    "             \"size\": 100 },"
    "    \"FAILI\": { \"recipe\": \"anjay\", \"outcome\": \"fail-at-update\","
    "               \"size\": 64 },"
    "    \"M\": { \"recipe\": \"anjay\","
    "           \"contains\": [\"application\", \"tee\"] },"
    "    \"MBAD\": { \"damage\": \"M\", \"how\": \"flip-bit\","
    "              \"part\": \"tee\" },"
    "    \"HDR\": { \"damage\": \"G\", \"how\": \"header\" },"
    "    \"TAIL\": { \"damage\": \"G\", \"how\": \"append\" } },"
    "  \"tee\": { \"G\": { \"recipe\": \"anjay\", \"version\": \"major\","
    "                  \"size\": 30000 } },"
    "  \"bootloader\": { \"G\": { \"recipe\": \"anjay\" },"
    "    \"M\": { \"recipe\": \"anjay\", \"contains\": [\"application\","
    "           \"tee\", \"bootloader\", \"modem\"] } },"
    "  \"modem\": { \"G\": { \"recipe\": \"anjay\", \"version\": \"major\" } }"
    "}";

static int set_up(void)
{
    (void)snprintf(fixture.folder, sizeof(fixture.folder),
                   "/tmp/assay-package-XXXXXX");
    if (mkdtemp(fixture.folder) == NULL) {
        return 1;
    }
    fixture.set = set_of(recipes);
    return 0;
}

static int tear_down(void)
{
    package_set_free(fixture.set);
    return rmdir(fixture.folder) == 0 ? 0 : 1;
}

/* Single packages. */

static void each_recipe_gives_the_bytes_of_the_format(void)
{
    static const struct {
        uint16_t instance;
        const char *name;
        struct expected_part part;
    } rows[] = {
        { 0, "G", { "AJAY_APP", 0, NO_LINKS, "1.10", 20480 } },
        { 1, "G", { "AJAY_TEE", 0, NO_LINKS, "3.0.0", 30000 } },
        /* A single number is what dependencies look at: it stays. */
        { 2, "G", { "AJAYBOOT", 0, NO_LINKS, "7.1", 20480 } },
        { 3, "G", { "AJAYMODE", 0, NO_LINKS, "1.0.0", 20480 } },
        { 0, "GV", { "AJAY_APP", 0, NO_LINKS, "4.5-rc1", 30 } },
        /* 1.9 is not above 2.0.3, but above 0.0.0. */
        { 0, "DEP", { "AJAY_APP", 0, NO_LINKS, "3.0", 90 } },
        { 0, "OLD", { "AJAY_APP", 0, NO_LINKS, "1.10", 1 } },
        { 0,
          "LNK",
          { "AJAY_APP",
            0,
            { 1, 3, 255, 255, 255, 255, 255, 255 },
            "1.10",
            100 } },
        { 0, "FAILI", { "AJAY_APP", 2, NO_LINKS, "1.10", 64 } },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct package package =
            built(fixture.set, rows[i].instance, rows[i].name, SEED);
        is_part(package.bytes, package.size, &rows[i].part);
        CU_ASSERT_STRING_EQUAL(package.version, rows[i].part.version);
        CU_ASSERT_EQUAL_FATAL(package.part_count, 1);
        CU_ASSERT_EQUAL(package.parts[0].instance, rows[i].instance);
        CU_ASSERT_STRING_EQUAL(package.parts[0].version, rows[i].part.version);
        CU_ASSERT_PTR_NULL(package.damage);
        package_release(&package);
        CU_ASSERT_PTR_NULL(package.bytes);
    }
}

/** What is required is at the beginning of the payload, and covered by its
 *  checksum (is_part). */
static void a_package_says_what_it_requires(void)
{
    static const struct {
        const char *name;
        const char *begin;
        size_t length;
    } rows[] = {
        { "DEP", "ASSAYNEEDS\001\001\0052.0.4", 18 },
        { "MANY", "ASSAYNEEDS\003\001\0102.0.3.10\002\0038.0\003\0032.5", 31 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct package package = built(fixture.set, 0, rows[i].name, SEED);
        size_t head = HEAD + strlen(package.version);
        CU_ASSERT_EQUAL(
            memcmp(package.bytes + head, rows[i].begin, rows[i].length), 0);
        package_release(&package);
    }
}

static void what_is_required_has_to_fit(void)
{
    struct reason reason = { .status = STATUS_OK };
    struct package package;

    CU_ASSERT_EQUAL(package_build(fixture.set, 0, "TIGHT", observed,
                                  sizeof(observed) / sizeof(observed[0]), SEED,
                                  &package, &reason),
                    STATUS_LIMIT);
    CU_ASSERT_STRING_EQUAL(reason.text, "what the package requires, '2.0.4', "
                                        "does not fit into it");
}

/** packages.md, section 7: the numbers of forced outcomes. */
static void each_outcome_has_its_number(void)
{
    static const char *const names[] = {
        "none",
        "out-of-memory",
        "fail-at-update",
        "success-after-restart",
        "failure-after-restart",
        "success-no-restart",
        "failure-no-restart",
        "hang",
        "defer",
        "fail-integrity",
    };
    char text[160];

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct expected_part part = { "AJAY_TEE", i, NO_LINKS, "2.0.4",
                                            5 };
        (void)snprintf(text, sizeof(text),
                       "{\"tee\":{\"G\":{\"recipe\":\"anjay\",\"outcome\":"
                       "\"%s\",\"size\":5}}}",
                       names[i]);
        struct package_set *set = set_of(text);
        struct package package = built(set, 1, "G", SEED);
        is_part(package.bytes, package.size, &part);
        CU_ASSERT_PTR_NOT_NULL(strstr(anjay_outcomes(), names[i]));
        package_release(&package);
        package_set_free(set);
    }
}

/** packages.md, 12.3: the sizes of its vectors. */
static void packages_are_as_long_as_the_vectors(void)
{
    static const uint8_t bundle_head[] = { 0x4d, 0x55, 0x4c, 0x54, 0x49,
                                           0x50, 0x4b, 0x47, 0x00, 0x04,
                                           0x00, 0x02, 0x00, 0x00, 0x00,
                                           0x3a, 0x00, 0x00, 0x00, 0x3a };
    const struct anjay_part parts[] = {
        { .instance = 0,
          .links = { 1 },
          .link_count = 1,
          .version = "2.0",
          .payload_size = 30 },
        { .instance = 1, .version = "2.0", .payload_size = 30 },
    };
    uint8_t *bytes = NULL;
    size_t size = 0;

    CU_ASSERT_EQUAL_FATAL(anjay_build(&parts[0], &bytes, &size, NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL(size, 58);
    free(bytes);
    CU_ASSERT_EQUAL_FATAL(anjay_bundle(parts, 2, &bytes, &size, NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL(size, 136);
    CU_ASSERT_EQUAL(memcmp(bytes, bundle_head, sizeof(bundle_head)), 0);
    free(bytes);
}

/* Bundles. */

static void a_bundle_holds_the_good_package_of_each_part(void)
{
    static const char *const good[] = { "1.10", "3.0.0", "7.1", "1.0.0" };
    struct package package = built(fixture.set, 2, "M", SEED);
    size_t at = 12 + 4 * 4;

    CU_ASSERT_EQUAL(memcmp(package.bytes, "MULTIPKG", 8), 0);
    CU_ASSERT_EQUAL(number_at(package.bytes + 8, 2), 4);
    CU_ASSERT_EQUAL(number_at(package.bytes + 10, 2), 4);
    CU_ASSERT_EQUAL_FATAL(package.part_count, 4);
    for (uint16_t i = 0; i < 4; i++) {
        struct package part = built(fixture.set, i, "G", SEED);
        size_t length = number_at(package.bytes + 12 + 4u * i, 4);
        CU_ASSERT_EQUAL_FATAL(length, part.size);
        CU_ASSERT_TRUE_FATAL(length <= package.size - at);
        CU_ASSERT_EQUAL(memcmp(package.bytes + at, part.bytes, length), 0);
        CU_ASSERT_EQUAL(package.parts[i].instance, i);
        CU_ASSERT_STRING_EQUAL(package.parts[i].version, good[i]);
        at += length;
        package_release(&part);
    }
    CU_ASSERT_EQUAL(at, package.size);
    /* "delivered" is about the component that gets the package. */
    CU_ASSERT_STRING_EQUAL(package.version, "7.1");
    package_release(&package);
}

/* Damage. */

/** How many bits differ, and where the last one is. */
static size_t flipped(const uint8_t *a, const uint8_t *b, size_t size,
                      size_t *out_at)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++) {
        for (unsigned bits = a[i] ^ b[i]; bits != 0; bits >>= 1) {
            count += bits & 1u;
            *out_at = i;
        }
    }
    return count;
}

static void one_bit_of_the_body_is_flipped(void)
{
    struct package good = built(fixture.set, 0, "G", SEED);
    struct package bad = built(fixture.set, 0, "BAD", SEED);
    size_t head = HEAD + strlen("1.10");
    size_t at = 0;

    CU_ASSERT_EQUAL_FATAL(good.size, bad.size);
    CU_ASSERT_EQUAL(flipped(good.bytes, bad.bytes, good.size, &at), 1);
    CU_ASSERT_TRUE(at >= head);
    CU_ASSERT_EQUAL(number_at(bad.bytes + 12, 4),
                    crc_of(good.bytes + head, good.size - head));
    CU_ASSERT_NOT_EQUAL(number_at(bad.bytes + 12, 4),
                        crc_of(bad.bytes + head, bad.size - head));
    CU_ASSERT_STRING_EQUAL(bad.damage, "flip-bit");
    CU_ASSERT_STRING_NOT_EQUAL(bad.sha256, good.sha256);
    package_release(&good);
    package_release(&bad);
}

static void one_bit_of_one_part_of_a_bundle_is_flipped(void)
{
    struct package good = built(fixture.set, 0, "M", SEED);
    struct package bad = built(fixture.set, 0, "MBAD", SEED);
    size_t first = number_at(good.bytes + 12, 4);
    size_t tee = 12 + 4 * 2 + first + HEAD + strlen("3.0.0");
    size_t at = 0;

    CU_ASSERT_EQUAL_FATAL(good.size, bad.size);
    CU_ASSERT_EQUAL(flipped(good.bytes, bad.bytes, good.size, &at), 1);
    CU_ASSERT_TRUE(at >= tee);
    package_release(&good);
    package_release(&bad);
}

static void a_truncated_package_is_its_first_half(void)
{
    struct package good = built(fixture.set, 0, "G", SEED);
    struct package cut = built(fixture.set, 0, "TRUNC", SEED);

    CU_ASSERT_EQUAL(cut.size, good.size - good.size / 2);
    CU_ASSERT_EQUAL(memcmp(good.bytes, cut.bytes, cut.size), 0);
    CU_ASSERT_STRING_EQUAL(cut.damage, "truncate");
    package_release(&good);
    package_release(&cut);
}

static void header_and_tail_are_damaged_where_they_are(void)
{
    struct package good = built(fixture.set, 0, "G", SEED);
    struct package header = built(fixture.set, 0, "HDR", SEED);
    struct package tail = built(fixture.set, 0, "TAIL", SEED);
    size_t at = good.size;

    CU_ASSERT_EQUAL_FATAL(header.size, good.size);
    CU_ASSERT_TRUE(flipped(good.bytes, header.bytes, good.size, &at) > 0);
    CU_ASSERT_EQUAL(at, 9);              /* the version of the header … */
    CU_ASSERT_EQUAL(header.bytes[9], 9); /* … which is 9: packages.md, 9.4 */
    CU_ASSERT_STRING_EQUAL(header.damage, "header");
    CU_ASSERT_TRUE_FATAL(tail.size > good.size);
    CU_ASSERT_EQUAL(memcmp(good.bytes, tail.bytes, good.size), 0);
    package_release(&good);
    package_release(&header);
    package_release(&tail);
}

static void a_foreign_package_has_another_mark_and_is_whole(void)
{
    struct package good = built(fixture.set, 0, "G", SEED);
    struct package foreign = built(fixture.set, 0, "FOREIGN", SEED);

    CU_ASSERT_EQUAL_FATAL(foreign.size, good.size);
    CU_ASSERT_EQUAL(memcmp(foreign.bytes, "AJAYNONE", 8), 0);
    CU_ASSERT_EQUAL(memcmp(foreign.bytes + 8, good.bytes + 8, good.size - 8),
                    0);
    CU_ASSERT_STRING_EQUAL(foreign.damage, "mark");
    package_release(&good);
    package_release(&foreign);
}

/** AFU-ITG-003: one flipped bit each, spread, first and last byte included. */
static void a_series_flips_a_bit_at_another_place_each_time(void)
{
    enum { SERIES = 20 };
    struct package good = built(fixture.set, 0, "G", SEED);
    size_t places[SERIES] = { 0 };

    for (unsigned i = 0; i < SERIES; i++) {
        struct package bad = { .bytes = NULL };
        CU_ASSERT_EQUAL_FATAL(
            package_build_nth(fixture.set, 0, "FLIP", observed,
                              sizeof(observed) / sizeof(observed[0]), SEED, i,
                              &bad, NULL),
            STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(bad.size, good.size);
        CU_ASSERT_EQUAL(flipped(good.bytes, bad.bytes, good.size, &places[i]),
                        1);
        for (unsigned j = 0; j < i; j++) {
            size_t low = places[i] < places[j] ? places[i] : places[j];
            size_t high = places[i] < places[j] ? places[j] : places[i];
            CU_ASSERT_TRUE(high - low > good.size / SERIES / 4);
        }
        package_release(&bad);
    }
    CU_ASSERT_EQUAL(places[0], 0);
    CU_ASSERT_EQUAL(places[1], good.size - 1);
    package_release(&good);
}

/** The last block of 1024 bytes is full, has one byte, lacks one. */
static void a_package_ends_with_its_last_block(void)
{
    static const struct {
        const char *name;
        size_t over;
    } rows[] = { { "FULL", 0 }, { "FULL+1", 1 }, { "FULL-1", 1023 } };
    struct package good = built(fixture.set, 3, "G", SEED);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct package package = built(fixture.set, 3, rows[i].name, SEED);
        CU_ASSERT_EQUAL(package.size % 1024, rows[i].over);
        CU_ASSERT_TRUE(package.size >= good.size &&
                       package.size < good.size + 2048);
        CU_ASSERT_STRING_EQUAL(package.version, good.version);
        CU_ASSERT_PTR_NULL(package.damage);
        package_release(&package);
    }
    package_release(&good);
}

/** scenarios.md, 0.4: random bytes, 4 KiB; three bytes, the first not 0. */
static void junk_is_random_and_no_reset(void)
{
    static const struct {
        const char *name;
        size_t size;
        size_t values; /* different ones, at least */
    } rows[] = { { "JUNK", 4096, 250 }, { "SHORT", 3, 2 }, { "BYTE", 1, 1 } };

    for (uint64_t seed = 0; seed < 50; seed++) {
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            bool seen[256] = { false };
            size_t values = 0;
            struct package junk = built(fixture.set, 3, rows[i].name, seed);
            CU_ASSERT_EQUAL_FATAL(junk.size, rows[i].size);
            CU_ASSERT_NOT_EQUAL(junk.bytes[0], 0x00);
            for (size_t j = 0; j < junk.size; j++) {
                values += seen[junk.bytes[j]] ? 0 : 1;
                seen[junk.bytes[j]] = true;
            }
            CU_ASSERT_TRUE(values >= rows[i].values);
            CU_ASSERT_STRING_EQUAL(junk.damage, "junk");
            CU_ASSERT_STRING_EQUAL(junk.version, "");
            CU_ASSERT_EQUAL(junk.part_count, 0);
            package_release(&junk);
        }
    }
}

/* Determinism. */

static void a_seed_gives_the_same_bytes_and_another_one_others(void)
{
    static const char *const names[] = { "G",    "M",     "MBAD", "BAD",
                                         "JUNK", "TRUNC", "TAIL" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct package first = built(fixture.set, 0, names[i], SEED);
        struct package again = built(fixture.set, 0, names[i], SEED);
        struct package other = built(fixture.set, 0, names[i], SEED + 1);
        CU_ASSERT_EQUAL(first.size, again.size);
        CU_ASSERT_EQUAL(memcmp(first.bytes, again.bytes, first.size), 0);
        CU_ASSERT_STRING_EQUAL(first.sha256, again.sha256);
        CU_ASSERT_EQUAL(first.size, other.size);
        CU_ASSERT_STRING_NOT_EQUAL(first.sha256, other.sha256);
        package_release(&first);
        package_release(&again);
        package_release(&other);
    }
}

/** Two components, two names, two versions: never the same payload, else a
 *  device could tell nothing apart. */
static void each_package_has_a_payload_of_its_own(void)
{
    struct package_set *set = set_of(
        "{\"application\":{\"G\":{\"recipe\":\"anjay\",\"version\":\"1\"},"
        "\"H\":{\"recipe\":\"anjay\",\"version\":\"1\"},"
        "\"I\":{\"recipe\":\"anjay\",\"version\":\"2\"}},"
        "\"tee\":{\"G\":{\"recipe\":\"anjay\",\"version\":\"1\"}}}");
    struct package packages[] = { built(set, 0, "G", SEED),
                                  built(set, 0, "H", SEED),
                                  built(set, 0, "I", SEED),
                                  built(set, 1, "G", SEED) };
    size_t count = sizeof(packages) / sizeof(packages[0]);

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            CU_ASSERT_NOT_EQUAL(memcmp(packages[i].bytes + HEAD + 1,
                                       packages[j].bytes + HEAD + 1, 1024),
                                0);
        }
    }
    for (size_t i = 0; i < count; i++) {
        package_release(&packages[i]);
    }
    package_set_free(set);
}

static void write_file(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, size, file), size);
    CU_ASSERT_EQUAL(fclose(file), 0);
}

/** Of "This is a real firmware image.", by OpenSSL. */
static void the_hash_is_sha_256_of_the_bytes(void)
{
    char path[96];

    (void)snprintf(path, sizeof(path), "%s/fw.bin", fixture.folder);
    write_file(path, "This is a real firmware image.", 30);
    struct package_set *set = set_of(
        "{\"application\":{\"G\":{\"file\":\"fw.bin\",\"version\":\"9\"}}}");
    struct package package = built(set, 0, "G", SEED);
    CU_ASSERT_EQUAL(package.size, 30);
    CU_ASSERT_STRING_EQUAL(package.version, "9");
    CU_ASSERT_STRING_EQUAL(package.source + strlen("file "), path);
    CU_ASSERT_STRING_EQUAL(
        package.sha256,
        "36921488fe6680712f734e11f58d87eeb66d4b21a8a1ad3441060814da16d50f");
    package_release(&package);
    /* The middle of a format that is not known is most likely body. */
    package = built(set, 0, "BAD", SEED);
    CU_ASSERT_EQUAL(package.bytes[15], (uint8_t)('f' ^ 0x10));
    package_release(&package);
    CU_ASSERT_EQUAL(unlink(path), 0);
    /* It is gone when the case runs. */
    struct reason reason = { .status = STATUS_OK };
    CU_ASSERT_EQUAL(package_build(set, 0, "G", NULL, 0, 0, &package, &reason),
                    STATUS_NOT_FOUND);
    package_set_free(set);
}

/* Limits. */

static void what_the_format_cannot_hold_is_refused(void)
{
    static const struct {
        struct anjay_part part;
        enum status status;
    } rows[] = {
        { { .instance = 3, .version = "1" }, STATUS_OK },
        { { .instance = 4, .version = "1" }, STATUS_INVALID },
        { { .instance = 65534, .version = "1" }, STATUS_INVALID },
        { { .version = "" }, STATUS_LIMIT },
        { { .version = "123456789012345678901234" }, STATUS_OK },
        { { .version = "1234567890123456789012345" }, STATUS_LIMIT },
        { { .version = "1", .payload_size = PACKAGE_SIZE_MAX - 26 },
          STATUS_OK },
        { { .version = "1", .payload_size = PACKAGE_SIZE_MAX - 25 },
          STATUS_LIMIT },
        { { .version = "1", .payload_size = SIZE_MAX }, STATUS_LIMIT },
        { { .version = "1", .links = { 254 }, .link_count = 1 }, STATUS_OK },
        { { .version = "1", .links = { 255 }, .link_count = 1 },
          STATUS_INVALID },
        { { .version = "1", .links = { 256 }, .link_count = 1 },
          STATUS_INVALID },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t *bytes = NULL;
        size_t size = 0;
        struct reason reason = { .status = STATUS_OK };
        CU_ASSERT_EQUAL(anjay_build(&rows[i].part, &bytes, &size, &reason),
                        rows[i].status);
        CU_ASSERT_EQUAL(bytes != NULL, rows[i].status == STATUS_OK);
        free(bytes);
    }
}

static void a_bundle_has_one_to_four_parts_and_a_limit(void)
{
    struct anjay_part parts[5] = { { .instance = 0, .version = "1" },
                                   { .instance = 1, .version = "1" },
                                   { .instance = 2, .version = "1" },
                                   { .instance = 3, .version = "1" },
                                   { .instance = 0, .version = "1" } };
    uint8_t *bytes = NULL;
    size_t size = 0;

    for (size_t count = 0; count <= 5; count++) {
        bytes = NULL;
        CU_ASSERT_EQUAL(anjay_bundle(parts, count, &bytes, &size, NULL),
                        count > 0 && count < 5 ? STATUS_OK : STATUS_INVALID);
        free(bytes);
    }
    bytes = NULL;
    parts[1].instance = 9;
    CU_ASSERT_EQUAL(anjay_bundle(parts, 2, &bytes, &size, NULL),
                    STATUS_INVALID);
    parts[1].instance = 1;
    parts[0].payload_size = PACKAGE_SIZE_MAX / 2;
    parts[1].payload_size = PACKAGE_SIZE_MAX / 2;
    CU_ASSERT_EQUAL(anjay_bundle(parts, 2, &bytes, &size, NULL), STATUS_LIMIT);
    CU_ASSERT_PTR_NULL(bytes);
}

/** packages.md, section 3: neither is a bad package, both are a reset. */
static void a_file_that_is_a_reset_is_refused(void)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *name;
        enum status status;
    } rows[] = {
        { "", 0, "G", STATUS_MALFORMED },
        { "\0", 1, "G", STATUS_MALFORMED },
        { "\1", 1, "G", STATUS_OK },
        { "\0\0", 2, "G", STATUS_OK },
        { "\x10", 1, "BAD", STATUS_MALFORMED },   /* flipped to 0x00 */
        { "\0\1", 2, "TRUNC", STATUS_MALFORMED }, /* cut to 0x00 */
        { "\1", 1, "TRUNC", STATUS_MALFORMED },   /* cannot be cut */
        { "", 0, "BAD", STATUS_MALFORMED },
        { "\xff", 1, "HDR", STATUS_MALFORMED }, /* inverted to 0x00 */
        { "ab", 2, "HDR", STATUS_OK },
    };
    char path[96];

    (void)snprintf(path, sizeof(path), "%s/fw.bin", fixture.folder);
    write_file(path, "good", 4); /* when the profile is read */
    struct package_set *set =
        set_of("{\"application\":{\"G\":{\"file\":\"fw.bin\"},\"HDR\":{"
               "\"damage\":\"G\",\"how\":\"header\"}}}");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct package package = { .bytes = NULL };
        write_file(path, rows[i].bytes, rows[i].size);
        enum status status =
            package_build(set, 0, rows[i].name, NULL, 0, 0, &package, NULL);
        if (status != rows[i].status) {
            printf("row %zu: %s\n", i, status_name(status));
            CU_FAIL("reset");
        }
        package_release(&package);
    }
    package_set_free(set);
    CU_ASSERT_EQUAL(unlink(path), 0);
}

static void an_unknown_package_is_named(void)
{
    struct package package = { .bytes = NULL };
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_EQUAL(
        package_build(fixture.set, 1, "DEP", observed, 5, 0, &package, &reason),
        STATUS_NOT_FOUND);
    CU_ASSERT_STRING_EQUAL(reason.text, "component 1 has no package 'DEP'");
    CU_ASSERT_PTR_NULL(package.bytes);
}

/** Bytes of somebody else, cut anywhere: never a payload outside of them. */
static void the_payload_of_anything_is_inside_of_it(void)
{
    struct package package = built(fixture.set, 0, "M", SEED);
    size_t offset = 0;
    size_t size = 0;

    for (size_t length = 0; length < 200; length++) {
        uint8_t *copy = malloc(length + 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
        memcpy(copy, package.bytes, length);
        for (size_t index = 0; index < 3; index++) {
            if (anjay_payload(copy, length, index, &offset, &size)) {
                CU_ASSERT_TRUE(offset <= length && size <= length - offset);
            }
        }
        free(copy);
    }
    CU_ASSERT_TRUE(
        anjay_payload(package.bytes, package.size, 1, &offset, &size));
    CU_ASSERT_EQUAL(size, 30000);
    CU_ASSERT_EQUAL(offset + size, package.size);
    CU_ASSERT_FALSE(
        anjay_payload(package.bytes, package.size, 2, &offset, &size));
    /* Lengths that lie. */
    memset(package.bytes + 12, 0xff, 8);
    CU_ASSERT_FALSE(
        anjay_payload(package.bytes, package.size, 0, &offset, &size));
    CU_ASSERT_FALSE(
        anjay_payload(package.bytes, package.size, 1, &offset, &size));
    memset(package.bytes + 10, 0xff, 2);
    CU_ASSERT_FALSE(
        anjay_payload(package.bytes, package.size, 60000, &offset, &size));
    package_release(&package);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite =
        CU_add_suite("scenarios.package_build", set_up, tear_down);
    CU_ADD_TEST(suite, the_crc_of_this_test_is_the_one_of_the_vector);
    CU_ADD_TEST(suite, each_recipe_gives_the_bytes_of_the_format);
    CU_ADD_TEST(suite, a_package_says_what_it_requires);
    CU_ADD_TEST(suite, what_is_required_has_to_fit);
    CU_ADD_TEST(suite, each_outcome_has_its_number);
    CU_ADD_TEST(suite, packages_are_as_long_as_the_vectors);
    CU_ADD_TEST(suite, a_bundle_holds_the_good_package_of_each_part);
    CU_ADD_TEST(suite, one_bit_of_the_body_is_flipped);
    CU_ADD_TEST(suite, one_bit_of_one_part_of_a_bundle_is_flipped);
    CU_ADD_TEST(suite, a_truncated_package_is_its_first_half);
    CU_ADD_TEST(suite, header_and_tail_are_damaged_where_they_are);
    CU_ADD_TEST(suite, a_foreign_package_has_another_mark_and_is_whole);
    CU_ADD_TEST(suite, a_series_flips_a_bit_at_another_place_each_time);
    CU_ADD_TEST(suite, junk_is_random_and_no_reset);
    CU_ADD_TEST(suite, a_package_ends_with_its_last_block);
    CU_ADD_TEST(suite, a_seed_gives_the_same_bytes_and_another_one_others);
    CU_ADD_TEST(suite, each_package_has_a_payload_of_its_own);
    CU_ADD_TEST(suite, the_hash_is_sha_256_of_the_bytes);
    CU_ADD_TEST(suite, what_the_format_cannot_hold_is_refused);
    CU_ADD_TEST(suite, a_bundle_has_one_to_four_parts_and_a_limit);
    CU_ADD_TEST(suite, a_file_that_is_a_reset_is_refused);
    CU_ADD_TEST(suite, an_unknown_package_is_named);
    CU_ADD_TEST(suite, the_payload_of_anything_is_inside_of_it);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
