// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace kvprism::embedded {

extern const std::string_view licence; // the repository's LICENSE: the sample document of demo and bench

} // namespace kvprism::embedded
