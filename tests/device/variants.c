/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/variants.h"

#include <string.h>
#include <time.h>

#include "tests/device/firmware_parts.h"
#include "tests/device/message.h"

enum {
    LATE_MS = 300, /* well below T_STATE */
    OBJECT_DEVICE = 3,
    OBJECT_FIRMWARE = 33629,
};

static const struct {
    const char *name;
    const char *text;
} rows[VARIANT_COUNT] = {
    [VARIANT_MANDATORY_ONLY] = { "mandatory-only",
                                 "no optional Resource of /33629" },
    [VARIANT_NO_LINKS] = { "no-links", "no Resource 16 and 17: A-27" },
    [VARIANT_LINKS_ABSENT_WHEN_EMPTY] = { "links-absent-when-empty",
                                          "16 and 17 are absent while they "
                                          "have no member: AFU-106" },
    [VARIANT_NAMES_ABSENT_IN_IDLE] = { "names-absent-in-idle",
                                       "6 and 7 exist in Downloaded and "
                                       "Updating only: AFU-019" },
    [VARIANT_FIRMWARE_VERSION_ABSENT] = { "firmware-version-absent",
                                          "no /3/0/3" },
    [VARIANT_OBJECT_LINK_ABSENT] = { "object-link-absent",
                                     "the instances are registered without "
                                     "</33629>" },
    [VARIANT_OBJECT_VERSION_GIVEN] = { "object-version-given",
                                       "</33629> is registered with ver=1.0" },
    [VARIANT_INSTANCES_NOT_LISTED] = { "instances-not-listed",
                                       "</33629> is registered without its "
                                       "instances: AFU-002" },
    [VARIANT_ONE_COMPONENT] = { "one-component",
                                "only instance 0, without 16 and 17: A-27" },
    [VARIANT_ONE_COMPONENT_UNNAMED] = { "one-component-unnamed",
                                        "only instance 0, without 14: A-26" },
    [VARIANT_NO_TEXT_PLAIN] = { "no-text-plain",
                                "Read as text/plain is answered 4.06" },
    [VARIANT_URI_KEPT] = { "uri-kept",
                           "a reset does not empty Package URI: A-29" },
    [VARIANT_CREATE_USED_400] = { "create-used-4.00",
                                  "Create with a used ID is answered 4.00: "
                                  "A-32" },
    [VARIANT_CREATE_DELETE_404] = { "create-delete-4.04",
                                    "Create and Delete are answered 4.04: "
                                    "A-32" },
    [VARIANT_DELETE_OBJECT_400] = { "delete-object-4.00",
                                    "Delete of the Object is answered 4.00" },
    [VARIANT_UPDATE_IN_IDLE_400] = { "update-in-idle-4.00",
                                     "Update in Idle is answered 4.00: A-02" },
    [VARIANT_PUSH_STAYS_IDLE] = { "push-stays-idle",
                                  "State stays Idle during a push: A-08" },
    [VARIANT_RESULT_CLEARED_LATE] = { "result-cleared-late",
                                      "as push-stays-idle, and the old "
                                      "Result is shown until Downloaded: "
                                      "A-23" },
    [VARIANT_ERROR_CODE_WITH_RESULT] = { "error-code-with-result",
                                         "a failed push has an error code "
                                         "and its Result: A-09" },
    [VARIANT_ERROR_IN_DOWNLOADING] = { "error-in-downloading",
                                       "the error is shown in Downloading "
                                       "shortly before Idle: 4.1" },
    [VARIANT_VERIFIED_LATE] = { "verified-late",
                                "the package is looked at after the last "
                                "2.04" },
    [VARIANT_SIBLINGS_LATE] = { "siblings-late",
                                "siblings of a bundle reach Downloaded a "
                                "little later: AFU-116" },
    [VARIANT_CONFLICT_AT_END] = { "conflict-at-end",
                                  "Result 12 comes after the last block, "
                                  "which is answered 2.04: A-09" },
    [VARIANT_JUNK_IS_5] = { "junk-is-5",
                            "an unknown type is an integrity failure: A-11" },
    [VARIANT_JUNK_IS_8] = { "junk-is-8",
                            "an unknown type is a failed update: A-11" },
    [VARIANT_CHECKED_AT_UPDATE] = { "checked-at-update",
                                    "the checksum is looked at while "
                                    "updating: (I,5)" },
    [VARIANT_CHECKED_AT_UPDATE_8] = { "checked-at-update-8",
                                      "the same with (L,8)" },
    [VARIANT_URI_CLEARED] = { "uri-cleared",
                              "Package URI is empty after a download: A-29" },
    [VARIANT_URI_FAILS_LATE] = { "uri-fails-late",
                                 "a bad Package URI fails by way of "
                                 "Downloading: A-31" },
    [VARIANT_URI_FAILS_BY_CODE] = { "uri-fails-by-code",
                                    "a bad Package URI gets 4.00 and a "
                                    "Result: A-06" },
    [VARIANT_URI_IGNORED] = { "uri-ignored",
                              "a Package URI that is no trigger is answered "
                              "2.04: A-01" },
    [VARIANT_PROTOCOL_IS_7] = { "protocol-is-7",
                                "an unsupported scheme ends in 7: A-06" },
    [VARIANT_FETCH_ERRORS_OTHERWISE] = { "fetch-errors-otherwise",
                                         "4.04 ends in 4, a refused port in "
                                         "7, an unknown name in 4: A-10" },
    [VARIANT_FETCH_ERROR_IS_6] = { "fetch-error-is-6",
                                   "what cannot be fetched ends in 6: A-10" },
    [VARIANT_FETCH_ERROR_IS_8] = { "fetch-error-is-8",
                                   "what cannot be fetched ends in 8: A-10" },
    [VARIANT_FETCH_BY_OWN_SOCKET] = { "fetch-by-own-socket",
                                      "a pull from the LwM2M server has a "
                                      "port of its own" },
    [VARIANT_FETCH_WITHOUT_BLOCK2] = { "fetch-without-block2",
                                       "the first request has no Block2: RFC "
                                       "7959, 2.4" },
    [VARIANT_FETCH_QUEUED] = { "fetch-queued",
                               "one pull at a time, others wait in "
                               "Downloading: A-20" },
    [VARIANT_RESET_DOWNLOADING_REFUSED] = { "reset-downloading-refused",
                                            "a reset in Downloading is "
                                            "answered 4.05: A-04" },
    [VARIANT_RESET_DOWNLOADING_IGNORED] = { "reset-downloading-ignored",
                                            "a reset in Downloading is "
                                            "answered 2.04, no more: A-04" },
    [VARIANT_RESET_CANCELS] = { "reset-cancels",
                                "a reset ends with Result 10: A-04" },
    [VARIANT_RESET_IDLE_REFUSED] = { "reset-idle-refused",
                                     "a reset in Idle is answered 4.05: "
                                     "A-05" },
    [VARIANT_RESET_IDLE_IGNORED] = { "reset-idle-ignored",
                                     "a reset in Idle is answered 2.04 and "
                                     "keeps the Result: A-05" },
    [VARIANT_RESET_IDLE_FAILS] = { "reset-idle-fails",
                                   "0x00 in Idle is a package of an unknown "
                                   "type: A-05" },
    [VARIANT_CANCEL_IN_IDLE] = { "cancel-in-idle",
                                 "Cancel in Idle is answered 2.04 with "
                                 "(I,10): A-03" },
    [VARIANT_DEPENDENCY_TO_IDLE] = { "dependency-to-idle",
                                     "Result 13 ends in Idle: A-14" },
    [VARIANT_DEPENDENCY_BY_CODE] = { "dependency-by-code",
                                     "Result 13 comes with an error code" },
    [VARIANT_DEPENDENCY_WHILE_UPDATING] = { "dependency-while-updating",
                                            "Result 13 is found in Updating: "
                                            "ST-36" },
    [VARIANT_DEPENDENCY_NOT_PREDICTED] = { "dependency-not-predicted",
                                           "no links before an Update, so "
                                           "the needed one takes no part: "
                                           "A-21" },
    [VARIANT_DEPENDENCY_BY_DOWNLOAD] = { "dependency-by-download",
                                         "a downloaded package satisfies a "
                                         "dependency: A-21" },
    [VARIANT_CONFLICT_STAYS] = { "conflict-stays",
                                 "17 keeps what is solved: A-39" },
    [VARIANT_LIST_REFUSED_13] = { "list-refused-13",
                                  "no batch: Result 13: A-41" },
    [VARIANT_LIST_REFUSED_BY_CODE] = { "list-refused-by-code",
                                       "no batch: 4.05: A-41" },
    [VARIANT_BATCH_ONE_BY_ONE] = { "batch-one-by-one",
                                   "listed siblings update later: A-35" },
    [VARIANT_BATCH_PARTIAL] = { "batch-partial",
                                "the good part of a failing batch is "
                                "installed: AFU-093 without ICS-TRANS" },
    [VARIANT_SHOWN_LATE] = { "shown-late",
                             "State and Result are shown after a moment: "
                             "T_STATE" },
    [VARIANT_RESULT_IN_UPDATING] = { "result-in-updating",
                                     "the final Result is shown shortly "
                                     "before State leaves Updating: 4.1" },
    [VARIANT_FAILED_TO_IDLE] = { "failed-to-idle",
                                 "a failed update ends in (I,8): A-15" },
    [VARIANT_FAILED_BY_INTEGRITY] = { "failed-by-integrity",
                                      "a failed update ends in (I,5): A-34" },
    [VARIANT_FAILED_KEEPS_5] = { "failed-keeps-5",
                                 "a failed update ends in (L,5): A-15" },
    [VARIANT_NO_REBOOT] = { "no-reboot", "updates need no reboot: AFU-167" },
    [VARIANT_CONFIRMED_LATE] = { "confirmed-late",
                                 "Updating lasts until after the "
                                 "registration" },
    [VARIANT_OTHERS_DROPPED] = { "others-dropped",
                                 "a reboot loses downloaded packages: "
                                 "AFU-095 without ICS-PERSIST" },
    [VARIANT_SEPARATE_RESPONSES] = { "separate-responses",
                                     "empty ACK, then the response" },
    [VARIANT_EXECUTE_ACK_LOST] = { "execute-ack-lost",
                                   "the answer to Update is lost: A-38" },
    [VARIANT_MUTE_WHILE_UPDATING] = { "mute-while-updating",
                                      "no answer in Updating" },
    [VARIANT_BUSY_WHILE_UPDATING] = { "busy-while-updating",
                                      "Read is answered 5.03 in Updating" },
    [VARIANT_DEREGISTERS] = { "deregisters", "De-register before a reboot" },
    [VARIANT_SAME_PORT] = { "same-port", "the same port after a reboot" },
    [VARIANT_ACCEPT_REFUSED_400] = { "accept-refused-4.00",
                                     "Read as text/plain is answered 4.00" },
    [VARIANT_NO_ACCEPT_KNOWN] = { "no-accept-known",
                                  "Read with Accept is answered 4.02: RFC "
                                  "7252, 5.4.1" },
    [VARIANT_FORMAT_REFUSED_415] = { "format-refused-4.15",
                                     "Write as text/plain is answered 4.15" },
    [VARIANT_BLOCK_512_BY_408] = { "block-512-by-4.08",
                                   "4.08 to more than 512 bytes, no hint" },
    [VARIANT_BLOCK_512_BY_413] = { "block-512-by-4.13",
                                   "4.13 to more than 512 bytes, no hint" },
    [VARIANT_BLOCK_512_BY_SILENCE] = { "block-512-by-silence",
                                       "more than 512 bytes do not arrive" },
    [VARIANT_ALTERNATE_PATH] = { "alternate-path",
                                 "all Objects are below /lwm2m: Core 6.4.1" },
    [VARIANT_NO_ROOT_LINK] = { "no-root-link",
                               "the registration says nothing of formats" },
    [VARIANT_NO_BINDING] = { "no-binding", "a Register without b" },
    [VARIANT_SERVER_INSTANCE_1] = { "server-instance-1",
                                    "the only instance of /1 is 1" },
    [VARIANT_BUSY_WHILE_RECEIVING] = { "busy-while-receiving",
                                       "5.03 to all else while a package "
                                       "comes" },
    [VARIANT_PMAX_BELOW_PMIN_400] = { "pmax-below-pmin-4.00",
                                      "such a pair is refused, not ignored" },
    [VARIANT_CANCEL_PAYLOAD_415] = { "cancel-payload-4.15",
                                     "Cancel with a payload is answered "
                                     "4.15" },
    [VARIANT_ANSWERS_BY_64] = { "answers-by-64",
                                "answers come in blocks of 64 bytes" },
    [VARIANT_ANSWERS_BY_64_ETAG] = { "answers-by-64-etag",
                                     "the same with an ETag of the body" },
    [VARIANT_NO_ATTRIBUTES] = { "no-attributes",
                                "Write-Attributes is answered 4.05" },
    [VARIANT_NO_COMPOSITE] = { "no-composite",
                               "composite operations are answered 4.05" },
    [VARIANT_OBSERVE_ATTRIBUTES_REFUSED] = { "observe-attributes-refused",
                                             "Observe with attributes is "
                                             "answered 4.00" },
    [VARIANT_DEPTH_IGNORED] = { "depth-ignored",
                                "Discover pays no heed to depth" },
    [VARIANT_NOTIFY_NON] = { "notify-non",
                             "notifications are not confirmable" },
    [VARIANT_UPDATE_LATE] = { "update-late",
                              "an Update comes a while after its cause" },
};

enum variant variant_parse(const char *name)
{
    for (int i = VARIANT_NONE + 1; i < VARIANT_COUNT; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return (enum variant)i;
        }
    }
    return VARIANT_COUNT;
}

void variant_list(FILE *stream)
{
    for (int i = VARIANT_NONE + 1; i < VARIANT_COUNT; i++) {
        fprintf(stream, "%-26s %s\n", rows[i].name, rows[i].text);
    }
}

static uint64_t clock_ms(void)
{
    struct timespec now = { .tv_sec = 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static enum variant variant_of(const struct firmware *firmware)
{
    return firmware->config.variant;
}

/* What is seen. */

static void add_shown(struct component *component, int state, uint64_t from_ms)
{
    if (component->shown_count == VARIANT_SHOWN_MAX) {
        component->shown_count--;
        memmove(&component->shown[0], &component->shown[1],
                component->shown_count * sizeof(component->shown[0]));
    }
    struct shown *shown = &component->shown[component->shown_count++];
    *shown = (struct shown){ .from_ms = from_ms,
                             .state = state,
                             .result = component->result };
    memcpy(shown->package_version, component->package_version,
           sizeof(component->package_version));
}

void variant_pair_set(struct firmware *firmware, uint16_t instance, int state)
{
    struct component *component = firmware_at(firmware, instance);
    uint64_t now_ms = clock_ms();
    bool leaves_download =
        state == STATE_DOWNLOADING && component->state == STATE_IDLE;
    bool leaves_update =
        state == STATE_UPDATING && component->state != STATE_UPDATING;
    bool is_sibling = state == STATE_IDLE && !component->is_receiving &&
                      component->state == STATE_DOWNLOADED;
    uint64_t late_ms = 0;

    switch (variant_of(firmware)) {
    case VARIANT_SHOWN_LATE:
        late_ms = LATE_MS;
        break;
    case VARIANT_SIBLINGS_LATE:
        late_ms = is_sibling ? LATE_MS : 0;
        break;
    case VARIANT_ERROR_IN_DOWNLOADING:
        late_ms = leaves_download ? LATE_MS : 0;
        break;
    case VARIANT_RESULT_IN_UPDATING:
        late_ms = leaves_update ? LATE_MS : 0;
        break;
    default:
        return;
    }
    if ((leaves_download &&
         variant_of(firmware) == VARIANT_ERROR_IN_DOWNLOADING) ||
        (leaves_update && variant_of(firmware) == VARIANT_RESULT_IN_UPDATING)) {
        add_shown(component, state, now_ms);
    }
    add_shown(component, (int)component->state, now_ms + late_ms);
}

void variant_show(const struct firmware *firmware, uint16_t instance,
                  struct shown *out_shown)
{
    const struct component *component = &firmware->components[instance];
    uint64_t now_ms = component->shown_count > 0 ? clock_ms() : 0;

    *out_shown = (struct shown){ .state = (int)component->state,
                                 .result = component->result };
    memcpy(out_shown->package_version, component->package_version,
           sizeof(component->package_version));
    for (size_t i = component->shown_count; i-- > 0;) {
        if (component->shown[i].from_ms <= now_ms) {
            *out_shown = component->shown[i];
            return;
        }
    }
    if (component->shown_count > 0) { /* as it was at the beginning */
        out_shown->state = STATE_IDLE;
        out_shown->result = RESULT_INITIAL;
        out_shown->package_version[0] = '\0';
    }
}

bool variant_hides(const struct firmware *firmware, uint16_t object,
                   uint16_t instance, uint16_t resource)
{
    bool is_link = resource == 16 || resource == 17;
    bool is_name = resource == 6 || resource == 7;
    enum variant variant = variant_of(firmware);

    if (object == OBJECT_DEVICE) {
        return variant == VARIANT_FIRMWARE_VERSION_ABSENT && resource == 3;
    }
    if (object != OBJECT_FIRMWARE) {
        return false; /* others have Instances that are no components */
    }
    const struct component *component = &firmware->components[instance];
    switch (variant) {
    case VARIANT_MANDATORY_ONLY:
        return is_link || is_name || (resource >= 10 && resource <= 13);
    case VARIANT_NO_LINKS:
    case VARIANT_ONE_COMPONENT:
        return is_link;
    case VARIANT_ONE_COMPONENT_UNNAMED:
        return is_link || resource == 14;
    case VARIANT_LINKS_ABSENT_WHEN_EMPTY:
        return (resource == 16 && firmware_linked(firmware, instance) == 0) ||
               (resource == 17 &&
                firmware_conflicting(firmware, instance) == 0);
    case VARIANT_NAMES_ABSENT_IN_IDLE:
        return is_name && component->state < STATE_DOWNLOADED;
    default:
        return false;
    }
}

unsigned variant_instances(const struct firmware *firmware)
{
    bool is_one = variant_of(firmware) == VARIANT_ONE_COMPONENT ||
                  variant_of(firmware) == VARIANT_ONE_COMPONENT_UNNAMED;

    return is_one ? 1 : FIRMWARE_COMPONENTS;
}

/* Downloads and resets. */

bool variant_reset(struct firmware *firmware, uint16_t instance,
                   uint8_t *out_code)
{
    bool is_idle = firmware_at(firmware, instance)->state == STATE_IDLE;
    bool is_downloading =
        firmware_at(firmware, instance)->state == STATE_DOWNLOADING;

    *out_code = CODE(2, 4);
    switch (variant_of(firmware)) {
    case VARIANT_RESET_DOWNLOADING_REFUSED:
        *out_code = CODE(4, 5);
        return is_downloading;
    case VARIANT_RESET_DOWNLOADING_IGNORED:
        return is_downloading;
    case VARIANT_RESET_CANCELS:
        if (!is_idle) {
            firmware_to_idle(firmware, instance, RESULT_CANCELLED);
        }
        return !is_idle;
    case VARIANT_RESET_IDLE_REFUSED:
        *out_code = CODE(4, 5);
        return is_idle;
    case VARIANT_RESET_IDLE_IGNORED:
        return is_idle;
    case VARIANT_RESET_IDLE_FAILS:
        if (is_idle) {
            firmware_to_idle(firmware, instance, RESULT_TYPE);
        }
        return is_idle;
    default:
        return false;
    }
}

int variant_download_result(const struct firmware *firmware, int result)
{
    if (result != RESULT_TYPE) {
        return result;
    }
    return variant_of(firmware) == VARIANT_JUNK_IS_5   ? RESULT_INTEGRITY
           : variant_of(firmware) == VARIANT_JUNK_IS_8 ? RESULT_UPDATE_FAILED
                                                       : result;
}

uint8_t variant_download_code(const struct firmware *firmware, int result,
                              uint8_t code)
{
    if (variant_of(firmware) == VARIANT_CONFLICT_AT_END) {
        return CODE(2, 4);
    }
    if (variant_of(firmware) != VARIANT_ERROR_CODE_WITH_RESULT) {
        return code;
    }
    switch (result) {
    case RESULT_NO_FLASH:
        return CODE(4, 13);
    case RESULT_INTEGRITY:
        return CODE(4, 8);
    case RESULT_TYPE:
        return CODE(4, 15);
    default:
        return CODE(5, 0);
    }
}

bool variant_verifies_late(struct firmware *firmware, uint16_t instance,
                           uint64_t now_ms)
{
    struct component *component = firmware_at(firmware, instance);

    if (variant_of(firmware) != VARIANT_VERIFIED_LATE) {
        return false;
    }
    component->verify_deadline_ms = now_ms + LATE_MS;
    component->receive_deadline_ms = FIRMWARE_NEVER;
    return true;
}

/* Updates. */

bool variant_end_failed(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);

    if (component->refused_by != 0) {
        unsigned culprits = component->refused_by;
        component->refused_by = 0;
        firmware_set_pair(firmware, instance, STATE_DOWNLOADED,
                          RESULT_DEPENDENCY);
        component->culprits = culprits;
        return true;
    }
    switch (variant_of(firmware)) {
    case VARIANT_FAILED_TO_IDLE:
        firmware_to_idle(firmware, instance, RESULT_UPDATE_FAILED);
        return true;
    case VARIANT_FAILED_BY_INTEGRITY:
    case VARIANT_CHECKED_AT_UPDATE:
        firmware_to_idle(firmware, instance, RESULT_INTEGRITY);
        return true;
    case VARIANT_FAILED_KEEPS_5:
        firmware_set_pair(firmware, instance, STATE_DOWNLOADED,
                          RESULT_INTEGRITY);
        return true;
    default:
        return false;
    }
}

bool variant_refuse(struct firmware *firmware, uint16_t instance,
                    unsigned culprits, uint64_t now_ms, uint8_t *out_code)
{
    struct component *component = firmware_at(firmware, instance);

    *out_code = CODE(2, 4);
    switch (variant_of(firmware)) {
    case VARIANT_DEPENDENCY_TO_IDLE:
        firmware_to_idle(firmware, instance, RESULT_DEPENDENCY);
        component->culprits = culprits;
        firmware_save(firmware);
        return true;
    case VARIANT_DEPENDENCY_BY_CODE:
        firmware_set_pair(firmware, instance, STATE_DOWNLOADED,
                          RESULT_DEPENDENCY);
        component->culprits = culprits;
        firmware_save(firmware);
        *out_code = CODE(4, 6);
        return true;
    case VARIANT_DEPENDENCY_WHILE_UPDATING:
        component->refused_by = culprits;
        firmware_start_update(firmware, 1u << instance, now_ms);
        return true;
    default:
        return false;
    }
}

unsigned variant_list_culprits(const struct firmware *firmware, unsigned others,
                               uint8_t *out_code)
{
    enum variant variant = variant_of(firmware);
    /* Result 13 would need Resource 17: AFU-104. */
    bool has_no_13 =
        variant == VARIANT_NO_LINKS || variant == VARIANT_MANDATORY_ONLY;

    for (uint16_t i = 0; has_no_13 && i < FIRMWARE_COMPONENTS; i++) {
        if ((others & 1u << i) != 0 && !firmware_is_ready(firmware, i)) {
            *out_code = CODE(4, 5); /* */
        }
    }
    if (others != 0 && variant == VARIANT_LIST_REFUSED_BY_CODE) {
        *out_code = CODE(4, 5);
    }
    return variant_of(firmware) == VARIANT_LIST_REFUSED_13 ? others : 0;
}

bool variant_keeps_conflicts(const struct firmware *firmware)
{
    return variant_of(firmware) == VARIANT_CONFLICT_STAYS ||
           firmware->config.mutant == MUTANT_CONFLICT_STAYS;
}

unsigned variant_first(struct firmware *firmware, uint16_t instance,
                       unsigned mask)
{
    if (variant_of(firmware) != VARIANT_BATCH_ONE_BY_ONE) {
        return mask;
    }
    firmware->waiting = mask & ~(1u << instance);
    return 1u << instance;
}

bool variant_confirms_late(struct firmware *firmware)
{
    if (variant_of(firmware) != VARIANT_CONFIRMED_LATE) {
        return false;
    }
    firmware->confirm_deadline_ms = clock_ms() + LATE_MS;
    return true;
}

static bool may_go_on(const struct firmware *firmware)
{
    return firmware->waiting != 0 && !firmware->wants_reboot &&
           firmware->install_deadline_ms == FIRMWARE_NEVER;
}

void variant_tick(struct firmware *firmware, uint64_t now_ms)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct component *component = firmware_at(firmware, i);
        if (component->verify_deadline_ms <= now_ms) {
            component->verify_deadline_ms = FIRMWARE_NEVER;
            (void)firmware_finish_download(firmware, i); /* was answered */
        }
    }
    if (firmware->confirm_deadline_ms <= now_ms) {
        firmware->confirm_deadline_ms = FIRMWARE_NEVER;
        firmware_settle_trials(firmware);
    }
    if (may_go_on(firmware)) {
        unsigned next = firmware->waiting & ~(firmware->waiting - 1);
        firmware->waiting &= ~next;
        firmware_start_update(firmware, next, now_ms);
    }
}

uint64_t variant_deadline(const struct firmware *firmware)
{
    uint64_t deadline = firmware->confirm_deadline_ms;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (firmware->components[i].verify_deadline_ms < deadline) {
            deadline = firmware->components[i].verify_deadline_ms;
        }
    }
    return may_go_on(firmware) ? 0 : deadline;
}
