/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The proof that right devices pass: what the object definition leaves open
 * makes no finding, what section 9 of afu.md tolerates makes a warning with
 * its row, and in the strict reading a fail where the row says so.
 *
 * Usage: variants_test ASSAY DEVICE PROFILE FOLDER [VARIANT]...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/mutants/campaigns.h"

#define WORDS_MAX 64

/* For what may matter anywhere: some of each kind. All cases run on whole
 * devices, in configurations_test.c. */
static const char selection[] =
    "AFU-OBJ-005 AFU-OBJ-008 AFU-PSH-001 AFU-PSH-014 AFU-PUL-022 AFU-DEP-003 "
    "AFU-LNK-009 AFU-LNK-011 AFU-MUL-005 AFU-CAN-003 AFU-RBK-004";

/* What a profile says of a device that lacks something. */
#define NO_DEPENDENCIES "\"deps\": false, \"mpkg\": false, \"impl\": false"
#define ARB             "\"arb\": true"
#define NO_NAMES        "\"pkgname\": false, \"pkgver\": false"
#define NO_LONG_UPDATE  "\"long-update\": false"
#define QUEUED          "\"conc\": \"queued\""

/* Some cases of each group: enough to show what one thing changes. */
#define OBJ                                                                    \
    "AFU-OBJ-001 AFU-OBJ-002 AFU-OBJ-005 AFU-OBJ-007 AFU-OBJ-008 "             \
    "AFU-OBJ-009 AFU-OBJ-010 AFU-OBJ-011"
#define PSH                                                                    \
    "AFU-PSH-001 AFU-PSH-005 AFU-PSH-009 AFU-PSH-010 AFU-PSH-013 AFU-PSH-014"
#define PUL                                                                    \
    "AFU-PUL-001 AFU-PUL-010 AFU-PUL-012 AFU-PUL-014 AFU-PUL-019 "             \
    "AFU-PUL-020 AFU-PUL-022"
#define TLS "AFU-PUL-003 AFU-PUL-004 AFU-PUL-008"
#define STM "AFU-STM-001 AFU-STM-002 AFU-STM-006 AFU-STM-011"
#define DEP "AFU-DEP-001 AFU-DEP-003 AFU-DEP-008 AFU-DEP-012"
/* those where a device has a choice */
#define DEPENDENCIES                                                           \
    DEP " AFU-DEP-002 AFU-DEP-004 AFU-DEP-005 AFU-DEP-006 AFU-DEP-007 "        \
        "AFU-DEP-009"
#define LNK "AFU-LNK-005 AFU-LNK-009 AFU-LNK-011"
#define MUL "AFU-MUL-001 AFU-MUL-004 AFU-MUL-005 AFU-MUL-007"
#define CAN "AFU-CAN-003 AFU-CAN-004 AFU-CAN-007 AFU-CAN-009"
#define RBK "AFU-RBK-001 AFU-RBK-004"
#define ITG "AFU-ITG-001"
#define PER "AFU-PER-001"
#define CUT  "AFU-INT-026 AFU-PER-010 AFU-RBK-011 AFU-RBK-012"
#define WIRE "AFU-STM-014 AFU-STM-015 AFU-STM-016"

/** What is special about a row. */
enum {
    STRICT_FAILS = 1, /**< in the strict reading the warning is a fail */
    STRICT_WARNS = 2, /**< only there it is a warning */
    MAY_MISS = 4,     /**< the warning need not come: a matter of time */
    ONE = 8,          /**< the profile has instance 0 alone */
    SHAPE = 16,       /**< the name is that of a shape */
};

/** A variant and what the campaign has to say about it. */
struct row {
    const char *variant; /**< of the device; or a name for `device` alone */
    const char *warning; /**< the A row, or the beginning of the requirement,
                              of each warning; NULL: none at all */
    unsigned flags;
    const char *cases;  /**< patterns; NULL: `selection` */
    const char *ics;    /**< what the profile says of it; NULL */
    const char *device; /**< arguments instead of --variant; NULL */
};

/* clang-format off */
static const struct row rows[] = {
    /* The one silence lasts for all retransmissions: over a minute, so
     * it begins first. */
    { "block-512-by-silence", "AFU-001", 0, "AFU-PSH-001 AFU-PSH-005", NULL,
      NULL },
    /* what is there */
    { "mandatory-only", "AFU-088", STRICT_FAILS, NULL, NO_DEPENDENCIES ", " NO_NAMES, NULL },
    { "no-links", "AFU-088", STRICT_FAILS, NULL, NO_DEPENDENCIES, NULL },
    { "links-absent-when-empty", NULL, 0, NULL, NULL, NULL },
    { "names-absent-in-idle", NULL, 0, OBJ " " PSH " " MUL, NULL, NULL },
    { "firmware-version-absent", NULL, 0, OBJ " " PSH, NULL, NULL },
    { "object-link-absent", NULL, 0, OBJ " " STM, NULL, NULL },
    { "object-version-given", NULL, 0, OBJ, NULL, NULL },
    { "instances-not-listed", "AFU-002", 0, OBJ " " STM " " PSH, NULL,
      NULL },
    { "one-component", NULL, ONE, NULL, NULL, NULL },
    { "one-component-unnamed", "A-26", ONE | STRICT_FAILS,
      "AFU-OBJ-001" " " "AFU-OBJ-002" " " "AFU-OBJ-005" " " "AFU-OBJ-007" " " PSH " " STM, NULL, NULL },
    { "no-text-plain", NULL, 0, OBJ " " PSH, NULL, NULL },
    { "uri-kept", "AFU-055", 0, PUL " " PSH " " CAN, NULL, NULL },
    /* codes */
    { "create-used-4.00", "AFU-003", 0, OBJ, NULL, NULL },
    { "create-delete-4.04", "AFU-00", STRICT_FAILS, OBJ, NULL, NULL },
    { "delete-object-4.00", "AFU-004", 0, OBJ, NULL, NULL },
    { "update-in-idle-4.00", "AFU-", 0, STM " " "AFU-PSH-010" " " "AFU-CAN-003",
      NULL, NULL },
    /* downloads */
    { "push-stays-idle", "AFU-140", 0, "AFU-PSH-001 AFU-PSH-014 AFU-INT-001 AFU-INT-002 AFU-INT-003 AFU-CAN-002 AFU-MUL-005", NULL, NULL },
    { "result-cleared-late", "A-23", MAY_MISS, NULL, NULL, NULL },
    { "error-code-with-result", NULL, 0, PSH " " ITG " " MUL, NULL,
      NULL },
    { "error-in-downloading", NULL, 0, PSH " " ITG " " MUL, NULL, NULL },
    { "verified-late", NULL, 0, NULL, NULL, NULL },
    { "siblings-late", NULL, 0, MUL, NULL, NULL },
    { "conflict-at-end", NULL, 0, MUL, NULL, NULL },
    { "junk-is-5", "AFU-044", 0, "AFU-PSH-009 AFU-PSH-017", NULL, NULL },
    { "junk-is-8", "A-11", STRICT_FAILS, "AFU-PSH-009 AFU-PSH-017", NULL, NULL },
    { "checked-at-update", "AFU-043", 0,
      "AFU-ITG-001 AFU-ITG-002 AFU-ITG-003 AFU-ITG-007 AFU-ITG-008", NULL, NULL },
    { "checked-at-update-8", "AFU-043", 0,
      "AFU-ITG-001 AFU-ITG-002 AFU-ITG-003", NULL, NULL },
    { "appended-at-update", "AFU-049", 0, "AFU-ITG-004", NULL,
      "--install-ms 300 --variant checked-at-update" },
    /* packages, bundles and failing updates */
    { "other-component-is-5", "AFU-121", 0, "AFU-MUL-011*", NULL,
      "--install-ms 300 --variant junk-is-5" },
    { "other-component-is-8", "A-11", STRICT_FAILS, "AFU-MUL-011*", NULL,
      "--install-ms 300 --variant junk-is-8" },
    { "other-component-routed", NULL, 0, "AFU-MUL-011*", NULL, NULL },
    { "header-is-5", NULL, 0, "AFU-ITG-002", NULL, NULL },
    { "appended-left-out", "AFU-049", 0, "AFU-ITG-004", NULL, NULL },
    { "bundle-by-first-only", "AFU-116", 0,
      "AFU-MUL-001 AFU-MUL-002 AFU-MUL-003 AFU-MUL-008 AFU-MUL-014", NULL,
      NULL },
    { "corrupt-by-first-only", "AFU-043", 0, "AFU-MUL-013", NULL,
      "--install-ms 300 --variant bundle-by-first-only" },
    { "corrupt-part-fails-all", "AFU-118", 0, "AFU-MUL-008 AFU-MUL-013",
      NULL, NULL },
    { "conflict-with-loaded-only", "A-28", STRICT_FAILS,
      "AFU-MUL-005 AFU-MUL-006", NULL, NULL },
    { "cancel-drops-bundle", NULL, 0, "AFU-MUL-010", NULL, NULL },
    { "downgrade-is-5", NULL, 0, "AFU-RBK-007", ARB, NULL },
    { "downgrade-is-6", NULL, 0, "AFU-RBK-007", ARB, NULL },
    { "downgrade-is-8", NULL, 0, "AFU-RBK-007", ARB, NULL },
    { "downgrade-is-13", NULL, 0, "AFU-RBK-007", ARB, NULL },
    { "downgrade-fails", NULL, 0, "AFU-RBK-007", ARB, NULL },
    { "same-version-is-6", NULL, 0, "AFU-RBK-009", NULL, NULL },
    { "same-version-fails", NULL, 0, "AFU-RBK-009", NULL, NULL },
    { "integrity-is-8", "AFU-060", 0, "AFU-ITG-006", NULL,
      "--install-ms 300 --variant failed-to-idle" },
    { "integrity-keeps-5", "A-15", STRICT_FAILS, "AFU-ITG-006", NULL,
      "--install-ms 300 --variant failed-keeps-5" },
    { "cut-forgets-update", "AFU-165", 0, "AFU-RBK-006 AFU-RBK-011 AFU-RBK-012", NULL, NULL },
    { "cut-failed-to-idle", NULL, 0, CUT, NULL, "--variant failed-to-idle" },
    { "cut-by-integrity", NULL, 0, CUT, NULL, "--variant failed-by-integrity" },
    { "cut-one-by-one", NULL, 0, CUT, NULL, "--variant batch-one-by-one" },
    { "cut-no-reboot", NULL, 0, CUT, "\"reboot\": false", "--variant no-reboot" },
    { "restart-refused", NULL, 0, "AFU-INT-003", NULL, NULL },
    { "one-push", NULL, 0, "AFU-CON-004", NULL, NULL },
    { "zero-length-resets", NULL, 0, "AFU-PSH-012", NULL, NULL },
    { "push-reassembled", "AFU-046", 0, "AFU-INT-004 AFU-INT-005 AFU-INT-006 AFU-INT-008",
      NULL, NULL },
    { "repeat-refused", NULL, 0, "AFU-INT-007 AFU-INT-008", NULL, NULL },
    { "gap-is-4.00", NULL, 0, "AFU-INT-004 AFU-INT-005 AFU-INT-006", NULL, NULL },
    { "gap-is-5.03", NULL, 0, "AFU-INT-004 AFU-INT-005 AFU-INT-006", NULL, NULL },
    { "size1-enforced", NULL, 0, "AFU-INT-011", NULL, NULL },
    { "too-big-is-3", "A-09", STRICT_FAILS, "AFU-PSH-008", NULL, NULL },
    { "too-big-is-6", "A-09", STRICT_FAILS, "AFU-PSH-008", NULL, NULL },
    { "push-kept-open", "AFU-040", 0, "AFU-INT-001", NULL, NULL },
    { "cancel-push-refused", "AFU-140", 0, "AFU-CAN-002", NULL, NULL },
    { "uri-ends-push", "AFU-045", 0, "AFU-STM-009", NULL, NULL },
    { "shrinks-late", NULL, 0, "AFU-PSH-001 AFU-PSH-002 AFU-INT-009", NULL, NULL },
    { "base64-taken", NULL, 0, "AFU-PSH-007", NULL, NULL },
    { "names-absent-in-updating", "A-30", STRICT_FAILS, "AFU-PSH-016", NULL, NULL },
    { "no-ram-is-4", "AFU-042", 0, "AFU-PSH-015", NULL, NULL },
    { "gap-at-end", "AFU-046", 0, "AFU-INT-004 AFU-INT-005", NULL, NULL },
    { "first-block-acknowledged", NULL, 0, "AFU-PSH-001", NULL, NULL },
    { "empty-end-refused", NULL, 0, "AFU-PSH-012", NULL, NULL },
    { "push-to-pull-only", NULL, 0, "AFU-PSH-006", NULL, "--delivery pull" },
    { "gives-up-early", NULL, 0, "AFU-INT-002", NULL, "--push-timeout-ms 150" },
    /* pulls */
    { "uri-cleared", NULL, 0, PUL, NULL, NULL },
    { "uri-fails-late", NULL, 0, PUL, NULL, NULL },
    { "uri-fails-by-code", NULL, 0, PUL, NULL, NULL },
    { "uri-ignored", "AFU-045", 0, STM " " PUL, NULL, NULL },
    { "protocol-is-7", "A-06", STRICT_FAILS, PUL, NULL, NULL },
    { "fetch-errors-otherwise", NULL, 0, PUL " " TLS, NULL, NULL },
    /* file servers by coaps and TCP */
    { "untrusted-is-9", NULL, 0, TLS, NULL, NULL },
    { "no-clock", "AFU-176", 0, TLS, NULL, NULL },
    { "fetch-reconnects", NULL, 0, TLS, NULL, NULL },
    { "stream-in-pieces", NULL, 0, "AFU-PUL-008", NULL, NULL },
    { "stream-pings", NULL, 0, "AFU-PUL-008", NULL, NULL },
    { "stream-takes-little", NULL, 0, "AFU-PUL-008", NULL, NULL },
    { "stream-bert", NULL, 0, "AFU-PUL-008", NULL, NULL },
    { "stream-release", NULL, 0, "AFU-PUL-008", NULL, NULL },
    { "fetch-error-is-6", "AFU-0", 0, PUL, NULL, NULL },
    { "fetch-error-is-8", "A-10", STRICT_FAILS, PUL, NULL, NULL },
    { "fetch-by-own-socket", NULL, 0, PUL, NULL, NULL },
    { "fetch-without-block2", NULL, 0, PUL " " MUL, NULL, NULL },
    { "fetch-queued", NULL, 0, PUL " " DEP " " LNK " AFU-MUL-006", NULL, NULL },
    { "fetch-queued-declared", NULL, 0, "AFU-CON", QUEUED,
      "--variant fetch-queued" },
    { "second-fetch-refused", NULL, 0, "AFU-CON", "\"conc\": \"rejected\"", NULL },
    { "second-fetch-is-12", "AFU-177", 0, "AFU-CON-001 AFU-CON-003", NULL, NULL },
    { "second-push-refused", NULL, 0, "AFU-CON-001 AFU-CON-002 AFU-CON-003", NULL, NULL },
    { "queued-cancel-ignored", "A-33", STRICT_FAILS, "AFU-CON-007", QUEUED, NULL },
    { "queued-uri-replaces", "AFU-045", 0, "AFU-CON-005", QUEUED,
      "--variant queued-uri-replaces" },
    { "update-while-fetching-refused", "AFU-081", 0, "AFU-CON-009", NULL, NULL },
    { "no-reboot-con", NULL, 0, "AFU-CON-009 AFU-CON-010", "\"reboot\": false",
      "--variant no-reboot" },
    { "at-once-con", NULL, 0, "AFU-CON-009 AFU-CON-010", NO_LONG_UPDATE,
      "--install-ms 0 --boot-ms 0" },
    { "fetch-retries", NULL, 0, "AFU-PUL-015 AFU-INT-025", NULL, NULL },
    { "fetch-gives-up", NULL, 0, "AFU-INT-013 AFU-INT-014", NULL, NULL },
    { "fetch-resumes", NULL, 0, "AFU-INT-013", "\"resume\": \"outage\"",
      "--pull-block 1024" },
    { "etag-restarts", NULL, 0, "AFU-INT-016", NULL, NULL },
    { "etag-is-5", NULL, 0, "AFU-INT-016", NULL, NULL },
    { "wrong-block-fails", NULL, 0, "AFU-INT-020", NULL, NULL },
    { "uri-replaces-download", "AFU-045", 0, "AFU-STM-005", NULL, NULL },
    { "bad-uri-is-9", "AFU-039", 0, "AFU-PUL-011", NULL, NULL },
    { "bad-uri-is-4", "A-10", STRICT_FAILS, "AFU-PUL-011", NULL, NULL },
    { "bad-uri-by-code", "AFU-039", 0, "AFU-PUL-011", NULL, NULL },
    { "no-ipv6", "AFU-032", MAY_MISS, "AFU-PUL-009", NULL, NULL },
    { "empty-is-4", "AFU-04", 0, "AFU-PUL-017", NULL, NULL },
    { "pull-too-big-is-3", "A-09", STRICT_FAILS, "AFU-PUL-016", NULL,
      "--variant too-big-is-3" },
    { "fetch-resumes-after-boot", NULL, 0, "AFU-INT-022 AFU-INT-026", NULL, NULL },
    { "boot-is-4", NULL, 0, "AFU-INT-022 AFU-INT-026", NULL, NULL },
    { "boot-is-10", "AFU-164", 0, "AFU-INT-022 AFU-INT-026", NULL, NULL },
    { "pull-not-offered", NULL, 0, "AFU-PUL-021", NULL, "--delivery push" },
    { "pull-not-offered-ignored", "AFU-045", 0, "AFU-PUL-021", NULL,
      "--delivery push --variant uri-ignored" },
    { "pull-blocks-of-64", NULL, 0, "AFU-INT AFU-STM-005", NULL,
      "--pull-block 64" },
    { "pull-blocks-of-16", NULL, 0, "AFU-INT-020", NULL,
      "--pull-block 16" },
    { "reset-downloading-refused", NULL, 0, PUL " " STM, NULL, NULL },
    { "reset-downloading-ignored", "A-04", 0, PUL " " STM, NULL, NULL },
    { "pull-only", NULL, 0, NULL, NULL, "--delivery pull" },
    { "push-only", NULL, 0, NULL, NULL, "--delivery push" },
    { "no-protocols", NULL, 0, PUL " " OBJ, NULL, "--protocols none" },
    { "pull-block-64", NULL, 0, PUL " " MUL, NULL, "--pull-block 64" },
    /* resets and Cancel */
    { "reset-cancels", "A-04", STRICT_FAILS,
      PSH " " MUL " " CAN " " RBK, NULL, NULL },
    { "reset-idle-refused", "AFU-056", 0, "AFU-PSH-001 AFU-PSH-009 AFU-PSH-011 AFU-PSH-014 AFU-CAN-003", NULL, NULL },
    /* After a URI that failed twice it may as well be a download. */
    { "reset-idle-ignored", "AFU-055", STRICT_FAILS, NULL, NULL, NULL },
    { "reset-idle-fails", "AFU-05", STRICT_FAILS, "AFU-PSH-001 AFU-PSH-009 AFU-PSH-011 AFU-PSH-014 AFU-CAN-003", NULL, NULL },
    { "cancel-payload-4.15", "AFU-142", 0, CAN, NULL, NULL },
    { "cancel-in-idle", "AFU-142", 0, CAN, NULL, NULL },
    /* dependencies and lists */
    { "dependency-to-idle", NULL, 0, DEPENDENCIES " AFU-MTX", NULL, NULL },
    { "dependency-by-code", "AFU-", 0, DEPENDENCIES, NULL, NULL },
    { "dependency-while-updating", NULL, 0, DEPENDENCIES, NULL, NULL },
    { "dependency-not-predicted", NULL, 0, DEPENDENCIES " AFU-MTX " LNK, NULL,
      NULL },
    { "dependency-by-download", NULL, 0, DEPENDENCIES " AFU-MTX " LNK, NULL,
      NULL },
    { "too-old-is-8", "AFU-089", 0, "AFU-DEP-001 AFU-DEP-006 AFU-MTX-AB1-AB",
      NULL, NULL },
    { "no-links-deps", NULL, 0, "AFU-DEP-010", "\"impl\": false",
      "--variant no-links" },
    { "conflict-stays", "AFU-107", 0, DEPENDENCIES, NULL, NULL },
    { "argument-unquoted", "A-25", STRICT_WARNS, "AFU-LNK-016", NULL, NULL },
    { "argument-lenient", "AFU-091", 0, "AFU-LNK-016", NULL, NULL },
    { "links-as-set", NULL, 0, "AFU-LNK-014 AFU-LNK-016", NULL, NULL },
    { "free-text-ignored", "A-42", STRICT_FAILS, "AFU-LNK-016", NULL, NULL },
    { "unknown-argument-ignored", "AFU-092", 0, "AFU-LNK-017", NULL, NULL },
    { "empty-value-4.00", "AFU-090", 0, "AFU-LNK-018", NULL, NULL },
    { "argument-format-ignored", "AFU-091", 0, "AFU-LNK-019", NULL, NULL },
    { "bad-links-are-13", NULL, 0, "AFU-LNK-013 AFU-LNK-015 AFU-LNK-016", NULL, NULL },
    { "links-at-once", "A-12", STRICT_FAILS, "AFU-LNK-022", NULL, NULL },
    { "links-stay", "AFU-108", 0, "AFU-LNK-020", NULL, NULL },
    { "result-cleared-by-power", NULL, 0, "AFU-PER-003 AFU-PER-004", NULL, NULL },
    { "settings-lost-by-power", "AFU-02", 0, "AFU-PER-005", NULL, NULL },
    { "change-time-lost-by-power", "AFU-023", 0, "AFU-PER-006", NULL, NULL },
    { "writes-in-updating-ignored", "AFU-", 0, "AFU-STM-010", NULL, NULL },
    { "reset-stops-update", "AFU-0", 0, "AFU-STM-010", NULL, NULL },
    { "wide-write-ignored", "AFU-063", 0, "AFU-STM-012", NULL, NULL },
    { "list-refused-13", "AFU-", 0, LNK " " RBK " AFU-RBK-006 AFU-MTX-ABCD-*", NULL,
      NULL },
    { "list-refused-by-code", "AFU-", STRICT_FAILS,
      LNK " " RBK " AFU-RBK-006 AFU-MTX-ABCD-AB AFU-MTX-ABCD-ABCD AFU-MTX-A-AC", NULL, NULL },
    { "batch-one-by-one", NULL, 0, LNK " " DEP " AFU-MTX-ABCD-*", NULL, NULL },
    { "batch-partial", "AFU-093", 0, RBK " AFU-RBK-005", "\"trans\": false", NULL },
    /* updates */
    { "shown-late", NULL, 0, NULL, NULL, NULL },
    { "result-in-updating", "AFU-054", MAY_MISS, PSH " " LNK " " RBK,
      NULL, NULL },
    { "failed-to-idle", NULL, 0, RBK " AFU-RBK-003 AFU-RBK-010*", NULL, NULL },
    { "failed-to-idle-as-promised", NULL, 0, "AFU-RBK-001",
      "\"failst\": \"Idle\"", "--install-ms 300 --variant failed-to-idle" },
    { "failed-by-integrity", "AFU-061", 0, "AFU-RBK-001 AFU-RBK-004", NULL,
      NULL },
    { "failed-keeps-5", "A-15", STRICT_FAILS, "AFU-RBK-001 AFU-RBK-004", NULL,
      NULL },
    { "no-reboot", NULL, 0, NULL, "\"reboot\": false", NULL },
    { "confirmed-late", NULL, 0, NULL, NULL, NULL },
    { "others-dropped", "AFU-095", 0, NULL, "\"persist\": false", NULL },
    /* deferral */
    { "deferred-while-updating", "A-13", MAY_MISS, "AFU-DEF-001", NULL, NULL },
    { "deferred-again", NULL, 0, "AFU-DEF-008", NULL, NULL },
    { "deferred-together", NULL, 0, "AFU-DEF-012", NULL, NULL },
    { "period-from-download", NULL, 0, "AFU-DEF-003", NULL, NULL },
    { "old-period", NULL, 0, "AFU-DEF-011", NULL, NULL },
    { "deferral-hidden-by-reboot", NULL, 0, "AFU-DEF-010", NULL, NULL },
    { "deferral-lost-by-reboot", "AFU-", 0, "AFU-DEF-010", NULL, NULL },
    /* settings */
    { "severity-2-at-first", "A-40", STRICT_FAILS, "AFU-OBJ-015", NULL, NULL },
    { "bad-settings-ignored", "AFU-021", 0, "AFU-OBJ-016 AFU-OBJ-017", NULL,
      NULL },
    { "long-period-refused", NULL, 0, "AFU-OBJ-017", NULL, NULL },
    { "long-uri-taken", "AFU-009", 0, "AFU-OBJ-020", NULL, NULL },
    { "long-uri-is-7", NULL, 0, "AFU-OBJ-020", NULL, NULL },
    /* reporting; "lwm2m-1.0" and "no-composite" have no composite operation */
    { "observed-shown-late", NULL, 0, "AFU-NTF-001 AFU-NTF-002 AFU-NTF-003",
      NULL, "--variant shown-late" },
    { "observed-no-composite", NULL, 0, "AFU-NTF-003 AFU-NTF-004", NULL,
      "--variant no-composite" },
    { "observed-no-reboot", NULL, 0, "AFU-NTF-001 AFU-NTF-002 AFU-NTF-012",
      "\"reboot\": false", "--variant no-reboot" },
    { "observed-with-pmin", NULL, 0, "AFU-NTF-005 AFU-NTF-012", NULL,
      "--default-pmin 1" },
    { "change-time-at-boot", NULL, 0, "AFU-NTF-007 AFU-OBJ-018", NULL, NULL },
    { "result-passes-by-10", "A-24", STRICT_WARNS | MAY_MISS, "AFU-NTF-002", NULL, NULL },
    /* the network */
    { "separate-responses", NULL, 0, NULL, NULL, NULL },
    { "execute-ack-lost", "A-38", STRICT_WARNS,
      PSH " " LNK " " DEP " " PER, NULL, NULL },
    { "mute-while-updating", NULL, 0, NULL, NO_LONG_UPDATE, NULL },
    { "busy-while-updating", NULL, 0, NULL, NO_LONG_UPDATE, NULL },
    { "deregisters", NULL, 0, NULL, NULL, NULL },
    { "same-port", NULL, 0, NULL, NULL, NULL },
    { "execute-not-remembered", "AFU-080", 0, WIRE, NULL, NULL },
    { "malformed-ignored", NULL, 0, "AFU-STM-016", NULL, NULL },
    { "wire-separate", NULL, 0, WIRE, NULL, "--variant separate-responses" },
    { "wire-same-port", "AFU-080", MAY_MISS, WIRE, NULL, "--variant same-port --install-ms 20" },
    { "wire-no-reboot", NULL, 0, WIRE, "\"reboot\": false", "--variant no-reboot" },
    { "wire-mute", NULL, 0, WIRE, NO_LONG_UPDATE, "--variant mute-while-updating" },
    { "wire-ack-lost", NULL, 0, WIRE, NULL, "--variant execute-ack-lost" },
    { "wire-alternate", NULL, 0, WIRE, NULL, "--variant alternate-path" },
    { "wire-deregisters", NULL, 0, WIRE, NULL, "--variant deregisters" },
    { "wire-shown-late", NULL, 0, WIRE, NULL, "--variant shown-late" },
    /* formats and sizes */
    { "accept-refused-4.00", "AFU-009", 0, OBJ " " PSH " " STM, NULL,
      NULL },
    { "no-accept-known", "AFU-009", 0, OBJ " " PSH " " STM, NULL, NULL },
    { "format-refused-4.15", NULL, 0, OBJ " " PSH " " CAN, NULL, NULL },
    { "block-512-by-4.08", "AFU-001", 0, PSH " " MUL, NULL, NULL },
    { "block-512-by-4.13", "AFU-001", 0, PSH " " MUL, NULL, NULL },
    { "alternate-path", NULL, 0, NULL, NULL, NULL },
    { "no-root-link", NULL, 0, OBJ " " PSH " " STM, NULL, NULL },
    { "no-binding", NULL, 0, OBJ " " PSH, NULL, NULL },
    { "server-instance-1", NULL, 0, OBJ " " PSH " " STM, NULL, NULL },
    { "pmax-below-pmin-4.00", NULL, 0, OBJ, NULL, NULL },
    { "busy-while-receiving", "AFU-1", 0, "AFU-PSH-001 AFU-PSH-019 AFU-INT-001 AFU-INT-003 AFU-INT-005 AFU-INT-006 AFU-CAN-002 AFU-MUL-005", NULL, NULL },
    { "answers-by-64", NULL, 0, NULL, NULL, NULL },
    { "answers-by-64-etag", NULL, 0, NULL, NULL, NULL },
    { "no-attributes", NULL, 0, "AFU-OBJ-001", NULL, NULL },
    { "no-composite", NULL, 0, "AFU-OBJ-001", NULL, NULL },
    { "observe-attributes-refused", NULL, 0, "AFU-OBJ-001", NULL, NULL },
    { "depth-ignored", NULL, 0, "AFU-OBJ-001", NULL, NULL },
    { "notify-non", NULL, 0, NULL, NULL, NULL },
    { "update-late", NULL, 0, "AFU-OBJ-001", NULL, NULL },
    /* shapes of the device, with a profile each */
    { "modem-mcu", NULL, SHAPE, OBJ " " DEP " " LNK " " MUL " " RBK " AFU-MTX", NULL,
      "" },
    { "dual-core", NULL, SHAPE, OBJ " " DEP " " LNK " " RBK " " PER " AFU-MTX", NULL,
      "" },
    { "trustzone", NULL, SHAPE, "AFU-OBJ AFU-DEP@pull AFU-LNK@push AFU-MUL@pull "
      "AFU-RBK@push AFU-MTX", NULL, "" },
    { "mcuboot", "AFU-049", SHAPE, "AFU-OBJ-001 AFU-ENC@pull AFU-ITG-001@push "
      "AFU-ITG-004@push AFU-ITG-005@push AFU-RBK-001@push AFU-RBK-003@push AFU-RBK-007@push "
      "AFU-RBK-007-B@push AFU-RBK-009@push AFU-DEP-001@push AFU-MTX", NULL, "" },
    { "mcuboot-late", "AFU-17", SHAPE, "AFU-ENC@push AFU-ITG-005@pull AFU-ITG-006@pull "
      "AFU-ITG-008@pull AFU-RBK-004@pull AFU-RBK-007@pull AFU-RBK-007-B@pull", NULL, "" },
    /* no variant, but options */
    { "lwm2m-1.0", NULL, 0, NULL, NULL, "--lwm2m 1.0" },
    { "lwm2m-1.2", NULL, 0, NULL, NULL, "--lwm2m 1.2" },
    { "tlv-only", NULL, 0, NULL, NULL, "--lwm2m 1.0 --formats tlv" },
    { "json-only", NULL, 0, OBJ " " PSH " " STM " " CAN " " LNK, NULL,
      "--lwm2m 1.0 --formats json" },
    { "senml-cbor-only", NULL, 0, NULL, NULL, "--formats senml-cbor" },
    { "senml-json-only", NULL, 0, NULL, NULL, "--formats senml-json" },
    { "cbor-and-senml", NULL, 0, OBJ " " PSH " " STM " " CAN, NULL,
      "--formats cbor,senml-cbor" },
    { "lwm2m-cbor-only", NULL, 0, NULL, NULL,
      "--lwm2m 1.2 --formats lwm2m-cbor" },
    { "answers-late", NULL, 0, "AFU-OBJ-001 AFU-PSH-001", NULL,
      "--answer-ms 250" },
    { "answers-very-late", NULL, 0, "AFU-OBJ-001", NULL,
      "--answer-ms 1600" },
    { "sends", NULL, 0, NULL, NULL, "--send" },
    { "sends-progress", NULL, 0, "AFU-NTF-008 AFU-NTF-009 AFU-NTF-010",
      "\"send-progress\": true", "--send" },
    /* /5 beside /33629 */
    { "fu-parallel", "AFU-161", 0, "AFU-XOB-001 AFU-XOB-002 AFU-XOB-003", NULL,
      NULL },
    { "fu-mirrors", "AFU-161", 0, "AFU-XOB-001", NULL, NULL },
    /* what a second server may do is the device's to say */
    { "second-server-may-all", NULL, 0, "AFU-CON-011", "\"no-access\": false",
      "--second-access all" },
    { "second-server-may-nothing", NULL, 0, "AFU-CON-011 AFU-XOB-010",
      "\"no-read\": true", "--second-access none" },
    { "portfolio-and-battery", NULL, 0, NULL, NULL, "--portfolio --battery" },
    { "block-16", NULL, 0, PSH, NULL, "--max-block 16" },
    { "block-64", NULL, 0, PSH, NULL, "--max-block 64" },
    { "block-256", NULL, 0, PSH, NULL, "--max-block 256" },
    { "block-512", NULL, 0, PSH " " MUL, NULL, "--max-block 512" },
    { "block-64-by-4.13", NULL, 0, PSH " " MUL " " ITG, NULL,
      "--max-block-refuse 64" },
    { "at-once", NULL, 0, NULL, NO_LONG_UPDATE, "--install-ms 0 --boot-ms 0" },
    { "slow", NULL, 0, PSH " " DEP " " CAN, NULL,
      "--install-ms 1500 --boot-ms 1200" },
    { "short-lifetime", NULL, 0, NULL, NULL, "--lifetime 1" },
};
/* clang-format on */

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

struct variants_test {
    struct campaign_paths paths;
    size_t wanted[2 * ROWS]; /**< row, or ROWS + row: its strict reading */
    size_t count;
};

/** Whether the finding is the one that a row speaks of. */
static bool is_meant(const char *warning, const cJSON *finding)
{
    return warning != NULL &&
           (strcmp(campaign_text(finding, "ambiguity"), warning) == 0 ||
            strstr(campaign_text(finding, "requirement"), warning) != NULL);
}

static void complain(const char *name, const cJSON *test_case,
                     const cJSON *finding)
{
    printf(
        "not ok %s: %s %s %s %s: %s: expected %s, observed %s\n", name,
        campaign_text(test_case, "instance"), campaign_text(finding, "level"),
        campaign_text(finding, "requirement"),
        campaign_text(finding, "ambiguity"), campaign_text(finding, "subject"),
        campaign_text(finding, "expected"), campaign_text(finding, "observed"));
}

/** How many findings are the row's; what is none of them is printed. */
static size_t count_meant(const char *warning, const char *name,
                          const char *level, const cJSON *results,
                          bool *out_good)
{
    const cJSON *test_case = NULL;
    const cJSON *finding = NULL;
    size_t meant = 0;

    cJSON_ArrayForEach(test_case,
                       cJSON_GetObjectItemCaseSensitive(results, "cases"))
    {
        cJSON_ArrayForEach(
            finding, cJSON_GetObjectItemCaseSensitive(test_case, "findings"))
        {
            if (!campaign_is_bad(finding)) {
                continue;
            }
            bool is_level =
                strcmp(campaign_text(finding, "level"), level) == 0 ||
                strcmp(campaign_text(finding, "level"), "warning") == 0;
            if (is_meant(warning, finding) && is_level) {
                meant += strcmp(campaign_text(finding, "level"), level) == 0;
            } else {
                complain(name, test_case, finding);
                *out_good = false;
            }
        }
    }
    /* What belongs to no case, such as a profile that is contradicted. */
    cJSON_ArrayForEach(finding,
                       cJSON_GetObjectItemCaseSensitive(results, "findings"))
    {
        if (campaign_is_bad(finding)) {
            complain(name, results, finding);
            *out_good = false;
        }
    }
    return meant;
}

/** Words of one text; `copy` keeps them. */
struct words {
    char copy[768];
    const char *list[WORDS_MAX + 1];
    size_t count;
};

static void add_words(struct words *words, const char *text)
{
    char *rest = NULL;

    (void)snprintf(words->copy, sizeof(words->copy), "%s",
                   text != NULL ? text : ""); /* fits */
    for (char *word = strtok_r(words->copy, " ", &rest);
         word != NULL && words->count < WORDS_MAX;
         word = strtok_r(NULL, " ", &rest)) {
        words->list[words->count++] = word;
    }
}

static cJSON *run(const struct variants_test *test, const struct row *row,
                  bool is_strict, const char *name, int *out_exit)
{
    struct words cases = { .count = 0 };
    struct words device = { .count = 0 };
    char arguments[128];
    char ics[256];

    (void)snprintf(arguments, sizeof(arguments), "--install-ms 300%s%s",
                   row->device != NULL ? "" : " --variant ",
                   row->device != NULL ? "" : row->variant); /* fits */
    add_words(&device, row->device != NULL ? row->device : arguments);
    add_words(&cases, row->cases != NULL ? row->cases : selection);
    (void)snprintf(ics, sizeof(ics), "{%s}",
                   row->ics != NULL ? row->ics : ""); /* fits */
    const struct campaign_row campaign = {
        .name = name,
        .device = device.list,
        .cases = cases.list,
        .reading = is_strict ? "strict" : NULL,
        .ics = ics,
        .is_single = (row->flags & ONE) != 0,
        .shape = (row->flags & SHAPE) != 0 ? row->variant : NULL,
    };
    return campaign_run(&test->paths, &campaign, out_exit);
}

static bool check(size_t index, void *user)
{
    const struct variants_test *test = user;
    bool is_strict = test->wanted[index] >= ROWS;
    const struct row *row = &rows[test->wanted[index] % ROWS];
    bool fails = is_strict && (row->flags & STRICT_FAILS) != 0;
    bool is_silent = row->warning == NULL ||
                     ((row->flags & STRICT_WARNS) != 0 && !is_strict);
    char name[64];
    time_t begin = time(NULL);
    int exit_status = -1;

    (void)snprintf(name, sizeof(name), "%s%s", row->variant,
                   is_strict ? "-strict" : ""); /* fits */
    cJSON *results = run(test, row, is_strict, name, &exit_status);
    bool good = results != NULL && exit_status == (fails ? 1 : 0);
    size_t meant = count_meant(is_silent ? NULL : row->warning, name,
                               fails ? "fail" : "warning", results, &good);
    if (!is_silent && meant == 0 && (row->flags & MAY_MISS) == 0) {
        printf("not ok %s: no %s of %s\n", name, fails ? "fail" : "warning",
               row->warning);
        good = false;
    }
    printf("%s %s: exit status %d, %zu of %s, %ld s\n", good ? "ok" : "not ok",
           name, exit_status, meant, is_silent ? "none" : row->warning,
           (long)(time(NULL) - begin));
    cJSON_Delete(results);
    return good;
}

/** Every variant of the device has a row. */
static bool rows_are_complete(const struct campaign_paths *paths)
{
    const char *const argv[] = { paths->device, "--list-variants", NULL };
    int exit_status = -1;
    char *text = campaign_output(argv, NULL, &exit_status);
    char name[64];
    bool complete = text != NULL && exit_status == 0;

    for (const char *line = text; line != NULL && *line != '\0';) {
        bool found = false;
        if (sscanf(line, "%63s", name) == 1) {
            for (size_t i = 0; i < ROWS; i++) {
                found = found || strcmp(rows[i].variant, name) == 0;
            }
        }
        if (!found) {
            printf("not ok: variant %s has no row\n", name);
            complete = false;
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    free(text);
    return complete;
}

static bool is_wanted(const char *name, char **wanted, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(wanted[i], name) == 0) {
            return true;
        }
    }
    return count == 0;
}

int main(int argc, char **argv)
{
    static struct variants_test test;

    if (argc < 5) {
        fprintf(stderr, "usage: variants_test ASSAY DEVICE PROFILE FOLDER "
                        "[VARIANT]...\n");
        return 2;
    }
    char *folder = campaign_folder(argv[4]);
    if (folder == NULL) {
        fprintf(stderr, "cannot make a folder in '%s'\n", argv[4]);
        return 2;
    }
    test.paths = (struct campaign_paths){ argv[1], argv[2], argv[3], folder };
    for (size_t i = 0; i < ROWS; i++) {
        bool is_left_out = argc == 5 && i % CAMPAIGNS_SHARE != 0;
        if (!is_left_out && is_wanted(rows[i].variant, argv + 5, argc - 5)) {
            /* What passes without a warning in the strict reading passes so
             * in the other. */
            if (rows[i].warning != NULL) {
                test.wanted[test.count++] = i;
            }
            test.wanted[test.count++] = ROWS + i;
        }
    }
    bool complete = rows_are_complete(&test.paths);
    unsigned failed =
        campaign_check_all(test.count, CAMPAIGNS_BUSY, check, &test);
    printf("%zu passed, %u failed\n", test.count - failed, failed);
    bool good = complete && failed == 0 && test.count > 0;
    if (good) {
        campaign_folder_remove(folder);
    }
    free(folder);
    return good ? 0 : 1;
}
