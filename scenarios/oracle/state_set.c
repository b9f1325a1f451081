/* SPDX-License-Identifier: Apache-2.0 */

/* Sets of states; how one leads to another is in model.c. */
#include <string.h>

#include "scenarios/oracle/model.h"

void state_set_clear(struct state_set *set)
{
    memset(set, 0, sizeof(*set));
}

uint32_t state_set_why(const struct state_set *set)
{
    uint32_t why = 0;

    for (size_t i = 0; i < MODEL_SIZE; i++) {
        why |= set->members[i];
    }
    return why;
}

bool state_set_is_empty(const struct state_set *set)
{
    return state_set_why(set) == 0;
}

bool state_set_add(struct state_set *set, int state, int result, int part,
                   uint32_t why)
{
    uint32_t *member = &set->members[model_index(state, result, part)];
    uint32_t old = *member;

    *member |= why;
    if ((*member & WHY(LEGAL)) != 0) { /* needs no deviation */
        *member &= WHY(LEGAL) | WHY_PASSING;
    }
    return *member != old;
}

void state_set_union(struct state_set *set, const struct state_set *other)
{
    for (size_t i = 0; i < MODEL_SIZE; i++) {
        /* Without a branch: a compiler does several at once. */
        uint32_t why = set->members[i] | other->members[i];
        uint32_t is_legal = (why >> LEGAL) & 1;
        set->members[i] = why & (~(0 - is_legal) | WHY(LEGAL) | WHY_PASSING);
    }
}

void state_set_filter(struct state_set *set, int state, int result)
{
    for (int s = 0; s < MODEL_STATES; s++) {
        for (int r = 0; r < MODEL_RESULTS; r++) {
            if ((state < 0 || s == state) && (result < 0 || r == result)) {
                continue;
            }
            memset(&set->members[model_index(s, r, 0)], 0,
                   PART_COUNT * sizeof(set->members[0]));
        }
    }
}

void state_set_forgive(struct state_set *set, enum tolerance tolerance)
{
    for (size_t i = 0; i < MODEL_SIZE; i++) {
        if ((set->members[i] & WHY(tolerance)) != 0) {
            set->members[i] = (set->members[i] & ~WHY(tolerance)) | WHY(LEGAL);
        }
    }
}

void state_set_settle(struct state_set *set, uint32_t passing)
{
    for (size_t i = 0; i < MODEL_SIZE; i++) {
        if ((set->members[i] & WHY(LEGAL)) != 0) {
            set->members[i] &= ~passing;
        }
    }
}

unsigned state_set_parts(const struct state_set *set, int state)
{
    unsigned parts = 0;

    for (int r = 0; r < MODEL_RESULTS; r++) {
        for (int p = 0; p < PART_COUNT; p++) {
            if (set->members[model_index(state, r, p)] != 0) {
                parts |= 1u << p;
            }
        }
    }
    return parts;
}

/** Whether the part can be there in that state. */
static bool fits(int state, int part, unsigned parts)
{
    switch (state) {
    case STATE_IDLE:
        return part == PART_NONE ||
               (part != PART_PENDING && (parts & 1u << part) != 0);
    case STATE_DOWNLOADING:
        return part == PART_SOME || part == PART_ALL;
    case STATE_DOWNLOADED:
        return part == PART_ALL ||
               (part == PART_PENDING && (parts & 1u << part) != 0);
    default:
        return part == PART_ALL;
    }
}

void state_set_all(struct state_set *set, unsigned parts)
{
    state_set_clear(set);
    for (int s = 0; s < MODEL_STATES; s++) {
        for (int r = 0; r < MODEL_RESULTS; r++) {
            for (int p = 0; p < PART_COUNT; p++) {
                if (fits(s, p, parts)) {
                    (void)state_set_add(set, s, r, p, model_pair(s, r));
                }
            }
        }
    }
}
