/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dependency matrix: which cases follow from which package requires which
 * component, and what has to come of each. Worked out by hand from rows 4, 5
 * and 10 of afu.md, section 7.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/matrix.h"
#include "scenarios/engine/test_case.h"
#include "scenarios/profiles/profile_files.h"
#include "scenarios/steps/steps.h"

#define BOUND 97 /* of four components, see matrix.h */

static struct profile *profile_of(const char *text)
{
    struct reason reason = { .status = STATUS_OK };
    struct profile *profile = NULL;

    if (profile_parse("p.json", ".", text, strlen(text), &profile, &reason) !=
        STATUS_OK) {
        printf("%s\n", reason.text);
        abort();
    }
    return profile;
}

#define RECIPE "\"recipe\": \"anjay\""

/** A needs B, and B may be too old. */
static const char pair[] =
    "{\"components\": {\"app\": {\"instance\": 0},"
    "  \"net\": {\"instance\": 1}},"
    " \"packages\": {"
    "  \"app\": {\"G\": {" RECIPE "}, \"DEP\": {" RECIPE ","
    "    \"requires\": {\"net\": \"observed.10\"}}},"
    "  \"net\": {\"G\": {" RECIPE ", \"version\": \"major\"},"
    "    \"STALE\": {" RECIPE ", \"version\": \"observed.9\"}}}}";

static unsigned bits(const char *letters)
{
    unsigned mask = 0;

    for (; *letters != '\0'; letters++) {
        mask |= 1u << (*letters - 'A');
    }
    return mask;
}

/** needs: "AB BC": A needs B, B needs C; all are met by the packages. */
static struct matrix_graph graph_of(size_t count, const char *needs)
{
    static const char *const names[] = { "a", "b", "c", "d" };
    struct matrix_graph graph = { .count = count };

    for (size_t i = 0; i < count; i++) {
        graph.components[i].name = names[i];
        graph.components[i].package = "G";
    }
    for (; *needs != '\0'; needs += needs[2] == ' ' ? 3 : 2) {
        graph.needs[needs[0] - 'A'][needs[1] - 'A'][0] = PACKAGE_NEED_MET;
        graph.needs[needs[0] - 'A'][needs[1] - 'A'][1] = PACKAGE_NEED_UNMET;
    }
    return graph;
}

struct expected_case {
    const char *id;
    bool may_succeed;
    bool may_refuse;
    const char *culprits;
};

static void check_cases(const struct matrix_graph *graph,
                        const struct expected_case *rows, size_t count)
{
    struct matrix_case cases[MATRIX_CASES_MAX];
    size_t found = matrix_cases(graph, cases);
    char id[MATRIX_ID_SIZE];

    CU_ASSERT_EQUAL_FATAL(found, count);
    for (size_t i = 0; i < count; i++) {
        matrix_id(graph, &cases[i], id);
        struct matrix_outcome outcome =
            matrix_outcome(graph, &cases[i], cases[i].batch);
        if (strcmp(id, rows[i].id) != 0 ||
            outcome.may_succeed != rows[i].may_succeed ||
            outcome.may_refuse != rows[i].may_refuse ||
            outcome.culprits != bits(rows[i].culprits)) {
            printf("case %zu: %s %d %d %x, expected %s\n", i, id,
                   outcome.may_succeed, outcome.may_refuse, outcome.culprits,
                   rows[i].id);
            CU_FAIL("case");
        }
    }
}

static void a_pair_gives_these_cases(void)
{
    static const struct expected_case rows[] = {
        { "AFU-MTX-A-A0", false, true, "B" },
        { "AFU-MTX-AB-A0", true, true, "B" }, /* */
        { "AFU-MTX-AB-B0", true, false, "" },
        { "AFU-MTX-AB-AB", true, false, "" },
        /* A without an argument and without B is A-A0. */
        { "AFU-MTX-BA-A", true, true, "B" },
        { "AFU-MTX-B-B", true, false, "" },
        { "AFU-MTX-B-BA", false, true, "A" },   /* listed, not there */
        { "AFU-MTX-AB1-AB", false, true, "B" }, /* there, too old */
    };
    struct profile *profile = profile_of(pair);
    struct matrix_graph graph;

    CU_ASSERT_TRUE_FATAL(matrix_graph(profile, &graph));
    CU_ASSERT_EQUAL(graph.count, 2);
    CU_ASSERT_STRING_EQUAL(graph.components[0].package, "DEP");
    CU_ASSERT_STRING_EQUAL(graph.components[1].package, "G");
    CU_ASSERT_EQUAL(graph.needs[0][1][0], PACKAGE_NEED_MET);
    CU_ASSERT_EQUAL(graph.needs[0][1][1], PACKAGE_NEED_UNMET);
    CU_ASSERT_EQUAL(graph.needs[1][0][0], PACKAGE_NEEDS_NOT);
    check_cases(&graph, rows, sizeof(rows) / sizeof(rows[0]));
    profile_free(profile);
}

/** A needs B, B needs C. */
static void a_chain_gives_these_cases(void)
{
    static const struct expected_case rows[] = {
        /* explicit: who takes part, and what these need besides */
        { "AFU-MTX-AC-A0", false, true, "B" },
        { "AFU-MTX-ABC-A0", true, true, "B" },
        { "AFU-MTX-AB-B0", false, true, "C" },
        { "AFU-MTX-ABC-B0", true, true, "C" },
        { "AFU-MTX-AB-AB", false, true, "C" },
        { "AFU-MTX-ABC-BA", true, true, "C" },
        { "AFU-MTX-ABC-C0", true, false, "" },
        { "AFU-MTX-AC-AC", false, true, "B" },
        { "AFU-MTX-ABC-CA", true, true, "B" },
        { "AFU-MTX-ABC-CB", true, false, "" },
        { "AFU-MTX-ABC-ABC", true, false, "" },
        /* by links: of all that A reaches */
        { "AFU-MTX-A-A", false, true, "B" },
        { "AFU-MTX-BA-A", true, true, "B" },
        { "AFU-MTX-CA-A", false, true, "B" },
        { "AFU-MTX-CBA-A", true, true, "B" },
        { "AFU-MTX-B-B", false, true, "C" },
        { "AFU-MTX-CB-B", true, true, "C" },
        { "AFU-MTX-C-C", true, false, "" },
        /* A is needed by nobody; B and C have no package that is too old */
        { "AFU-MTX-B-BA", false, true, "AC" },
    };
    struct matrix_graph graph = graph_of(3, "AB BC");

    check_cases(&graph, rows, sizeof(rows) / sizeof(rows[0]));
}

/** The model itself, for sets that no representative case has. */
static void outcome_follows_from_who_takes_part(void)
{
    static const struct {
        const char *needs;
        const char *delivered;
        const char *stale;
        size_t addressed;
        const char *batch;
        bool may_succeed;
        bool may_refuse;
        const char *culprits;
    } rows[] = {
        /* two missing: both are named */
        { "AB AC", "A", "", 0, "A", false, true, "BC" },
        { "AB AC", "ABC", "", 0, "A", true, true, "BC" },
        /* one is there, one is not: refused */
        { "AB AC", "AB", "", 0, "A", false, true, "BC" },
        { "AB AC", "AB", "", 0, "AB", false, true, "C" },
        { "AB AC", "ABC", "", 0, "ABC", true, false, "" },
        /* seen from who is too old, the other one is too new */
        { "AB", "AB", "B", 1, "AB", false, true, "A" },
        { "AB", "AB", "B", 0, "AB", false, true, "B" },
        /* too old and not in the batch is as good as not there */
        { "AB", "AB", "B", 0, "A", false, true, "B" },
        /* each other */
        { "AB BA", "AB", "", 0, "A", true, true, "B" },
        { "AB BA", "AB", "", 1, "AB", true, false, "" },
        { "AB BA", "A", "", 0, "A", false, true, "B" },
        /* a bystander with needs of its own says nothing */
        { "CB", "AC", "", 0, "A", true, false, "" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct matrix_graph graph = graph_of(3, rows[i].needs);
        const struct matrix_case row = { .delivered = bits(rows[i].delivered),
                                         .stale = bits(rows[i].stale),
                                         .addressed = rows[i].addressed };
        struct matrix_outcome outcome =
            matrix_outcome(&graph, &row, bits(rows[i].batch));
        CU_ASSERT_EQUAL(outcome.may_succeed, rows[i].may_succeed);
        CU_ASSERT_EQUAL(outcome.may_refuse, rows[i].may_refuse);
        CU_ASSERT_EQUAL(outcome.culprits, bits(rows[i].culprits));
    }
}

static bool ids_differ(const struct matrix_graph *graph,
                       const struct matrix_case *cases, size_t count)
{
    char ids[MATRIX_CASES_MAX][MATRIX_ID_SIZE];

    for (size_t i = 0; i < count; i++) {
        matrix_id(graph, &cases[i], ids[i]);
        for (size_t j = 0; j < i; j++) {
            if (strcmp(ids[i], ids[j]) == 0) {
                printf("twice: %s\n", ids[i]);
                return false;
            }
        }
    }
    return true;
}

/** Every graph of four components, with packages that are too old. */
static void no_graph_of_four_gives_more_than_the_bound(void)
{
    enum { PAIRS = 12 };
    size_t most = 0;

    for (unsigned edges = 0; edges < 1u << PAIRS; edges++) {
        struct matrix_graph graph = graph_of(4, "");
        struct matrix_case cases[MATRIX_CASES_MAX];
        unsigned edge = 0;
        for (size_t i = 0; i < 4; i++) {
            graph.components[i].has_stale = true;
            for (size_t j = 0; j < 4; j++) {
                if (i != j && (edges >> edge++ & 1) != 0) {
                    graph.needs[i][j][0] = PACKAGE_NEED_MET;
                    graph.needs[i][j][1] = PACKAGE_NEED_UNMET;
                }
            }
        }
        size_t count = matrix_cases(&graph, cases);
        most = count > most ? count : most;
        if (!ids_differ(&graph, cases, count)) {
            CU_FAIL("ids");
            return;
        }
    }
    CU_ASSERT_EQUAL(most, BOUND);
}

static void each_set_is_delivered_in_two_orders(void)
{
    struct matrix_graph graph = graph_of(3, "AB BC");
    struct matrix_case cases[MATRIX_CASES_MAX];
    size_t count = matrix_cases(&graph, cases);
    unsigned ascending = 0;
    unsigned descending = 0;

    for (size_t i = 0; i < count; i++) {
        unsigned bit = 1u << cases[i].delivered;
        ascending |= cases[i].form != MATRIX_NONE ? bit : 0;
        descending |= cases[i].form == MATRIX_NONE ? bit : 0;
    }
    for (unsigned set = 3; set < 8; set++) { /* AB, AC, BC, ABC */
        bool is_set_of_several = (set & (set - 1)) != 0;
        if (is_set_of_several && set != 6) { /* BC: only with A left alone */
            CU_ASSERT_TRUE((ascending & 1u << set) != 0);
            CU_ASSERT_TRUE((descending & 1u << set) != 0);
        }
    }
}

/* Profiles. */

static void there_is_no_matrix_without_repeatable_needs(void)
{
    static const char *const packages[] = {
        /* nobody needs anything */
        "\"app\": {\"G\": {" RECIPE "}}, \"net\": {\"G\": {" RECIPE "}}",
        /* the needed one has no package */
        "\"app\": {\"DEP\": {" RECIPE ", \"requires\": [\"net\"]}}",
        /* new only once */
        "\"app\": {\"DEP\": {" RECIPE ", \"requires\": {\"net\": \"2.0\"}}},"
        "\"net\": {\"G\": {" RECIPE "}}",
        "\"app\": {\"DEP\": {" RECIPE ", \"requires\": [\"net\"]}},"
        "\"net\": {\"G\": {" RECIPE ", \"version\": \"2.0\"}}",
    };
    char text[512];

    for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++) {
        struct matrix_graph graph;
        (void)snprintf(text, sizeof(text),
                       "{\"components\": {\"app\": {\"instance\": 0},"
                       "\"net\": {\"instance\": 1}}, \"packages\": {%s}}",
                       packages[i]);
        struct profile *profile = profile_of(text);
        CU_ASSERT_FALSE(matrix_graph(profile, &graph));
        CU_ASSERT_EQUAL(profile_derive(profile, steps_table(), NULL),
                        STATUS_OK);
        CU_ASSERT_PTR_NULL(profile->matrix);
        profile_free(profile);
    }
}

/** What a profile has besides changes no id. */
static void ids_are_stable(void)
{
    static const char more[] =
        "{\"components\": {\"core \\\"0\\\"\": {\"instance\": 0},"
        "  \"b\\\\c\": {\"instance\": 1}, \"extra\": {\"instance\": 2}},"
        " \"packages\": {"
        "  \"core \\\"0\\\"\": {\"FAILI\": {" RECIPE "}, \"DEP\": {" RECIPE
        ", \"requires\": [\"b\\\\c\"]}},"
        "  \"b\\\\c\": {\"G\": {" RECIPE ", \"version\": \"major\"},"
        "    \"STALE\": {" RECIPE ", \"version\": \"same\"}}}}";
    struct profile *a = profile_of(pair);
    struct profile *b = profile_of(more);

    CU_ASSERT_EQUAL_FATAL(profile_derive(a, steps_table(), NULL), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(profile_derive(b, steps_table(), NULL), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(catalogue_count(a->matrix), 8);
    CU_ASSERT_EQUAL_FATAL(catalogue_count(b->matrix), 8);
    for (size_t i = 0; i < 8; i++) {
        CU_ASSERT_STRING_EQUAL(catalogue_at(a->matrix, i)->id,
                               catalogue_at(b->matrix, i)->id);
    }
    CU_ASSERT_STRING_EQUAL(catalogue_at(b->matrix, 3)->title,
                           "With core \"0\", b\\c: update core \"0\" with "
                           "b\\c: installed");
    profile_free(a);
    profile_free(b);
}

static bool names_all(const cJSON *json, const struct test_case *row)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(json, "req");
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, list)
    {
        bool found = false;
        for (size_t i = 0; row->requirements[i] != NULL; i++) {
            found =
                found || strcmp(row->requirements[i], item->valuestring) == 0;
        }
        if (!found) {
            printf("%s: %s\n", row->id, item->valuestring);
            return false;
        }
    }
    cJSON_ArrayForEach(item, json)
    {
        if (!names_all(item, row)) {
            return false;
        }
    }
    return true;
}

static bool is_judged(const cJSON *json, const char *requirement)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(json, "req");
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, list)
    {
        if (strcmp(item->valuestring, requirement) == 0) {
            return true;
        }
    }
    cJSON_ArrayForEach(item, json)
    {
        if (is_judged(item, requirement)) {
            return true;
        }
    }
    return false;
}

/** The matrix of each shape: known numbers, and cases that judge what they
 *  claim. */
static void each_shape_has_its_matrix(void)
{
    static const struct {
        const char *file;
        size_t count;
    } rows[] = {
        { "quad.json", 34 },
        { "modem-mcu.json", 20 },
        { "dual-core.json", 8 },
        { "trustzone.json", 8 },
        { "mcuboot.json", 15 },
        { "mcuboot-late.json", 15 },
    };

    CU_ASSERT_EQUAL_FATAL(profile_files_count, sizeof(rows) / sizeof(rows[0]));
    for (size_t i = 0; i < profile_files_count; i++) {
        struct profile *profile =
            profile_of((const char *)profile_files[i].bytes);
        CU_ASSERT_STRING_EQUAL(profile_files[i].name, rows[i].file);
        CU_ASSERT_EQUAL_FATAL(profile_derive(profile, steps_table(), NULL),
                              STATUS_OK);
        CU_ASSERT_PTR_NOT_NULL_FATAL(profile->matrix);
        CU_ASSERT_EQUAL(catalogue_count(profile->matrix), rows[i].count);
        for (size_t j = 0; j < catalogue_count(profile->matrix); j++) {
            const struct test_case *row = catalogue_at(profile->matrix, j);
            CU_ASSERT_STRING_EQUAL(row->group, "AFU-MTX");
            CU_ASSERT_TRUE(row->is_once && row->delivers);
            CU_ASSERT_TRUE(names_all(row->steps, row));
            for (size_t k = 0; row->requirements[k] != NULL; k++) {
                CU_ASSERT_TRUE(is_judged(row->steps, row->requirements[k]));
            }
        }
        profile_free(profile);
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "pair", a_pair_gives_these_cases },
        { "chain", a_chain_gives_these_cases },
        { "outcome", outcome_follows_from_who_takes_part },
        { "bound", no_graph_of_four_gives_more_than_the_bound },
        { "orders", each_set_is_delivered_in_two_orders },
        { "none", there_is_no_matrix_without_repeatable_needs },
        { "ids", ids_are_stable },
        { "shapes", each_shape_has_its_matrix },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "matrix", NULL, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* says nothing about failures */
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures != 0;
}
