# SPDX-License-Identifier: Apache-2.0
# project_options: the flags of every target of ours.
add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE c_std_11)
target_compile_definitions(project_options INTERFACE _GNU_SOURCE)
target_compile_options(project_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
    -Wpointer-arith -Wcast-qual -Wcast-align -Wwrite-strings -Wformat=2
    -Wundef -Wvla -Wdouble-promotion -Wnull-dereference)
if(ASSAY_WERROR)
    target_compile_options(project_options INTERFACE -Werror)
endif()
if(ASSAY_SANITIZE)
    target_compile_options(project_options INTERFACE
        -fsanitize=address,undefined,float-cast-overflow
        -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    target_link_options(project_options INTERFACE
        -fsanitize=address,undefined)
endif()
if(ASSAY_FUZZ)
    # Coverage of every module; only the targets themselves get libFuzzer.
    target_compile_options(project_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
set(CMAKE_C_EXTENSIONS OFF)
# -O3, CMake's own, warns of what -O2, which preset dev has, cannot see.
string(REPLACE "-O3" "-O2" CMAKE_C_FLAGS_RELEASE "${CMAKE_C_FLAGS_RELEASE}")
# assert() is for our own mistakes and stays on in release.
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELEASE "${CMAKE_C_FLAGS_RELEASE}")
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELWITHDEBINFO
    "${CMAKE_C_FLAGS_RELWITHDEBINFO}")
