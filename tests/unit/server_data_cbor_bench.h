/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_SERVER_DATA_CBOR_BENCH_H
#define TESTS_UNIT_SERVER_DATA_CBOR_BENCH_H

/*
 * Decoding and encoding of hexadecimal CBOR, for tests. Object BENCH_OBJECT
 * has the Resources 0..8, one of each type in the order of the table of types
 * in LwM2M Core 1.2.2, Appendix C, as the tests list them, and 10..18 the same
 * with Resource Instances; BENCH_OTHER has no definition.
 */
#include "server/data/data.h"

enum { BENCH_OBJECT = 42, BENCH_OTHER = 43 };

/** Resources of BENCH_OBJECT; with BENCH_MULTIPLE added, those of arrays. */
enum {
    BENCH_STRING,
    BENCH_INTEGER,
    BENCH_UNSIGNED,
    BENCH_FLOAT,
    BENCH_BOOLEAN,
    BENCH_OPAQUE,
    BENCH_TIME,
    BENCH_OBJLNK,
    BENCH_CORELNK,
    BENCH_TYPES,
    BENCH_MULTIPLE = 10,
};

struct cbor_bench {
    struct definitions *definitions;
    struct record_list list;   /**< what was decoded last, or is to be sent */
    struct byte_buffer buffer; /**< what was encoded last */
    struct reason reason;      /**< of the last call */
};

/** @return 0, as CUnit wants it */
int cbor_bench_init(struct cbor_bench *bench);
void cbor_bench_release(struct cbor_bench *bench);
/** Empty list, buffer and reason. */
void cbor_bench_clear(struct cbor_bench *bench);

/** Resource of Object Instance 0 of BENCH_OBJECT. */
struct lwm2m_path bench_resource(uint16_t id);
/** A path as text; ends the test when it is none. */
struct lwm2m_path bench_path(const char *text);

/** Clear, then decode. Blanks may stand between the bytes of `hex`. */
enum status bench_decode(struct cbor_bench *bench, int format,
                         enum payload_kind kind, struct lwm2m_path base,
                         const char *hex);
enum status bench_encode(struct cbor_bench *bench, int format,
                         enum payload_kind kind, struct lwm2m_path base);
/** Whether the buffer holds these bytes; prints them when not. */
bool bench_is_sent(const struct cbor_bench *bench, const char *hex);
/** The words of the only note, which is of that class; "" without any. */
const char *bench_note(const struct cbor_bench *bench,
                       enum record_note_class class);

/** A payload and the reason for which it is refused. */
struct bench_refused {
    const char *hex;
    const char *why;
};
void bench_check_refused(struct cbor_bench *bench, int format,
                         enum payload_kind kind, struct lwm2m_path base,
                         const struct bench_refused *rows, size_t count);

#endif
