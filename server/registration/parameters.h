/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_REGISTRATION_PARAMETERS_H
#define SERVER_REGISTRATION_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/data.h"

#define PARAMETERS_MAX 64  /**< Uri-Query options of one message */
#define REMARKS_SIZE   256 /**< text about accepted deviations */

/** One Uri-Query option as received: "ep=node-1", or "Q". */
struct query_option {
    const uint8_t *bytes; /**< borrowed */
    size_t length;
};

/** What Register and Update carry. Texts point into the options and are not
 *  terminated; a member that is absent has a NULL text or a false flag. */
struct parameters {
    const char *endpoint;
    size_t endpoint_length;
    const char *binding;
    size_t binding_length;
    bool has_lifetime;
    uint32_t lifetime_s;
    bool has_version;
    unsigned major;
    unsigned minor;
    bool queue_mode; /**< by 'Q' or a letter of 'b' */
    bool has_queue;  /**< the parameter 'Q' */
    bool has_sms;
    bool sms_is_odd;            /**< no MSISDN */
    char remarks[REMARKS_SIZE]; /**< accepted deviations, "; " between */
};

/**
 * Read and check the parameters. Unknown ones are accepted with a remark.
 *
 * Errors: STATUS_MALFORMED: answer 4.00. The version is only checked for its
 *         syntax.
 * Spec:   LwM2M Core 1.2.2, 6.2.1; lwm2m-core.md section 2.1, A1.
 */
MUST_CHECK
enum status parameters_parse(const struct query_option *options, size_t count,
                             struct parameters *out_parameters,
                             struct reason *reason);
/** Append "; text" to the remarks; cut where it does not fit. */
void parameters_remark(struct parameters *parameters, const char *format, ...)
    PRINTF_LIKE(2, 3);

#endif
