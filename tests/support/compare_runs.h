// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/store.h"

#include <string>

namespace kvprism::test {

// Empty where both hold the same run, record by record and bit by bit; else what differs first.
std::string firstDifference(const trace::TraceStore& a, const trace::TraceStore& b);

// The same, where `part` may have been cut off: it holds the run and the first steps of `whole` and nothing
// that `whole` does not hold.
std::string firstDifferenceOfPrefix(const trace::TraceStore& part, const trace::TraceStore& whole);

} // namespace kvprism::test
