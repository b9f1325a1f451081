/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/device_bench.h"

#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_SIZE = 256, BLOCK_SZX = 4, PAYLOAD_LENGTH = 700 };

static bool start(struct bench *bench, enum mutant mutant)
{
    const struct firmware_config config = {
        .install_ms = BENCH_INSTALL_MS,
        .push_timeout_ms = BENCH_PUSH_TIMEOUT_MS,
        .delivery = DELIVERY_PUSH,
        .mutant = mutant,
    };

    bench->store = store_open(bench->folder);
    if (bench->store == NULL ||
        !firmware_open(&bench->firmware, bench->store, &config)) {
        store_close(bench->store);
        bench->store = NULL;
        return false;
    }
    firmware_boot(&bench->firmware, bench->now_ms);
    bench->objects = (struct objects){ .firmware = &bench->firmware,
                                       .server = { .lifetime_s = 300 } };
    return true;
}

static void stop(struct bench *bench)
{
    if (bench->store != NULL) {
        firmware_close(&bench->firmware);
        store_close(bench->store);
        bench->store = NULL;
    }
}

const char *bench_temporary(void)
{
    static const char in_memory[] = "/dev/shm";
    const char *temporary = getenv("TMPDIR");

    if (temporary != NULL) {
        return temporary;
    }
    return access(in_memory, R_OK | W_OK | X_OK) == 0 ? in_memory : "/tmp";
}

bool bench_open(struct bench *bench, const char *folder, enum mutant mutant)
{
    *bench = (struct bench){ .now_ms = 1000, .owns_folder = folder == NULL };
    if (folder != NULL) {
        (void)snprintf(bench->folder, sizeof(bench->folder), "%s", folder);
    } else {
        (void)snprintf(bench->folder, sizeof(bench->folder),
                       "%s/assay-bench-XXXXXX", bench_temporary());
        if (mkdtemp(bench->folder) == NULL) {
            return false;
        }
    }
    return start(bench, mutant);
}

void bench_remove_folder(const char *folder)
{
    DIR *stream = opendir(folder);
    const struct dirent *entry = NULL;
    char path[400];

    while (stream != NULL && (entry = readdir(stream)) != NULL) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        (void)unlink(path); /* "." and ".." stay */
    }
    if (stream != NULL) {
        (void)closedir(stream);
    }
    (void)rmdir(folder);
}

void bench_close(struct bench *bench)
{
    stop(bench);
    if (bench->owns_folder) {
        bench_remove_folder(bench->folder);
    }
}

bool bench_power_cycle(struct bench *bench)
{
    enum mutant mutant = bench->firmware.config.mutant;

    stop(bench);
    bench->now_ms = 77; /* the monotonic clock starts anew */
    return start(bench, mutant);
}

static struct lwm2m_path parse(const char *path)
{
    struct lwm2m_path parsed = { .depth = 0 };
    enum status status = lwm2m_path_parse(path, strlen(path), &parsed, NULL);

    assert(status == STATUS_OK); /* a mistake of the test */
    return parsed;
}

static void add_option(struct message *message, uint16_t number,
                       const void *bytes, size_t length)
{
    message->options[message->option_count++] =
        (struct message_option){ number, bytes, length };
}

uint8_t bench_request(struct bench *bench, uint8_t method, const char *path,
                      int format, const void *payload, size_t length,
                      int64_t block)
{
    const uint8_t format_bytes[2] = { (uint8_t)(format >> 8), (uint8_t)format };
    const uint8_t block_bytes[3] = { (uint8_t)(block >> 16),
                                     (uint8_t)(block >> 8), (uint8_t)block };
    struct message message = { .type = TYPE_CON,
                               .code = method,
                               .payload = payload,
                               .payload_length = length };
    struct answer answer = { .content_format = CONTENT_FORMAT_NONE };
    struct lwm2m_path parsed = parse(path);

    if (format != BENCH_NO_FORMAT) {
        add_option(&message, OPTION_CONTENT_FORMAT, format_bytes, 2);
    }
    if (block >= 0) {
        add_option(&message, OPTION_BLOCK1, block_bytes, 3);
    }
    objects_change(&bench->objects, &message, &parsed, bench->now_ms, &answer);
    byte_buffer_release(&answer.payload);
    return answer.code;
}

uint8_t bench_read(struct bench *bench, const char *path,
                   struct byte_buffer *out_buffer)
{
    struct answer answer = { .content_format = CONTENT_FORMAT_NONE };
    struct lwm2m_path parsed = parse(path);

    objects_get(&bench->objects, &parsed, CONTENT_FORMAT_TLV, &answer);
    *out_buffer = answer.payload; /* handed over */
    return answer.code;
}

const char *bench_text(struct bench *bench, const char *path, char *buffer,
                       size_t size)
{
    struct answer answer = { .content_format = CONTENT_FORMAT_NONE };
    struct lwm2m_path parsed = parse(path);

    buffer[0] = '\0';
    objects_get(&bench->objects, &parsed, CONTENT_FORMAT_TEXT, &answer);
    if (answer.code == CODE(2, 5) && answer.payload.length < size) {
        if (answer.payload.length > 0) {
            memcpy(buffer, answer.payload.bytes, answer.payload.length);
        }
        buffer[answer.payload.length] = '\0';
    }
    byte_buffer_release(&answer.payload);
    return buffer;
}

int bench_pair(struct bench *bench, unsigned instance)
{
    char path[32];
    char text[32];

    (void)snprintf(path, sizeof(path), "/33629/%u/3", instance);
    long state = strtol(bench_text(bench, path, text, sizeof(text)), NULL, 10);
    (void)snprintf(path, sizeof(path), "/33629/%u/5", instance);
    return (int)(state * 100 +
                 strtol(bench_text(bench, path, text, sizeof(text)), NULL, 10));
}

uint8_t bench_send_block(struct bench *bench, unsigned instance,
                         const struct image *image, unsigned number)
{
    size_t at = (size_t)number * BLOCK_SIZE;
    bool more = image->length - at > BLOCK_SIZE;
    char path[32];

    (void)snprintf(path, sizeof(path), "/33629/%u/0", instance);
    return bench_request(bench, METHOD_PUT, path, CONTENT_FORMAT_OPAQUE,
                         image->bytes + at,
                         more ? BLOCK_SIZE : image->length - at,
                         (int64_t)number << 4 | (more ? 8 : 0) | BLOCK_SZX);
}

uint8_t bench_push(struct bench *bench, unsigned instance,
                   const struct image *image)
{
    uint8_t code = CODE(2, 31);

    for (unsigned i = 0;
         code == CODE(2, 31) && (size_t)i * BLOCK_SIZE < image->length; i++) {
        code = bench_send_block(bench, instance, image, i);
    }
    return code;
}

struct image bench_image(struct image_plan plan)
{
    struct image image;

    plan.payload_length =
        plan.payload_length > 0 ? plan.payload_length : PAYLOAD_LENGTH;
    image_make(&image, &plan);
    return image;
}

uint8_t bench_push_plan(struct bench *bench, unsigned instance,
                        struct image_plan plan)
{
    struct image image = bench_image(plan);

    return bench_push(bench, instance, &image);
}

uint8_t bench_push_bundle(struct bench *bench, unsigned instance,
                          const struct image_plan *plans, size_t count)
{
    struct image members[FIRMWARE_COMPONENTS];
    struct image image;

    assert(count <= FIRMWARE_COMPONENTS);
    for (size_t i = 0; i < count; i++) {
        members[i] = bench_image(plans[i]);
    }
    image_bundle(&image, members, count);
    return bench_push(bench, instance, &image);
}

uint8_t bench_update(struct bench *bench, unsigned instance,
                     const char *argument)
{
    char path[32];

    (void)snprintf(path, sizeof(path), "/33629/%u/2", instance);
    return bench_request(bench, METHOD_POST, path,
                         argument != NULL ? CONTENT_FORMAT_TEXT
                                          : BENCH_NO_FORMAT,
                         argument, argument != NULL ? strlen(argument) : 0, -1);
}

uint8_t bench_cancel(struct bench *bench, unsigned instance)
{
    char path[32];

    (void)snprintf(path, sizeof(path), "/33629/%u/10", instance);
    return bench_request(bench, METHOD_POST, path, BENCH_NO_FORMAT, NULL, 0,
                         -1);
}

void bench_wait(struct bench *bench, uint64_t ms)
{
    uint64_t end = bench->now_ms + ms;

    for (;;) {
        uint64_t due = firmware_deadline(&bench->firmware);
        if (due > end) {
            break;
        }
        bench->now_ms = due > bench->now_ms ? due : bench->now_ms;
        firmware_tick(&bench->firmware, bench->now_ms);
        if (bench->firmware.wants_reboot) {
            bench->boots++;
            firmware_boot(&bench->firmware, bench->now_ms);
        }
    }
    bench->now_ms = end;
}

uint8_t *bench_running_image(const struct bench *bench, unsigned instance,
                             size_t *out_length)
{
    char name[32];
    uint8_t *bytes = NULL;

    (void)snprintf(name, sizeof(name), "%u.%c.slot", instance,
                   bench->firmware.components[instance].slot);
    return store_read(bench->store, name, &bytes, out_length) ? bytes : NULL;
}
