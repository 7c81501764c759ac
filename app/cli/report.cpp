// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/escape.h"

#include <cstdio>

namespace kvprism::cli {

int report(const Error& error) {
    std::fprintf(stderr, "kvprism-cli: %s\n", oneLine(error.message).c_str());
    return static_cast<int>(error.code);
}

} // namespace kvprism::cli
