/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_VARIANTS_H
#define TESTS_DEVICE_VARIANTS_H

/*
 * A device that does one thing in another way than ours, and is right: what
 * the object definition leaves open, and what section 9 of afu.md tolerates.
 * No test case may fail one of them.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum variant {
    VARIANT_NONE,
    /* what is there */
    VARIANT_MANDATORY_ONLY,
    VARIANT_NO_LINKS,
    VARIANT_LINKS_ABSENT_WHEN_EMPTY,
    VARIANT_NAMES_ABSENT_IN_IDLE,
    VARIANT_FIRMWARE_VERSION_ABSENT,
    VARIANT_OBJECT_LINK_ABSENT,
    VARIANT_OBJECT_VERSION_GIVEN,
    VARIANT_INSTANCES_NOT_LISTED,
    VARIANT_ONE_COMPONENT,
    VARIANT_ONE_COMPONENT_UNNAMED,
    VARIANT_NO_TEXT_PLAIN,
    VARIANT_URI_KEPT,
    /* codes */
    VARIANT_CREATE_USED_400,
    VARIANT_CREATE_DELETE_404,
    VARIANT_DELETE_OBJECT_400,
    VARIANT_UPDATE_IN_IDLE_400,
    /* downloads */
    VARIANT_PUSH_STAYS_IDLE,
    VARIANT_RESULT_CLEARED_LATE,
    VARIANT_ERROR_CODE_WITH_RESULT,
    VARIANT_ERROR_IN_DOWNLOADING,
    VARIANT_VERIFIED_LATE,
    VARIANT_SIBLINGS_LATE,
    VARIANT_CONFLICT_AT_END,
    VARIANT_JUNK_IS_5,
    VARIANT_JUNK_IS_8,
    VARIANT_CHECKED_AT_UPDATE,
    VARIANT_CHECKED_AT_UPDATE_8,
    VARIANT_RESTART_REFUSED,
    VARIANT_ONE_PUSH,
    VARIANT_ZERO_LENGTH_RESETS,
    VARIANT_PUSH_REASSEMBLED,
    VARIANT_REPEAT_REFUSED,
    VARIANT_GAP_IS_400,
    VARIANT_GAP_IS_503,
    VARIANT_SIZE1_ENFORCED,
    VARIANT_TOO_BIG_IS_3,
    VARIANT_TOO_BIG_IS_6,
    VARIANT_PUSH_KEPT_OPEN,
    VARIANT_CANCEL_PUSH_REFUSED,
    VARIANT_URI_ENDS_PUSH,
    VARIANT_SHRINKS_LATE,
    VARIANT_BASE64_TAKEN,
    VARIANT_NAMES_ABSENT_IN_UPDATING,
    VARIANT_NO_RAM_IS_4,
    VARIANT_GAP_AT_END,
    VARIANT_EMPTY_END_REFUSED,
    VARIANT_FIRST_BLOCK_ACKNOWLEDGED,
    /* pulls */
    VARIANT_URI_CLEARED,
    VARIANT_URI_FAILS_LATE,
    VARIANT_URI_FAILS_BY_CODE,
    VARIANT_URI_IGNORED,
    VARIANT_PROTOCOL_IS_7,
    VARIANT_FETCH_ERRORS_OTHERWISE,
    VARIANT_FETCH_ERROR_IS_6,
    VARIANT_FETCH_ERROR_IS_8,
    VARIANT_UNTRUSTED_IS_9,
    VARIANT_NO_CLOCK,
    VARIANT_FETCH_RECONNECTS,
    VARIANT_STREAM_IN_PIECES,
    VARIANT_STREAM_PINGS,
    VARIANT_STREAM_TAKES_LITTLE,
    VARIANT_STREAM_BERT,
    VARIANT_STREAM_RELEASE,
    VARIANT_FETCH_BY_OWN_SOCKET,
    VARIANT_FETCH_WITHOUT_BLOCK2,
    VARIANT_FETCH_QUEUED,
    VARIANT_FETCH_RETRIES,
    VARIANT_FETCH_GIVES_UP,
    VARIANT_FETCH_RESTARTS,
    VARIANT_ETAG_RESTARTS,
    VARIANT_ETAG_IS_5,
    VARIANT_WRONG_BLOCK_FAILS,
    VARIANT_SECOND_FETCH_REFUSED,
    VARIANT_SECOND_FETCH_IS_12,
    VARIANT_SECOND_PUSH_REFUSED,
    VARIANT_QUEUED_CANCEL_IGNORED,
    VARIANT_QUEUED_URI_REPLACES,
    VARIANT_UPDATE_WHILE_FETCHING_REFUSED,
    VARIANT_URI_REPLACES_DOWNLOAD,
    VARIANT_BAD_URI_IS_9,
    VARIANT_BAD_URI_IS_4,
    VARIANT_BAD_URI_BY_CODE,
    VARIANT_NO_IPV6,
    VARIANT_EMPTY_IS_4,
    VARIANT_FETCH_RESUMES_AFTER_BOOT,
    VARIANT_BOOT_IS_4,
    VARIANT_BOOT_IS_10,
    VARIANT_HTTP_STARTS_OVER,
    VARIANT_HTTP_IN_PARTS,
    VARIANT_HTTP_HEAD_FIRST,
    /* resets and Cancel */
    VARIANT_RESET_DOWNLOADING_REFUSED,
    VARIANT_RESET_DOWNLOADING_IGNORED,
    VARIANT_RESET_CANCELS,
    VARIANT_RESET_IDLE_REFUSED,
    VARIANT_RESET_IDLE_IGNORED,
    VARIANT_RESET_IDLE_FAILS,
    VARIANT_CANCEL_IN_IDLE,
    /* dependencies and lists */
    VARIANT_DEPENDENCY_TO_IDLE,
    VARIANT_DEPENDENCY_BY_CODE,
    VARIANT_DEPENDENCY_WHILE_UPDATING,
    VARIANT_DEPENDENCY_NOT_PREDICTED,
    VARIANT_DEPENDENCY_BY_DOWNLOAD,
    VARIANT_TOO_OLD_IS_8,
    VARIANT_CONFLICT_STAYS,
    VARIANT_LIST_REFUSED_13,
    VARIANT_LIST_REFUSED_BY_CODE,
    VARIANT_BATCH_ONE_BY_ONE,
    VARIANT_BATCH_PARTIAL,
    VARIANT_RESULT_CLEARED_BY_POWER,
    VARIANT_SETTINGS_LOST_BY_POWER,
    VARIANT_CHANGE_TIME_LOST_BY_POWER,
    VARIANT_WRITES_IN_UPDATING_IGNORED,
    VARIANT_RESET_STOPS_UPDATE,
    VARIANT_WIDE_WRITE_IGNORED,
    VARIANT_ARGUMENT_UNQUOTED,
    VARIANT_ARGUMENT_LENIENT,
    VARIANT_LINKS_AS_SET,
    VARIANT_FREE_TEXT_IGNORED,
    VARIANT_UNKNOWN_ARGUMENT_IGNORED,
    VARIANT_EMPTY_VALUE_400,
    VARIANT_ARGUMENT_FORMAT_IGNORED,
    VARIANT_BAD_LINKS_ARE_13,
    VARIANT_LINKS_AT_ONCE,
    VARIANT_LINKS_STAY,
    /* updates */
    VARIANT_SHOWN_LATE,
    VARIANT_RESULT_IN_UPDATING,
    VARIANT_FAILED_TO_IDLE,
    VARIANT_FAILED_BY_INTEGRITY,
    VARIANT_FAILED_KEEPS_5,
    /* packages, bundles and failing updates: package_variants.c */
    VARIANT_HEADER_IS_5,
    VARIANT_BUNDLE_BY_FIRST_ONLY,
    VARIANT_CORRUPT_PART_FAILS_ALL,
    VARIANT_APPENDED_LEFT_OUT,
    VARIANT_OTHER_COMPONENT_ROUTED,
    VARIANT_CONFLICT_WITH_LOADED_ONLY,
    VARIANT_CANCEL_DROPS_BUNDLE,
    VARIANT_DOWNGRADE_IS_5,
    VARIANT_DOWNGRADE_IS_6,
    VARIANT_DOWNGRADE_IS_8,
    VARIANT_DOWNGRADE_IS_13,
    VARIANT_DOWNGRADE_FAILS,
    VARIANT_SAME_VERSION_IS_6,
    VARIANT_SAME_VERSION_FAILS,
    VARIANT_CUT_FORGETS_UPDATE,
    VARIANT_NO_REBOOT,
    VARIANT_CONFIRMED_LATE,
    VARIANT_OTHERS_DROPPED,
    /* deferral */
    VARIANT_DEFERRED_WHILE_UPDATING,
    VARIANT_DEFERRED_AGAIN,
    VARIANT_DEFERRED_TOGETHER,
    VARIANT_PERIOD_FROM_DOWNLOAD,
    VARIANT_OLD_PERIOD,
    VARIANT_DEFERRAL_HIDDEN_BY_REBOOT,
    VARIANT_DEFERRAL_LOST_BY_REBOOT,
    /* settings */
    VARIANT_SEVERITY_2_AT_FIRST,
    VARIANT_BAD_SETTINGS_IGNORED,
    VARIANT_LONG_PERIOD_REFUSED,
    VARIANT_LONG_URI_TAKEN,
    VARIANT_LONG_URI_IS_7,
    /* reporting */
    VARIANT_CHANGE_TIME_AT_BOOT,
    VARIANT_RESULT_PASSES_BY_10,
    /* the network */
    VARIANT_SEPARATE_RESPONSES,
    VARIANT_EXECUTE_ACK_LOST,
    VARIANT_EXECUTE_ACK_LOST_AT_TIMES,
    VARIANT_EXECUTE_NOT_REMEMBERED,
    VARIANT_MALFORMED_IGNORED,
    VARIANT_MUTE_WHILE_UPDATING,
    VARIANT_BUSY_WHILE_UPDATING,
    VARIANT_DEREGISTERS,
    VARIANT_SAME_PORT,
    /* formats and sizes */
    VARIANT_ACCEPT_REFUSED_400,
    VARIANT_NO_ACCEPT_KNOWN,
    VARIANT_FORMAT_REFUSED_415,
    VARIANT_BLOCK_512_BY_408,
    VARIANT_BLOCK_512_BY_413,
    VARIANT_BLOCK_512_BY_SILENCE,
    VARIANT_ALTERNATE_PATH,
    VARIANT_NO_ROOT_LINK,
    VARIANT_NO_BINDING,
    VARIANT_SERVER_INSTANCE_1,
    VARIANT_BUSY_WHILE_RECEIVING,
    VARIANT_PMAX_BELOW_PMIN_400,
    VARIANT_CANCEL_PAYLOAD_415,
    VARIANT_ANSWERS_BY_64,
    VARIANT_ANSWERS_BY_64_ETAG,
    /* what need not be there */
    VARIANT_NO_ATTRIBUTES,
    VARIANT_NO_COMPOSITE,
    VARIANT_OBSERVE_ATTRIBUTES_REFUSED,
    VARIANT_DEPTH_IGNORED,
    VARIANT_NOTIFY_NON,
    VARIANT_UPDATE_LATE,
    /* other sides of rows of section 9 */
    VARIANT_NO_TRIGGER_IS_400,
    VARIANT_NO_TRIGGER_IS_409,
    VARIANT_NO_TRIGGER_IS_503,
    VARIANT_URI_IGNORED_SHOWN,
    VARIANT_PACKAGE_IGNORED,
    VARIANT_UNREADY_IS_406,
    VARIANT_UNREADY_IS_500,
    VARIANT_OTHERS_DROPPED_AT_ONCE,
    VARIANT_RESULT_CLEARED_BY_BOOT,
    VARIANT_REBOOT_REFUSED,
    VARIANT_ONE_COMPONENT_LINKS,
    VARIANT_NAME_OF_255,
    VARIANT_NAME_OF_300,
    VARIANT_FU_PARALLEL,
    VARIANT_FU_MIRRORS,
    VARIANT_COUNT
};

/** What of them one device does. */
struct variants {
    uint64_t bits[(VARIANT_COUNT + 63) / 64];
};

/** @return VARIANT_COUNT for an unknown name */
enum variant variant_parse(const char *name);
const char *variant_name(enum variant variant);
bool variants_have(const struct variants *variants, enum variant variant);
void variants_add(struct variants *variants, enum variant variant);
/** Two variants that contradict each other: a device does at most one.
 *  @return false: there are none */
bool variants_contradict(const struct variants *variants,
                         enum variant out_pair[2]);
/** "name  what it does, and why it may", one a line. */
void variant_list(FILE *stream);

/** What a component showed from some moment on. */
#define VARIANT_SHOWN_MAX 12
struct shown {
    uint64_t from_ms;
    int state;
    int result;
    char package_version[32];
};

struct component;
struct firmware;
struct message;

/** The pair was set: when it is to be seen. `state` is the one before. */
void variant_pair_set(struct firmware *firmware, uint16_t instance, int state);
/** After a boot the pair is seen as it is: only changes are seen late. */
void variant_boot(struct firmware *firmware, uint16_t instance);
/** What is to be seen now. */
void variant_show(const struct firmware *firmware, uint16_t instance,
                  struct shown *out_shown);
/** Whether the Resource is not there (now); `instance` may be any one when
 *  the whole Object is asked for. */
bool variant_hides(const struct firmware *firmware, uint16_t object,
                   uint16_t instance, uint16_t resource);
/** How many instances of /33629 there are. */
unsigned variant_instances(const struct firmware *firmware);

/** A reset: true when the variant has done it all. */
bool variant_reset(struct firmware *firmware, uint16_t instance,
                   uint8_t *out_code);
/** The Update Result that a package deserves here. */
int variant_download_result(const struct firmware *firmware, int result);
/** The code of a Write that ends a download with `result`. */
uint8_t variant_download_code(const struct firmware *firmware, int result,
                              uint8_t code);
/** Whether what the last block brought is looked at later; starts the time. */
bool variant_verifies_late(struct firmware *firmware, uint16_t instance,
                           uint64_t now_ms);
/** The update of a component failed: true when the variant set the pair. */
bool variant_end_failed(struct firmware *firmware, uint16_t instance);
/** An Update that `culprits` keep from being done: true when the variant has
 *  answered it. */
bool variant_refuse(struct firmware *firmware, uint16_t instance,
                    unsigned culprits, uint64_t now_ms, uint8_t *out_code);
/** A list that the variant does not do: its culprits, or its code. */
unsigned variant_list_culprits(const struct firmware *firmware, unsigned others,
                               uint8_t *out_code);
/** Whether 17 names after Result 13 what was named then, solved or not. */
bool variant_keeps_conflicts(const struct firmware *firmware);
/** Who of the batch begins; the others follow. */
unsigned variant_first(struct firmware *firmware, uint16_t instance,
                       unsigned mask);
/** Whether the trials are confirmed later than at the boot. */
bool variant_confirms_late(struct firmware *firmware);
/** Do what is due, and when that will be. */
void variant_tick(struct firmware *firmware, uint64_t now_ms);
uint64_t variant_deadline(const struct firmware *firmware);

#endif
