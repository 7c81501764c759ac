// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace kvprism::cli {

// Whether a table that begins with the line `header` may be written to `path`, before a run is spent on it.
// An existing file is left alone unless it is empty or such a table; pipes and terminals are written to.
// `inputs` are files that are being read (empty: none).
Status mayWriteTable(const std::string& option, const std::string& path, std::string_view header,
                     const std::vector<std::string>& inputs);

} // namespace kvprism::cli
