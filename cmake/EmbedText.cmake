# SPDX-License-Identifier: GPL-3.0-or-later
# kvprism_embed_text(TARGET FILE SYMBOL): FILE's text becomes `const std::string_view kvprism::embedded::SYMBOL`, declared
# where it is used. For a few small texts that a program needs wherever it is started from.
function(kvprism_embed_text target file symbol)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} content)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded_${symbol}.cpp)
    file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
// Made by cmake/EmbedText.cmake.
#include <string_view>

namespace kvprism::embedded {
extern const std::string_view @symbol@;
const std::string_view @symbol@ = R"kvprism_text(@content@)kvprism_text";
} // namespace kvprism::embedded
]])
    target_sources(${target} PRIVATE ${source})
endfunction()
