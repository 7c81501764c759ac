// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <string_view>

namespace kvprism::cli {

// Writes a subcommand's result; fails where standard output is closed or full.
Status printResult(std::string_view text);

} // namespace kvprism::cli
