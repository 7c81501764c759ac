// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace kvprism::cli {

// The processor's name, and of its instructions those that matter most to a comparison in bf16.
std::string processorText();

} // namespace kvprism::cli
