/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Runs a fuzz target without libFuzzer: every seed of a folder, then the same
 * mutations of each seed every time. Usage: fuzz_NAME FOLDER | fuzz_NAME FILE…
 */
#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

enum {
    PATH_SIZE = 1024,
    SEED_MAX = 1024 * 1024,
    RUNS_MAX = 12000, /* mutations of all seeds together, about */
    HANG_S = 20,      /* for one input, under sanitizers on a busy machine */
};

/** Shown when the program dies: the input that was running. */
static struct {
    const uint8_t *bytes;
    size_t length;
} running;

struct seed {
    uint8_t *bytes;
    size_t length;
};

/** Hexadecimal on stderr, by write(2) alone: a signal handler may do so. */
static void show_input(int signal_number)
{
    static const char digits[] = "0123456789abcdef";
    char byte[2];

    (void)!write(STDERR_FILENO, "input: ", 7);
    for (size_t i = 0; i < running.length; i++) {
        byte[0] = digits[running.bytes[i] >> 4];
        byte[1] = digits[running.bytes[i] & 15];
        (void)!write(STDERR_FILENO, byte, sizeof(byte));
    }
    (void)!write(STDERR_FILENO, "\n", 1);
    (void)signal(signal_number, SIG_DFL);
    (void)raise(signal_number);
}

/** In a block of exactly its size, so that reading behind it is seen. */
static void run(const uint8_t *bytes, size_t length)
{
    uint8_t *copy = malloc(length > 0 ? length : 1);

    if (copy == NULL) {
        abort();
    }
    if (length > 0) {
        memcpy(copy, bytes, length);
    }
    running.bytes = copy;
    running.length = length;
    (void)alarm(HANG_S);
    (void)LLVMFuzzerTestOneInput(copy, length);
    (void)alarm(0);
    running.length = 0;
    free(copy);
}

/** Mutation `number` of 17 * length + 8: cut, flip one bit, insert a byte. */
static size_t mutate(const struct seed *seed, size_t number, uint8_t *out)
{
    static const uint8_t inserted[] = { 0x00, 0xff, '0', '"',
                                        '<',  ',',  '/', 0x80 };
    const size_t cuts = seed->length;
    const size_t flips = 8 * seed->length;

    if (number < cuts) {
        memcpy(out, seed->bytes, number);
        return number;
    }
    number -= cuts;
    if (number < flips) {
        memcpy(out, seed->bytes, seed->length);
        out[number / 8] ^= (uint8_t)(1u << number % 8);
        return seed->length;
    }
    number -= flips;
    size_t at = number / sizeof(inserted);
    memcpy(out, seed->bytes, at);
    out[at] = inserted[number % sizeof(inserted)];
    memcpy(out + at + 1, seed->bytes + at, seed->length - at);
    return seed->length + 1;
}

/** @return how many inputs were run */
static size_t run_seed(const struct seed *seed, size_t limit)
{
    size_t all = 17 * seed->length + 8;
    size_t stride = all / limit + 1;
    uint8_t *bytes = malloc(seed->length + 1);
    size_t runs = 1;

    if (bytes == NULL) {
        abort();
    }
    run(seed->bytes, seed->length);
    for (size_t number = 0; number < all; number += stride) {
        run(bytes, mutate(seed, number, bytes));
        runs++;
    }
    free(bytes);
    return runs;
}

static bool read_seed(const char *path, struct seed *out_seed)
{
    FILE *file = fopen(path, "rb");
    bool is_read = false;

    out_seed->bytes = malloc(SEED_MAX);
    if (file != NULL && out_seed->bytes != NULL) {
        out_seed->length = fread(out_seed->bytes, 1, SEED_MAX, file);
        is_read = ferror(file) == 0;
    }
    if (file != NULL) {
        (void)fclose(file); /* it was only read */
    }
    if (!is_read) {
        (void)fprintf(stderr, "'%s' cannot be read\n", path);
        free(out_seed->bytes);
    }
    return is_read;
}

static bool run_folder(const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    size_t seeds = 0;
    size_t runs = 0;
    bool good = count > 2;

    for (int i = 0; i < count; i++) {
        char path[PATH_SIZE];
        struct seed seed = { .bytes = NULL };
        if (entries[i]->d_name[0] != '.') {
            (void)snprintf(path, sizeof(path), "%s/%s", folder,
                           entries[i]->d_name); /* a cut one is not found */
            bool is_read = read_seed(path, &seed);
            if (is_read) {
                runs += run_seed(&seed, RUNS_MAX / (size_t)count + 1);
                seeds++;
                free(seed.bytes);
            }
            good = good && is_read;
        }
        free(entries[i]);
    }
    free(entries);
    printf("%zu seeds, %zu inputs\n", seeds, runs);
    return good && seeds > 0;
}

int main(int argc, char **argv)
{
    struct stat status;
    bool good = argc > 1;

    (void)signal(SIGABRT, show_input);
    (void)signal(SIGALRM, show_input);
    for (int i = 1; i < argc; i++) {
        struct seed seed = { .bytes = NULL };
        if (stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode)) {
            good = run_folder(argv[i]) && good;
        } else if (read_seed(argv[i], &seed)) {
            run(seed.bytes, seed.length);
            free(seed.bytes);
        } else {
            good = false;
        }
    }
    return good ? 0 : 1;
}
