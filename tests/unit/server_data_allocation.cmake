# SPDX-License-Identifier: Apache-2.0
set(wraps -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc
    -Wl,--wrap=strdup -Wl,--wrap=strndup)
assay_test_helper(allocation_sweep SOURCES allocation_sweep.c)
assay_test(server.data_allocation
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_allocation_test.c
    DEPENDS allocation_sweep server_data)
target_link_options(test_server_data_allocation PRIVATE ${wraps})
assay_test(server.registration_allocation
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_registration_allocation_test.c
    DEPENDS allocation_sweep server_registration)
target_link_options(test_server_registration_allocation PRIVATE ${wraps})
