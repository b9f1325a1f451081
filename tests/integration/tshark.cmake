# SPDX-License-Identifier: Apache-2.0
# Skipped, with the reason in its output, where tshark is absent.
if(TARGET assay-device)
    add_test(NAME interop.tshark
        COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/tshark_test.sh"
            $<TARGET_FILE:assay> $<TARGET_FILE:assay-device>
            "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_BINARY_DIR}/tshark")
    set_tests_properties(interop.tshark PROPERTIES TIMEOUT 300
        SKIP_RETURN_CODE 77)
endif()
