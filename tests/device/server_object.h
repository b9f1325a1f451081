/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_SERVER_OBJECT_H
#define TESTS_DEVICE_SERVER_OBJECT_H

/* What /1 holds. Spec: lwm2m-core.md, sections 2.4 and 5. */
#include <stdbool.h>
#include <stdint.h>

#define SERVER_OBJECT_BINDING_SIZE 8

struct server_object {
    uint32_t lifetime_s;
    int64_t pmin_s;                           /**< 2 */
    int64_t pmax_s;                           /**< 3; 0: none */
    int64_t disable_timeout_s;                /**< 5; 0: the default of a day */
    bool stores_notifications;                /**< 6 */
    char binding[SERVER_OBJECT_BINDING_SIZE]; /**< 7; "": U */
    bool is_muted;                            /**< 23 */
};

#endif
