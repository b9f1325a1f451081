/* SPDX-License-Identifier: Apache-2.0 */

/* The names of the variants; what they do is in variants.c and elsewhere. */
#include <string.h>

#include "tests/device/variants.h"

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
    [VARIANT_RESTART_REFUSED] = { "restart-refused",
                                  "a first block is answered 5.03 while a push is open: A-16" },
    [VARIANT_ONE_PUSH] = { "one-push",
                           "a push to another one is answered 5.03 meanwhile" },
    [VARIANT_ZERO_LENGTH_RESETS] = { "zero-length-resets",
                                     "a Package write of no bytes is a reset: A-05" },
    [VARIANT_PUSH_REASSEMBLED] = { "push-reassembled",
                                   "blocks may come in any order: RFC 7959, 2.5" },
    [VARIANT_REPEAT_REFUSED] = { "repeat-refused",
                                 "a repeated block is answered 4.08, and the push goes on" },
    [VARIANT_GAP_IS_400] = { "gap-is-4.00", "a gap is answered 4.00" },
    [VARIANT_GAP_IS_503] = { "gap-is-5.03", "a gap is answered 5.03" },
    [VARIANT_SIZE1_ENFORCED] = { "size1-enforced",
                                 "a package of another size than Size1 is none" },
    [VARIANT_TOO_BIG_IS_3] = { "too-big-is-3",
                               "what is too big ends in 3: AFU-041" },
    [VARIANT_TOO_BIG_IS_6] = { "too-big-is-6",
                               "what is too big ends in 6: AFU-041" },
    [VARIANT_PUSH_KEPT_OPEN] = { "push-kept-open",
                                 "an abandoned push is ended by a reset only" },
    [VARIANT_CANCEL_PUSH_REFUSED] = { "cancel-push-refused",
                                      "Cancel during a push is answered 4.05" },
    [VARIANT_URI_ENDS_PUSH] = { "uri-ends-push",
                                "a Package URI gives up the push and is fetched" },
    [VARIANT_SHRINKS_LATE] = { "shrinks-late",
                               "blocks of 64 are asked for in the middle of a push" },
    [VARIANT_BASE64_TAKEN] = { "base64-taken",
                               "a package may come as Base64, text/plain" },
    [VARIANT_NAMES_ABSENT_IN_UPDATING] = { "names-absent-in-updating",
                                           "6 and 7 exist in Downloaded only: A-30" },
    [VARIANT_GAP_AT_END] = { "gap-at-end",
                             "a gap is answered 4.08 with the last block" },
    [VARIANT_FIRST_BLOCK_ACKNOWLEDGED] = { "first-block-acknowledged",
        "the first block is answered after 2.5 s, and acknowledged at once" },
    [VARIANT_EMPTY_END_REFUSED] = { "empty-end-refused",
        "a last block of no bytes is answered 4.00" },
    [VARIANT_NO_RAM_IS_4] = { "no-ram-is-4",
                              "a package that takes all RAM ends in 4" },
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
    [VARIANT_UNTRUSTED_IS_9] = { "untrusted-is-9",
                                 "a file server that is not trusted ends in "
                                 "9: A-10" },
    [VARIANT_NO_CLOCK] = { "no-clock",
                           "it does not know when a certificate is valid" },
    [VARIANT_FETCH_RECONNECTS] = { "fetch-reconnects",
                                   "by coaps and TCP each block has a "
                                   "connection of its own" },
    [VARIANT_STREAM_IN_PIECES] = { "stream-in-pieces",
                                   "each byte of a TCP stream goes out by "
                                   "itself" },
    [VARIANT_STREAM_PINGS] = { "stream-pings",
                               "a Ping before each request: RFC 8323, 5.4" },
    [VARIANT_STREAM_TAKES_LITTLE] = { "stream-takes-little",
                                      "Max-Message-Size 300: RFC 8323, "
                                      "5.3.1" },
    [VARIANT_STREAM_BERT] = { "stream-bert", "blocks of SZX 7: RFC 8323, 6" },
    [VARIANT_STREAM_RELEASE] = { "stream-release",
                                 "a Release at the end: RFC 8323, 5.5" },
    [VARIANT_FETCH_BY_OWN_SOCKET] = { "fetch-by-own-socket",
                                      "a pull from the LwM2M server has a "
                                      "port of its own" },
    [VARIANT_FETCH_WITHOUT_BLOCK2] = { "fetch-without-block2",
                                       "the first request has no Block2: RFC "
                                       "7959, 2.4" },
    [VARIANT_FETCH_QUEUED] = { "fetch-queued",
                               "one pull at a time, others wait in "
                               "Downloading: A-20" },
    [VARIANT_FETCH_RETRIES] = { "fetch-retries",
                                "after 5.xx it asks again some times" },
    [VARIANT_FETCH_GIVES_UP] = { "fetch-gives-up",
                                 "the first silence ends a pull: no RESUME" },
    [VARIANT_FETCH_RESTARTS] = { "fetch-restarts",
                                 "what was interrupted is fetched anew, not "
                                 "gone on with: no RESUME" },
    [VARIANT_ETAG_RESTARTS] = { "etag-restarts",
                                "another ETag begins the pull anew: "
                                "AFU-048" },
    [VARIANT_ETAG_IS_5] = { "etag-is-5",
                            "another ETag is an integrity failure: AFU-048" },
    [VARIANT_WRONG_BLOCK_FAILS] = { "wrong-block-fails",
                                    "a block that was not asked for ends in "
                                    "4" },
    [VARIANT_SECOND_FETCH_REFUSED] = { "second-fetch-refused",
                                       "one pull at a time, the second URI is "
                                       "answered 4.05: A-20" },
    [VARIANT_SECOND_FETCH_IS_12] = { "second-fetch-is-12",
                                     "the second pull at a time ends in 12: "
                                     "A-20" },
    [VARIANT_SECOND_PUSH_REFUSED] = { "second-push-refused",
                                      "a push is answered 4.05 while another "
                                      "instance downloads: A-01" },
    [VARIANT_QUEUED_CANCEL_IGNORED] = { "queued-cancel-ignored",
                                        "Cancel of a pull that waits is "
                                        "answered 2.04, no more: A-33" },
    [VARIANT_QUEUED_URI_REPLACES] = { "queued-uri-replaces",
                                      "another URI replaces a pull that "
                                      "waits: AFU-045" },
    [VARIANT_UPDATE_WHILE_FETCHING_REFUSED] = { "update-while-fetching-"
                                                "refused",
                                                "Update is answered 5.03 "
                                                "while another instance "
                                                "pulls" },
    [VARIANT_URI_REPLACES_DOWNLOAD] = { "uri-replaces-download",
                                        "another URI in Downloading begins "
                                        "anew: AFU-045" },
    [VARIANT_BAD_URI_IS_9] = { "bad-uri-is-9",
                               "a URI that is none ends in 9: A-10" },
    [VARIANT_BAD_URI_IS_4] = { "bad-uri-is-4",
                               "a URI that is none ends in 4: A-10" },
    [VARIANT_BAD_URI_BY_CODE] = { "bad-uri-by-code",
                                  "a URI that is none is answered 4.00, and "
                                  "the pair stays: A-10" },
    [VARIANT_NO_IPV6] = { "no-ipv6", "a URI with an IPv6 literal ends in 7" },
    [VARIANT_EMPTY_IS_4] = { "empty-is-4", "an empty file ends in 4" },
    [VARIANT_FETCH_RESUMES_AFTER_BOOT] = { "fetch-resumes-after-boot",
                                           "a pull begins anew after a "
                                           "reboot: AFU-164" },
    [VARIANT_BOOT_IS_4] = { "boot-is-4",
                            "a reboot in Downloading ends in 4: AFU-164" },
    [VARIANT_BOOT_IS_10] = { "boot-is-10",
                             "a reboot in Downloading ends in 10: AFU-164" },
    [VARIANT_HTTP_STARTS_OVER] = { "http-starts-over",
                                   "by HTTP a pull that broke off begins from "
                                   "the first byte, without Range" },
    [VARIANT_HTTP_IN_PARTS] = { "http-in-parts",
                                "by HTTP it asks for 2 KiB at a time, by "
                                "Range" },
    [VARIANT_HTTP_HEAD_FIRST] = { "http-head-first",
                                  "by HTTP it asks for the headers before the "
                                  "file" },
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
    [VARIANT_TOO_OLD_IS_8] = { "too-old-is-8",
                               "a needed package that is there and too old "
                               "gives Result 8: AFU-DEP-006" },
    [VARIANT_DEPENDENCY_BY_DOWNLOAD] = { "dependency-by-download",
                                         "a downloaded package satisfies a "
                                         "dependency: A-21" },
    [VARIANT_CONFLICT_STAYS] = { "conflict-stays",
                                 "17 keeps what is solved: A-39" },
    [VARIANT_ARGUMENT_UNQUOTED] = { "argument-unquoted",
                                    "a list without quotes is taken: A-25" },
    [VARIANT_ARGUMENT_LENIENT] = { "argument-lenient",
                                   "malformed lists are taken for what they name: A-25" },
    [VARIANT_LINKS_AS_SET] = { "links-as-set",
                               "a list may name the component itself, others twice, and have "
                               "attributes" },
    [VARIANT_FREE_TEXT_IGNORED] = { "free-text-ignored",
                                    "free text is taken as no argument: A-42" },
    [VARIANT_UNKNOWN_ARGUMENT_IGNORED] = { "unknown-argument-ignored",
                                           "arguments but 0 are ignored" },
    [VARIANT_EMPTY_VALUE_400] = { "empty-value-4.00", "0='' is answered 4.00" },
    [VARIANT_ARGUMENT_FORMAT_IGNORED] = { "argument-format-ignored",
                                          "the Content-Format of an argument is ignored" },
    [VARIANT_BAD_LINKS_ARE_13] = { "bad-links-are-13",
                                   "links to no instance of /33629 end with Result 13" },
    [VARIANT_LINKS_AT_ONCE] = { "links-at-once",
                                "Linked Instances names what the package asks for, Idle or not: "
                                "A-12" },
    [VARIANT_LINKS_STAY] = { "links-stay",
                             "Linked Instances is not emptied by a success" },
    [VARIANT_RESULT_CLEARED_BY_POWER] = { "result-cleared-by-power",
                                          "a loss of power makes Update Result 0" },
    [VARIANT_SETTINGS_LOST_BY_POWER] = { "settings-lost-by-power",
                                         "a loss of power brings Severity and Maximum Defer Period back to "
                                         "their defaults" },
    [VARIANT_CHANGE_TIME_LOST_BY_POWER] = { "change-time-lost-by-power",
                                            "Last State Change Time is 0 after a loss of power: A-37" },
    [VARIANT_WRITES_IN_UPDATING_IGNORED] = { "writes-in-updating-ignored",
                                             "writes in Updating are answered 2.04 and ignored" },
    [VARIANT_RESET_STOPS_UPDATE] = { "reset-stops-update",
                                     "a reset in Updating stops the update: A-04" },
    [VARIANT_WIDE_WRITE_IGNORED] = { "wide-write-ignored",
                                     "a Write of State and Update Result is answered 2.04 and ignored" },
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
    [VARIANT_HEADER_IS_5] = { "header-is-5",
                              "a damaged header is an integrity failure: AFU-043" },
    [VARIANT_BUNDLE_BY_FIRST_ONLY] = { "bundle-by-first-only",
                                       "bundles only through their lowest instance" },
    [VARIANT_CORRUPT_PART_FAILS_ALL] = { "corrupt-part-fails-all",
                                         "a corrupt part gives all of a bundle Result 5" },
    [VARIANT_APPENDED_LEFT_OUT] = { "appended-left-out",
                                    "bytes behind the package are left out" },
    [VARIANT_OTHER_COMPONENT_ROUTED] = { "other-component-routed",
                                         "a package for others is loaded there: A-11" },
    [VARIANT_CONFLICT_WITH_LOADED_ONLY] = { "conflict-with-loaded-only",
                                            "a sibling in Downloading is no conflict: A-28" },
    [VARIANT_CANCEL_DROPS_BUNDLE] = { "cancel-drops-bundle",
                                      "Cancel of a part drops all of the bundle: A-22" },
    [VARIANT_DOWNGRADE_IS_5] = { "downgrade-is-5",
                                 "older versions are refused by Result 5" },
    [VARIANT_DOWNGRADE_IS_6] = { "downgrade-is-6",
                                 "older versions are refused by Result 6" },
    [VARIANT_DOWNGRADE_IS_8] = { "downgrade-is-8",
                                 "older versions are refused by Result 8" },
    [VARIANT_DOWNGRADE_IS_13] = { "downgrade-is-13",
                                  "older versions are refused by Result 13 at Update" },
    [VARIANT_DOWNGRADE_FAILS] = { "downgrade-fails",
                                  "older versions fail to install" },
    [VARIANT_SAME_VERSION_IS_6] = { "same-version-is-6",
                                    "the same version is refused by Result 6" },
    [VARIANT_SAME_VERSION_FAILS] = { "same-version-fails",
                                     "the same version fails to install" },
    [VARIANT_CUT_FORGETS_UPDATE] = { "cut-forgets-update",
                                     "after a power cut while Updating (L,0): AFU-165" },
    [VARIANT_NO_REBOOT] = { "no-reboot", "updates need no reboot: AFU-167" },
    [VARIANT_CONFIRMED_LATE] = { "confirmed-late",
                                 "Updating lasts until after the "
                                 "registration" },
    [VARIANT_OTHERS_DROPPED] = { "others-dropped",
                                 "a reboot loses downloaded packages: "
                                 "AFU-095 without ICS-PERSIST" },
    [VARIANT_DEFERRED_WHILE_UPDATING] = { "deferred-while-updating",
                                          "the user is asked in Updating, for 150 ms: A-13" },
    [VARIANT_DEFERRED_AGAIN] = { "deferred-again",
                                 "Update while deferred is deferred, too; the period runs on" },
    [VARIANT_DEFERRED_TOGETHER] = { "deferred-together",
                                    "each of a deferred batch shows Result 11" },
    [VARIANT_PERIOD_FROM_DOWNLOAD] = { "period-from-download",
                                       "Maximum Defer Period begins with the end of the download: A-18" },
    [VARIANT_OLD_PERIOD] = { "old-period",
                             "what is written to 13 counts for the next deferral" },
    [VARIANT_DEFERRAL_HIDDEN_BY_REBOOT] = { "deferral-hidden-by-reboot",
                                            "after a reboot a deferred update shows Result 0, and starts in "
                                            "time" },
    [VARIANT_DEFERRAL_LOST_BY_REBOOT] = { "deferral-lost-by-reboot",
                                          "after a reboot a deferred update waits for another Execute" },
    [VARIANT_SEVERITY_2_AT_FIRST] = { "severity-2-at-first",
                                      "as from the factory Severity is 2: A-40" },
    [VARIANT_BAD_SETTINGS_IGNORED] = { "bad-settings-ignored",
                                       "what 11 and 13 cannot be is answered 2.04: AFU-021" },
    [VARIANT_LONG_PERIOD_REFUSED] = { "long-period-refused",
                                      "Maximum Defer Period of over a year is answered 4.00" },
    [VARIANT_LONG_URI_TAKEN] = { "long-uri-taken",
                                 "a Package URI of more than 255 bytes is used" },
    [VARIANT_LONG_URI_IS_7] = { "long-uri-is-7",
                                "one of more than 255 bytes is answered 2.04, with Result 7" },
    [VARIANT_CHANGE_TIME_AT_BOOT] = { "change-time-at-boot",
                                      "12 is the time of the boot until State changes: A-37" },
    [VARIANT_RESULT_PASSES_BY_10] = { "result-passes-by-10",
                                      "a failed download shows Result 10 for 100 ms: A-24" },
    [VARIANT_SEPARATE_RESPONSES] = { "separate-responses",
                                     "empty ACK, then the response" },
    [VARIANT_EXECUTE_ACK_LOST] = { "execute-ack-lost",
                                   "the answer to Update is lost: A-38" },
    [VARIANT_EXECUTE_ACK_LOST_AT_TIMES] = { "execute-ack-lost-at-times",
        "the answer to every other Update is lost: A-38" },
    [VARIANT_EXECUTE_NOT_REMEMBERED] = { "execute-not-remembered",
        "the repetition of an Execute is refused: RFC 7252, 4.2" },
    [VARIANT_MALFORMED_IGNORED] = { "malformed-ignored",
        "no Reset for a malformed message: RFC 7252, 4.2" },
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
    [VARIANT_NO_TRIGGER_IS_400] = { "no-trigger-is-4.00",
        "a package where there is one is answered 4.00: A-01" },
    [VARIANT_NO_TRIGGER_IS_409] = { "no-trigger-is-4.09",
                                    "the same with 4.09: A-01" },
    [VARIANT_NO_TRIGGER_IS_503] = { "no-trigger-is-5.03",
                                    "the same with 5.03: A-01" },
    [VARIANT_URI_IGNORED_SHOWN] = { "uri-ignored-shown",
        "with uri-ignored: what is ignored is read in Package URI: A-01" },
    [VARIANT_PACKAGE_IGNORED] = { "package-ignored",
        "Package where there is one is taken and ignored: A-01" },
    [VARIANT_UNREADY_IS_406] = { "unready-is-4.06",
        "a list with one that is not Downloaded is answered 4.06: A-07" },
    [VARIANT_UNREADY_IS_500] = { "unready-is-5.00",
                                 "the same with 5.00: A-07" },
    [VARIANT_OTHERS_DROPPED_AT_ONCE] = { "others-dropped-at-once",
        "Update without an argument drops the packages of others: AFU-095" },
    [VARIANT_RESULT_CLEARED_BY_BOOT] = { "result-cleared-by-boot",
        "a boot makes Update Result 0, but for that of an update" },
    [VARIANT_REBOOT_REFUSED] = { "reboot-refused",
                                 "/3/0/4 is answered 4.05" },
    [VARIANT_ONE_COMPONENT_LINKS] = { "one-component-links",
        "only instance 0, with 16 and 17, which are empty: A-27" },
    [VARIANT_NAME_OF_255] = { "name-of-255",
        "Component Name and PkgName have 255 bytes: A-36" },
    [VARIANT_NAME_OF_300] = { "name-of-300", "Component Name has 300: A-36" },
    [VARIANT_FU_PARALLEL] = { "fu-parallel",
                              "a process of /5 and one of /33629 at a time: "
                              "A-19" },
    [VARIANT_FU_MIRRORS] = { "fu-mirrors",
                             "/5 shows what the main component shows" },
};

/* Of each of these sets a device can be one: they are answers to the same
 * question, or one takes away what the other one is about. */
#define RIVALS_MAX 8
static const enum variant rivals[][RIVALS_MAX] = {
    /* clang-format off */
    { VARIANT_MANDATORY_ONLY, VARIANT_NO_LINKS, VARIANT_LINKS_ABSENT_WHEN_EMPTY,
      VARIANT_ONE_COMPONENT, VARIANT_ONE_COMPONENT_UNNAMED,
      VARIANT_ONE_COMPONENT_LINKS },
    { VARIANT_NO_TRIGGER_IS_400, VARIANT_NO_TRIGGER_IS_409,
      VARIANT_NO_TRIGGER_IS_503 },
    { VARIANT_UNREADY_IS_406, VARIANT_UNREADY_IS_500, VARIANT_NO_LINKS,
      VARIANT_MANDATORY_ONLY },
    { VARIANT_NAME_OF_255, VARIANT_NAME_OF_300 },
    { VARIANT_ONE_COMPONENT_UNNAMED, VARIANT_NAME_OF_300 },
    { VARIANT_MANDATORY_ONLY, VARIANT_NAMES_ABSENT_IN_IDLE,
      VARIANT_NAMES_ABSENT_IN_UPDATING },
    { VARIANT_OBJECT_LINK_ABSENT, VARIANT_OBJECT_VERSION_GIVEN },
    { VARIANT_OBJECT_LINK_ABSENT, VARIANT_INSTANCES_NOT_LISTED },
    { VARIANT_NO_TEXT_PLAIN, VARIANT_ACCEPT_REFUSED_400,
      VARIANT_NO_ACCEPT_KNOWN },
    { VARIANT_URI_KEPT, VARIANT_URI_CLEARED },
    { VARIANT_CREATE_USED_400, VARIANT_CREATE_DELETE_404,
      VARIANT_DELETE_OBJECT_400 },
    /* downloads */
    { VARIANT_PUSH_STAYS_IDLE, VARIANT_RESULT_CLEARED_LATE },
    { VARIANT_ERROR_IN_DOWNLOADING, VARIANT_PUSH_STAYS_IDLE,
      VARIANT_RESULT_PASSES_BY_10 },
    { VARIANT_ERROR_IN_DOWNLOADING, VARIANT_RESULT_CLEARED_LATE },
    { VARIANT_ERROR_CODE_WITH_RESULT, VARIANT_VERIFIED_LATE,
      VARIANT_CONFLICT_AT_END },
    { VARIANT_JUNK_IS_5, VARIANT_JUNK_IS_8, VARIANT_OTHER_COMPONENT_ROUTED },
    { VARIANT_CHECKED_AT_UPDATE, VARIANT_CHECKED_AT_UPDATE_8,
      VARIANT_FAILED_KEEPS_5, VARIANT_VERIFIED_LATE },
    { VARIANT_CHECKED_AT_UPDATE, VARIANT_CHECKED_AT_UPDATE_8,
      VARIANT_CORRUPT_PART_FAILS_ALL },
    { VARIANT_CHECKED_AT_UPDATE, VARIANT_CHECKED_AT_UPDATE_8,
      VARIANT_APPENDED_LEFT_OUT },
    { VARIANT_ONE_PUSH, VARIANT_SECOND_PUSH_REFUSED },
    { VARIANT_PUSH_REASSEMBLED, VARIANT_REPEAT_REFUSED, VARIANT_GAP_IS_400,
      VARIANT_GAP_IS_503, VARIANT_GAP_AT_END },
    { VARIANT_TOO_BIG_IS_3, VARIANT_TOO_BIG_IS_6 },
    { VARIANT_URI_IGNORED, VARIANT_URI_ENDS_PUSH },
    /* pulls */
    { VARIANT_URI_FAILS_LATE, VARIANT_URI_FAILS_BY_CODE,
      VARIANT_BAD_URI_BY_CODE },
    { VARIANT_BAD_URI_IS_9, VARIANT_BAD_URI_IS_4, VARIANT_BAD_URI_BY_CODE },
    { VARIANT_FETCH_ERRORS_OTHERWISE, VARIANT_FETCH_ERROR_IS_6,
      VARIANT_FETCH_ERROR_IS_8, VARIANT_UNTRUSTED_IS_9 },
    { VARIANT_STREAM_TAKES_LITTLE, VARIANT_STREAM_BERT },
    { VARIANT_FETCH_QUEUED, VARIANT_QUEUED_CANCEL_IGNORED,
      VARIANT_QUEUED_URI_REPLACES, VARIANT_SECOND_FETCH_REFUSED,
      VARIANT_SECOND_FETCH_IS_12 },
    { VARIANT_URI_IGNORED, VARIANT_URI_REPLACES_DOWNLOAD,
      VARIANT_QUEUED_URI_REPLACES },
    { VARIANT_ETAG_RESTARTS, VARIANT_ETAG_IS_5 },
    { VARIANT_FETCH_RETRIES, VARIANT_FETCH_GIVES_UP },
    { VARIANT_FETCH_RESTARTS, VARIANT_FETCH_GIVES_UP },
    { VARIANT_LONG_URI_TAKEN, VARIANT_LONG_URI_IS_7 },
    { VARIANT_FETCH_RESUMES_AFTER_BOOT, VARIANT_BOOT_IS_4, VARIANT_BOOT_IS_10 },
    /* resets and Cancel */
    { VARIANT_RESET_DOWNLOADING_REFUSED, VARIANT_RESET_DOWNLOADING_IGNORED },
    { VARIANT_RESET_IDLE_REFUSED, VARIANT_RESET_IDLE_IGNORED,
      VARIANT_RESET_IDLE_FAILS, VARIANT_ZERO_LENGTH_RESETS },
    /* dependencies and lists */
    { VARIANT_DEPENDENCY_TO_IDLE, VARIANT_DEPENDENCY_WHILE_UPDATING,
      VARIANT_NO_LINKS, VARIANT_MANDATORY_ONLY, VARIANT_ONE_COMPONENT,
      VARIANT_ONE_COMPONENT_UNNAMED },
    { VARIANT_DEPENDENCY_BY_CODE, VARIANT_DEPENDENCY_WHILE_UPDATING },
    { VARIANT_TOO_OLD_IS_8, VARIANT_DEPENDENCY_BY_DOWNLOAD },
    { VARIANT_DEPENDENCY_NOT_PREDICTED, VARIANT_DEPENDENCY_BY_DOWNLOAD },
    { VARIANT_LIST_REFUSED_13, VARIANT_LIST_REFUSED_BY_CODE,
      VARIANT_BATCH_ONE_BY_ONE },
    { VARIANT_LIST_REFUSED_13, VARIANT_NO_LINKS, VARIANT_MANDATORY_ONLY },
    { VARIANT_ARGUMENT_UNQUOTED, VARIANT_ARGUMENT_FORMAT_IGNORED },
    { VARIANT_WRITES_IN_UPDATING_IGNORED, VARIANT_RESET_STOPS_UPDATE },
    { VARIANT_LINKS_AT_ONCE, VARIANT_NO_LINKS, VARIANT_MANDATORY_ONLY },
    /* updates */
    { VARIANT_FAILED_TO_IDLE, VARIANT_FAILED_BY_INTEGRITY,
      VARIANT_FAILED_KEEPS_5, VARIANT_CUT_FORGETS_UPDATE },
    { VARIANT_DOWNGRADE_IS_5, VARIANT_DOWNGRADE_IS_6, VARIANT_DOWNGRADE_IS_8,
      VARIANT_DOWNGRADE_IS_13, VARIANT_DOWNGRADE_FAILS },
    { VARIANT_SAME_VERSION_IS_6, VARIANT_SAME_VERSION_FAILS },
    { VARIANT_NO_REBOOT, VARIANT_CONFIRMED_LATE },
    /* deferral */
    { VARIANT_DEFERRED_WHILE_UPDATING, VARIANT_DEFERRED_TOGETHER },
    { VARIANT_DEFERRAL_HIDDEN_BY_REBOOT, VARIANT_DEFERRAL_LOST_BY_REBOOT },
    { VARIANT_LONG_PERIOD_REFUSED, VARIANT_BAD_SETTINGS_IGNORED },
    { VARIANT_CHANGE_TIME_AT_BOOT, VARIANT_CHANGE_TIME_LOST_BY_POWER },
    /* the network */
    { VARIANT_MUTE_WHILE_UPDATING, VARIANT_BUSY_WHILE_UPDATING },
    { VARIANT_BLOCK_512_BY_408, VARIANT_BLOCK_512_BY_413,
      VARIANT_BLOCK_512_BY_SILENCE },
    { VARIANT_ANSWERS_BY_64, VARIANT_ANSWERS_BY_64_ETAG },
    { VARIANT_FORMAT_REFUSED_415, VARIANT_BASE64_TAKEN },
    /* clang-format on */
};

const char *variant_name(enum variant variant)
{
    return rows[variant].name;
}

bool variants_have(const struct variants *variants, enum variant variant)
{
    return (variants->bits[variant / 64] >> (variant % 64) & 1) != 0;
}

void variants_add(struct variants *variants, enum variant variant)
{
    variants->bits[variant / 64] |= UINT64_C(1) << (variant % 64);
}

bool variants_contradict(const struct variants *variants,
                         enum variant out_pair[2])
{
    for (size_t i = 0; i < sizeof(rivals) / sizeof(rivals[0]); i++) {
        size_t count = 0;
        for (size_t j = 0; j < RIVALS_MAX && count < 2; j++) {
            enum variant rival = rivals[i][j];
            if (rival != VARIANT_NONE && variants_have(variants, rival)) {
                out_pair[count++] = rival;
            }
        }
        if (count == 2) {
            return true;
        }
    }
    return false;
}

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
