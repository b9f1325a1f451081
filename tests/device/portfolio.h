/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_PORTFOLIO_H
#define TESTS_DEVICE_PORTFOLIO_H

/*
 * /16, the Portfolio: Instances that come and go, with one multiple Resource
 * that can be written, Identity. What /1, /3 and /33629 have none of.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PORTFOLIO_INSTANCES_MAX 8
#define PORTFOLIO_MEMBERS_MAX   16
#define PORTFOLIO_TEXT_SIZE     40 /**< with its NUL */

/** A Resource Instance of Identity. */
struct portfolio_member {
    uint16_t id;
    char text[PORTFOLIO_TEXT_SIZE];
};

struct portfolio_instance {
    uint16_t id;
    struct portfolio_member members[PORTFOLIO_MEMBERS_MAX]; /**< ascending */
    size_t count;
};

struct portfolio {
    bool is_there;
    struct portfolio_instance instances[PORTFOLIO_INSTANCES_MAX];
    size_t count;
};

/** Its definition as XML, for the types of what is written. */
extern const char portfolio_definition[];

/** With instance 0, whose identities are "host" and "maker". */
void portfolio_open(struct portfolio *portfolio);
/** NULL when there is none. */
struct portfolio_instance *portfolio_find(struct portfolio *portfolio,
                                          uint16_t instance);
/** The lowest free ID. */
uint16_t portfolio_free_id(const struct portfolio *portfolio);
/** @return NULL when there is no place */
struct portfolio_instance *portfolio_create(struct portfolio *portfolio,
                                            uint16_t instance);
/** @return false when there is none */
bool portfolio_delete(struct portfolio *portfolio, uint16_t instance);

const struct portfolio_member *portfolio_member(
    const struct portfolio_instance *instance, uint16_t member);
/** @return false when it is too long or there is no place */
bool portfolio_write(struct portfolio_instance *instance, uint16_t member,
                     const char *text, size_t length);
bool portfolio_delete_member(struct portfolio_instance *instance,
                             uint16_t member);

#endif
