/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_TRACE_H
#define SCENARIOS_ENGINE_TRACE_H

/* Private to scenarios/engine: messages of CoAP and HTTP as a pcap file. */
#include "server/server.h"

struct trace;

/** Create a trace (link type RAW). Errors: STATUS_NETWORK. */
MUST_CHECK
enum status trace_open(const char *path, struct trace **out_trace,
                       struct reason *reason);
void trace_close(struct trace *trace);
/** Append one message behind synthetic IP and UDP headers. What follows another
 *  one at once is on the disk with the next that does not, or when it is full or
 *  closed. */
void trace_write(struct trace *trace, const struct server_message_view *view);
/** Append bytes by HTTP behind synthetic IP and TCP headers, on a connection
 *  that this file sees beginning with them and ending where it is told. */
void trace_write_segment(struct trace *trace,
                         const struct server_segment_view *view);

#endif
