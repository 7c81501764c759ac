// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace kvprism::cli {

// A token's bytes between quotes, on one line, so that two different tokens never look alike and a terminal
// does nothing with them: \n \r \t \" \\, \xNN for other control bytes and for bytes that are no whole
// character, \u{N} for characters that show nothing or turn the direction of a line.
std::string escaped(std::string_view bytes);

// A message, a path or another text of several words, on one line and harmless to a terminal: as escaped(),
// without the quotes, and with quotes and backslashes as they are.
std::string oneLine(std::string_view bytes);

} // namespace kvprism::cli
