/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/negotiation.h"

#include <stdlib.h>

enum {
    FORMAT_CBOR = 60,
    FORMAT_SENML_JSON = 110,
    FORMAT_SENML_CBOR = 112,
    FORMAT_LWM2M_JSON = 11543,
    FORMAT_LWM2M_CBOR = 11544,
    ANY_VERSION = 99,
};

/**
 * The formats in order of preference. TLV stands before SenML: nearly every
 * device in the field has it, also those of 1.1 that announce nothing. Opaque
 * is missing: it is for the Package, and whoever writes that says so.
 */
static const struct row {
    int format;
    unsigned since;  /**< LwM2M version that makes it likely, 10 = 1.0 … */
    unsigned until;  /**< … and the last one that does */
    bool for_values; /**< carries more than one value */
    bool is_writable;
} rows[] = {
    { CONTENT_FORMAT_TEXT, 0, ANY_VERSION, false, true },
    { CONTENT_FORMAT_TLV, 0, ANY_VERSION, true, true },
    { FORMAT_LWM2M_CBOR, 12, ANY_VERSION, true, true },
    { FORMAT_SENML_CBOR, 11, ANY_VERSION, true, true },
    { FORMAT_SENML_JSON, 11, ANY_VERSION, true, true },
    { FORMAT_CBOR, 11, ANY_VERSION, false, true },
    { FORMAT_LWM2M_JSON, 0, 10, true, true },
    { CONTENT_FORMAT_NONE, 0, ANY_VERSION, true, false },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]), ROW_NONE = ROWS - 1 };

static uint32_t bit(int row)
{
    return UINT32_C(1) << row;
}

static int row_of(int format)
{
    for (int i = 0; i < ROWS; i++) {
        if (rows[i].format == format) {
            return i;
        }
    }
    return -1;
}

void negotiation_init(struct negotiation *negotiation,
                      bool (*is_supported)(int content_format))
{
    *negotiation = (struct negotiation){ .is_supported = is_supported };
}

void negotiation_register(struct negotiation *negotiation, unsigned major,
                          unsigned minor)
{
    unsigned version = major * 10 + (minor < 10 ? minor : 9);

    if (negotiation->version != 0 && version != negotiation->version) {
        negotiation_init(negotiation, negotiation->is_supported);
    }
    negotiation->version = version;
    negotiation->announced = 0;
}

void negotiation_announce(struct negotiation *negotiation, const char *ct)
{
    while (ct != NULL && *ct != '\0') {
        char *end = NULL;
        long format = strtol(ct, &end, 10);
        int row =
            format >= 0 && format <= UINT16_MAX ? row_of((int)format) : -1;
        if (end == ct) {
            ct++; /* a blank at the end, or no number */
            continue;
        }
        if (row >= 0 && negotiation->is_supported((int)format)) {
            negotiation->announced |= bit(row);
        }
        ct = end;
    }
}

static struct negotiation_memory *memory_of(struct negotiation *negotiation,
                                            enum negotiation_class class,
                                            bool is_write)
{
    return is_write ? &negotiation->writes[class] : &negotiation->reads[class];
}

static bool is_candidate(const struct negotiation *negotiation, int row,
                         enum negotiation_class class, bool is_write)
{
    if (class == NEGOTIATION_COMPOSITE &&
        rows[row].format != FORMAT_SENML_CBOR &&
        rows[row].format != FORMAT_SENML_JSON) {
        return false;
    }
    return (class == NEGOTIATION_VALUE || rows[row].for_values) &&
           (!is_write || rows[row].is_writable) &&
           (row == ROW_NONE || negotiation->is_supported(rows[row].format));
}

/** The smaller the earlier it is tried. */
static unsigned rank_of(const struct negotiation *negotiation,
                        const struct negotiation_memory *memory, int row)
{
    enum { WORKS, ANNOUNCED, LIKELY, BY_DEVICE, UNLIKELY };
    const struct row *format = &rows[row];
    unsigned version = negotiation->version;

    if ((memory->works & bit(row)) != 0) {
        return WORKS;
    }
    if (row == ROW_NONE) {
        return BY_DEVICE;
    }
    /* Plain text of one value needs no announcement. */
    if ((negotiation->announced & bit(row)) != 0 ||
        format->format == CONTENT_FORMAT_TEXT) {
        return ANNOUNCED;
    }
    /* TLV is a must in 1.0 only: a list without it means that. */
    if (format->format == CONTENT_FORMAT_TLV && version >= 11 &&
        negotiation->announced != 0) {
        return UNLIKELY;
    }
    return version >= format->since && version <= format->until ? LIKELY
                                                                : UNLIKELY;
}

/** The best row that is not in `without`, or -1. */
static int best(const struct negotiation *negotiation,
                const struct negotiation_memory *memory,
                enum negotiation_class class, bool is_write, uint32_t without)
{
    unsigned best_rank = UINT32_MAX;
    int found = -1;

    for (int i = 0; i < ROWS; i++) {
        unsigned rank = rank_of(negotiation, memory, i);
        if ((without & bit(i)) == 0 && rank < best_rank &&
            is_candidate(negotiation, i, class, is_write)) {
            best_rank = rank;
            found = i;
        }
    }
    return found;
}

int negotiation_first(const struct negotiation *negotiation,
                      enum negotiation_class class, bool is_write)
{
    const struct negotiation_memory *memory =
        is_write ? &negotiation->writes[class] : &negotiation->reads[class];
    int row = best(negotiation, memory, class, is_write, memory->refused);

    if (row < 0) { /* it refuses them all: as if nothing were known */
        row = best(negotiation, memory, class, is_write, 0);
    }
    return row >= 0 ? rows[row].format : CONTENT_FORMAT_NONE;
}

struct negotiation_attempt negotiation_begin(enum negotiation_class class,
                                             bool is_write, int content_format)
{
    int row = row_of(content_format);
    uint32_t format = row >= 0 ? bit(row) : 0;

    return (struct negotiation_attempt){
        .class = class, .is_write = is_write, .format = format, .tried = format
    };
}

bool negotiation_next(const struct negotiation *negotiation,
                      struct negotiation_attempt *attempt, int *out_format)
{
    const struct negotiation_memory *memory =
        attempt->is_write ? &negotiation->writes[attempt->class]
                          : &negotiation->reads[attempt->class];
    int row = best(negotiation, memory, attempt->class, attempt->is_write,
                   attempt->tried | memory->refused);

    if (row < 0) {
        return false;
    }
    attempt->format = bit(row);
    attempt->tried |= bit(row);
    *out_format = rows[row].format;
    return true;
}

/** How an answer speaks of the format. */
enum word { WORD_TAKEN, WORD_REFUSED, WORD_DOUBTFUL, WORD_OTHER };

static enum word word_of(const struct negotiation *negotiation,
                         const struct negotiation_memory *memory,
                         const struct negotiation_attempt *attempt,
                         uint8_t code, int answer)
{
    bool is_proven = (memory->works & attempt->format) != 0;
    /* Whoever ignores an Accept is not helped by another one; but a device
     * that chose by itself may be. */
    bool is_odd = attempt->format == bit(ROW_NONE) && !memory->is_vague &&
                  answer != CONTENT_FORMAT_NONE &&
                  !negotiation->is_supported(answer);

    switch (code) {
    case COAP_CODE(4, 6):
    case COAP_CODE(4, 15):
        return WORD_REFUSED;
    case COAP_CODE(4, 2): /* Accept is critical: RFC 7252, 5.4.1 */
        return !attempt->is_write && attempt->format != bit(ROW_NONE)
                   ? WORD_REFUSED
                   : WORD_OTHER;
    case COAP_CODE(4, 0):
        return is_proven || memory->is_vague || attempt->is_refusal_likely
                   ? WORD_OTHER
                   : WORD_DOUBTFUL;
    default:
        break;
    }
    if (code >> 5 != 2) {
        return WORD_OTHER;
    }
    return is_odd ? WORD_DOUBTFUL : WORD_TAKEN;
}

bool negotiation_feed(struct negotiation *negotiation,
                      struct negotiation_attempt *attempt, uint8_t code,
                      int answer, int *out_format)
{
    struct negotiation_memory *memory =
        memory_of(negotiation, attempt->class, attempt->is_write);

    switch (word_of(negotiation, memory, attempt, code, answer)) {
    case WORD_TAKEN:
        /* By contrast, 4.00 to the others was about the format. */
        memory->refused |= attempt->doubted & ~memory->works;
        memory->works = memory->works == 0 ? attempt->format : memory->works;
        return false;
    case WORD_REFUSED:
        /* What works elsewhere is refused for this path only. */
        memory->refused |= attempt->format & ~memory->works;
        break;
    case WORD_DOUBTFUL:
        attempt->doubted |= attempt->format;
        break;
    case WORD_OTHER:
        return false;
    }
    if (negotiation_next(negotiation, attempt, out_format)) {
        return true;
    }
    memory->is_vague = memory->is_vague || attempt->doubted != 0;
    return false;
}
