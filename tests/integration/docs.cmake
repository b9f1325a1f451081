# SPDX-License-Identifier: Apache-2.0
add_test(NAME docs.man
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/docs_man_test.sh"
        $<TARGET_FILE:assay> "${PROJECT_SOURCE_DIR}/docs/assay.1"
        "${CMAKE_CURRENT_BINARY_DIR}/docs_man")
# An absolute folder, as distributions may set it, is not below the prefix.
if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_BINDIR}" AND
        NOT IS_ABSOLUTE "${CMAKE_INSTALL_MANDIR}" AND
        NOT IS_ABSOLUTE "${CMAKE_INSTALL_DOCDIR}")
    add_test(NAME docs.install
        COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/docs_install_test.sh"
            "${CMAKE_COMMAND}" "${PROJECT_BINARY_DIR}" $<CONFIG>
            "${CMAKE_INSTALL_BINDIR}" "${CMAKE_INSTALL_MANDIR}"
            "${CMAKE_INSTALL_DOCDIR}" "${CMAKE_CURRENT_BINARY_DIR}/docs_install")
    set_tests_properties(docs.install PROPERTIES TIMEOUT 120)
endif()
set_tests_properties(docs.man PROPERTIES TIMEOUT 120)
