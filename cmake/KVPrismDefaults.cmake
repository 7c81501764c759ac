# SPDX-License-Identifier: GPL-3.0-or-later
# Language level, warnings, ccache, sanitizers and the shared cache folder, for every target of ours.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)

set(KVPRISM_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")
option(KVPRISM_TORCH "The engine, and the tests that need it" ON)
option(KVPRISM_FUZZ "Only the targets of tests/fuzz, driven by libFuzzer (clang)" OFF)

find_program(CCACHE ccache)
if(CCACHE)
    # A precompiled header needs these two to be cacheable.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()

# The per-user cache that ./kvprism fills: libtorch, the embedded model, wheels.
if(DEFINED ENV{XDG_CACHE_HOME} AND NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
    set(KVPRISM_CACHE_DEFAULT $ENV{XDG_CACHE_HOME}/kvprism)
else()
    set(KVPRISM_CACHE_DEFAULT $ENV{HOME}/.cache/kvprism)
endif()
set(KVPRISM_CACHE ${KVPRISM_CACHE_DEFAULT} CACHE PATH "Where libtorch and the embedded model are unpacked")

add_library(kvprism_options INTERFACE)
target_compile_options(kvprism_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC 12 warns of std::string's own memcpy where there is nothing wrong (GCC bugs 105329 and 105651).
    target_compile_options(kvprism_options INTERFACE -Wno-array-bounds -Wno-restrict -Wno-stringop-overread -Wno-stringop-overflow)
endif()
target_compile_definitions(kvprism_options INTERFACE KVPRISM_VERSION="${PROJECT_VERSION}")
target_include_directories(kvprism_options INTERFACE ${PROJECT_SOURCE_DIR})
if(KVPRISM_SANITIZE)
    target_compile_options(kvprism_options INTERFACE -fsanitize=${KVPRISM_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(kvprism_options INTERFACE -fsanitize=${KVPRISM_SANITIZE})
endif()
if(KVPRISM_FUZZ) # what any sanitizer or check of the standard library says is a finding
    target_compile_options(kvprism_options INTERFACE -fsanitize=fuzzer-no-link -fno-sanitize-recover=all)
    target_compile_definitions(kvprism_options INTERFACE _GLIBCXX_ASSERTIONS)
endif()

# kvprism_library(NAME SOURCES ... LINK ...): a static library of ours, one per room.
function(kvprism_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC ${ARG_LINK} PRIVATE kvprism_options ${ARG_PRIVATE_LINK})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
endfunction()

# kvprism_libtorch_part(NAME SOURCES ... LINK ...): a shared library of ours that is linked to libtorch and loaded by
# name. It knows where libtorch lies on this machine. NAME_bundled is the same without that, for ./kvprism bundle.
function(kvprism_libtorch_part name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
    add_library(${name}_objects OBJECT ${ARG_SOURCES})
    target_link_libraries(${name}_objects PRIVATE kvprism_options ${ARG_LINK})
    foreach(library ${name} ${name}_bundled)
        add_library(${library} SHARED $<TARGET_OBJECTS:${name}_objects>)
        target_link_libraries(${library} PRIVATE ${ARG_LINK})
    endforeach()
    set_target_properties(${name}_bundled PROPERTIES
        OUTPUT_NAME ${name}
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bundle
        SKIP_BUILD_RPATH ON
        EXCLUDE_FROM_ALL ON)
    add_dependencies(kvprism_bundled ${name}_bundled)
endfunction()
add_custom_target(kvprism_bundled)

# Qt's slots and signals macros break torch headers, so no target of ours has them.
function(kvprism_qt target)
    target_compile_definitions(${target} PRIVATE QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_FOREACH)
    set_target_properties(${target} PROPERTIES AUTOMOC ON AUTORCC ON)
endfunction()
