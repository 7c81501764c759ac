// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <nlohmann/json.hpp>
#include <string>

namespace kvprism::cli {

// The object that a measurement left in a file. Errors: noInput, malformed.
Result<nlohmann::json> readJsonFile(const std::string& path);

} // namespace kvprism::cli
