/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_MATRIX_H
#define SCENARIOS_ENGINE_MATRIX_H

/*
 * The dependency matrix: test cases that follow from which package of a
 * profile requires which version of which other component. They are ordinary
 * cases, in the group AFU-MTX. Private to scenarios/engine; profile_derive()
 * makes them.
 *
 * A case delivers packages to some components and updates once. The outcome
 * comes from the model, rows 4, 5 and 10 of afu.md section 7: what takes part
 * counts by its package, all others by what is installed. Whether a package
 * that is there and takes no part satisfies a dependency is open: both
 * outcomes pass then.
 *
 * Cases that lead to the same model state are one:
 * - The order of deliveries makes no difference to the model. Explicit ones
 *   (below) have that of the components, others the reverse, so that each set
 *   is delivered in both.
 * - Of an Update with an argument it counts who takes part, and which of the
 *   components that these need is there besides. Who takes no part and is not
 *   needed is there as well, to be left alone.
 * - Of an Update without an argument it counts which of the components that x
 *   needs, or that those need, are there. Linked Instances say who takes part.
 * So four components give at most 97 cases, whatever needs whatever.
 *
 * The id says it all: AFU-MTX-<deliveries>-<update>. The letters A to D are
 * the components in the order of the profile, first those that were delivered,
 * in their order; '1' behind a letter: the package STALE, which is not new
 * enough. Then who is updated: A without an argument, A0 with a bare `0`, AB
 * with a list that names B.
 */
#include "scenarios/engine/profile.h"

#define MATRIX_COMPONENTS 4
#define MATRIX_CASES_MAX  100
#define MATRIX_ID_SIZE    32

/** What is needed, by component and package. */
struct matrix_graph {
    struct {
        const char *name;    /**< of the component; the profile's */
        const char *package; /**< DEP, else DEPMAIN, else G; static */
        bool has_stale;
    } components[MATRIX_COMPONENTS];
    size_t count;
    /** Of component i by its package: of component j with its package, and
     *  with its package STALE. */
    enum package_need needs[MATRIX_COMPONENTS][MATRIX_COMPONENTS][2];
};

enum matrix_form { MATRIX_NONE, MATRIX_ALONE, MATRIX_LIST };

/** One case. Bit i: component i of the graph. */
struct matrix_case {
    unsigned delivered;
    unsigned stale; /**< of those: the package STALE */
    unsigned batch; /**< who is updated; by MATRIX_NONE the addressed one and
                         whoever is linked */
    size_t addressed;
    enum matrix_form form;
};

/** What the model says of an Update. */
struct matrix_outcome {
    bool may_succeed;
    bool may_refuse;
    unsigned culprits; /**< behind Result 13; each is right */
};

/** The first components of the profile that have such packages, if one of them
 *  needs another one. @return false: there is no matrix */
bool matrix_graph(const struct profile *profile,
                  struct matrix_graph *out_graph);
/** All cases of a graph, in their order. */
size_t matrix_cases(const struct matrix_graph *graph,
                    struct matrix_case out_cases[MATRIX_CASES_MAX]);
/** Of an Update of exactly these, addressed to one of them. */
struct matrix_outcome matrix_outcome(const struct matrix_graph *graph,
                                     const struct matrix_case *row,
                                     unsigned batch);
void matrix_id(const struct matrix_graph *graph, const struct matrix_case *row,
               char out_id[MATRIX_ID_SIZE]);
/** The file form of all cases, for catalogue_add(); caller frees. NULL: no
 *  memory. */
char *matrix_text(const struct matrix_graph *graph);

#endif
