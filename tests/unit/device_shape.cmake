# SPDX-License-Identifier: Apache-2.0
# What the shapes of the simulated device are.
assay_test(device.shape
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_shape_test.c
    DEPENDS device_bench device_image)
