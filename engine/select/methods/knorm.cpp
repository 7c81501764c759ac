// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/methods/methods.h"
#include "engine/select/methods/top.h"

#include <cmath>

namespace kvprism::select {

// Devoto and others, "A Simple and Effective L2 Norm-Based Strategy for KV Cache Compression" (arXiv
// 2406.11430): keys of small norm draw attention. Here averaged over layers and KV heads, because one list
// serves them all.
Choice chooseSmallestKeys(const Candidates& candidates) {
    const auto norm = [&](std::int32_t row) { return candidates.scores[static_cast<std::size_t>(row)]; };
    Choice choice = chooseTop(candidates, [&](std::int32_t a, std::int32_t b) {
        if (std::isnan(norm(a)) || std::isnan(norm(b)))
            return !std::isnan(norm(a)) && std::isnan(norm(b));
        return norm(a) < norm(b);
    });
    if (!choice.ranked.empty())
        choice.cut = norm(choice.ranked.back());
    return choice;
}

} // namespace kvprism::select
