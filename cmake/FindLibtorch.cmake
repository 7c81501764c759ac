# SPDX-License-Identifier: GPL-3.0-or-later
# libtorch as ./kvprism unpacks it from the PyPI wheel. TorchConfig.cmake insists on a CUDA toolkit, which we do not need.
# Defines Libtorch::cpu and LIBTORCH_ROOT.

set(LIBTORCH_ROOT ${KVPRISM_CACHE}/libtorch-2.11.0 CACHE PATH "Folder that holds torch/lib and torch/include")
find_library(LIBTORCH_CPU torch_cpu PATHS ${LIBTORCH_ROOT}/torch/lib NO_DEFAULT_PATH)
find_library(LIBTORCH_C10 c10 PATHS ${LIBTORCH_ROOT}/torch/lib NO_DEFAULT_PATH)
find_file(LIBTORCH_GOMP libgomp.so.1 PATHS ${LIBTORCH_ROOT}/torch/lib NO_DEFAULT_PATH)
find_path(LIBTORCH_INCLUDE ATen/ATen.h PATHS ${LIBTORCH_ROOT}/torch/include NO_DEFAULT_PATH)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libtorch
    REQUIRED_VARS LIBTORCH_CPU LIBTORCH_C10 LIBTORCH_GOMP LIBTORCH_INCLUDE
    REASON_FAILURE_MESSAGE "Run './kvprism setup', or set LIBTORCH_ROOT.")

if(Libtorch_FOUND AND NOT TARGET Libtorch::cpu)
    add_library(Libtorch::cpu INTERFACE IMPORTED)
    set_target_properties(Libtorch::cpu PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES ${LIBTORCH_INCLUDE}
        INTERFACE_LINK_LIBRARIES "${LIBTORCH_CPU};${LIBTORCH_C10};${LIBTORCH_GOMP}"
        # Without it at::parallel_for, which is a template, runs everything on the calling thread and says nothing.
        INTERFACE_COMPILE_OPTIONS -fopenmp
        # libtorch_cpu of the CUDA wheel names symbols of libraries that a CPU machine lacks.
        INTERFACE_LINK_OPTIONS -Wl,--allow-shlib-undefined)
endif()
