/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/library.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CATALOGUE_FILE_MAX (4u * 1024 * 1024) /* bytes of one case file */
#define PROGRAM_PATH_MAX   4096u

static enum status read_file(const char *path, char **out_text,
                             size_t *out_length, struct reason *reason)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return reason_set(reason, STATUS_NOT_FOUND, "'%s': %s", path,
                          strerror(errno));
    }
    enum status status = STATUS_OK;
    char *text = malloc(CATALOGUE_FILE_MAX + 1);
    size_t length = 0;
    if (text == NULL) {
        status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        goto out;
    }
    length = fread(text, 1, CATALOGUE_FILE_MAX + 1, file);
    if (ferror(file) != 0) {
        status =
            reason_set(reason, STATUS_NOT_FOUND, "'%s': cannot be read", path);
        goto out;
    }
    if (length > CATALOGUE_FILE_MAX) {
        status = reason_set(reason, STATUS_LIMIT, "'%s': over %u bytes", path,
                            CATALOGUE_FILE_MAX);
        goto out;
    }
    text[length] = '\0';
    *out_text = text;
    *out_length = length;
    text = NULL; /* handed over */
out:
    free(text);
    (void)fclose(file); /* it was only read */
    return status;
}

static int is_case_file(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

static enum status add_file(struct catalogue *catalogue, const char *folder,
                            const char *name, struct reason *reason)
{
    char *path = NULL;
    char *text = NULL;
    size_t length = 0;

    if (asprintf(&path, "%s/%s", folder, name) < 0) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    enum status status = read_file(path, &text, &length, reason);
    if (status == STATUS_OK) {
        status =
            catalogue_add(catalogue, steps_table(), path, text, length, reason);
    }
    free(text);
    free(path);
    return status;
}

static enum status add_folder(struct catalogue *catalogue, const char *folder,
                              struct reason *reason)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_case_file, alphasort);

    if (count < 0) {
        return reason_set(reason, STATUS_NOT_FOUND, "catalogue '%s': %s",
                          folder, strerror(errno));
    }
    enum status status = STATUS_OK;
    if (count == 0) {
        status = reason_set(reason, STATUS_NOT_FOUND,
                            "catalogue '%s': no file *.json", folder);
    }
    for (int i = 0; i < count; i++) {
        if (status == STATUS_OK) {
            status = add_file(catalogue, folder, entries[i]->d_name, reason);
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

/** An id that looks like one of ours has to be one. Others are their owners'. */
static enum status check_claims(const struct test_case *test_case,
                                const struct digest *digest,
                                struct reason *reason)
{
    for (size_t i = 0; test_case->requirements[i] != NULL; i++) {
        const char *id = test_case->requirements[i];
        const struct digest_row *row = digest_find(digest, id);
        bool is_ours =
            strncmp(id, "AFU-", 4) == 0 || strncmp(id, "LWM-", 4) == 0;
        if (is_ours && row == NULL) {
            const char *slash = strrchr(test_case->source, '/');
            return reason_set(reason, STATUS_MALFORMED,
                              "%.60s: case %s claims %s, which 'assay list "
                              "--requirements' does not have",
                              slash != NULL ? slash + 1 : test_case->source,
                              test_case->id, id);
        }
    }
    return STATUS_OK;
}

static enum status check_all_claims(const struct catalogue *catalogue,
                                    struct reason *reason)
{
    struct digest *digest = NULL;
    enum status status = digest_new(&digest, reason);

    for (size_t i = 0; status == STATUS_OK && i < catalogue_count(catalogue);
         i++) {
        status = check_claims(catalogue_at(catalogue, i), digest, reason);
    }
    digest_free(digest);
    return status;
}

enum status library_load(const char *folder, struct library *out_library,
                         struct reason *reason)
{
    struct library library = { definitions_new(), catalogue_new() };
    enum status status = STATUS_OK;

    if (library.definitions == NULL || library.catalogue == NULL) {
        status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (status == STATUS_OK) {
        status = definitions_add_embedded(library.definitions, reason);
    }
    for (size_t i = 0; status == STATUS_OK && i < catalogue_files_count; i++) {
        const struct embedded_file *file = &catalogue_files[i];
        status = catalogue_add(library.catalogue, steps_table(), file->name,
                               (const char *)file->bytes, file->size, reason);
    }
    if (status == STATUS_OK && folder != NULL) {
        status = add_folder(library.catalogue, folder, reason);
        status = status == STATUS_OK
                     ? check_all_claims(library.catalogue, reason)
                     : status;
    }
    if (status != STATUS_OK) {
        library_release(&library);
        return status;
    }
    *out_library = library;
    return STATUS_OK;
}

void library_release(struct library *library)
{
    catalogue_free(library->catalogue);
    definitions_free(library->definitions);
    *library = (struct library){ NULL, NULL };
}

static enum status derive(enum status status, struct profile *profile,
                          struct profile **out_profile, struct reason *reason)
{
    if (status != STATUS_OK) {
        return status;
    }
    status = profile_derive(profile, steps_table(), reason);
    if (status != STATUS_OK) {
        profile_free(profile);
        return status;
    }
    *out_profile = profile;
    return STATUS_OK;
}

enum status library_profile_file(const char *path, struct profile **out_profile,
                                 struct reason *reason)
{
    struct profile *profile = NULL;
    enum status status = profile_load(path, &profile, reason);

    return derive(status, profile, out_profile, reason);
}

enum status library_profile_shape(const char *shape,
                                  struct profile **out_profile,
                                  struct reason *reason)
{
    size_t length = strlen(shape);

    for (size_t i = 0; i < profile_files_count; i++) {
        const struct embedded_file *file = &profile_files[i];
        if (strncmp(file->name, shape, length) == 0 &&
            strcmp(file->name + length, ".json") == 0) {
            struct profile *profile = NULL;
            enum status status =
                profile_parse(file->name, ".", (const char *)file->bytes,
                              file->size, &profile, reason);
            return derive(status, profile, out_profile, reason);
        }
    }
    return reason_set(reason, STATUS_NOT_FOUND,
                      "unknown shape '%s'; 'assay device --list-shapes' names "
                      "them",
                      shape);
}

enum status library_program(const char *name, char **out_path,
                            struct reason *reason)
{
    char self[PROGRAM_PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (length <= 0) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "cannot find where this program lies: %s",
                          strerror(errno));
    }
    self[length] = '\0';
    char *slash = strrchr(self, '/');
    if (slash != NULL) {
        *slash = '\0';
    }
    static const char *const places[] = { "", "/../libexec/assay" };
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char *path = NULL;
        if (asprintf(&path, "%s%s/%s", self, places[i], name) < 0) {
            return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        }
        if (access(path, X_OK) == 0) {
            *out_path = path;
            return STATUS_OK;
        }
        free(path);
    }
    return reason_set(reason, STATUS_NOT_FOUND,
                      "'%s' is not beside this program in '%s'", name, self);
}
