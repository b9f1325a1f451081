/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_BENCH_TRANSFER_OWN_H
#define TESTS_BENCH_TRANSFER_OWN_H

/*
 * Our side of transfer_bench: a server of Assay. When it records it does with
 * each event what a campaign does, less the judging: the trace, a line of the
 * journal, the copy that judges look at. One in a process.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <time.h>

#define BENCH_ENDPOINT "bench"
#define BENCH_KEY      "0123456789abcdef"

struct own_job {
    const char *folder;   /**< new: journal and trace are written there */
    size_t size;          /**< of the package */
    uint16_t device_port; /**< push by UDP: who listens there registers */
    const char *receiver; /**< push by DTLS: program of the device; or NULL */
    const char *client;   /**< pull: coap-client, which fetches; or NULL */
    bool records;
};

/** Seconds: as the clock has it, and of processors, both ends together. */
struct took {
    double elapsed;
    double cpu;
};

/** Do it and leave the process when it cannot be done.
 *  @return without set-up and registration; of processors without what
 *          device_port takes */
struct took own_push(const struct own_job *job);
struct took own_pull(const struct own_job *job);

_Noreturn void give_up(const char *what);
double now_s(clockid_t clock);
/** Of a process; 0: there is none. */
double cpu_s(int pid);
double usage_s(const struct rusage *usage);

#endif
