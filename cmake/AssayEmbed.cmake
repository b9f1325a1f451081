# SPDX-License-Identifier: Apache-2.0

# assay_embed(target symbol [FOLDER folder] FILES file...)
# Compiles files into the target as a table
#     const struct embedded_file symbol[]; const size_t symbol_count;
# declared in server/data/embedded.h. Names are relative to the folder, the
# caller's unless given. A file that changes is embedded again.
function(assay_embed target symbol)
    cmake_parse_arguments(E "" "FOLDER" "FILES" ${ARGN})
    if(NOT E_FOLDER)
        set(E_FOLDER "${CMAKE_CURRENT_SOURCE_DIR}")
    endif()
    set(output "${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c")
    list(JOIN E_FILES "|" joined)
    list(TRANSFORM E_FILES PREPEND "${E_FOLDER}/"
        OUTPUT_VARIABLE paths)
    add_custom_command(OUTPUT "${output}"
        COMMAND ${CMAKE_COMMAND} "-DSYMBOL=${symbol}" "-DOUTPUT=${output}"
            "-DROOT=${E_FOLDER}" "-DFILES=${joined}"
            -P "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
        DEPENDS ${paths} "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
        COMMENT "Embedding ${symbol}" VERBATIM)
    target_sources(${target} PRIVATE "${output}")
endfunction()
