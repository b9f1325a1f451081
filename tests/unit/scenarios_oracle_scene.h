/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_SCENARIOS_ORACLE_SCENE_H
#define TESTS_UNIT_SCENARIOS_ORACLE_SCENE_H

/*
 * Small journals for the oracle, written as scripts. A script is words with
 * spaces between; each word is one event or two (a request and its answer),
 * and each event is 10 ms after the one before. A word may begin with the
 * number of the instance it is about: "1.L0".
 *
 *   I0 D0 L8 U0      Read of the instance: State and Update Result
 *   s=L  r=8         Read of State alone, of Update Result alone
 *   all=L0,I0        Read of the object, all instances at once
 *   ~L0              notification of the instance
 *   send=L0  send=L  Send of State and Update Result, of State alone
 *   v=1.1            Current Version, shown from then on
 *   li=1,2  li=  li=none   Linked Instances, shown from then on
 *   ci=0             Conflicting Instances
 *   lsct=@-3         Last State Change Time: 3 s before now; lsct=17: 17
 *   clock=@0         Read of /3/0/13: our time and so many seconds
 *   push block last whole   Package: first, next, last block; in one message
 *   null zero        Package: one byte 0x00, nothing
 *   uri uri0         Package URI: a text, empty
 *   update update=0 update=1,2   Execute Update
 *   exec=0,1         Execute Update with any text; _ stands for a slash
 *   get=2 post=3 drop=15         Read, Execute, Delete of a Resource
 *   raw=3:04 cut                 Read: State of these bytes; cut TLV
 *   prefix                       from here on (or no more) an alternate path
 *   put=0:11542:c000 Write of a Resource (- the instance), Content-Format, bytes
 *   cancel reboot create delete
 *   register operator hook       the device registers anew, the operator or a
 *                                hook acts
 *   restart                      the next case begins
 *   stranger                     from here on (or no more) another device
 *   load=0:2,1       the same, with versions
 *   load=0,1 loaded  a package with parts for 0 and 1 is about to be written,
 *                    its transfer is over
 *   +6000            6 s pass
 *
 * A request ends in "/405" for its response code, "/lost" where none comes,
 * "/open" where it comes later: "answer" (oldest first), "answer/405",
 * "answer=L0" for a Read, "lose". "read/open" and "s/open" are Reads.
 */
#include "scenarios/oracle/oracle.h"

#define SCENE_STATE_MS  5000
#define SCENE_ABORT_MS  60000
#define SCENE_UPDATE_MS 120000
#define SCENE_BOOT_MS   30000
#define SCENE_CLOCK_MS  5000

struct scene_setup {
    size_t component_count; /**< 0 means 3: instances 0, 1, 2 */
    enum reading reading;
    const char *const *tolerate;
    bool persist;
    bool transactional;
    enum oracle_failed failed;
};

/** One script, and all findings of level warning or worse it must give, as
 *  "fail AFU-101 A-12; warning AFU-045"; "" for none. */
struct scene_row {
    const char *name;
    const char *script;
    const char *interop;
    const char *strict; /**< NULL: as interop */
};

void scene_open(const struct scene_setup *setup);
void scene_close(void);
/** After the last scene. */
void scene_end(void);
struct oracle *scene_oracle(void);
void scene_play(const char *script);
/** Findings so far, in the form of struct scene_row. */
const char *scene_findings(void);
/** Words of the newest finding, "" when there is none. */
const char *scene_expected(void);
const char *scene_observed(void);
const char *scene_detail(void);

/** Play every row under both readings, and assert its findings. */
void scene_check(const struct scene_row *rows, size_t count,
                 const struct scene_setup *setup);
#define SCENE_CHECK(rows, setup)                                               \
    scene_check(rows, sizeof(rows) / sizeof(rows[0]), setup)

#endif
