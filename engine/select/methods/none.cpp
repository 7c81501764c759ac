// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/methods/methods.h"
#include "engine/select/methods/top.h"

namespace kvprism::select {

// The dense model has no candidates, so it is never asked; asked all the same, it takes them as they come.
Choice chooseAll(const Candidates& candidates) {
    return chooseTop(candidates, [](std::int32_t, std::int32_t) { return false; });
}

} // namespace kvprism::select
