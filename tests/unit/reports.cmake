# SPDX-License-Identifier: Apache-2.0
# Reports need no engine: these programs link reports and the journal only.
set(reports_fixture ${CMAKE_CURRENT_SOURCE_DIR}/reports_fixture.c)
set(reports_document ${CMAKE_CURRENT_SOURCE_DIR}/reports_document.c)
assay_test(reports.junit
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/reports_junit_test.c ${reports_fixture}
        ${reports_document}
    DEPENDS reports)
assay_test(reports.hostile
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/reports_hostile_test.c
        ${reports_fixture} ${reports_document}
    DEPENDS reports)
set(reports_schema ${CMAKE_CURRENT_SOURCE_DIR}/reports_schema.c)
assay_test(reports.json
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/reports_json_test.c
        ${reports_fixture} ${reports_schema}
    DEPENDS reports LIBRARIES m)
assay_test(reports.pure
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/reports_pure_test.c ${reports_fixture}
    DEPENDS reports)
assay_test(reports.terminal
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/reports_terminal_test.c
        ${reports_fixture}
    DEPENDS reports)
assay_test(reports.campaign
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/reports_campaign_test.c
        ${reports_fixture} ${reports_document} ${reports_schema}
    DEPENDS reports LIBRARIES m TIMEOUT 120)
add_dependencies(test_reports_campaign assay assay-device)
assay_test(reports.devices
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/reports_devices_test.c
        ${reports_fixture} ${reports_document} ${reports_schema}
    DEPENDS reports LIBRARIES m)
