/* SPDX-License-Identifier: Apache-2.0 */

/* The whole input is a firmware package that the simulated device gets. */
#include <string.h>

#include "server/data/scalar.h"
#include "tests/device/package.h"
#include "tests/fuzz/fuzz.h"

static unsigned check_member(const struct device_package *member,
                             const uint8_t *data, size_t size)
{
    HOLDS(member->instance < FIRMWARE_COMPONENTS);
    HOLDS(member->link_count <= FIRMWARE_LINKS);
    HOLDS(member->bytes >= data && member->length <= size);
    HOLDS(member->bytes + member->length <= data + size);
    HOLDS(member->payload >= member->bytes);
    HOLDS(member->payload + member->payload_length ==
          member->bytes + member->length);
    HOLDS(member->version[0] != '\0');
    HOLDS(utf8_is_valid((const uint8_t *)member->version,
                        strlen(member->version)));
    HOLDS(member->version[FIRMWARE_VERSION_MAX] == '\0');
    (void)version_lead(member->version);
    HOLDS(member->has_good_crc ==
          (crc32_of(member->payload, member->payload_length) ==
           ((uint32_t)member->bytes[12] << 24 |
            (uint32_t)member->bytes[13] << 16 |
            (uint32_t)member->bytes[14] << 8 | member->bytes[15])));
    return 1u << member->instance;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct device_packages packages;
    int result = package_read(data, size, &packages);
    unsigned mask = 0;
    unsigned peeked = 0;
    size_t bytes = 0;

    /* Taken, no package, or a bundle that is not whole. */
    HOLDS(result == 0 || result == 6 || (result == 5 && packages.is_bundle));
    HOLDS(packages.count <= FIRMWARE_COMPONENTS);
    for (size_t i = 0; result == 0 && i < packages.count; i++) {
        unsigned bit = check_member(&packages.members[i], data, size);
        HOLDS((mask & bit) == 0);
        mask |= bit;
        bytes += packages.members[i].length;
    }
    HOLDS(result != 0 || packages.count > 0);
    HOLDS(result != 0 || packages.is_bundle || bytes == size);
    /* On its way, a bundle shows no component that is not in it. */
    for (size_t part = 0; result == 0 && packages.is_bundle && part <= size;
         part += part < 64 ? 1 : 61) {
        HOLDS(!package_peek(data, part, &peeked) || (peeked & ~mask) == 0);
    }
    if (package_peek(data, size, &peeked)) {
        HOLDS(peeked < 1u << FIRMWARE_COMPONENTS);
        HOLDS(result != 0 || peeked == mask);
    }
    return 0;
}
