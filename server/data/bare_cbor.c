/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/bare_cbor.h"

#include "server/data/cbor_item.h"

enum status bare_cbor_decode(const struct definitions *definitions,
                             const struct lwm2m_path *base,
                             const uint8_t *bytes, size_t length,
                             struct record_list *list, struct reason *reason)
{
    cbor_item_t *item = NULL;

    if (base->depth < 3) {
        return reason_set(reason, STATUS_MALFORMED,
                          "CBOR carries one Resource only");
    }
    enum status status = item_load(bytes, length, &item, reason);
    if (status != STATUS_OK) {
        return status;
    }
    status = item_add(list, definitions, *base, item, false, reason);
    cbor_decref(&item);
    return status;
}

enum status bare_cbor_encode(const struct lwm2m_path *base,
                             const struct record_list *list,
                             struct byte_buffer *buffer, struct reason *reason)
{
    if (list->count != 1 || list->empty_count > 0 || base->depth < 3 ||
        !lwm2m_path_equal(&list->records[0].path, base) ||
        list->records[0].has_time ||
        list->records[0].value.type == LWM2M_TYPE_NONE) {
        return reason_set(reason, STATUS_INVALID,
                          "CBOR carries one value, that of the path it is for");
    }
    return item_put_value(buffer, &list->records[0].value, reason);
}
