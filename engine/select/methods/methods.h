// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/method.h"

// The rules, one file each. Only the registry (method_table.cpp) names them.
namespace kvprism::select {

Choice choosePeak(const Candidates& candidates);
Choice chooseExact(const Candidates& candidates);
Choice chooseLsh(const Candidates& candidates);
Choice chooseSmallestKeys(const Candidates& candidates);
Choice chooseRecency(const Candidates& candidates);
Choice chooseRandom(const Candidates& candidates);
Choice chooseAll(const Candidates& candidates);

} // namespace kvprism::select
