/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/curve.h"

#include <mbedtls/ecdh.h>
#include <stdlib.h>

/** For blinding only: a device that is no product has no better source. */
static int weak_random(void *user, unsigned char *out, size_t size)
{
    (void)user;
    for (size_t i = 0; i < size; i++) {
        out[i] = (unsigned char)rand();
    }
    return 0;
}

bool curve_agree(const uint8_t *scalar, const uint8_t *point,
                 uint8_t out_secret[CURVE_SCALAR])
{
    mbedtls_ecp_group group;
    mbedtls_ecp_point peer;
    mbedtls_mpi own;
    mbedtls_mpi shared;

    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&peer);
    mbedtls_mpi_init(&own);
    mbedtls_mpi_init(&shared);
    bool good =
        mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1) == 0 &&
        mbedtls_ecp_point_read_binary(&group, &peer, point, CURVE_POINT) == 0 &&
        mbedtls_ecp_check_pubkey(&group, &peer) == 0 &&
        mbedtls_mpi_read_binary(&own, scalar, CURVE_SCALAR) == 0 &&
        mbedtls_ecdh_compute_shared(&group, &shared, &peer, &own, weak_random,
                                    NULL) == 0 &&
        mbedtls_mpi_write_binary(&shared, out_secret, CURVE_SCALAR) == 0;
    mbedtls_mpi_free(&shared);
    mbedtls_mpi_free(&own);
    mbedtls_ecp_point_free(&peer);
    mbedtls_ecp_group_free(&group);
    return good;
}
