/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/image_mutants.h"

/* clang-format off */
const struct mutant_row
    mutant_image_rows[MUTANT_COUNT - MUTANT_IMAGES_FIRST] = {
    [MUTANT_SIGNATURE_SKIPPED - MUTANT_IMAGES_FIRST] = {
        "signature-skipped", "AFU-170",
        "of an image no signature is verified" },
    [MUTANT_TAG_SKIPPED - MUTANT_IMAGES_FIRST] = {
        "tag-skipped", "AFU-170",
        "nor the tag of its encrypted key" },
    [MUTANT_OLD_KEY_TAKEN - MUTANT_IMAGES_FIRST] = {
        "old-key-taken", "AFU-171",
        "an image for a key that was replaced is decrypted and installed" },
    [MUTANT_PLAINTEXT_TAKEN - MUTANT_IMAGES_FIRST] = {
        "plaintext-taken", "AFU-172",
        "an image in plaintext is installed" },
    [MUTANT_OLDER_IMAGE_TAKEN - MUTANT_IMAGES_FIRST] = {
        "older-image-taken", "AFU-173",
        "an image of an older version is installed" },
    [MUTANT_COUNTER_IGNORED - MUTANT_IMAGES_FIRST] = {
        "counter-ignored", "AFU-173",
        "an image with a lower security counter is installed" },
    [MUTANT_IMAGE_OF_ANOTHER_TAKEN - MUTANT_IMAGES_FIRST] = {
        "image-of-another-taken", "AFU-174",
        "an image for another component is installed" },
    [MUTANT_HALF_SLOT_BOOTED - MUTANT_IMAGES_FIRST] = {
        "half-slot-booted", "AFU-165",
        "after a power cut a half-written slot runs" },
    [MUTANT_ONE_IMAGE_REVERTED - MUTANT_IMAGES_FIRST] = {
        "one-image-reverted", "AFU-093",
        "of a batch of images only the one that fails is reverted" },
};
/* clang-format on */
