/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/mutants.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    const char *requirement;
    const char *text;
} rows[MUTANT_COUNT] = {
    [MUTANT_RESULT_NOT_RESET] = { "result-not-reset", "AFU-036",
                                  "Update Result of a failed download stays "
                                  "when the next one succeeds" },
    [MUTANT_UPDATE_IN_IDLE] = { "update-in-idle", "AFU-080",
                                "Execute Update is answered 2.04 in Idle" },
    [MUTANT_CREATE_ACCEPTED] = { "create-accepted", "AFU-003",
                                 "Create on the object is answered 2.01" },
    [MUTANT_DELETE_ACCEPTED] = { "delete-accepted", "AFU-004",
                                 "Delete of an instance is answered 2.02" },
    [MUTANT_STATE_AS_STRING] = { "state-as-string", "AFU-009",
                                 "State is encoded as a String" },
    [MUTANT_DEPENDENCY_IGNORED] = { "dependency-ignored", "AFU-089",
                                    "a package with an unmet dependency is "
                                    "installed" },
    [MUTANT_BATCH_NOT_TRANSACTIONAL] = { "batch-not-transactional", "AFU-093",
                                         "the good part of a failing batch "
                                         "is installed" },
    [MUTANT_VERSION_WITHOUT_UPDATE] = { "version-without-update", "AFU-015",
                                        "Current Version changes with the "
                                        "download" },
    [MUTANT_VERSION_NOT_CHANGED] = { "version-not-changed", "AFU-058",
                                     "success is reported, but the old "
                                     "version stays" },
    [MUTANT_CONFLICTS_EMPTY] = { "conflicts-empty", "AFU-104",
                                 "Conflicting Instances is empty after "
                                 "Result 13" },
    [MUTANT_CANCEL_WHILE_UPDATING] = { "cancel-while-updating", "AFU-141",
                                       "Cancel is answered 2.04 while "
                                       "Updating" },
    [MUTANT_CORRUPT_ACCEPTED] = { "corrupt-accepted", "AFU-043",
                                  "the checksum of a package is not looked "
                                  "at" },
    [MUTANT_JUNK_ACCEPTED] = { "junk-accepted", "AFU-044",
                               "random bytes reach Downloaded" },
    [MUTANT_RESET_IGNORED] = { "reset-ignored", "AFU-056",
                               "0x00 is answered 2.04 and changes nothing" },
    [MUTANT_RESET_KEEPS_PACKAGE] = { "reset-keeps-package", "AFU-057",
                                     "after a reset Update still works" },
    [MUTANT_ALONE_IGNORED] = { "alone-ignored", "AFU-085",
                               "argument 0 alone updates all that are "
                               "Downloaded" },
    [MUTANT_UNLINKED_UPDATED] = { "unlinked-updated", "AFU-084",
                                  "Update without an argument updates all "
                                  "that are Downloaded" },
    [MUTANT_UNREADY_SKIPPED] = { "unready-skipped", "AFU-088",
                                 "listed instances that have no package are "
                                 "left out" },
    [MUTANT_EMPTY_LIST_REFUSED] = { "empty-list-refused", "AFU-090",
                                    "the argument 0='' is answered 4.05" },
    [MUTANT_ABSENT_IGNORED] = { "absent-ignored", "AFU-091",
                                "a list of instances that do not exist is "
                                "taken as no argument" },
    [MUTANT_CANCEL_IN_IDLE_IGNORED] = { "cancel-in-idle-ignored", "AFU-142",
                                        "Cancel in Idle is answered 2.04 and "
                                        "changes nothing" },
    [MUTANT_FAILURE_IS_3] = { "failure-is-3", "AFU-061",
                              "a failed installation ends with Result 3" },
    [MUTANT_UNQUOTED_IS_ALONE] = { "unquoted-is-alone", "AFU-091",
                                   "0=</33629/1> updates this component alone" },
    [MUTANT_UNTERMINATED_IS_ALONE] = { "unterminated-is-alone", "AFU-091",
                                       "a list without its last quote updates this component alone" },
    [MUTANT_COMMA_IS_ALL] = { "comma-is-all", "AFU-091",
                              "a comma at the end of an argument updates all that are Downloaded" },
    [MUTANT_DUPLICATE_DIGIT_IS_ALONE] = { "duplicate-digit-is-alone", "AFU-091",
                                          "of 0='…',0 the last one counts" },
    [MUTANT_NO_VALUE_IS_ALL] = { "no-value-is-all", "AFU-091",
                                 "0= updates all that are Downloaded" },
    [MUTANT_SPACE_IS_ALONE] = { "space-is-alone", "AFU-091",
                                "a list with a space updates this component alone" },
    [MUTANT_ATTRIBUTE_IS_ALONE] = { "attribute-is-alone", "AFU-091",
                                    "a link with an attribute is left out" },
    [MUTANT_DEPTH_IS_NONE_GIVEN] = { "depth-is-none-given", "AFU-091",
                                     "a list of links to no instance is taken as no argument" },
    [MUTANT_FOREIGN_IS_ALONE] = { "foreign-is-alone", "AFU-091",
                                  "links to other objects are left out" },
    [MUTANT_UNKNOWN_IS_ALL] = { "unknown-is-all", "AFU-092",
                                "argument 1 updates all that are Downloaded" },
    [MUTANT_FREE_TEXT_IS_ALL] = { "free-text-is-all", "AFU-091",
                                  "free text updates all that are Downloaded" },
    [MUTANT_SELF_IS_ALL] = { "self-is-all", "AFU-091",
                             "a list with this component itself updates all that are Downloaded" },
    [MUTANT_DUPLICATE_LINK_IS_ALONE] = { "duplicate-link-is-alone", "AFU-091",
                                         "a list with a link twice is taken as 0" },
    [MUTANT_LINKS_TO_ITSELF] = { "links-to-itself", "AFU-103",
                                 "Linked Instances names the instance itself" },
    [MUTANT_LINKS_FOREIGN] = { "links-foreign", "AFU-102",
                               "Linked Instances names an instance of /5" },
    [MUTANT_LINKS_TO_IDLE] = { "links-to-idle", "AFU-101",
                               "Linked Instances names what is in Idle" },
    [MUTANT_LINKS_STAY] = { "links-stay", "AFU-108",
                            "Linked Instances is not emptied by a success" },
    [MUTANT_LIST_STOPS_DOWNLOAD] = { "list-stops-download", "AFU-088",
                                     "a list with a component in Downloading ends its download" },
    [MUTANT_ANNOUNCED_LEFT_OUT] = { "announced-left-out", "AFU-084",
                                    "who is in Linked Instances is not updated by an Update without an argument" },
    [MUTANT_SUCCESS_IS_8_AFTER_POWER] = { "success-is-8-after-power", "AFU-051",
                                          "a loss of power makes Update "
                                          "Result 8 of 1" },
    [MUTANT_ERROR_IS_1_AFTER_POWER] = { "error-is-1-after-power", "AFU-051",
                                        "a loss of power makes Update Result "
                                        "1 of 5" },
    [MUTANT_SUCCESS_FORGOTTEN_BY_BOOT] = { "success-forgotten-by-boot",
                                           "AFU-058",
                                           "after an update that boots "
                                           "Update Result is 0" },
    [MUTANT_REGISTERED_WITHOUT_ONE] = { "registered-without-one", "AFU-166",
                                        "after an update an instance is not "
                                        "registered any more" },
    [MUTANT_SEVERITY_IS_0_AFTER_POWER] = { "severity-is-0-after-power",
                                           "AFU-020",
                                           "a loss of power makes Severity 0" },
    [MUTANT_DEFER_PERIOD_AFTER_POWER] = { "defer-period-after-power", "AFU-022",
                                          "a loss of power changes Maximum "
                                          "Defer Period" },
    [MUTANT_SECOND_LOST_ON_REBOOT] = { "second-lost-on-reboot", "AFU-163",
                                       "of two packages one is lost over a "
                                       "reboot" },
    [MUTANT_PACKAGE_VERSION_AFTER_REBOOT] = { "package-version-after-reboot",
                                              "AFU-018",
                                              "PkgVersion is another one "
                                              "after a reboot" },
    [MUTANT_NAME_LOST_ON_REBOOT] = { "name-lost-on-reboot", "AFU-017",
                                     "PkgName is empty after a reboot" },
    [MUTANT_REBOOT_STARTS_UPDATE] = { "reboot-starts-update", "AFU-163",
                                      "a reboot in Downloaded starts the "
                                      "update" },
    [MUTANT_UPDATE_IN_UPDATING] = { "update-in-updating", "AFU-080",
                                    "Execute Update is answered 2.04 in "
                                    "Updating" },
    [MUTANT_RESET_IN_UPDATING_SHOWS_IDLE] = { "reset-in-updating-shows-idle",
                                              "AFU-062",
                                              "a reset in Updating shows "
                                              "Idle, and the update goes on" },
    [MUTANT_RESET_IN_UPDATING_CANCELS] = { "reset-in-updating-cancels",
                                           "AFU-062",
                                           "a reset in Updating ends with "
                                           "Result 10" },
    [MUTANT_WRITE_IN_UPDATING_FAILS] = { "write-in-updating-fails", "AFU-045",
                                         "a Write to Package in Updating "
                                         "makes the update fail" },
    [MUTANT_WIDE_WRITE_TAKEN] = { "wide-write-taken", "AFU-063",
                                  "Update Result can be written with the "
                                  "Object Instance" },
    [MUTANT_CHANGE_TIME_TOMORROW] = { "change-time-tomorrow", "AFU-150",
                                      "after a loss of power Last State "
                                      "Change Time lies a day ahead" },
    [MUTANT_MEMORY_LEAKS] = { "memory-leaks", "AFU-143", "Memory Free stays low after a Cancel" },
    [MUTANT_MAIN_VERSION_OF_ANY] = { "main-version-of-any", "AFU-016", "/3/0/3 follows every component" },
    [MUTANT_DOWNLOADING_AFTER_REBOOT] = { "downloading-after-reboot", "AFU-164", "after a reboot in Idle State is Downloading" },
    [MUTANT_LIST_IGNORED] = { "list-ignored", "AFU-086",
                              "listed instances are not updated" },
    [MUTANT_LIST_EXTENDED] = { "list-extended", "AFU-087",
                               "instances that are not listed are updated, "
                               "too" },
    [MUTANT_PACKAGE_LOST_ON_REBOOT] = { "package-lost-on-reboot", "AFU-163",
                                        "a downloaded package does not "
                                        "survive a reboot" },
    [MUTANT_WRONG_RESULT_ON_CANCEL] = { "wrong-result-on-cancel", "AFU-059",
                                        "Cancel ends with Result 0" },
    [MUTANT_SIBLINGS_NOT_LOADED] = { "siblings-not-loaded", "AFU-116",
                                     "a multi-component package reaches only "
                                     "the addressed instance" },
    [MUTANT_CONFLICT_IGNORED] = { "conflict-ignored", "AFU-117",
                                  "a multi-component package replaces that "
                                  "of an occupied instance" },
    [MUTANT_MAIN_VERSION_DIFFERS] = { "main-version-differs", "AFU-016",
                                      "/3/0/3 does not follow the main "
                                      "component" },
    [MUTANT_WRONG_OBJECT_VERSION] = { "wrong-object-version", "AFU-002",
                                      "the object is registered as version "
                                      "2.0" },
    [MUTANT_READ_PACKAGE] = { "read-package", "AFU-008",
                              "Package can be read" },
    [MUTANT_MISSING_MANDATORY] = { "missing-mandatory", "AFU-007",
                                   "Current Version is absent" },
    [MUTANT_LIST_DONE_BY_ERROR] = { "list-done-by-error", "AFU-086",
                                    "an Update with a list is answered 4.05 "
                                    "and carried out" },
    [MUTANT_LINKS_MISSING] = { "links-missing", "AFU-100",
                               "without Linked Instances the needed one "
                               "takes part" },
    [MUTANT_BLOCKS_REFUSED] = { "blocks-refused", "AFU-001",
                                "the second block of a push is answered 5.00" },
    [MUTANT_DISCOVER_MORE] = { "discover-more", "AFU-005",
                               "Discover lists an instance more than the registration" },
    [MUTANT_PUSH_REFUSED] = { "push-refused", "AFU-013",
                              "push is announced, and each package is answered 4.05" },
    [MUTANT_WRONG_PACKAGE_VERSION] = { "wrong-package-version", "AFU-018",
                                       "PkgVersion is the installed version" },
    [MUTANT_NEVER_DOWNLOADED] = { "never-downloaded", "AFU-030",
                                  "State stays Downloading after the last block" },
    [MUTANT_ERROR_BY_CODE_ONLY] = { "error-by-code-only", "AFU-037",
                                    "an unsupported type is an error code, and Result stays 0" },
    [MUTANT_DEPENDENCY_IS_12] = { "dependency-is-12", "AFU-053",
                                  "an unmet dependency gives Result 12 in Downloaded" },
    [MUTANT_RESULT_IN_UPDATING] = { "result-in-updating", "AFU-054",
                                    "Updating shows Result 3" },
    [MUTANT_STUCK_UPDATING] = { "stuck-updating", "AFU-064",
                                "an update never ends" },
    [MUTANT_BRICKED_BY_BATCH] = { "bricked-by-batch", "AFU-094",
                                  "after a failed batch the device does not come back" },
    [MUTANT_PARTNER_WITHOUT_RESULT] = { "partner-without-result", "AFU-096",
                                        "only the addressed instance shows Result 1" },
    [MUTANT_DEPENDENCY_IN_DOWNLOADING] = { "dependency-in-downloading",
                                           "AFU-097",
                                           "Result 13 is shown in Downloading" },
    [MUTANT_CONFLICT_STAYS] = { "conflict-stays", "AFU-107",
                                "Conflicting Instances keeps what is solved" },
    [MUTANT_CONFLICT_CLEARS_SIBLING] = { "conflict-clears-sibling", "AFU-118",
                                         "a conflict drops the package of the occupied instance" },
    [MUTANT_CONFLICT_IN_DOWNLOADED] = { "conflict-in-downloaded", "AFU-119",
                                        "Result 12 is shown in Downloaded" },
    [MUTANT_WRONG_CULPRIT] = { "wrong-culprit", "AFU-104",
                               "Conflicting Instances names another one after Result 13" },
    [MUTANT_BYSTANDER_NAMED] = { "bystander-named", "AFU-104",
                                 "all that are Downloaded are named after Result 13" },
    [MUTANT_CONFLICTS_UNREADABLE] = { "conflicts-unreadable", "AFU-104",
                                      "Result 13 comes without Resource 17" },
    [MUTANT_CONFLICTS_ELSEWHERE] = { "conflicts-elsewhere", "AFU-105",
                                     "Conflicting Instances leads to /5" },
    [MUTANT_WRONG_CONFLICT_PREDICTED] = { "wrong-conflict-predicted", "AFU-106",
                                          "before an Update another one is named" },
    [MUTANT_INSTALLED_NOT_COUNTED] = { "installed-not-counted", "AFU-089",
                                       "what is installed satisfies no dependency" },
    [MUTANT_REVERSE_IGNORED] = { "reverse-ignored", "AFU-089",
                                 "a dependency on the main component is not looked at" },
    [MUTANT_OLD_SIBLING_ACCEPTED] = { "old-sibling-accepted", "AFU-089",
                                      "any downloaded package satisfies a dependency" },
    [MUTANT_VERSIONS_AS_TEXT] = { "versions-as-text", "AFU-089",
                                  "1.10 is below 1.9" },
    [MUTANT_CANCELLED_COUNTS] = { "cancelled-counts", "AFU-107",
                                  "a cancelled package satisfies a dependency" },
    [MUTANT_FIRST_UNCHECKED] = { "first-unchecked", "AFU-089",
                                 "dependencies are not looked at when another package came later" },
    [MUTANT_LAST_UNCHECKED] = { "last-unchecked", "AFU-104",
                                "dependencies are not looked at when another package came before" },
    [MUTANT_LINK_AFTER_CANCEL] = { "link-after-cancel", "AFU-101",
                                   "Linked Instances keeps who was cancelled" },
    [MUTANT_RESET_KEEPS_13] = { "reset-keeps-13", "AFU-036",
                                "after a reset Result 13 is still there" },
    [MUTANT_ADDRESSED_LEFT_OUT] = { "addressed-left-out", "AFU-086",
                                    "an Update with a list updates the listed ones alone" },
    [MUTANT_SIBLING_RESULT_KEPT] = { "sibling-result-kept", "AFU-120",
                                     "a sibling reaches Downloaded with Result 8" },
    [MUTANT_CANCEL_REFUSED] = { "cancel-refused", "AFU-140",
                                "Cancel in Downloaded is answered 4.05" },
    [MUTANT_CANCEL_KEEPS_PACKAGE] = { "cancel-keeps-package", "AFU-143",
                                      "after Cancel Update still works" },
    [MUTANT_CORRUPT_INSTALLED] = { "corrupt-installed", "AFU-170",
                                   "a corrupt package is installed" },
    [MUTANT_HEADER_NOT_CHECKED] = { "header-not-checked", "AFU-043",
                                    "a package whose header cannot be is taken" },
    [MUTANT_APPENDED_TAKEN] = { "appended-taken", "AFU-049",
                                "a package with bytes appended is taken, and another version installed" },
    [MUTANT_LAST_BYTE_NOT_CHECKED] = { "last-byte-not-checked", "AFU-170",
                                       "a flipped bit in the last byte is not found" },
    [MUTANT_CORRUPT_PART_LOADS_GOOD] = { "corrupt-part-loads-good", "AFU-043",
                                         "of a bundle with a corrupt part the good ones are loaded" },
    [MUTANT_CORRUPT_PART_LEAVES_SIBLING] = { "corrupt-part-leaves-sibling",
                                             "AFU-177",
                                             "a corrupt part refuses a bundle, and the sibling keeps its own" },
    [MUTANT_CORRUPT_PART_FAILS_SIBLING] = { "corrupt-part-fails-sibling",
                                            "AFU-118",
                                            "a corrupt part gives the sibling Result 8" },
    [MUTANT_BUNDLE_BY_SIBLING_LOADS_ONE] = { "bundle-by-sibling-loads-one",
                                             "AFU-116",
                                             "a bundle through another instance than its first loads that one only" },
    [MUTANT_BUNDLE_LOADS_TWO] = { "bundle-loads-two", "AFU-116",
                                  "of a bundle no more than two parts are loaded" },
    [MUTANT_CONFLICT_SPOILS_DOWNLOAD] = { "conflict-spoils-download", "AFU-117",
                                          "after a conflict the download of the sibling brings another version" },
    [MUTANT_CANCEL_BLOCKS_SIBLING] = { "cancel-blocks-sibling", "AFU-177",
                                       "after Cancel of one part the sibling in Downloaded refuses Update" },
    [MUTANT_OTHER_COMPONENT_LOADED] = { "other-component-loaded", "AFU-121",
                                        "a package of another component is loaded" },
    [MUTANT_BUNDLE_OF_OTHERS_LOADED] = { "bundle-of-others-loaded", "AFU-121",
                                         "a bundle of others is loaded in the addressed instance" },
    [MUTANT_OTHER_COMPONENT_NAMED] = { "other-component-named", "AFU-174",
                                       "PkgVersion is that of a refused package of another component" },
    [MUTANT_INTERRUPTED_BUNDLE_LOADED] = { "interrupted-bundle-loaded",
                                           "AFU-178",
                                           "a part is loaded before the bundle has come" },
    [MUTANT_SIBLING_SHOWS_OTHER_VERSION] = { "sibling-shows-other-version",
                                             "AFU-018",
                                             "all parts of a bundle show the version of the first" },
    [MUTANT_SIBLING_WITHOUT_NAME] = { "sibling-without-name", "AFU-017",
                                      "PkgName of the TEE is empty" },
    [MUTANT_PACKAGE_LEFT] = { "package-left", "AFU-043",
                              "after an integrity failure Update still works" },
    [MUTANT_PACKAGE_DATA_LEFT] = { "package-data-left", "AFU-019",
                                   "after an integrity failure PkgVersion is still shown" },
    [MUTANT_INTEGRITY_STAYS] = { "integrity-stays", "AFU-036",
                                 "after an integrity failure a good package has one, too" },
    [MUTANT_FAILURE_SHOWN_AS_1] = { "failure-shown-as-1", "AFU-061",
                                    "a failed installation ends with Result 1" },
    [MUTANT_FAILED_IN_OTHER_STATE] = { "failed-in-other-state", "AFU-061",
                                       "a failed update stays in Downloaded where Idle is promised" },
    [MUTANT_FAILED_VERSION_SHOWN] = { "failed-version-shown", "AFU-015",
                                      "after a failed installation the new version is shown" },
    [MUTANT_INTEGRITY_SHOWN_AS_1] = { "integrity-shown-as-1", "AFU-060",
                                      "an integrity failure while Updating ends with Result 1" },
    [MUTANT_INTEGRITY_SHOWN_AS_3] = { "integrity-shown-as-3", "AFU-060",
                                      "an integrity failure while Updating ends with Result 3" },
    [MUTANT_BATCH_GOES_ON] = { "batch-goes-on", "AFU-093",
                               "a batch goes on after the component that fails" },
    [MUTANT_BATCH_STOPS] = { "batch-stops", "AFU-093",
                             "a batch keeps what was installed before one fails" },
    [MUTANT_BATCH_NEW_WITH_8] = { "batch-new-with-8", "AFU-093",
                                  "good parts of a failed batch show Result 8 and the new version" },
    [MUTANT_BATCH_OLD_WITH_1] = { "batch-old-with-1", "AFU-093",
                                  "good parts of a failed batch show Result 1 and the old version" },
    [MUTANT_LINKS_AFTER_FAILURE] = { "links-after-failure", "AFU-108",
                                     "after a failed update an instance is linked with one in Idle" },
    [MUTANT_CONFLICTS_AFTER_FAILURE] = { "conflicts-after-failure", "AFU-108",
                                         "after a failed update an instance conflicts with itself" },
    [MUTANT_BOOT_FAILURE_SHOWN_AS_1] = { "boot-failure-shown-as-1", "AFU-061",
                                         "an image that does not come up ends with Result 1" },
    [MUTANT_BOOT_FAILURE_KEEPS_NEW] = { "boot-failure-keeps-new", "AFU-015",
                                        "after a rollback the new version is shown" },
    [MUTANT_BOOT_FAILURE_BRICKS] = { "boot-failure-bricks", "AFU-094",
                                     "an image that does not come up is the end of the device" },
    [MUTANT_CUT_IS_MIXED] = { "cut-is-mixed", "AFU-165",
                              "a power cut leaves the TEE new and the others old" },
    [MUTANT_CUT_SHOWN_AS_1] = { "cut-shown-as-1", "AFU-165",
                                "after a power cut Result is 1 and the version old" },
    [MUTANT_CUT_BRICKS] = { "cut-bricks", "AFU-094",
                            "a power cut while Updating is the end of the device" },
    [MUTANT_DOWNGRADE_INSTALLED] = { "downgrade-installed", "AFU-173",
                                     "older versions are installed" },
    [MUTANT_SAME_VERSION_RENAMED] = { "same-version-renamed", "AFU-058",
                                      "the same version once more has another text" },
    [MUTANT_FETCH_NEVER_ENDS] = { "fetch-never-ends", "AFU-031",
                                  "State stays Downloading after the last block of a pull" },
    [MUTANT_FETCH_WAITS_FOR_EVER] = { "fetch-waits-for-ever", "AFU-040",
                                      "State stays Downloading when nobody answers a pull" },
    [MUTANT_EMPTY_URI_FETCHES] = { "empty-uri-fetches", "AFU-055",
                                   "an empty Package URI starts the last download again" },
    [MUTANT_FETCH_AFTER_RESET] = { "fetch-after-reset", "AFU-055",
                                   "a pull goes on after a reset" },
    [MUTANT_URI_KEEPS_RESULT] = { "uri-keeps-result", "AFU-036",
                                  "a pull shows the old Result in Downloading" },
    [MUTANT_PROTOCOL_IS_8] = { "protocol-is-8", "AFU-038",
                               "an unsupported scheme gives Result 8" },
    [MUTANT_NOT_FOUND_IS_5] = { "not-found-is-5", "AFU-039",
                                "a file that is not there gives Result 5" },
    [MUTANT_COAP_NOT_ASSUMED] = { "coap-not-assumed", "AFU-025",
                                  "Resource 8 is absent, and coap gives Result 9" },
    [MUTANT_URI_REPLACES_PACKAGE] = { "uri-replaces-package", "AFU-045",
                                      "a Package URI in Downloaded replaces the package" },
    [MUTANT_OTHER_URI_SHOWN] = { "other-uri-shown", "AFU-032",
                                 "Package URI is read as another one" },
    [MUTANT_FETCH_FROM_SERVER_ONLY] = { "fetch-from-server-only", "AFU-033",
                                        "each file is asked for at the LwM2M server" },
    [MUTANT_FETCH_ONE_BLOCK] = { "fetch-one-block", "AFU-001",
                                 "a pull takes the first block for the file" },
    [MUTANT_FETCH_MIXES] = { "fetch-mixes", "AFU-048",
                             "blocks with another ETag are put behind those "
                             "before, unchecked" },
    [MUTANT_FETCH_MIXES_UNTOLD] = { "fetch-mixes-untold", "AFU-048",
                                    "what was fetched is not checked" },
    [MUTANT_RESUME_DUPLICATES] = { "resume-duplicates", "AFU-040",
                                   "after an outage a block is taken twice" },
    [MUTANT_CUT_ACCEPTED] = { "cut-accepted", "AFU-049",
                              "a part of a file reaches Downloaded" },
    [MUTANT_FETCH_HOLE] = { "fetch-hole", "AFU-048",
                            "another block than was asked for is taken, "
                            "unchecked" },
    [MUTANT_FETCH_STORM] = { "fetch-storm", "AFU-175",
                             "after 5.03 it asks again at once, for ever" },
    [MUTANT_EMPTY_ACCEPTED] = { "empty-accepted", "AFU-043",
                                "an empty file reaches Downloaded" },
    [MUTANT_QUERY_DROPPED] = { "query-dropped", "AFU-032",
                               "the query of a Package URI is left out" },
    [MUTANT_PORT_IGNORED] = { "port-ignored", "AFU-032",
                              "the port of a Package URI is not used" },
    [MUTANT_PERCENT_KEPT] = { "percent-kept", "AFU-032",
                              "%20 in a Package URI is not decoded" },
    [MUTANT_BAD_URI_IGNORED] = { "bad-uri-ignored", "AFU-039",
                                 "a URI that is none is answered 2.04, and "
                                 "nothing is told" },
    [MUTANT_PULLS_UNDECLARED] = { "pulls-undeclared", "AFU-013",
                                  "Resource 9 says push only, and URIs are "
                                  "fetched from" },
    [MUTANT_DOWNLOADING_AFTER_BOOT] = { "downloading-after-boot", "AFU-164",
                                        "after a reboot State stays "
                                        "Downloading" },
    [MUTANT_PARTIAL_AFTER_BOOT] = { "partial-after-boot", "AFU-164",
                                    "after a reboot a part of a package is "
                                    "Downloaded" },
    [MUTANT_FETCH_AFTER_CANCEL] = { "fetch-after-cancel", "AFU-143",
                                    "after Cancel the pull goes on" },
    [MUTANT_URI_MIXES] = { "uri-mixes", "AFU-045",
                           "another URI in Downloading is fetched from there "
                           "on, unchecked" },
    [MUTANT_URI_PEEKED] = { "uri-peeked", "AFU-045",
                            "a URI that was refused is asked for all the "
                            "same" },
    [MUTANT_QUEUE_FORGOTTEN] = { "queue-forgotten", "AFU-177",
                                 "Cancel of a pull ends the one that waits "
                                 "for it" },
    [MUTANT_QUEUE_BLOCKED] = { "queue-blocked", "AFU-177",
                               "after a pull that failed nothing is fetched "
                               "any more" },
    [MUTANT_QUEUE_HANGS] = { "queue-hangs", "AFU-177",
                             "one pull at a time; the next one never begins" },
    [MUTANT_CANCELLED_FETCHES] = { "cancelled-fetches", "AFU-140",
                                   "a pull that waits is made after its "
                                   "Cancel" },
    [MUTANT_SECOND_FETCH_IS_FIRST] = { "second-fetch-is-first", "AFU-177",
                                       "a second pull at a time brings the "
                                       "first one's bytes" },
    [MUTANT_FETCH_SIZE_KEPT] = { "fetch-size-kept", "AFU-001",
                                 "smaller blocks than wanted are counted by "
                                 "the wanted size" },
    [MUTANT_SEPARATE_IGNORED] = { "separate-ignored", "AFU-031",
                                  "a response in a message of its own is "
                                  "rejected" },
    [MUTANT_DUPLICATE_TAKEN] = { "duplicate-taken", "AFU-047",
                                 "a response that comes twice is taken "
                                 "twice" },
    [MUTANT_UPDATE_WHILE_DOWNLOADING] = { "update-while-downloading", "AFU-080",
                                          "Execute Update in Downloading is "
                                          "answered 2.04" },
    [MUTANT_BUSY_WHILE_FETCHING] = { "busy-while-fetching", "AFU-031",
                                     "Read is answered 5.03 during a pull" },
    [MUTANT_NAME_MISSING] = { "name-missing", "AFU-017",
                              "PkgName is empty in Downloaded" },
    [MUTANT_GAP_ACCEPTED] = { "gap-accepted", "AFU-046",
                              "a block behind a gap is put where the gap is" },
    [MUTANT_FIRST_BLOCK_MISSING] = { "first-block-missing", "AFU-046",
                                     "a push may begin with any block" },
    [MUTANT_BLOCKS_AS_THEY_COME] = { "blocks-as-they-come", "AFU-046",
                                     "blocks are stored in the order in which they come" },
    [MUTANT_REPEAT_APPENDED] = { "repeat-appended", "AFU-047",
                                 "a block that is repeated is stored twice" },
    [MUTANT_MESSAGE_ID_IGNORED] = { "message-id-ignored", "AFU-047",
                                    "a retransmitted Write is executed once more" },
    [MUTANT_RESTART_APPENDS] = { "restart-appends", "AFU-046",
                                 "a new push goes on behind the one that was left" },
    [MUTANT_TRUNCATED_ACCEPTED] = { "truncated-accepted", "AFU-178",
                                    "what has come by the last block is the package" },
    [MUTANT_SIZE1_IS_THE_SIZE] = { "size1-is-the-size", "AFU-049",
                                   "a package is cut to its Size1" },
    [MUTANT_SIZE1_WAITED_FOR] = { "size1-waited-for", "AFU-049",
                                  "the rest up to Size1 is waited for behind the last block" },
    [MUTANT_RESERVED_SIZE_TAKEN] = { "reserved-size-taken", "AFU-046",
                                     "a block with SZX 7 is answered 2.31" },
    [MUTANT_OVERSIZE_ACCEPTED] = { "oversize-accepted", "AFU-041",
                                   "a package larger than the storage reaches Downloaded" },
    [MUTANT_PUSH_IN_DOWNLOADED] = { "push-in-downloaded", "AFU-045",
                                    "a Package write in Downloaded replaces the package" },
    [MUTANT_PUSH_DURING_PULL] = { "push-during-pull", "AFU-045",
                                  "a Package write ends a pull" },
    [MUTANT_PUSHES_MIXED] = { "pushes-mixed", "AFU-177",
                              "two pushes at a time share one buffer" },
    [MUTANT_PUSH_FOR_EVER] = { "push-for-ever", "AFU-040",
                               "nothing ends a push that was abandoned" },
    [MUTANT_PUSH_KEEPS_RESET] = { "push-keeps-reset", "AFU-040",
                                  "a reset does not end a push that was abandoned" },
    [MUTANT_CANCEL_KEEPS_PUSH] = { "cancel-keeps-push", "AFU-143",
                                   "after Cancel a push goes on" },
    [MUTANT_PUSH_THOUGH_PULL_ONLY] = { "push-though-pull-only", "AFU-013",
                                       "Resource 9 has pull only, and a push reaches Downloaded" },
    [MUTANT_MUTE_DURING_PUSH] = { "mute-during-push", "AFU-155",
                                  "a Read during a push is rejected by Reset" },
    [MUTANT_READ_SPOILS_PUSH] = { "read-spoils-push", "AFU-155",
                                  "a Read during a push loses what has come" },
    [MUTANT_ZERO_LENGTH_REBOOTS] = { "zero-length-reboots", "AFU-056",
                                     "a Package write of no bytes reboots the device" },
    [MUTANT_TOKEN_IS_THE_TRANSFER] = { "token-is-the-transfer", "AFU-001",
                                       "a block with another token than the first is refused" },
    [MUTANT_BLOCK_NUMBER_CUT] = { "block-number-cut", "AFU-001",
                                  "block numbers of 16-byte blocks have 8 bits" },
    [MUTANT_ONE_MESSAGE_REFUSED] = { "one-message-refused", "AFU-030",
                                     "a package in one message is answered 4.08" },
    [MUTANT_BAD_BASE64_TAKEN] = { "bad-base64-taken", "AFU-009",
                                  "text that is no Base64 is taken as a package" },
    [MUTANT_VERSION_TAIL_KEPT] = { "version-tail-kept", "AFU-015",
                                   "a shorter version leaves the end of the longer one" },
    [MUTANT_NO_RAM_IS_5] = { "no-ram-is-5", "AFU-042",
                             "a package that takes all RAM ends in 5" },
    [MUTANT_PUSH_SURVIVES_REBOOT] = { "push-survives-reboot", "AFU-164",
                                      "a push is in Downloading after a reboot, too" },
    [MUTANT_SIZE1_REFUSED] = { "size1-refused", "AFU-030",
                               "a push with Size1 is answered 4.08" },
    [MUTANT_BASE64_STORED] = { "base64-stored", "AFU-009",
                               "of a package in Base64 the letters are stored" },
    [MUTANT_OVERSIZE_IS_8] = { "oversize-is-8", "AFU-041",
                               "a package larger than the storage ends in 8" },
    [MUTANT_ABANDONED_IS_LOADED] = { "abandoned-is-loaded", "AFU-178",
                                     "what has come of an abandoned push reaches Downloaded" },
    [MUTANT_ABANDONED_IS_8] = { "abandoned-is-8", "AFU-040",
                                "an abandoned push ends in 8" },
    [MUTANT_PAUSE_BLOCKS] = { "pause-blocks", "AFU-001",
                              "after a pause no push is taken any more" },
    [MUTANT_RETRANSMISSION_APPENDED] = { "retransmission-appended", "AFU-047",
                                         "a retransmitted block is stored twice" },
    [MUTANT_REPEAT_ENDS_PUSH] = { "repeat-ends-push", "AFU-047",
                                  "a block that is repeated ends the push" },
    [MUTANT_BLOCK_SIZE_KEPT] = { "block-size-kept", "AFU-001",
                                 "all blocks are of the size of the first one" },
    [MUTANT_URI_SPOILS_PUSH] = { "uri-spoils-push", "AFU-045",
                                 "a Package URI that is refused loses what has been pushed" },
    [MUTANT_FOREIGN_ACCEPTED] = { "foreign-accepted", "AFU-121",
                                  "a package with an unknown mark reaches Downloaded" },
    [MUTANT_INSTANCE_READ_REFUSED] = { "instance-read-refused", "LWM-203",
                                       "a Read of a Resource Instance is answered 4.05" },
    [MUTANT_UNKNOWN_PATH_READ] = { "unknown-path-read", "LWM-205",
                                   "a Read of what does not exist is answered 2.05" },
    [MUTANT_WRITE_IGNORED] = { "write-ignored", "LWM-206",
                               "a Write of the Lifetime is answered 2.04 and changes nothing" },
    [MUTANT_PARTIAL_UPDATE_REPLACES] = { "partial-update-replaces", "LWM-207",
                                         "a Partial Update resets what it does not name" },
    [MUTANT_READ_ONLY_WRITTEN] = { "read-only-written", "LWM-208",
                                   "a Write of the Short Server ID is answered 2.04" },
    [MUTANT_DEVICE_CREATED] = { "device-created", "LWM-209",
                                "Create on /3 is answered 2.01" },
    [MUTANT_DEVICE_DELETED] = { "device-deleted", "LWM-210",
                                "Delete of /3/0 is answered 2.02" },
    [MUTANT_REBOOT_REFUSED] = { "reboot-refused", "LWM-211",
                                "Execute of /3/0/4 is answered 4.05" },
    [MUTANT_SECURITY_READ] = { "security-read", "LWM-212",
                               "a Read of /0 is answered 2.05" },
    [MUTANT_DISCOVER_WITHOUT_DIM] = { "discover-without-dim", "LWM-213",
                                      "Discover does not say how many Resource Instances there are" },
    [MUTANT_FORMAT_MISNAMED] = { "format-misnamed", "LWM-201",
                                 "SenML JSON goes out as Content-Format 11543" },
    [MUTANT_BINDING_UNREADABLE] = { "binding-unreadable", "LWM-202",
                                    "/3/0/16 cannot be read" },
    [MUTANT_EXECUTABLE_READ] = { "executable-read", "LWM-204",
                                 "/3/0/4 can be read" },
    [MUTANT_TRIGGER_IGNORED] = { "trigger-ignored", "LWM-110",
                                 "Execute of /1/x/8 is answered 2.04, and no Update comes" },
    [MUTANT_DISABLE_IGNORED] = { "disable-ignored", "LWM-108",
                                 "Execute of /1/x/4 is answered 2.04, and the device stays" },
    [MUTANT_BINDING_OF_1_0] = { "binding-of-old", "LWM-102",
                                "the binding has a Q, which it has in 1.0 only" },
    [MUTANT_DEVICE_UNLISTED] = { "device-unlisted", "LWM-103",
                                 "the registration does not list /3" },
    [MUTANT_SECURITY_LISTED] = { "security-listed", "LWM-104",
                                 "the registration lists /0" },
    [MUTANT_LIFETIME_DIFFERS] = { "lifetime-differs", "LWM-105",
                                  "/1/x/1 is not what the device registered with" },
    [MUTANT_LIFETIME_NOT_UPDATED] = { "lifetime-not-updated", "LWM-106",
                                      "no Update says a Lifetime that was written" },
    [MUTANT_NO_UPDATES] = { "no-updates", "LWM-107",
                            "the registration runs out" },
    [MUTANT_DISABLED_FOR_EVER] = { "disabled-for-ever", "LWM-109",
                                   "a disabled device does not come back" },
    [MUTANT_DISABLED_BRIEFLY] = { "disabled-briefly", "LWM-109",
                                  "a disabled device comes back at once" },
    [MUTANT_UPDATE_SAYS_ALL] = { "update-says-all", "LWM-111",
                                 "each Update says the lifetime and the Objects" },
    [MUTANT_LOST_BY_REBOOT] = { "lost-by-reboot", "LWM-112",
                                "after a reboot the device does not register" },
    [MUTANT_ATTRIBUTES_HIDDEN] = { "attributes-hidden", "LWM-214",
                                   "Discover does not show attributes that were written" },
    [MUTANT_DEPTH_IS_NONE] = { "depth-is-none", "LWM-215",
                               "Discover with a depth shows the path alone" },
    [MUTANT_INSTANCE_WRITE_IGNORED] = { "instance-write-ignored", "LWM-216",
                                        "a Write of a Resource Instance is answered 2.04 and changes nothing" },
    [MUTANT_COMPOSITE_WANTS_ALL] = { "composite-wants-all", "LWM-217",
                                     "Read-Composite of something that is not there is answered 4.04" },
    [MUTANT_COMPOSITE_WITH_SECURITY] = { "composite-with-security", "LWM-218",
                                         "Read-Composite of the root shows /0" },
    [MUTANT_PATCH_IGNORED] = { "patch-ignored", "LWM-219",
                               "Write-Composite is answered 2.04 and changes nothing" },
    [MUTANT_PATCH_PARTLY] = { "patch-partly", "LWM-220",
                              "Write-Composite changes what comes before the one that is refused" },
    [MUTANT_OBSERVE_IGNORED] = { "observe-ignored", "LWM-301",
                                 "Observe is answered like a Read" },
    [MUTANT_PMIN_IGNORED] = { "pmin-ignored", "LWM-302",
                              "a notification does not wait for pmin" },
    [MUTANT_PMAX_IGNORED] = { "pmax-ignored", "LWM-303",
                              "no notification comes after pmax" },
    [MUTANT_RESET_IGNORED_BY_OBSERVER] = { "rst-ignored", "LWM-304",
                                           "Reset to a notification does not end the observation" },
    [MUTANT_CANCEL_OBSERVE_IGNORED] = { "cancel-observe-ignored", "LWM-305",
                                        "Observe 1 does not end the observation" },
    [MUTANT_COMPOSITE_TELLS_ONE] = { "composite-tells-one", "LWM-306",
                                     "a notification of several paths shows one of them" },
    [MUTANT_COMPOSITE_CANCEL_IGNORED] = { "composite-cancel-ignored", "LWM-307",
                                          "Observe 1 does not end an observation of several paths" },
    [MUTANT_CREATED_NOT_TOLD] = { "created-not-told", "LWM-308",
                                  "no notification tells of an Instance of /16 that comes or goes" },
    [MUTANT_OWN_ATTRIBUTES_IGNORED] = { "own-attributes-ignored", "LWM-309",
                                        "attributes of an Observe are taken and not heeded" },
    [MUTANT_NO_REPORT] = { "no-report", "LWM-310",
                           "no Send comes, though it is allowed" },
    [MUTANT_MUTE_IGNORED] = { "mute-ignored", "LWM-311",
                              "a Send comes while /1/x/23 forbids it" },
    [MUTANT_SEND_OF_UNREGISTERED] = { "send-of-unregistered", "LWM-312",
                                      "a Send shows an Object that is not registered" },
    [MUTANT_FORGOTTEN_FOR_EVER] = { "forgotten-for-ever", "LWM-113",
                                    "after 4.04 to an Update the device does not register" },
    [MUTANT_DEFERRED_IS_8] = { "deferred-is-8", "AFU-131",
                               "a deferred update shows Result 8" },
    [MUTANT_DEFERRED_NOT_SHOWN] = { "deferred-not-shown", "AFU-131",
                                    "a deferred update shows Result 0" },
    [MUTANT_DEFERRED_IN_UPDATING] = { "deferred-in-updating", "AFU-082",
                                      "Updating shows Result 11" },
    [MUTANT_ASKS_FOR_LONG] = { "asks-for-long", "AFU-131",
                               "the user is asked in Updating, for 2.5 s" },
    [MUTANT_PARTNER_NOT_DEFERRED] = { "partner-not-deferred", "AFU-131",
                                      "the deferral of a batch holds for the addressed instance only" },
    [MUTANT_ACCEPTANCE_IGNORED] = { "acceptance-ignored", "AFU-132",
                                    "the user accepts, and nothing starts" },
    [MUTANT_BLOCKS_WHILE_DEFERRED] = { "blocks-while-deferred", "AFU-133",
                                       "no package is taken while another instance is deferred" },
    [MUTANT_NEVER_STARTS] = { "never-starts", "AFU-134",
                              "the end of Maximum Defer Period starts nothing" },
    [MUTANT_STARTS_EARLY] = { "starts-early", "AFU-134",
                              "a deferred update starts after a quarter of the period" },
    [MUTANT_STUCK_AFTER_REBOOT] = { "stuck-after-reboot", "AFU-134",
                                    "after a reboot a deferred update shows Result 11 and never starts" },
    [MUTANT_NEW_PERIOD_ENDS_NEVER] = { "new-period-ends-never", "AFU-134",
                                       "a Write of Maximum Defer Period stops the running one" },
    [MUTANT_NO_PERIOD_DEFERS] = { "no-period-defers", "AFU-135",
                                  "an update is deferred though Maximum Defer Period is 0" },
    [MUTANT_PERIOD_EXTENDED] = { "period-extended", "AFU-137",
                                 "Update again defers again, and the period begins anew" },
    [MUTANT_STARTS_AFTER_CANCEL] = { "starts-after-cancel", "AFU-137",
                                     "a deferred update starts though it was cancelled" },
    [MUTANT_STARTS_AFTER_RESET] = { "starts-after-reset", "AFU-137",
                                    "a deferred update starts though it was reset" },
    [MUTANT_DEFERRED_UPDATE_REFUSED] = { "deferred-update-refused", "AFU-137",
                                         "Update is answered 4.05 while deferred" },
    [MUTANT_DEFERRED_CANCEL_REFUSED] = { "deferred-cancel-refused", "AFU-137",
                                         "Cancel is answered 4.05 while deferred" },
    [MUTANT_DEFERRED_RESET_REFUSED] = { "deferred-reset-refused", "AFU-137",
                                        "a reset is answered 4.05 while deferred" },
    [MUTANT_SEVERITY_LOST] = { "severity-lost", "AFU-020",
                               "an update puts Severity back to 1" },
    [MUTANT_DIM_WRONG] = { "dim-wrong", "AFU-024",
                           "Discover counts one Resource Instance too many" },
    [MUTANT_DISCOVER_LESS] = { "discover-less", "AFU-007",
                               "Discover of an instance leaves out Current Version" },
    [MUTANT_FORMATS_DISAGREE] = { "formats-disagree", "AFU-009",
                                  "an instance has another Component Name as TLV" },
    [MUTANT_OTHER_FORMAT_GIVEN] = { "other-format-given", "AFU-009",
                                    "an instance that is asked for as SenML CBOR comes as TLV" },
    [MUTANT_PACKAGE_IN_INSTANCE] = { "package-in-instance", "AFU-008",
                                     "a Read of an instance shows Package" },
    [MUTANT_OBJECT_READ_SHORT] = { "object-read-short", "AFU-009",
                                   "a Read of the object leaves out the last instance" },
    [MUTANT_OBJECT_READ_DIFFERS] = { "object-read-differs", "AFU-009",
                                     "a Read of the object shows other names" },
    [MUTANT_NAMES_EQUAL] = { "names-equal", "AFU-014",
                             "all components have one name" },
    [MUTANT_NAME_EMPTY] = { "name-empty", "AFU-014",
                            "the last component has an empty name" },
    [MUTANT_PROTOCOLS_DIFFER] = { "protocols-differ", "AFU-010",
                                  "the last component has another Resource 8" },
    [MUTANT_DELIVERIES_DIFFER] = { "deliveries-differ", "AFU-011",
                                   "the last component has another Resource 9" },
    [MUTANT_FRESH_RESULT_IS_8] = { "fresh-result-is-8", "AFU-050",
                                   "as from the factory Result is 8" },
    [MUTANT_SEVERITY_WRAPS] = { "severity-wraps", "AFU-021",
                                "Severity takes any number, and keeps what is left of it modulo 3" },
    [MUTANT_SEVERITY_IGNORED] = { "severity-ignored", "AFU-020",
                                  "a Write of Severity is answered 2.04 and changes nothing" },
    [MUTANT_NEGATIVE_PERIOD_STORED] = { "negative-period-stored", "AFU-021", "a negative Maximum Defer Period is taken as a large one" },
    [MUTANT_PERIOD_IGNORED] = { "period-ignored", "AFU-022",
                                "a Write of Maximum Defer Period is answered 2.04 and changes nothing" },
    [MUTANT_CHANGE_TIME_AHEAD] = { "change-time-ahead", "AFU-023",
                                   "Last State Change Time is an hour ahead" },
    [MUTANT_CHANGE_TIME_AS_TEXT] = { "change-time-as-text", "AFU-023",
                                     "Last State Change Time is encoded as a String" },
    [MUTANT_LONG_URI_CUT] = { "long-uri-cut", "AFU-009",
                              "of a Package URI of more than 255 bytes these are used" },
    [MUTANT_LONG_URI_JAMS] = { "long-uri-jams", "AFU-009",
                               "after a Package URI of more than 255 bytes none is taken" },
    [MUTANT_ACCEPT_IGNORED] = { "accept-ignored", "LWM-501",
                                "Read in an unknown format is answered in another one" },
    [MUTANT_CONTENT_FORMAT_IGNORED] = { "content-format-ignored", "LWM-502",
                                        "Write in an unknown format is answered 2.04" },
    [MUTANT_WRITE_PARTLY] = { "write-partly", "LWM-503",
                              "a refused Partial Update changes what can be written" },
    [MUTANT_BAD_ATTRIBUTES_TAKEN] = { "bad-attributes-taken", "LWM-504",
                                      "attributes that make no sense are answered 2.04" },
    [MUTANT_NUMBERS_FALL] = { "numbers-fall", "LWM-505",
                              "the Observe numbers of notifications fall" },
    [MUTANT_NOTIFIES_IN_ANOTHER_FORMAT] = { "notifies-in-another-format",
                                            "LWM-506",
                                            "notifications are in a format of their own" },
    [MUTANT_STEPS_IGNORED] = { "steps-ignored", "LWM-507",
                               "st, gt and lt are shown and not heeded" },
    [MUTANT_REPLACE_MERGES] = { "replace-merges", "LWM-508",
                                "a replacement keeps what is not in it" },
    [MUTANT_UNSET_IGNORED] = { "unset-ignored", "LWM-214",
                               "an attribute cannot be taken away" },
    [MUTANT_ATTRIBUTES_RAISED] = { "attributes-raised", "LWM-214",
                                   "attributes of a Resource are kept for its Instance" },
};

enum mutant mutant_parse(const char *name)
{
    for (int i = MUTANT_NONE + 1; i < MUTANT_COUNT; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return (enum mutant)i;
        }
    }
    return MUTANT_COUNT;
}

void mutant_show(enum mutant mutant, uint16_t instance, int *state, int *result)
{
    static const struct {
        enum mutant mutant;
        struct {
            int state;  /* -1: any */
            int result; /* -1: any */
        } is, shown;    /* -1: as it is */
    } pairs[] = {
        { MUTANT_NEVER_DOWNLOADED, { 2, -1 }, { 1, -1 } },
        { MUTANT_ERROR_BY_CODE_ONLY, { 0, 6 }, { -1, 0 } },
        { MUTANT_DEPENDENCY_IS_12, { 2, 13 }, { -1, 12 } },
        { MUTANT_RESULT_IN_UPDATING, { 3, -1 }, { -1, 3 } },
        { MUTANT_DEPENDENCY_IN_DOWNLOADING, { 2, 13 }, { 1, -1 } },
        { MUTANT_CONFLICT_IN_DOWNLOADED, { 0, 12 }, { 2, -1 } },
        { MUTANT_DEFERRED_IS_8, { 2, 11 }, { -1, 8 } },
        { MUTANT_DEFERRED_NOT_SHOWN, { 2, 11 }, { -1, 0 } },
        { MUTANT_DEFERRED_IN_UPDATING, { 3, -1 }, { -1, 11 } },
    };
    bool is_sibling = instance == 1;

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (mutant != pairs[i].mutant ||
            (pairs[i].is.state >= 0 && *state != pairs[i].is.state) ||
            (pairs[i].is.result >= 0 && *result != pairs[i].is.result)) {
            continue;
        }
        *state = pairs[i].shown.state >= 0 ? pairs[i].shown.state : *state;
        *result = pairs[i].shown.result >= 0 ? pairs[i].shown.result : *result;
        return;
    }
    if (is_sibling && mutant == MUTANT_PARTNER_WITHOUT_RESULT && *result == 1) {
        *result = 0;
    }
    if (is_sibling && mutant == MUTANT_SIBLING_RESULT_KEPT && *state == 2) {
        *result = 8;
    }
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/** Letters to add, take away or change (Levenshtein). */
static size_t distance(const char *from, const char *to)
{
    size_t row[MUTANT_NAME_MAX + 1];
    size_t length = strlen(to);

    for (size_t j = 0; j <= length; j++) {
        row[j] = j;
    }
    for (size_t i = 1; from[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t changed = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = least(changed, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[length];
}

/** 0 is nearest; MUTANT_NAME_MAX: not like it at all. */
static size_t unlikeness(const char *name, const char *known)
{
    size_t letters = distance(name, known);

    if (strlen(name) >= 3 && strstr(known, name) != NULL) {
        return 0; /* a part of it */
    }
    return letters <= 2 + strlen(name) / 4 ? letters : MUTANT_NAME_MAX;
}

void mutant_near(const char *name, const char *out_names[MUTANT_NEAR_MAX + 1])
{
    size_t count = 0;

    for (size_t wanted = 0;
         strlen(name) <= MUTANT_NAME_MAX && wanted < MUTANT_NAME_MAX;
         wanted++) {
        for (int i = MUTANT_NONE + 1;
             i < MUTANT_COUNT && count < MUTANT_NEAR_MAX; i++) {
            if (unlikeness(name, rows[i].name) == wanted) {
                out_names[count++] = rows[i].name;
            }
        }
    }
    out_names[count] = NULL;
}

void mutant_list(FILE *stream)
{
    for (int i = MUTANT_NONE + 1; i < MUTANT_COUNT; i++) {
        fprintf(stream, "%-24s %s  %s\n", rows[i].name, rows[i].requirement,
                rows[i].text);
    }
}
