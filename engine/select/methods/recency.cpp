// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/methods/methods.h"
#include "engine/select/methods/top.h"

namespace kvprism::select {

// StreamingLLM (arXiv 2309.17453): attention sinks, which the anchors are, and the newest tokens.
Choice chooseRecency(const Candidates& candidates) {
    Choice choice = chooseTop(candidates, [](std::int32_t a, std::int32_t b) { return a > b; });
    if (!choice.ranked.empty())
        choice.cut =
            static_cast<float>(candidates.positions[static_cast<std::size_t>(choice.ranked.back())].value);
    return choice;
}

} // namespace kvprism::select
