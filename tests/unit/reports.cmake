# SPDX-License-Identifier: Apache-2.0
# Reports need no engine: these programs link reports and the journal only.
assay_test_helper(reports_fixture
    SOURCES reports_document.c reports_fixture.c reports_schema.c
    DEPENDS reports m)
assay_test(reports.junit
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/reports_junit_test.c
    DEPENDS reports_fixture)
assay_test(reports.hostile
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/reports_hostile_test.c
    DEPENDS reports_fixture)
assay_test(reports.json
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/reports_json_test.c
    DEPENDS reports_fixture)
assay_test(reports.pure
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/reports_pure_test.c
    DEPENDS reports_fixture)
assay_test(reports.terminal
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/reports_terminal_test.c
    DEPENDS reports_fixture)
assay_test(reports.campaign
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/reports_campaign_test.c
    DEPENDS reports_fixture TIMEOUT 120)
add_dependencies(test_reports_campaign assay assay-device)
assay_test(reports.devices
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/reports_devices_test.c
    DEPENDS reports_fixture)
