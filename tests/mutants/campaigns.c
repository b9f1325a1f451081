/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/mutants/campaigns.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    OUTPUT_MAX = 16 * 1024 * 1024,
    PATH_SIZE = 4096,
    PAUSES_MAX = 3, /* of the machine, that a row gets over */
};

/* A device here is quick. What a limit costs is waited for by whoever fails
 * or is only tolerated. */
static const char limits[] =
    "{\"state\": \"1 s\", \"download\": \"6 s\", \"abort\": \"3 s\", "
    "\"update\": \"6 s\", \"boot\": \"6 s\", \"settle\": \"50 ms\", \"lifetime\": \"1 s\", "
    "\"outage\": \"300 ms\", \"storm\": \"3 s\"}";

char *campaign_output(const char *const *argv, const char *log, int *out_exit)
{
    int ends[2];
    char *text = NULL;
    size_t length = 0;

    if (pipe(ends) != 0) {
        return NULL;
    }
    pid_t child = fork();
    if (child == 0) {
        int errors =
            log != NULL ? open(log, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;
        (void)dup2(ends[1], STDOUT_FILENO);
        if (errors >= 0) {
            (void)dup2(errors, STDERR_FILENO);
        }
        (void)close(ends[0]);
        (void)close(ends[1]);
        execv(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    (void)close(ends[1]);
    text = malloc(OUTPUT_MAX);
    while (child > 0 && text != NULL && length < OUTPUT_MAX - 1) {
        ssize_t got = read(ends[0], text + length, OUTPUT_MAX - 1 - length);
        if (got <= 0) {
            break;
        }
        length += (size_t)got;
    }
    (void)close(ends[0]);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || text == NULL) {
        free(text);
        return NULL;
    }
    text[length] = '\0';
    *out_exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return text;
}

/* The profile. */

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, OUTPUT_MAX);

    if (file == NULL || text == NULL ||
        fread(text, 1, OUTPUT_MAX - 1, file) == 0) {
        free(text);
        text = NULL;
    }
    if (file != NULL) {
        (void)fclose(file); /* it was only read */
    }
    return text;
}

/** Comments take whole lines in profiles of ours. */
static void blank_comments(char *text)
{
    for (char *line = text; line != NULL;) {
        char *first = line + strspn(line, " \n");
        char *end = strchr(first, '\n');
        if (strncmp(first, "//", 2) == 0) {
            memset(first, ' ', end != NULL ? (size_t)(end - first) : 0);
        }
        line = end;
    }
}

/** Put each member of the JSON text into the object. */
static void merge(cJSON *object, const char *text)
{
    cJSON *more = text != NULL ? cJSON_Parse(text) : NULL;

    while (more != NULL && more->child != NULL) {
        cJSON *item = cJSON_DetachItemViaPointer(more, more->child);
        cJSON_DeleteItemFromObjectCaseSensitive(object, item->string);
        cJSON_AddItemToObject(object, item->string, item);
    }
    cJSON_Delete(more);
}

static void keep_only(cJSON *object, const char *const *names)
{
    cJSON *next = NULL;

    for (cJSON *item = object->child; item != NULL; item = next) {
        bool kept = false;
        next = item->next;
        for (size_t i = 0; names[i] != NULL; i++) {
            kept = kept || strcmp(names[i], item->string) == 0;
        }
        if (!kept) {
            cJSON_Delete(cJSON_DetachItemViaPointer(object, item));
        }
    }
}

static cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static void leave_one_component(cJSON *profile)
{
    static const char *const components[] = { "application", NULL };
    static const char *const packages[] = { "G",     "G'",    "SV",
                                            "OLD",   "FAILI", "FAILC",
                                            "FAILB", "BIG",   NULL };

    keep_only(member(profile, "components"), components);
    keep_only(member(profile, "packages"), components);
    keep_only(member(member(profile, "packages"), "application"), packages);
}

static bool write_profile(const struct campaign_paths *paths,
                          const struct campaign_row *row, const char *path)
{
    char of_shape[PATH_SIZE];
    const char *slash = strrchr(paths->profile, '/');

    /* The profiles of the shapes lie beside each other. */
    (void)snprintf(of_shape, sizeof(of_shape), "%.*s%s.json",
                   slash != NULL ? (int)(slash + 1 - paths->profile) : 0,
                   paths->profile,
                   row->shape != NULL ? row->shape : ""); /* cut: no file */
    char *text = read_file(row->shape != NULL ? of_shape : paths->profile);
    if (text == NULL) {
        return false;
    }
    blank_comments(text);
    cJSON *profile = cJSON_Parse(text);
    free(text);
    if (profile == NULL) {
        return false;
    }
    merge(member(profile, "limits"), limits);
    merge(member(profile, "ics"), row->ics);
    if (row->is_single) {
        leave_one_component(profile);
    }
    text = cJSON_Print(profile);
    cJSON_Delete(profile);
    FILE *file = text != NULL ? fopen(path, "w") : NULL;
    bool good = file != NULL && fputs(text, file) >= 0;
    good = (file == NULL || fclose(file) == 0) && good;
    cJSON_free(text);
    return good;
}

/* One campaign. */

static void add_list(const char **argv, size_t *count,
                     const char *const *arguments)
{
    for (size_t i = 0; arguments != NULL && arguments[i] != NULL &&
                       *count < CAMPAIGN_ARGUMENTS_MAX;
         i++) {
        argv[(*count)++] = arguments[i];
    }
}

/** Whether the journal has it that Assay itself stood still for a second. */
static bool was_paused(const char *output)
{
    char path[PATH_SIZE + sizeof("/events.ndjson")];
    char *line = NULL;
    size_t size = 0;
    bool is_paused = false;

    (void)snprintf(path, sizeof(path), "%s/events.ndjson", output);
    FILE *journal = fopen(path, "r");
    while (journal != NULL && !is_paused &&
           getline(&line, &size, journal) > 0) {
        is_paused = strstr(line, "\"paused-ms\":") != NULL;
    }
    free(line);
    if (journal != NULL) {
        (void)fclose(journal); /* it was only read */
    }
    return is_paused;
}

/** Run it; anew if the machine stood still, as that says nothing. */
static cJSON *run_unpaused(const char *const *argv, const char *output,
                           const char *log, int *out_exit)
{
    char *text = campaign_output(argv, log, out_exit);

    for (int i = 0; i < PAUSES_MAX && was_paused(output); i++) {
        printf("note: Assay did not run for a while, again: %s\n", output);
        free(text);
        campaign_folder_remove(output);
        text = campaign_output(argv, log, out_exit);
    }
    cJSON *results = text != NULL ? cJSON_Parse(text) : NULL;
    free(text);
    return results;
}

cJSON *campaign_run(const struct campaign_paths *paths,
                    const struct campaign_row *row, int *out_exit)
{
    const char *argv[CAMPAIGN_ARGUMENTS_MAX + 24] = { paths->assay, "run",
                                                      "--json", "--output" };
    char output[PATH_SIZE];
    char profile[PATH_SIZE];
    char log[PATH_SIZE];
    size_t count = 4;

    (void)snprintf(output, sizeof(output), "%s/%s", paths->folder,
                   row->name); /* cut: then nothing opens */
    (void)snprintf(profile, sizeof(profile), "%s/%s.json", paths->folder,
                   row->name);
    (void)snprintf(log, sizeof(log), "%s/%s.log", paths->folder, row->name);
    if (!write_profile(paths, row, profile)) {
        return NULL;
    }
    argv[count++] = output;
    argv[count++] = "--profile";
    argv[count++] = profile;
    if (row->personality != NULL) {
        argv[count++] = "--personality";
        argv[count++] = row->personality;
    }
    if (row->reading != NULL) {
        argv[count++] = "--reading";
        argv[count++] = row->reading;
    }
    if (row->pull_by != NULL) {
        argv[count++] = "--pull-by";
        argv[count++] = row->pull_by;
    }
    if (row->stops || row->stops_at_warning) {
        argv[count++] = "--fail-fast";
    }
    if (row->stops_at_warning) {
        argv[count++] = "--fail-on-warning";
    }
    add_list(argv, &count, row->cases);
    argv[count++] = "--";
    argv[count++] = paths->device;
    argv[count++] = "--server";
    argv[count++] = "coap://{address}:{port}";
    argv[count++] = "--state"; /* outlives a power cut */
    argv[count++] = "{folder}";
    argv[count++] = "--no-sync";
    argv[count++] = "--watched";
    argv[count++] = "--memory";
    argv[count++] = "--pull-ca"; /* of the repository's certificates */
    argv[count++] = "{ca}";
    argv[count++] = "--firmware-update";
    if (row->shape != NULL) {
        argv[count++] = "--shape";
        argv[count++] = row->shape;
    } else { /* the profile of quad speaks of it */
        argv[count++] = "--second-server";
        argv[count++] = "coap://{address}:{second-port}";
        argv[count++] = "--second-access";
        argv[count++] = "read";
    }
    add_list(argv, &count, row->device);
    argv[count] = NULL;
    return run_unpaused(argv, output, log, out_exit);
}

/* Results. */

const char *campaign_text(const cJSON *object, const char *name)
{
    const cJSON *item = member(object, name);

    return cJSON_IsString(item) ? item->valuestring : "";
}

bool campaign_list_has(const cJSON *list, const char *text)
{
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, list)
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, text) == 0) {
            return true;
        }
    }
    return false;
}

bool campaign_names(const char *list, const char *requirement)
{
    size_t length = strlen(requirement);

    for (const char *at = list; at != NULL && (at = strstr(at, requirement));
         at += length) {
        bool starts = at == list || at[-1] == ',' || at[-1] == ' ';
        if (starts && (at[length] == '\0' || at[length] == ',')) {
            return true;
        }
    }
    return false;
}

bool campaign_is_bad(const cJSON *finding)
{
    const char *level = campaign_text(finding, "level");

    return strcmp(level, "pass") != 0 && strcmp(level, "info") != 0;
}

/* Folders. */

/** Devices keep their slots in memory, where there is enough: a disk that
 *  stands still for two seconds, as those of busy machines do, makes a device
 *  late whose limits are of one second. */
static void use_memory(void)
{
    static const char shared[] = "/dev/shm";
    const uint64_t enough = UINT64_C(1) << 30;
    struct statvfs space;

    if (access(shared, W_OK | X_OK) == 0 && statvfs(shared, &space) == 0 &&
        (uint64_t)space.f_bavail * space.f_frsize >= enough) {
        (void)setenv("TMPDIR", shared, 0); /* the user's goes first */
    }
}

char *campaign_folder(const char *folder)
{
    char *path = NULL;

    use_memory();

    if (asprintf(&path, "%s/run-XXXXXX", folder) < 0) {
        return NULL;
    }
    if (mkdtemp(path) == NULL) {
        free(path);
        return NULL;
    }
    return path;
}

static int remove_one(const char *path, const struct stat *facts, int kind,
                      struct FTW *where)
{
    (void)facts;
    (void)kind;
    (void)where;
    return remove(path);
}

void campaign_folder_remove(const char *path)
{
    enum { DESCRIPTORS = 16 };

    (void)nftw(path, remove_one, DESCRIPTORS,
               FTW_DEPTH | FTW_PHYS); /* what is left stays */
}

/* All of them. */

/** Wait for one child; whether it says that its row is well. */
static bool wait_for_one(void)
{
    int status = 0;

    return wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

unsigned campaign_check_all(size_t count, unsigned at_a_time,
                            campaign_check_fn check, void *user)
{
    unsigned failed = 0;
    unsigned running = 0;

    for (size_t i = 0; i < count; i++) {
        if (running == at_a_time) {
            failed += wait_for_one() ? 0 : 1;
            running--;
        }
        (void)fflush(stdout); /* or the child prints it again */
        pid_t child = fork();
        if (child == 0) {
            bool is_well = check(i, user);
            (void)fflush(stdout); /* the exit status says it as well */
            _exit(is_well ? 0 : 1);
        }
        running += child > 0 ? 1 : 0;
        failed += child > 0 ? 0 : 1;
    }
    while (running-- > 0) {
        failed += wait_for_one() ? 0 : 1;
    }
    return failed;
}
