# SPDX-License-Identifier: Apache-2.0
# Names of devices and of their folders.
assay_test(scenarios.names
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_names_test.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/names.c
    DEPENDS server_data)
