/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_NEGOTIATION_H
#define SCENARIOS_ENGINE_NEGOTIATION_H

/*
 * Which Content-Format a device takes, as a pure state machine: it says what
 * to ask for next and takes what was answered. It sends nothing and judges
 * nothing: a device need not know every format.
 *
 * A request tries, one after the other and none twice: what worked before,
 * what the registration announces, what the device's LwM2M version makes
 * likely, no Accept option at all (the device chooses), and the rest of what
 * our codec knows.
 *
 * Spec: LwM2M Core 1.0 6.4, 1.1 and 1.2 7.4 (Data Formats), and the ct
 * attribute of the root link in 6.2.1 Register.
 */
#include <stdbool.h>
#include <stdint.h>

#include "server/server.h"

/** What a payload carries; a format may fit one and not the other. */
enum negotiation_class {
    NEGOTIATION_VALUE,     /**< one value: a single Resource, an instance of a
                             multiple one */
    NEGOTIATION_VALUES,    /**< all else */
    NEGOTIATION_COMPOSITE, /**< of the root: SenML, as a Write and as its own
                                answer. Paths without values count as a Write */
    NEGOTIATION_CLASSES
};

/** What was learned of one class and direction. Bits are rows of the table. */
struct negotiation_memory {
    uint32_t works;   /**< one bit, 0: none yet */
    uint32_t refused; /**< never begun with again */
    bool is_vague;    /**< 4.00 to every format: it speaks of other things */
};

/** A device; plain data, valid after negotiation_init(). */
struct negotiation {
    bool (*is_supported)(int content_format); /**< our codec, or a test's */
    unsigned version;                         /**< 10, 11, 12; 0 unknown */
    uint32_t announced;                       /**< by ct */
    struct negotiation_memory reads[NEGOTIATION_CLASSES];
    struct negotiation_memory writes[NEGOTIATION_CLASSES];
};

/** One request and its repetitions. */
struct negotiation_attempt {
    enum negotiation_class class;
    bool is_write;
    bool is_refusal_likely; /**< 4.00 may be the answer that is looked for */
    uint32_t format;        /**< the row in use, 0: none of the table */
    uint32_t tried;
    uint32_t doubted; /**< answered 4.00, or by what we cannot decode */
};

void negotiation_init(struct negotiation *negotiation,
                      bool (*is_supported)(int content_format));
/** A registration: what was announced before counts no more; what was learned
 *  stays unless the version is another. */
void negotiation_register(struct negotiation *negotiation, unsigned major,
                          unsigned minor);
/** Value of a ct attribute, "110 112 11542"; may come several times. What is
 *  no number, or unknown to our codec, is skipped. */
void negotiation_announce(struct negotiation *negotiation, const char *ct);

/** Format to begin with; CONTENT_FORMAT_NONE for a Read without Accept. */
int negotiation_first(const struct negotiation *negotiation,
                      enum negotiation_class class, bool is_write);
/** Begin with `content_format`, as negotiation_first() gave it. */
struct negotiation_attempt negotiation_begin(enum negotiation_class class,
                                             bool is_write, int content_format);
/**
 * Take the answer to the attempt.
 *
 * @param code    response code
 * @param answer  Content-Format of the response; only looked at in a Read
 * @return whether the request is to be sent again with `out_format`; else the
 *         answer is the device's word
 */
bool negotiation_feed(struct negotiation *negotiation,
                      struct negotiation_attempt *attempt, uint8_t code,
                      int answer, int *out_format);
/** The next format of the attempt, for one that cannot carry the values. */
bool negotiation_next(const struct negotiation *negotiation,
                      struct negotiation_attempt *attempt, int *out_format);

#endif
