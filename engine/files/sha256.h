// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace kvprism::files {

std::string sha256(std::string_view bytes); // 64 hexadecimal digits
Result<std::string> sha256OfFile(const std::string& path);

} // namespace kvprism::files
