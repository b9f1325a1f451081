/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The state machine of one component: the transition table of afu.md 4.3 row
 * by row, with what section 9 of it leaves open. What the columns mean is in
 * model.h; model.c carries them out and knows no row.
 */
#include "scenarios/oracle/model.h"

/* Words of the table. */

/* Triggers. */
#define ON(kind) (1u << STIMULUS_##kind)
#define PUSH     (ON(FIRST_BLOCK) | ON(WHOLE))
#define BLOCKS   (ON(NEXT_BLOCK) | ON(LAST_BLOCK))
#define RESET    (ON(NULL) | ON(URI_EMPTY))
#define SELF     MODEL_SELF

/* Answers; by itself there is none. */
enum { YES = 1 << ANSWER_SUCCESS, NO = 1 << ANSWER_REFUSED, NIL = 0 };

/* States. */
enum { I = 1 << STATE_IDLE, D = 1 << STATE_DOWNLOADING };
enum { L = 1 << STATE_DOWNLOADED, U = 1 << STATE_UPDATING };
#define ID   (I | D)
#define IDL  (I | D | L)
#define IDLU (I | D | L | U)

/* Update Results. */
#define R(result) (1u << (result))
#define EACH      ((1u << MODEL_RESULTS) - 1)
#define NOT(code) (EACH & ~R(code))
/** What ends a download: ST-18 to ST-24, and 8 by. */
#define ERRORS (R(2) | R(3) | R(4) | R(5) | R(6) | R(7) | R(8) | R(9) | R(12))

/* Packages. */
enum { NONE = 1 << PART_NONE, SOME = 1 << PART_SOME, ALL = 1 << PART_ALL };
enum { PENDING = 1 << PART_PENDING };
#define A_PART (SOME | ALL | PENDING)

/* Any column: no guard. */
#define ANY    0
#define VIA(w) WHY(w)

/* What becomes of the state. */
#define GO(state, codes, part) MOVE_GO, STATE_##state, codes, part
#define STAY                   MOVE_STAY, MODEL_SAME, 0, MODEL_SAME
#define KEEP(part)             MOVE_KEEP, MODEL_SAME, 0, part
enum { SAME = MODEL_SAME, SENT = MODEL_SENT, SAME_CODE = 0 };
enum { NO_PART = PART_NONE, A_BIT = PART_SOME, IT_ALL = PART_ALL };
enum { ITS_TURN = PART_PENDING };

/* clang-format off */

/* A download that ends with one of some errors: by itself, seen half-way
 * (A-24, 4.1), where nothing showed Downloading, and with the answer
 * . A block of a transfer that is over ends nothing. */
#define FAILS(codes)                                                                                                        \
    { SELF, NIL, D, R(0), ANY, ~VIA(PASSING_REFUSED), ANY, GO(IDLE, codes, NO_PART), LEGAL },                               \
    { SELF, NIL, D, R(0), ANY, ~VIA(PASSING_REFUSED), ANY, GO(DOWNLOADING, codes, SAME), PASSING_AFU_051 },                 \
    { SELF, NIL, D, codes, ANY, VIA(PASSING_AFU_051) | VIA(PASSING_A24_CANCEL), ANY, GO(IDLE, SAME_CODE, NO_PART), LEGAL }, \
    { SELF, NIL, I, ANY, A_PART, ANY, ANY, GO(IDLE, codes, NO_PART), LEGAL },                                               \
    { SELF, NIL, IDLU, ANY, ANY, VIA(PASSING_A24_FAILED) | VIA(PASSING_REFUSED), ANY, GO(IDLE, codes, NO_PART), LEGAL },    \
    { PUSH | ON(URI), NO, ID, ANY, ANY, ANY, ANY, GO(IDLE, codes, NO_PART), LEGAL },                                        \
    { BLOCKS, NO, D, ANY, ANY, ANY, ANY, GO(IDLE, codes, NO_PART), LEGAL },                                                 \
    { BLOCKS, NO, I, ANY, A_PART, ANY, ANY, GO(IDLE, codes, NO_PART), LEGAL }

static const struct model_row rows[] = {
    { { "ST-01", "AFU-050", "first start: (I,0)" }, {
        /* Also any other start: a Result need not outlast it. */
        { ON(REBOOT), YES | NO, I, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { ON(REBOOT), YES, I, ANY, ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), LEGAL },
        { ON(REBOOT), YES, I, ANY, ANY, ANY, ANY, KEEP(NO_PART), LEGAL },
        { SELF, NIL, ID, ANY, ANY, ANY, MAY_REBOOT, GO(IDLE, R(0), NO_PART), LEGAL },
    } },
    { { "ST-02", "AFU-036,AFU-030", "I: Package, first or only block" }, {
        /* Refused with a Result, it may be seen after its answer: A-09. */
        { PUSH, YES, I, ANY, ANY, ANY, ANY, GO(DOWNLOADING, R(0), SENT), LEGAL },
        { PUSH, YES, I, ANY, ANY, ANY, ANY, GO(IDLE, R(0), SENT), LEGAL },
        { PUSH, YES, I, NOT(0), ANY, ANY, ANY, GO(IDLE, SAME_CODE, SENT), TOLERATED_A23 },
        { PUSH, YES, I, NOT(0), ANY, ANY, ANY, GO(DOWNLOADING, SAME_CODE, SENT), PASSING_A23 },
        { PUSH, NO, I, ANY, ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), PASSING_REFUSED },
        { PUSH, NO, I, ANY, ANY, ANY, ANY, GO(DOWNLOADING, R(0) | R(10) | ERRORS, A_BIT), PASSING_REFUSED },
        { PUSH, NO, I, ANY, ANY, ANY, ANY, GO(DOWNLOADING, SAME_CODE, A_BIT), PASSING_REFUSED },
        { SELF, NIL, IDLU, ANY, ANY, VIA(PASSING_REFUSED), ANY, GO(IDLE, R(0), NO_PART), PASSING_REFUSED },
        { SELF, NIL, IDLU, ANY, ANY, VIA(PASSING_REFUSED), ANY, GO(DOWNLOADING, R(0) | R(10) | ERRORS, A_BIT), PASSING_REFUSED },
        { SELF, NIL, IDLU, ANY, ANY, VIA(PASSING_REFUSED), ANY, GO(IDLE, R(10), NO_PART), PASSING_A24_FAILED },
        { SELF, NIL, D, NOT(0), ANY, VIA(PASSING_A23) | ~WHY_PASSING, ANY, GO(DOWNLOADING, R(0), SAME), LEGAL },
        { SELF, NIL, I, ANY, A_PART, ANY, ANY, GO(DOWNLOADING, R(0), SAME), LEGAL },
    } },
    { { "ST-03", "AFU-013,AFU-045", "I: Package, push not supported" }, {
        /* The refusal ends a transfer that was begun. */
        { PUSH, NO, I, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { PUSH, NO, I, ANY, ANY, ANY, ANY, KEEP(NO_PART), LEGAL },
    } },
    { { "ST-04", "AFU-046", "I: block without an open transfer" }, {
        { BLOCKS, YES | NO, I, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { BLOCKS, NO, I, ANY, ANY, ANY, ANY, KEEP(NO_PART), LEGAL },
    } },
    { { "ST-05", "AFU-055,AFU-056", "I: reset" }, {
        /* A-05; a push that shows Idle ends as in ST-28. */
        { RESET, YES, I, ANY, ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), LEGAL },
        { RESET, YES, I, NOT(0), ANY, ANY, ANY, STAY, TOLERATED_A05 },
        { RESET, YES, I, R(0), A_PART, ~VIA(TOLERATED_A20), ANY, STAY, TOLERATED_A05_IGNORED },
        { RESET, YES, I, ANY, A_PART, ANY, ANY, GO(IDLE, R(10), NO_PART), TOLERATED_A04_RESULT },
        { RESET, YES | NO, I, ANY, ANY, ANY, ANY, GO(IDLE, R(6) | R(8), NO_PART), TOLERATED_A05 },
        { RESET, NO, I, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { SELF, NIL, IDLU, ANY, ANY, VIA(PASSING_A24_RESET), ANY, GO(IDLE, R(0), NO_PART), LEGAL },
        { SELF, NIL, IDLU, ANY, ANY, VIA(PASSING_A24_TEN), ANY, GO(IDLE, R(10), NO_PART), TOLERATED_A04_RESULT },
    } },
    { { "ST-06", "AFU-056", "I: Package of zero length" }, {
        /* any legal pair, at once or when it was looked at, whatever the code. */
        { ON(ZERO), YES | NO, IDL, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { ON(ZERO), YES | NO, IDL, ANY, ANY, ANY, ANY, GO(IDLE, NOT(11), NO_PART), LEGAL },
        { ON(ZERO), YES | NO, IDL, ANY, ANY, ANY, ANY, GO(IDLE, NOT(11), IT_ALL), LEGAL },
        { ON(ZERO), YES | NO, IDL, ANY, ANY, ANY, ANY, GO(IDLE, SAME_CODE, NO_PART), PASSING_A24_FAILED },
        { ON(ZERO), YES | NO, IDL, ANY, ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), PASSING_A24_FAILED },
        { ON(ZERO), YES | NO, IDL, ANY, ANY, ANY, ANY, GO(IDLE, SAME_CODE, NO_PART), PASSING_A24_RESET },
        { ON(ZERO), YES | NO, IDL, ANY, ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), PASSING_LOAD },
        { ON(ZERO), YES | NO, IDL, ANY, ANY, ANY, ANY, GO(DOWNLOADING, R(0), IT_ALL), LEGAL },
        { ON(ZERO), YES | NO, IDL, ANY, ANY, ANY, ANY, GO(DOWNLOADED, R(0), IT_ALL), LEGAL },
        { ON(ZERO), YES | NO, L, ANY, ANY, ANY, ANY, GO(DOWNLOADED, R(0), IT_ALL), PASSING_A24_RESET },
    } },
    { { "ST-07", "AFU-031,AFU-036", "I: Package URI" }, {
        /* What a pull has fetched is not seen: it may be all at any time. */
        { ON(URI), YES, I, ANY, ANY, ANY, ANY, GO(DOWNLOADING, R(0), IT_ALL), LEGAL },
        { ON(URI), YES, I, ANY, ANY, ANY, ANY, GO(IDLE, R(0), IT_ALL), LEGAL },
        { ON(URI), YES, I, R(0), ANY, ANY, ANY, KEEP(IT_ALL), LEGAL },
        { ON(URI), YES, I, NOT(0), ANY, ANY, ANY, GO(IDLE, SAME_CODE, IT_ALL), TOLERATED_A20 },
        { ON(URI), YES, I, NOT(0), ANY, ANY, ANY, GO(DOWNLOADING, SAME_CODE, IT_ALL), PASSING_A23 },
        { ON(URI), NO, I, ANY, ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), PASSING_REFUSED },
        { ON(URI), NO, I, ANY, ANY, ANY, ANY, GO(DOWNLOADING, R(0) | R(10) | ERRORS, A_BIT), PASSING_REFUSED },
        { ON(URI), NO, I, ANY, ANY, ANY, ANY, GO(DOWNLOADING, SAME_CODE, A_BIT), PASSING_REFUSED },
    } },
    { { "ST-08", "AFU-038", "I: Package URI, scheme not supported" }, {
        { ON(URI), YES, I, ANY, ANY, ANY, ANY, GO(IDLE, R(9), NO_PART), LEGAL },
    } },
    { { "ST-09", "AFU-039", "I: Package URI, malformed or unusable" }, {
        { ON(URI), YES, I, ANY, ANY, ANY, ANY, GO(IDLE, R(7), NO_PART), LEGAL },
    } },
    { { "ST-10", "AFU-013,AFU-045", "I: Package URI, push only" }, {
        { ON(URI), YES | NO, I, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { ON(URI), NO, I, ANY, ANY, ANY, ANY, KEEP(NO_PART), LEGAL },
    } },
    { { "ST-11", "AFU-009", "I: Package URI over 255 bytes" }, {
        { ON(URI), YES, I, ANY, ANY, ANY, ANY, GO(IDLE, R(7), NO_PART), LEGAL },
        { ON(URI), NO, I, ANY, ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-12", "AFU-080", "I: Update" }, {
        { ON(UPDATE), YES, I, ANY, ANY, ANY, ANY, STAY, BROKEN_A02 },
        { ON(UPDATE), NO, I, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { ON(JOIN), YES | NO, I, ANY, ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-13", "AFU-141", "I,1: Cancel" }, {
        { ON(CANCEL), YES, I, R(1), NONE, ANY, ANY, GO(IDLE, R(10), NO_PART), BROKEN_AFU_141 },
        { ON(CANCEL), YES, I, R(1), NONE, ANY, ANY, STAY, BROKEN_AFU_141 },
        { ON(CANCEL), NO, I, R(1), ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-14", "AFU-142", "I: Cancel" }, {
        /* A-03; a download that does not show is that of ST-30. */
        { ON(CANCEL), YES, I, NOT(1), NONE, ANY, ANY, GO(IDLE, R(10), NO_PART), TOLERATED_A03 },
        { ON(CANCEL), YES, I, NOT(1) & NOT(10), NONE, ANY, ANY, STAY, BROKEN_A03 },
        { ON(CANCEL), NO, I, NOT(1), ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-15", "AFU-116,AFU-120", "I: package of a sibling contains it" }, {
        { SELF, NIL, I, ANY, ANY, ANY, MAY_LOAD, GO(DOWNLOADED, R(0), IT_ALL), LEGAL },
        { SELF, NIL, I, NOT(0), ANY, ~VIA(TOLERATED_AFU_118), MAY_LOAD, GO(IDLE, R(0), SAME), PASSING_LOAD },
        /* A corrupt part may be told on all of them: AFU-MUL-008. */
        { SELF, NIL, I, ANY, ANY, ANY, MAY_LOAD, GO(IDLE, R(5), SAME), TOLERATED_AFU_118 },
        { SELF, NIL, IDLU, ANY, ANY, VIA(PASSING_LOAD), ANY, GO(DOWNLOADED, R(0), IT_ALL), LEGAL },
    } },
    { { "ST-16", "AFU-001", "D: next block" }, {
        { BLOCKS, YES | NO, D, ANY, ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-17", "AFU-030,AFU-031", "D: transfer complete" }, {
        /* Also where nothing showed Downloading. */
        { ON(LAST_BLOCK), YES, ID, ANY, SOME, ANY, ANY, KEEP(IT_ALL), LEGAL },
        { SELF, NIL, D, R(0), ALL, ~VIA(PASSING_REFUSED), ANY, GO(DOWNLOADED, R(0), IT_ALL), LEGAL },
        { SELF, NIL, I, ANY, ALL, ANY, ANY, GO(DOWNLOADED, R(0), IT_ALL), LEGAL },
        { SELF, NIL, I, NOT(0), ALL, ANY, ANY, GO(IDLE, R(0), SAME), PASSING_LOAD },
    } },
    { { "ST-18", "AFU-043", "D: integrity bad" }, {
        FAILS(R(5)),
    } },
    { { "ST-19", "AFU-044,AFU-121", "D: type unsupported" }, {
        FAILS(R(6) | R(8)),
    } },
    { { "ST-20", "AFU-117,AFU-118,AFU-119,AFU-104", "D: conflicting state" }, {
        FAILS(R(12)),
    } },
    { { "ST-21", "AFU-041", "D: storage full" }, {
        FAILS(R(2)),
    } },
    { { "ST-22", "AFU-042", "D: RAM exhausted" }, {
        FAILS(R(3)),
    } },
    { { "ST-23", "AFU-040", "D: peer lost" }, {
        FAILS(R(4)),
        /* The Result comes after State: A-24. */
        { SELF, NIL, D, R(0), ANY, ~VIA(PASSING_REFUSED), ANY, GO(IDLE, R(0) | R(10), NO_PART), PASSING_A24_FAILED },
        { SELF, NIL, D, R(0), ANY, ~VIA(PASSING_REFUSED), ANY, GO(DOWNLOADING, R(10), SAME), PASSING_A24_FAILED },
        { SELF, NIL, D, NOT(0), ANY, VIA(PASSING_A24_FAILED), ANY, GO(IDLE, R(10), NO_PART), PASSING_A24_FAILED },
        { SELF, NIL, IDLU, ANY, ANY, VIA(PASSING_A24_FAILED), ANY, GO(IDLE, R(0) | R(10), NO_PART), PASSING_A24_FAILED },
    } },
    { { "ST-24", "AFU-039", "D: URI resolution fails late" }, {
        FAILS(R(6) | R(7) | R(8) | R(9)),
    } },
    { { "ST-25", "AFU-045", "D: Package URI" }, {
        /* A-01, or the running download is cleanly replaced. */
        { ON(URI), YES, D, ANY, ANY, ANY, ANY, STAY, TOLERATED_A01 },
        { ON(URI), YES, D, ANY, ANY, ANY, ANY, GO(DOWNLOADING, R(0), IT_ALL), TOLERATED_AFU_045 },
        { ON(URI), NO, D, ANY, ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-26", "AFU-045", "D: new push" }, {
        /* any. */
        { PUSH, YES, D, ANY, NONE | SOME | PENDING, ANY, ANY, GO(DOWNLOADING, R(0), SENT), LEGAL },
        { PUSH, NO, D, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { PUSH, NO, D, ANY, ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), LEGAL },
    } },
    { { "ST-27", "AFU-045", "D: Package while a pull runs" }, {
        { PUSH, YES, D, ANY, ALL, ANY, ANY, STAY, TOLERATED_A01 },
        { PUSH, YES, D, ANY, ALL, ANY, ANY, GO(DOWNLOADING, R(0), SENT), TOLERATED_AFU_045 },
        { PUSH, NO, D, ANY, ALL, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-28", "AFU-055,AFU-056", "D: reset" }, {
        /* One that may wait beside the old Result explains none: A-05. */
        { RESET, YES, D, ANY, ANY, ~VIA(TOLERATED_A20), ANY, STAY, TOLERATED_A04 },
        { RESET, YES, D, ANY, ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), LEGAL },
        { RESET, YES, D, ANY, ANY, ~VIA(TOLERATED_A20), ANY, GO(IDLE, R(0), NO_PART), PASSING_A24_TEN },
        { RESET, YES, D, ANY, ANY, ~VIA(TOLERATED_A20), ANY, GO(DOWNLOADING, R(10), SAME), PASSING_A24_TEN },
        { RESET, YES, D, ANY, ANY, ANY, ANY, GO(IDLE, R(10), NO_PART), TOLERATED_A04_RESULT },
        { RESET, NO, D, ANY, ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-29", "AFU-080", "D: Update" }, {
        { ON(UPDATE), YES, D, ANY, ANY, ANY, ANY, STAY, BROKEN_A02 },
        { ON(UPDATE), NO, D, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { ON(JOIN), YES | NO, D, ANY, ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-30", "AFU-140,AFU-143", "D: Cancel" }, {
        /* Also where nothing shows Downloading. */
        { ON(CANCEL), YES, D, ANY, ANY, ANY, ANY, GO(IDLE, R(10), NO_PART), LEGAL },
        { ON(CANCEL), YES, D, ANY, ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), PASSING_A24_CANCEL },
        { ON(CANCEL), YES, D, ANY, ANY, ANY, ANY, GO(DOWNLOADING, R(10), SAME), PASSING_A24_CANCEL },
        { ON(CANCEL), YES, D, ANY, ALL, ANY, MAY_QUEUE, STAY, TOLERATED_A33 },
        { ON(CANCEL), NO, D, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { ON(CANCEL), YES, I, ANY, A_PART, ANY, ANY, GO(IDLE, R(10), NO_PART), LEGAL },
        { ON(CANCEL), YES, I, ANY, A_PART, ANY, ANY, STAY, TOLERATED_A33 },
        { SELF, NIL, D, NOT(0) & ~ERRORS, ANY, VIA(PASSING_AFU_051) | VIA(PASSING_A24_CANCEL), ANY, GO(IDLE, SAME_CODE, NO_PART), LEGAL },
        { SELF, NIL, IDLU, ANY, ANY, VIA(PASSING_A24_CANCEL), ANY, GO(IDLE, R(10), NO_PART), LEGAL },
    } },
    { { "ST-31", "AFU-164", "D: reboot" }, {
        /* A-17; also where nothing showed Downloading. */
        { ON(REBOOT), YES | NO, D, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { ON(REBOOT), YES, D, ANY, ANY, ANY, ANY, GO(IDLE, R(0) | R(4), NO_PART), LEGAL },
        { ON(REBOOT), YES, D, ANY, ANY, ANY, ANY, GO(IDLE, R(10), NO_PART), TOLERATED_A17 },
        { ON(REBOOT), YES, I, ANY, A_PART, ANY, ANY, GO(IDLE, R(4), NO_PART), LEGAL },
    } },
    { { "ST-32", "AFU-081,AFU-082,AFU-084", "L: Update" }, {
        { ON(UPDATE), YES, L, ANY, ANY, ANY, ANY, GO(UPDATING, R(0), IT_ALL), LEGAL },
        { ON(UPDATE), YES, L, NOT(0), ANY, ANY, ANY, GO(DOWNLOADED, R(0), IT_ALL), PASSING_A24_START },
        { SELF, NIL, IDLU, ANY, ANY, VIA(PASSING_A24_START), ANY, GO(UPDATING, R(0), IT_ALL), LEGAL },
    } },
    { { "ST-33", "AFU-085", "L: Update, argument 0" }, {
        { ON(UPDATE), YES, L, ANY, ANY, ANY, ANY, GO(UPDATING, R(0), IT_ALL), LEGAL },
    } },
    { { "ST-34", "AFU-086,AFU-087", "L: Update with a list" }, {
        /* Of another component, it starts this one at once, later or not: A-35. */
        { ON(JOIN), YES | NO, L | U, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { ON(JOIN), YES, L, ANY, ANY, ANY, ANY, KEEP(ITS_TURN), LEGAL },
        { SELF, NIL, L, ANY, PENDING, ANY, ANY, GO(UPDATING, R(0), IT_ALL), LEGAL },
        { SELF, NIL, L, NOT(0) & NOT(11), PENDING, ANY, ANY, GO(DOWNLOADED, R(0), IT_ALL), PASSING_A24_START },
    } },
    { { "ST-35", "AFU-088,AFU-104,AFU-097", "L: list cannot be satisfied" }, {
        /* */
        { ON(UPDATE), YES | NO, L, ANY, ANY, ANY, ANY, GO(DOWNLOADED, R(13), SAME), LEGAL },
        { ON(UPDATE), YES | NO, L, ANY, ANY, ANY, ANY, GO(IDLE, R(13), NO_PART), LEGAL },
        { ON(UPDATE), YES | NO, L, ANY, ANY, ANY, ANY, GO(IDLE, SAME_CODE, NO_PART), PASSING_A24_CONFLICT },
        { SELF, NIL, IDLU, ANY, ANY, VIA(PASSING_A24_CONFLICT), ANY, GO(IDLE, R(13), NO_PART), LEGAL },
    } },
    { { "ST-36", "AFU-089,AFU-104", "L: dependency unmet" }, {
        { ON(UPDATE), YES, L, ANY, ANY, ANY, ANY, GO(DOWNLOADED, R(13), SAME), LEGAL },
        { ON(UPDATE), YES, L, ANY, ANY, ANY, ANY, GO(IDLE, R(13), NO_PART), LEGAL },
    } },
    { { "ST-37", "AFU-131", "L: user defers" }, {
        { ON(UPDATE), YES, L, ANY, ANY, ANY, ANY, GO(DOWNLOADED, R(11), SAME), LEGAL },
        { SELF, NIL, L, ANY, PENDING, ANY, ANY, GO(DOWNLOADED, R(11), ITS_TURN), LEGAL },
    } },
    { { "ST-38", "AFU-091,AFU-092", "L: malformed argument" }, {
        { ON(UPDATE), NO, L, ANY, ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-39", "AFU-132,AFU-134,AFU-137", "L,11: accepted, or time over" }, {
        { SELF, NIL, L, R(11), ANY, ANY, ANY, GO(UPDATING, R(0), IT_ALL), LEGAL },
        { SELF, NIL, L, R(11), ANY, ANY, WAS_DEFERRED, GO(DOWNLOADED, R(0), IT_ALL), PASSING_A24_START },
    } },
    { { "ST-40", "AFU-055,AFU-056,AFU-057", "L: reset" }, {
        { RESET, YES, L, ANY, ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), LEGAL },
        { RESET, YES, L, ANY, ANY, ANY, ANY, GO(IDLE, R(10), NO_PART), TOLERATED_A04_RESULT },
        { RESET, YES, L, ANY, ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), PASSING_A24_TEN },
        { RESET, YES, L, ANY, ANY, ANY, ANY, GO(IDLE, SAME_CODE, NO_PART), PASSING_A24_TEN },
        { RESET, YES, L, NOT(0), ANY, ANY, ANY, GO(IDLE, SAME_CODE, NO_PART), PASSING_A24_RESET },
        { RESET, YES, L, NOT(0), ANY, ANY, ANY, GO(DOWNLOADED, R(0), IT_ALL), PASSING_A24_RESET },
        { RESET, NO, L, ANY, ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-41", "AFU-140", "L: Cancel" }, {
        { ON(CANCEL), YES, L, ANY, ANY, ANY, ANY, GO(IDLE, R(10), NO_PART), LEGAL },
        { ON(CANCEL), YES, L, ANY, ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), PASSING_A24_CANCEL },
        { ON(CANCEL), YES, L, ANY, ANY, ANY, ANY, GO(IDLE, SAME_CODE, NO_PART), PASSING_A24_CANCEL },
        { ON(CANCEL), YES, L, ANY, ANY, ANY, ANY, GO(DOWNLOADED, R(10), IT_ALL), PASSING_A24_CANCEL },
        { ON(CANCEL), NO, L, ANY, ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-42", "AFU-045", "L: Package URI" }, {
        { ON(URI), YES, L, ANY, ANY, ANY, ANY, STAY, TOLERATED_A01 },
        { ON(URI), NO, L, ANY, ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-43", "AFU-045", "L: Package" }, {
        /* A block that follows is that of a transfer that is over. */
        { PUSH, YES, L, ANY, ANY, ANY, ANY, STAY, TOLERATED_A01 },
        { PUSH, NO, L, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { BLOCKS, YES | NO, L, ANY, ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-44", "AFU-100,AFU-106,AFU-107", "L: a sibling changes" }, {
        /* of a package that they share. */
        { SELF, NIL, L, ANY, ANY, ANY, MAY_DROP, GO(IDLE, NOT(11), NO_PART), LEGAL },
    } },
    { { "ST-45", "AFU-163", "L: reboot" }, {
        /* A deferral goes on: afu.md, section 8. */
        { ON(REBOOT), YES | NO, L, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { ON(REBOOT), YES, L, NOT(11), ANY, ANY, ANY, GO(DOWNLOADED, R(0), SAME), LEGAL },
        { ON(REBOOT), YES, L, R(11), ANY, ANY, ANY, GO(DOWNLOADED, R(0), ITS_TURN), LEGAL },
        { ON(REBOOT), YES, L, ANY, ANY, ANY, ANY, GO(IDLE, EACH, NO_PART), TOLERATED_AFU_163 },
        { SELF, NIL, L, ANY, ANY, ANY, MAY_REBOOT, GO(IDLE, R(0), NO_PART), TOLERATED_AFU_163 },
        { SELF, NIL, L, NOT(11), ANY, ANY, MAY_REBOOT, GO(DOWNLOADED, R(0), SAME), LEGAL },
        { SELF, NIL, L, R(11), ANY, ANY, MAY_REBOOT, GO(DOWNLOADED, R(0), ITS_TURN), LEGAL },
    } },
    { { "ST-46", "AFU-058,AFU-096,AFU-016", "U: success" }, {
        /* The Result comes after State, or before it (4.1), here as below. */
        { SELF, NIL, U, R(0) | R(1), ANY, ANY, ANY, GO(IDLE, R(1), NO_PART), LEGAL },
        { SELF, NIL, I, ANY, ANY, VIA(PASSING_A24_UPDATED), ANY, GO(IDLE, R(1), NO_PART), LEGAL },
        { SELF, NIL, U, R(0), ANY, ANY, ANY, GO(UPDATING, R(1), IT_ALL), PASSING_AFU_054 },
        { SELF, NIL, U, R(0), ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), PASSING_A24_UPDATED },
    } },
    { { "ST-47", "AFU-061", "U: failure" }, {
        { SELF, NIL, U, R(0) | R(8), ANY, ANY, ANY, GO(IDLE, R(8), NO_PART), LEGAL },
        { SELF, NIL, I, ANY, ANY, VIA(PASSING_A24_UPDATED), ANY, GO(IDLE, R(8), NO_PART), LEGAL },
        { SELF, NIL, U, R(0) | R(8), ANY, ANY, ANY, GO(DOWNLOADED, R(8), IT_ALL), LEGAL },
        { SELF, NIL, L, ANY, ANY, VIA(PASSING_A24_UPDATED), ANY, GO(DOWNLOADED, R(8), IT_ALL), LEGAL },
        { SELF, NIL, U, R(0), ANY, ANY, ANY, GO(UPDATING, R(8), IT_ALL), PASSING_AFU_054 },
        { SELF, NIL, U, R(0), ANY, ANY, WAS_UPDATING, GO(DOWNLOADED, R(0), IT_ALL), PASSING_A24_UPDATED },
        /* */
        { SELF, NIL, U, R(0) | R(11), ANY, ANY, ANY, GO(DOWNLOADED, R(11), IT_ALL), TOLERATED_A13 },
        { SELF, NIL, L, ANY, ANY, VIA(PASSING_A24_UPDATED), ANY, GO(DOWNLOADED, R(11), IT_ALL), TOLERATED_A13 },
    } },
    { { "ST-48", "AFU-060", "U: integrity failure" }, {
        /* */
        { SELF, NIL, U, R(0) | R(5), ANY, ANY, ANY, GO(IDLE, R(5), NO_PART), LEGAL },
        { SELF, NIL, I, ANY, ANY, VIA(PASSING_A24_UPDATED), ANY, GO(IDLE, R(5), NO_PART), LEGAL },
        { SELF, NIL, U, R(0) | R(5), ANY, ANY, ANY, GO(DOWNLOADED, R(5), IT_ALL), TOLERATED_A15 },
        { SELF, NIL, L, ANY, ANY, VIA(PASSING_A24_UPDATED), ANY, GO(DOWNLOADED, R(5), IT_ALL), TOLERATED_A15 },
        { SELF, NIL, U, R(0), ANY, ANY, ANY, GO(UPDATING, R(5), IT_ALL), PASSING_AFU_054 },
    } },
    { { "ST-49", "AFU-089,AFU-097", "U: dependency failure" }, {
        /* */
        { SELF, NIL, U, R(0) | R(13), ANY, ANY, ANY, GO(IDLE, R(13), NO_PART), LEGAL },
        { SELF, NIL, I, ANY, ANY, VIA(PASSING_A24_UPDATED), ANY, GO(IDLE, R(13), NO_PART), LEGAL },
        { SELF, NIL, U, R(0) | R(13), ANY, ANY, ANY, GO(DOWNLOADED, R(13), IT_ALL), LEGAL },
        { SELF, NIL, L, ANY, ANY, VIA(PASSING_A24_UPDATED), ANY, GO(DOWNLOADED, R(13), IT_ALL), LEGAL },
        { SELF, NIL, U, R(0), ANY, ANY, ANY, GO(UPDATING, R(13), IT_ALL), PASSING_AFU_054 },
    } },
    { { "ST-50", "AFU-080", "U: Update" }, {
        { ON(UPDATE), YES, U, ANY, ANY, ANY, ANY, STAY, BROKEN_A02 },
        { ON(UPDATE), NO, U, ANY, ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-51", "AFU-141", "U: Cancel" }, {
        { ON(CANCEL), YES, U, ANY, ANY, ANY, ANY, GO(IDLE, R(10), NO_PART), BROKEN_AFU_141 },
        { ON(CANCEL), YES, U, ANY, ANY, ANY, ANY, STAY, BROKEN_AFU_141 },
        { ON(CANCEL), NO, U, ANY, ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-52", "AFU-045,AFU-062", "U: Package or Package URI" }, {
        /* A-01; a reset is ignored, or stops the update: A-04. */
        { PUSH | ON(URI), YES, U, ANY, ANY, ANY, ANY, STAY, TOLERATED_A01 },
        { BLOCKS, YES, U, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { RESET | ON(ZERO), YES, U, ANY, ANY, ANY, ANY, STAY, TOLERATED_A04 },
        { RESET | ON(ZERO), YES, U, ANY, ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), TOLERATED_A04 },
        { RESET, YES, U, ANY, ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), PASSING_A24_TEN },
        { RESET, YES, U, ANY, ANY, ANY, ANY, GO(IDLE, R(10), NO_PART), TOLERATED_A04_RESULT },
        { PUSH | BLOCKS | RESET | ON(ZERO) | ON(URI), NO, U, ANY, ANY, ANY, ANY, STAY, LEGAL },
    } },
    { { "ST-53", "AFU-165,AFU-094", "U: reboot or power cut" }, {
        /* It may have ended, and the Result be lost: version.c. */
        { ON(REBOOT), YES | NO, U, ANY, ANY, ANY, ANY, STAY, LEGAL },
        { ON(REBOOT), YES, U, ANY, ANY, ANY, ANY, GO(IDLE, R(0), NO_PART), LEGAL },
        { ON(REBOOT), YES, U, ANY, ANY, ANY, ANY, GO(DOWNLOADED, R(0), IT_ALL), LEGAL },
    } },
    { { "ST-54", "AFU-003,AFU-004", "Create or Delete" }, {
        /* No state changes, here and below: definition_checks.c. */
        { .from = 0 },
    } },
    { { "ST-55", "AFU-020,AFU-022", "Severity or Maximum Defer Period" }, {
        { .from = 0 },
    } },
    { { "ST-56", "AFU-008", "Read, Observe, Discover" }, {
        { .from = 0 },
    } },
};
/* clang-format on */

const struct model_row *model_rows(size_t *out_count)
{
    *out_count = sizeof(rows) / sizeof(rows[0]);
    return rows;
}

const struct oracle_row *oracle_row(size_t index)
{
    return index < sizeof(rows) / sizeof(rows[0]) ? &rows[index].digest : NULL;
}
