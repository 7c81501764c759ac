// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tables/tables.h"

namespace kvprism::tables {

// Calls `act` with each step of the excerpt that has a step of the other run beside it, and with that one:
// the step after which exactly as much was read. In order. The error (unavailable) says that none has;
// `excerpt` has another run.
using PairFunction = std::function<void(const trace::CompressionStep& a, const trace::CompressionStep& b)>;
Status forEachPair(const Excerpt& excerpt, const PairFunction& act);

} // namespace kvprism::tables
