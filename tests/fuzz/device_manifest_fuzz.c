/* SPDX-License-Identifier: Apache-2.0 */

/* The whole input is an envelope that the simulated device gets; and it is a
 * manifest, which an envelope is put around whose digest is right: only so its
 * commands are run. */
#include <string.h>

#include "tests/device/manifest.h"
#include "tests/device/manifest_crypto.h"
#include "tests/fuzz/fuzz.h"

static const uint8_t kek[16] = { 0, 1, 2,  3,  4,  5,  6,  7,
                                 8, 9, 10, 11, 12, 13, 14, 15 };

static bool is_component(const void *user, const char *name)
{
    (void)user;
    return strcmp(name, "app") == 0 || strcmp(name, "tee") == 0 ||
           strcmp(name, "main") == 0;
}

static void check_names(const struct manifest *manifest)
{
    HOLDS(manifest->part_count <= MANIFEST_PARTS_MAX);
    HOLDS(manifest->need_count <= MANIFEST_NEEDS_MAX);
    HOLDS(memchr(manifest->version, '\0', sizeof(manifest->version)) != NULL);
    for (size_t i = 0; i < manifest->part_count; i++) {
        HOLDS(memchr(manifest->parts[i].name, '\0', MANIFEST_NAME_SIZE) !=
              NULL);
        for (size_t k = 0; k < i; k++) {
            HOLDS(strcmp(manifest->parts[i].name, manifest->parts[k].name) !=
                  0);
        }
    }
    for (size_t i = 0; i < manifest->need_count; i++) {
        const struct manifest_need *need = &manifest->needs[i];
        HOLDS(memchr(need->name, '\0', sizeof(need->name)) != NULL);
        HOLDS(memchr(need->version, '\0', sizeof(need->version)) != NULL);
        HOLDS(need->comparison >= 1 && need->comparison <= 5);
    }
}

static void check_envelope(const uint8_t *bytes, size_t size)
{
    static const uint8_t point[65] = { 4 };
    const struct manifest_trust trust = {
        .signer = point,
        .kek = kek,
        .slot = 4096,
        .is_component = is_component,
    };
    const struct manifest_blindness blindness = { .signature = true,
                                                  .tag = size % 2 == 0,
                                                  .plaintext = size % 3 == 0 };
    struct manifest manifest;
    int result = manifest_open(bytes, size, &trust, &blindness, &manifest);

    HOLDS(result == 0 || result == 2 || result == 5 || result == 6 ||
          result == 8);
    check_names(&manifest);
    HOLDS(result != 0 || manifest.part_count > 0);
    for (size_t i = 0; result == 0 && i < manifest.part_count; i++) {
        HOLDS(manifest.parts[i].image != NULL);
        HOLDS(manifest.parts[i].length <= 4096 + 16 ||
              manifest.parts[i].length <= size);
    }
    manifest_release(&manifest);
    result = manifest_skim(bytes, size, &manifest);
    HOLDS(result == 0 || result == 5 || result == 6);
    check_names(&manifest);
    manifest_release(&manifest);
}

/** Of bytes. */
static size_t put_head(uint8_t *out, size_t length)
{
    if (length < 24) {
        out[0] = (uint8_t)(0x40 + length);
        return 1;
    }
    if (length < 256) {
        out[0] = 0x58;
        out[1] = (uint8_t)length;
        return 2;
    }
    out[0] = 0x59;
    out[1] = (uint8_t)(length >> 8);
    out[2] = (uint8_t)length;
    return 3;
}

/** d8 6b a3 02 <<[<<[-16, digest]>>]>> 03 <<manifest>> "#app" h'…' */
static void check_manifest(const uint8_t *data, size_t size)
{
    static const uint8_t start[] = { 0xd8, 0x6b, 0xa3, 0x02, 0x58, 0x27, 0x81,
                                     0x58, 0x24, 0x82, 0x2f, 0x58, 0x20 };
    static const uint8_t end[] = { 0x64, '#', 'a', 'p', 'p', 0x58, 40 };
    uint8_t *bytes = calloc(1, sizeof(start) + 36 + size + sizeof(end) + 40);
    size_t at = sizeof(start) + MANIFEST_HASH;

    HOLDS(bytes != NULL);
    memcpy(bytes, start, sizeof(start));
    bytes[at++] = 0x03;
    size_t manifest = at;
    at += put_head(bytes + at, size);
    if (size > 0) {
        memcpy(bytes + at, data, size);
    }
    at += size;
    HOLDS(
        manifest_hash(bytes + manifest, at - manifest, bytes + sizeof(start)));
    memcpy(bytes + at, end, sizeof(end));
    check_envelope(bytes, at + sizeof(end) + 40);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_envelope(data, size);
    if (size <= UINT16_MAX) {
        check_manifest(data, size);
    }
    return 0;
}
