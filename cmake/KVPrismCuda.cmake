# SPDX-License-Identifier: GPL-3.0-or-later
# The CUDA toolkit, where it is. Defines KVPRISM_HAS_CUDA.

set(KVPRISM_CUDA AUTO CACHE STRING "Build what runs on NVIDIA GPUs: AUTO (where nvcc is found), ON, OFF")
set_property(CACHE KVPRISM_CUDA PROPERTY STRINGS AUTO ON OFF)
if(NOT KVPRISM_CUDA MATCHES "^(AUTO|ON|OFF)$")
    message(FATAL_ERROR "KVPRISM_CUDA is AUTO, ON or OFF, not '${KVPRISM_CUDA}'.")
endif()

set(KVPRISM_HAS_CUDA OFF)
if(KVPRISM_CUDA STREQUAL "OFF" OR KVPRISM_SANITIZE) # sanitizers look at what runs on the CPU
    return()
endif()
if(NOT CMAKE_CUDA_COMPILER)
    find_program(CMAKE_CUDA_COMPILER nvcc PATHS ENV CUDA_HOME ENV CUDA_PATH /usr/local/cuda PATH_SUFFIXES bin)
endif()
if(CMAKE_CUDA_COMPILER)
    set(CMAKE_CUDA_ARCHITECTURES 80) # targets say their own
    enable_language(CUDA)
    if(NOT DEFINED CMAKE_CUDA20_STANDARD_COMPILE_OPTION) # CMake 3.25 does not know that nvcc takes it
        set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
        set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
    endif()
    find_package(CUDAToolkit 12.8 QUIET)
endif()
if(CUDAToolkit_FOUND)
    set(KVPRISM_HAS_CUDA ON)
elseif(KVPRISM_CUDA STREQUAL "ON")
    message(FATAL_ERROR "KVPRISM_CUDA is ON, but there is no CUDA toolkit 12.8 or newer (nvcc).")
endif()
