/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/guard.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "server/data/data.h"

enum {
    TYPE_ACK = 2,
    CLASS_SUCCESS = 2,
    SZX_RESERVED = 7,
    BLOCK_LENGTH_MAX = 3,
    SERVER_ERROR = 0xa0, /* 5.00: libcoap ends the transfer */
};

/** What of a message matters here. */
struct look {
    struct option_reader reader; /* behind the options */
    uint64_t key;                /* way and token, or path and tag */
    size_t critical;             /* unknown critical option; 0: none */
    bool has_block;
    bool is_long; /* the option has more than 3 bytes */
    uint32_t number;
    bool more;
    uint8_t szx;
    uint8_t *block; /* value of the option, within the message */
    size_t block_length;
    uint64_t size; /* announced; 0: none */
    uint32_t format;
    const uint8_t *etag;
    size_t etag_length;
};

/** 0 is no hash. */
static uint64_t hash(uint64_t value, const void *bytes, size_t length)
{
    value = hash_bytes(value, bytes, length);
    return value == 0 ? 1 : value;
}

static uint64_t hash_mid(uint64_t way, uint16_t mid)
{
    return hash(way, &mid, sizeof(mid));
}

PRINTF_LIKE(3, 4)
static bool refuse(struct guard *guard, uint8_t code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(guard->why, sizeof(guard->why), format,
                    arguments); /* cut */
    va_end(arguments);
    guard->code = code;
    return false;
}

static unsigned block_size(unsigned szx)
{
    return 16u << szx;
}

static void take_block(struct look *look, const struct option_view *option)
{
    const uint32_t value = (uint32_t)option_number(option);

    look->has_block = true;
    look->is_long = option->length > BLOCK_LENGTH_MAX;
    look->number = value >> 4;
    look->more = (value & 8) != 0;
    look->szx = value & 7;
    look->block = (uint8_t *)(uintptr_t)option->value;
    look->block_length = option->length;
}

/** A peer's estimate must not reserve memory. RFC 7959, 4. */
static void take_size(struct look *look, const struct option_view *option)
{
    look->size = option_number(option);
    if (option->length > 0) {
        memset((uint8_t *)(uintptr_t)option->value, 0, option->length);
    }
}

static bool is_request(const struct look *look)
{
    return look->reader.code > 0 && look->reader.code >> 5 == 0;
}

/** What libcoap takes. RFC 7252, 5.4.1: odd numbers are critical. */
static bool is_unknown_critical(size_t number)
{
    static const uint8_t known[] = { 1,  3,  5,  7,  9,  11, 15,
                                     17, 19, 23, 27, 31, 35, 39 };

    return number % 2 == 1 &&
           (number > UINT8_MAX ||
            memchr(known, (int)number, sizeof(known)) == NULL);
}

static void take_option(struct look *look, const struct option_view *option)
{
    switch (option->number) {
    case OPTION_URI_PATH:
    case OPTION_REQUEST_TAG:
        if (is_request(look)) {
            look->key = hash(look->key, &option->length, sizeof(size_t));
            look->key = hash(look->key, option->value, option->length);
        }
        break;
    case OPTION_ETAG:
        look->etag = option->value;
        look->etag_length = option->length;
        break;
    case OPTION_CONTENT_FORMAT:
        look->format = (uint32_t)option_number(option) + 1;
        break;
    case OPTION_BLOCK1:
        if (is_request(look)) {
            take_block(look, option);
        }
        break;
    case OPTION_BLOCK2:
        if (!is_request(look)) {
            take_block(look, option);
        }
        break;
    case OPTION_SIZE1:
    case OPTION_SIZE2:
        take_size(look, option);
        break;
    default:
        break;
    }
}

/** @return false where there is nothing for this file to judge */
static bool look_at(struct look *look, uint64_t way, const uint8_t *bytes,
                    size_t length)
{
    struct option_view option;

    *look = (struct look){ .number = 0 };
    if (!option_reader_open(&look->reader, bytes, length)) {
        return false;
    }
    look->key = way;
    if (!is_request(look)) {
        look->key =
            hash(look->key, look->reader.token, look->reader.token_length);
    }
    while (option_reader_next(&look->reader, &option)) {
        if (look->critical == 0 && is_unknown_critical(option.number)) {
            look->critical = option.number;
        }
        take_option(look, &option);
    }
    return !option_reader_is_torn(&look->reader);
}

/** What holds for every block. */
static bool check_block(struct guard *guard, const struct look *look)
{
    const size_t payload = option_reader_payload(&look->reader);
    const size_t size = block_size(look->szx);
    const uint64_t start = (uint64_t)look->number * size;

    if (look->is_long || look->szx == SZX_RESERVED) {
        return refuse(guard, COAP_CODE(4, 0), "a Block option that is none");
    }
    if (payload > size || (look->more && payload != size)) {
        return refuse(guard, COAP_CODE(4, 0),
                      "block %u has %zu bytes%s, its size is %zu", look->number,
                      payload, look->more ? " and more to follow" : "", size);
    }
    if (look->size > GUARD_BODY_MAX || start + payload > GUARD_BODY_MAX ||
        (look->more && start + size >= GUARD_BODY_MAX)) {
        return refuse(guard, COAP_CODE(4, 13),
                      "a body in blocks of more than %u bytes", GUARD_BODY_MAX);
    }
    return true;
}

/* Answers in blocks. */

static struct guard_answer *find_answer(struct guard *guard, uint64_t key)
{
    struct guard_answer *older = NULL;

    for (size_t i = 0; i < guard->answer_count; i++) {
        if (guard->answers[i].key == key) {
            return &guard->answers[i];
        }
        if (guard->answers[i].before == key) {
            older = &guard->answers[i];
        }
    }
    return older;
}

static uint64_t find_request(const struct guard *guard, uint64_t token)
{
    for (size_t i = 0; i < GUARD_SENT; i++) {
        if (guard->sent[i].token == token) {
            return guard->sent[i].request;
        }
    }
    return 0;
}

/** One that is not used, so that few are looked at; else the oldest. */
static struct guard_answer *fresh_answer(struct guard *guard)
{
    for (size_t i = 0; i < guard->answer_count; i++) {
        if (guard->answers[i].key == 0) {
            return &guard->answers[i];
        }
    }
    if (guard->answer_count < GUARD_ANSWERS) {
        return &guard->answers[guard->answer_count++];
    }
    struct guard_answer *row = &guard->answers[guard->next_answer];
    guard->next_answer = (guard->next_answer + 1) % GUARD_ANSWERS;
    return row;
}

static void begin_answer(struct guard *guard, const struct look *look,
                         struct guard_answer *row)
{
    if (row == NULL) {
        row = fresh_answer(guard);
    }
    *row = (struct guard_answer){
        .key = look->key,
        .request = find_request(guard, look->key),
        .format = look->format,
        .szx = look->szx,
    };
    if (look->etag_length <= GUARD_ETAG_MAX && look->etag_length > 0) {
        memcpy(row->etag, look->etag, look->etag_length);
        row->etag_length = look->etag_length;
    }
}

static bool has_same_etag(const struct guard_answer *row,
                          const struct look *look)
{
    return row->etag_length == look->etag_length &&
           (look->etag_length == 0 ||
            memcmp(row->etag, look->etag, look->etag_length) == 0);
}

/** A block that must be the one that was asked for. */
static bool continue_answer(struct guard *guard, const struct look *look,
                            struct guard_answer *row)
{
    if (!look->has_block) {
        return refuse(guard, 0,
                      "an answer without Block2 where block %u was asked for",
                      row->asked);
    }
    if (look->number != row->asked) {
        return refuse(guard, 0, "block %u where block %u was asked for",
                      look->number, row->asked);
    }
    if (look->szx != row->szx) {
        return refuse(guard, 0, "a block of %u bytes behind blocks of %u",
                      block_size(look->szx), block_size(row->szx));
    }
    if (!row->is_blind && !has_same_etag(row, look)) {
        guard->has_changed = row->etag_length > 0 && look->etag_length > 0;
        return refuse(guard, 0,
                      "the body changed while it was read: another ETag in "
                      "block %u",
                      look->number);
    }
    if (!row->is_blind && look->format != row->format) {
        return refuse(guard, 0, "another Content-Format in block %u",
                      look->number);
    }
    row->received = look->number;
    row->asked = 0;
    guard->is_joined = !look->more && look->etag_length == 0;
    return true;
}

/** Whether libcoap has this block already and knows it. */
static bool is_repeated(const struct guard_answer *row, const struct look *look)
{
    return look->has_block && look->number <= row->received &&
           (row->key != look->key || (row->asked == 0 && look->number > 0));
}

static bool check_answer(struct guard *guard, const struct look *look)
{
    struct guard_answer *row = find_answer(guard, look->key);
    bool may_pass = true;

    if (look->reader.code >> 5 != CLASS_SUCCESS) {
        may_pass = true; /* whatever it is, it ends the transfer */
    } else if (look->has_block && !check_block(guard, look)) {
        may_pass = false;
    } else if (row != NULL && is_repeated(row, look)) {
        return true;
    } else if (row != NULL && row->key == look->key && row->asked > 0) {
        may_pass = continue_answer(guard, look, row);
    } else if (look->has_block && look->number > 0) {
        may_pass = refuse(guard, 0, "an answer that begins with block %u",
                          look->number);
    } else if (look->has_block && look->more) {
        begin_answer(guard, look, row);
    }
    if (row != NULL && (!may_pass || !look->has_block || !look->more)) {
        *row = (struct guard_answer){ .key = 0 };
    }
    return may_pass;
}

/** libcoap asks for the next block of an answer. */
static void ask(struct guard *guard, const struct guard_sent *sent,
                uint32_t number, uint8_t szx)
{
    struct guard_answer *row = find_answer(guard, sent->token);

    for (size_t i = 0; row == NULL && i < guard->answer_count; i++) {
        struct guard_answer *other = &guard->answers[i];
        if (other->key != 0 && other->request == sent->request &&
            other->asked == 0 && other->received + 1 == number) {
            row = other;
        }
    }
    if (row != NULL && row->key == sent->token) {
        return; /* sent again */
    }
    if (row == NULL) {
        row = fresh_answer(guard);
        *row = (struct guard_answer){ .request = sent->request,
                                      .received = number - 1,
                                      .szx = szx,
                                      .is_blind = true };
    }
    row->before = row->key;
    row->key = sent->token;
    row->asked = number;
}

/** A block of a request: kept for uploads.h, hidden from libcoap. */
static bool check_request(struct guard *guard, const struct look *look)
{
    if (!look->has_block) {
        return true;
    }
    const bool is_one = check_block(guard, look);
    guard->has_block = true;
    guard->block = (struct server_block){ look->number, look->more, look->szx };
    guard->request = look->key;
    if (look->block_length > 0) {
        memset(look->block, 0, look->block_length); /* number 0, no more */
    }
    return is_one;
}

static bool is_response_class(unsigned class)
{
    return class == 2 || class == 4 || class == 5;
}

size_t guard_received(struct guard *guard, uint64_t way, uint8_t *bytes,
                      size_t length)
{
    struct look look;
    bool is_refused = false;

    guard->why[0] = '\0';
    guard->code = 0;
    guard->critical = 0;
    guard->is_joined = false;
    guard->has_changed = false;
    guard->has_block = false;
    if (!look_at(&look, way, bytes, length) || look.reader.code == 0) {
        return length; /* libcoap tells of it, or there is nothing in it */
    }
    if (is_request(&look)) {
        guard->critical = look.critical;   /* libcoap answers 4.02 */
        (void)check_request(guard, &look); /* incoming.c asks for the result */
        return length;
    }
    if (!is_response_class(look.reader.code >> 5)) {
        is_refused = !refuse(guard, 0,
                             "a response with the code %u.%02u, which CoAP "
                             "does not have",
                             look.reader.code >> 5, look.reader.code & 0x1fu);
    } else if (look.critical != 0) {
        is_refused =
            !refuse(guard, 0, "a response with the unknown critical option %zu",
                    look.critical);
    } else {
        is_refused = !check_answer(guard, &look);
    }
    if (!is_refused) {
        return length;
    }
    bytes[1] = SERVER_ERROR;
    return (size_t)(look.reader.token - bytes) + look.reader.token_length;
}

void guard_sent(struct guard *guard, uint64_t way, const uint8_t *bytes,
                size_t length)
{
    struct guard_sent *row = &guard->sent[guard->next_sent];
    struct option_reader reader;
    struct option_view option;
    uint32_t block = 0;

    if (!option_reader_open(&reader, bytes, length) ||
        reader.type >= TYPE_ACK) {
        return; /* it is answered by nothing */
    }
    guard->next_sent = (guard->next_sent + 1) % GUARD_SENT;
    *row = (struct guard_sent){
        .mid = hash_mid(way, reader.mid),
        .token = hash(way, reader.token, reader.token_length),
    };
    if (reader.code == 0 || reader.code >> 5 != 0) {
        return;
    }
    row->request = hash(way, &reader.code, 1);
    while (option_reader_next(&reader, &option)) {
        if (option.number == OPTION_URI_PATH ||
            option.number == OPTION_URI_QUERY ||
            option.number == OPTION_ACCEPT) {
            row->request = hash(row->request, &option.length, sizeof(size_t));
            row->request = hash(row->request, option.value, option.length);
        } else if (option.number == OPTION_BLOCK2) {
            block = (uint32_t)option_number(&option);
        }
    }
    if (block >> 4 > 0) {
        ask(guard, row, block >> 4, block & 7);
    }
}

bool guard_knows(const struct guard *guard, uint64_t way,
                 const struct option_reader *message)
{
    const uint64_t mid = hash_mid(way, message->mid);
    const uint64_t token = hash(way, message->token, message->token_length);

    if (message->type < TYPE_ACK) {
        return true;
    }
    for (size_t i = 0; i < GUARD_SENT; i++) { /* mostly it is the newest */
        const struct guard_sent *row =
            &guard->sent[(guard->next_sent + GUARD_SENT - 1 - i) % GUARD_SENT];
        if (row->mid == mid && (message->code == 0 || row->token == token)) {
            return true;
        }
    }
    return false;
}
