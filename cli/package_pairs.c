/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/package_commands.h"

enum { VALUE_SIZE = 4096 };

/** "NAME=VALUE", behind it the rest. @return NULL after a complaint */
static const char *next_pair(const char *option, const char *text,
                             char out_name[PACKAGE_PAIR_NAME],
                             char out_value[VALUE_SIZE])
{
    size_t length = strcspn(text, ",");
    size_t name = strcspn(text, "=");

    if (name == 0 || name >= PACKAGE_PAIR_NAME || name + 1 >= length ||
        length - name - 1 >= VALUE_SIZE) {
        fprintf(stderr, "assay: option '%s' takes NAME=VALUE,..., not '%s'\n",
                option, text);
        return NULL;
    }
    memcpy(out_name, text, name);
    out_name[name] = '\0';
    memcpy(out_value, text + name + 1, length - name - 1);
    out_value[length - name - 1] = '\0';
    return text + length + (text[length] == ',' ? 1 : 0);
}

/** @return whether the name is a number */
static bool number_of(const char *name, long long *out_number)
{
    char *end = NULL;

    errno = 0;
    *out_number = strtoll(name, &end, 10);
    return errno == 0 && *end == '\0' && *name != ' ' && *name != '+';
}

bool package_read_images(const char *option, const char *text, bool has_names,
                         struct package_images *out_images)
{
    *out_images = (struct package_images){ .count = 0 };
    while (*text != '\0') {
        size_t at = out_images->count;
        char value[VALUE_SIZE];
        long long number = 0;
        if (at == PACKAGE_DEPENDENCIES_MAX) {
            fprintf(stderr, "assay: option '%s' takes at most %d images\n",
                    option, PACKAGE_DEPENDENCIES_MAX);
            return false;
        }
        struct package_dependency *row = &out_images->list[at];
        char *name = out_images->names[at];
        text = next_pair(option, text, name, value);
        if (text == NULL) {
            return false;
        }
        bool is_number = number_of(name, &number);
        if (strlen(value) >= sizeof(row->version) ||
            (is_number ? number < 0 || number > UINT8_MAX : !has_names)) {
            fprintf(stderr,
                    "assay: option '%s': no image or version: '%s=%s'\n",
                    option, name, value);
            return false;
        }
        row->name = name;
        row->image = is_number ? (uint8_t)number : 0;
        memcpy(row->version, value, strlen(value) + 1);
        out_images->count++;
    }
    return true;
}

bool package_read_members(const char *text, struct package_members *out_members)
{
    *out_members = (struct package_members){ .count = 0 };
    while (*text != '\0') {
        size_t at = out_members->count;
        char path[VALUE_SIZE];
        long long number = 0;
        if (at == PACKAGE_MEMBERS_MAX) {
            fprintf(stderr,
                    "assay: option '--members' takes at most %d parts\n",
                    PACKAGE_MEMBERS_MAX);
            return false;
        }
        struct package_member *row = &out_members->list[at];
        text = next_pair("--members", text, out_members->names[at], path);
        if (text == NULL ||
            !package_read_file(path, &out_members->bytes[at], &row->size)) {
            return false;
        }
        row->bytes = out_members->bytes[at];
        row->name = out_members->names[at];
        row->id = number_of(row->name, &number) ? number : (long long)at;
        out_members->count++;
    }
    return true;
}

void package_members_release(struct package_members *members)
{
    for (size_t i = 0; i < PACKAGE_MEMBERS_MAX; i++) {
        free(members->bytes[i]);
    }
}
