/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shell/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536

struct shell_input {
    const char *name;
    int fd;
    bool is_ours; /**< the descriptor, to be closed */
    bool is_file;
    bool is_at_end;
    char *bytes;
    size_t begin; /**< of what was not taken yet */
    size_t length;
    size_t capacity;
    unsigned number;
};

enum status shell_input_open(const char *path, struct shell_input **out_input,
                             struct reason *reason)
{
    bool is_standard = path == NULL || strcmp(path, "-") == 0;
    int fd = is_standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) != 0 || S_ISDIR(status.st_mode)) {
        int error = fd >= 0 && S_ISDIR(status.st_mode) ? EISDIR : errno;
        if (fd >= 0 && !is_standard) {
            (void)close(fd); /* nothing was read */
        }
        return reason_set(reason, STATUS_NOT_FOUND, "script '%.200s': %s",
                          is_standard ? "-" : path, strerror(error));
    }
    struct shell_input *input = calloc(1, sizeof(*input));
    if (input == NULL) {
        if (!is_standard) {
            (void)close(fd); /* nothing was read */
        }
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    *input = (struct shell_input){
        .name = is_standard ? "standard input" : path,
        .fd = fd,
        .is_ours = !is_standard,
        /* What epoll does not take, /dev/null among it, is always ready. */
        .is_file = !S_ISFIFO(status.st_mode) && !S_ISSOCK(status.st_mode) &&
                   isatty(fd) == 0,
    };
    *out_input = input;
    return STATUS_OK;
}

void shell_input_free(struct shell_input *input)
{
    if (input == NULL) {
        return;
    }
    if (input->is_ours) {
        (void)close(input->fd); /* it was only read */
    }
    free(input->bytes);
    free(input);
}

const char *shell_input_name(const struct shell_input *input)
{
    return input->name;
}

int shell_input_descriptor(const struct shell_input *input)
{
    return input->is_file || input->is_at_end ? -1 : input->fd;
}

/** Room for one more chunk. */
static bool make_room(struct shell_input *input)
{
    if (input->begin > 0) {
        memmove(input->bytes, input->bytes + input->begin,
                input->length - input->begin);
        input->length -= input->begin;
        input->begin = 0;
    }
    if (input->capacity - input->length >= CHUNK) {
        return true;
    }
    char *grown = realloc(input->bytes, input->length + CHUNK);
    if (grown != NULL) {
        input->bytes = grown;
        input->capacity = input->length + CHUNK;
    }
    return grown != NULL;
}

enum status shell_input_fill(struct shell_input *input, struct reason *reason)
{
    if (input->length - input->begin > SHELL_SCRIPT_MAX) {
        return reason_set(reason, STATUS_LIMIT, "%s: more than %u bytes wait",
                          input->name, SHELL_SCRIPT_MAX);
    }
    if (!make_room(input)) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    ssize_t length = read(input->fd, input->bytes + input->length, CHUNK);
    if (length < 0 && (errno == EINTR || errno == EAGAIN)) {
        return STATUS_OK;
    }
    if (length < 0) {
        input->is_at_end = true;
        return reason_set(reason, STATUS_NETWORK, "%s: %s", input->name,
                          strerror(errno));
    }
    input->is_at_end = length == 0;
    input->length += (size_t)length;
    return STATUS_OK;
}

const char *shell_input_line(struct shell_input *input, size_t *out_length)
{
    size_t left = input->length - input->begin;

    if (left == 0) {
        return NULL;
    }
    const char *line = input->bytes + input->begin;
    const char *end = memchr(line, '\n', left);
    if (end == NULL && !input->is_at_end) {
        return NULL;
    }
    size_t length = end != NULL ? (size_t)(end - line) : left;
    input->begin += length + (end != NULL ? 1 : 0);
    input->number++;
    *out_length = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    return line;
}

unsigned shell_input_number(const struct shell_input *input)
{
    return input->number;
}

bool shell_input_is_over(const struct shell_input *input)
{
    return input->is_at_end && input->begin == input->length;
}
