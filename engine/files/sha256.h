// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace kvprism::files {

std::string sha256(std::string_view bytes); // 64 hexadecimal digits
// A stop is looked at every megabyte; then the error is `interrupted`.
Result<std::string> sha256OfFile(const std::string& path, const std::stop_token& stop = {});

} // namespace kvprism::files
