/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/portfolio.h"

#include <string.h>

const char portfolio_definition[] =
    "<?xml version=\"1.0\"?><LWM2M><Object ObjectType=\"MODefinition\">"
    "<Name>Portfolio</Name><Description1/><ObjectID>16</ObjectID>"
    "<ObjectURN>urn:oma:lwm2m:oma:16</ObjectURN>"
    "<LWM2MVersion>1.0</LWM2MVersion><ObjectVersion>1.0</ObjectVersion>"
    "<MultipleInstances>Multiple</MultipleInstances>"
    "<Mandatory>Optional</Mandatory><Resources><Item ID=\"0\">"
    "<Name>Identity</Name><Operations>RW</Operations>"
    "<MultipleInstances>Multiple</MultipleInstances>"
    "<Mandatory>Mandatory</Mandatory><Type>String</Type>"
    "<RangeEnumeration/><Units/><Description/></Item></Resources>"
    "<Description2/></Object></LWM2M>";

void portfolio_open(struct portfolio *portfolio)
{
    *portfolio = (struct portfolio){
        .is_there = true,
        .instances = { { .id = 0,
                         .members = { { 0, "host" }, { 1, "maker" } },
                         .count = 2 } },
        .count = 1,
    };
}

struct portfolio_instance *portfolio_find(struct portfolio *portfolio,
                                          uint16_t instance)
{
    for (size_t i = 0; i < portfolio->count; i++) {
        if (portfolio->instances[i].id == instance) {
            return &portfolio->instances[i];
        }
    }
    return NULL;
}

uint16_t portfolio_free_id(const struct portfolio *portfolio)
{
    uint16_t id = 0;

    for (size_t i = 0; i < portfolio->count; i++) {
        if (portfolio->instances[i].id == id) { /* they ascend */
            id++;
        }
    }
    return id;
}

struct portfolio_instance *portfolio_create(struct portfolio *portfolio,
                                            uint16_t instance)
{
    size_t at = 0;

    if (portfolio->count == PORTFOLIO_INSTANCES_MAX) {
        return NULL;
    }
    while (at < portfolio->count && portfolio->instances[at].id < instance) {
        at++;
    }
    struct portfolio_instance *fresh = &portfolio->instances[at];
    memmove(fresh + 1, fresh, (portfolio->count - at) * sizeof(*fresh));
    portfolio->count++;
    *fresh = (struct portfolio_instance){ .id = instance };
    return fresh;
}

bool portfolio_delete(struct portfolio *portfolio, uint16_t instance)
{
    struct portfolio_instance *row = portfolio_find(portfolio, instance);

    if (row == NULL) {
        return false;
    }
    size_t after = (size_t)(&portfolio->instances[portfolio->count] - row) - 1;
    memmove(row, row + 1, after * sizeof(*row));
    portfolio->count--;
    return true;
}

/** Where the member is or would be. */
static size_t place_of(const struct portfolio_instance *instance,
                       uint16_t member)
{
    size_t at = 0;

    while (at < instance->count && instance->members[at].id < member) {
        at++;
    }
    return at;
}

const struct portfolio_member *portfolio_member(
    const struct portfolio_instance *instance, uint16_t member)
{
    size_t at = place_of(instance, member);

    return at < instance->count && instance->members[at].id == member
               ? &instance->members[at]
               : NULL;
}

bool portfolio_write(struct portfolio_instance *instance, uint16_t member,
                     const char *text, size_t length)
{
    size_t at = place_of(instance, member);
    struct portfolio_member *row = &instance->members[at];
    bool is_new = portfolio_member(instance, member) == NULL;

    if (length >= PORTFOLIO_TEXT_SIZE ||
        (is_new && instance->count == PORTFOLIO_MEMBERS_MAX)) {
        return false;
    }
    if (is_new) {
        memmove(row + 1, row, (instance->count - at) * sizeof(*row));
        instance->count++;
    }
    *row = (struct portfolio_member){ .id = member };
    memcpy(row->text, text, length);
    return true;
}

bool portfolio_delete_member(struct portfolio_instance *instance,
                             uint16_t member)
{
    size_t at = place_of(instance, member);
    struct portfolio_member *row = &instance->members[at];

    if (portfolio_member(instance, member) == NULL) {
        return false;
    }
    memmove(row, row + 1, (instance->count - at - 1) * sizeof(*row));
    instance->count--;
    return true;
}
