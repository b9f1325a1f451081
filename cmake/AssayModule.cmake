# SPDX-License-Identifier: Apache-2.0

# assay_module(server_data SOURCES a.c b.c DEPENDS other_module
#              LIBRARIES PkgConfig::CJSON)
# A module is a static library with one public header.
function(assay_module name)
    cmake_parse_arguments(M "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
    add_library(${name} STATIC ${M_SOURCES})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    # Campaigns need a third less of the processor; more is warned of, too.
    target_compile_options(${name} PRIVATE ${ASSAY_OPTIMISE})
    target_link_libraries(${name} PRIVATE project_options
        PUBLIC ${M_DEPENDS} ${M_LIBRARIES})
endfunction()

# CU_ASSERT_PTR_NOT_NULL_FATAL() leaves by longjmp(), which no compiler knows of.
add_library(cunit_options INTERFACE)
target_compile_options(cunit_options INTERFACE -Wno-null-dereference)

# assay_test_helper(server_peer SOURCES server_peer.c DEPENDS server)
# What several test programs share, compiled once: tests name it as a DEPENDS.
function(assay_test_helper name)
    cmake_parse_arguments(H "" "" "SOURCES;DEPENDS" ${ARGN})
    add_library(${name} OBJECT ${H_SOURCES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_compile_definitions(${name} PRIVATE
        ASSAY_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
        ASSAY_BINARY_DIR="${PROJECT_BINARY_DIR}")
    target_link_libraries(${name} PRIVATE project_options PkgConfig::CUNIT
        cunit_options PUBLIC ${H_DEPENDS})
endfunction()

# assay_test(server.registry SOURCES x_test.c DEPENDS server_registration
#            [TIMEOUT seconds])
# One CUnit program, one ctest entry.
function(assay_test name)
    cmake_parse_arguments(T "" "TIMEOUT" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
    if(NOT T_TIMEOUT)
        set(T_TIMEOUT 60)
    endif()
    string(REPLACE "." "_" target "test_${name}")
    add_executable(${target} ${T_SOURCES})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
    target_compile_definitions(${target} PRIVATE
        ASSAY_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
        ASSAY_BINARY_DIR="${PROJECT_BINARY_DIR}")
    target_link_libraries(${target} PRIVATE project_options ${T_DEPENDS}
        ${T_LIBRARIES} PkgConfig::CUNIT cunit_options)
    add_test(NAME ${name} COMMAND ${target})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${T_TIMEOUT})
endfunction()
