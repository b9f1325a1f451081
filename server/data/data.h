/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_DATA_H
#define SERVER_DATA_DATA_H

/*
 * Paths, values, records, codecs and Object definitions. Knows no network and
 * judges nothing; shared by the server and the simulated device.
 */
#include "server/data/codec.h"
#include "server/data/definition.h"
#include "server/data/embedded.h"
#include "server/data/hash.h"
#include "server/data/json_reader.h"
#include "server/data/link.h"
#include "server/data/meaning.h"
#include "server/data/number.h"
#include "server/data/path.h"
#include "server/data/random.h"
#include "server/data/record.h"
#include "server/data/status.h"
#include "server/data/value.h"

#endif
