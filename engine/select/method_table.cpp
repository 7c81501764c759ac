// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/method.h"
#include "engine/select/methods/methods.h"

#include <algorithm>
#include <array>

namespace kvprism::select {

namespace {

constexpr std::array<MethodSpec, 5> methods{{
    {.name = "peak",
     .title = "Peak",
     .description =
         "A token is worth what its single most interested layer, head and question token makes of it, "
         "times the size of its value vector (KVPrism's own).",
     .scorer = ScorerKind::peak,
     .pool = Pool::avg,
     .poolWidth = 15,
     .scoring = Scoring::question,
     .scoringIsFree = true,
     .choose = choosePeak},
    {.name = "exact",
     .title = "Exact attention",
     .description =
         "A token is worth the attention that the question gives it, summed over layers, heads and "
         "question tokens (LASER-KV, arXiv 2602.02199).",
     .scorer = ScorerKind::exact,
     .scoring = Scoring::question,
     .scoringIsFree = true,
     .choose = chooseExact},
    {.name = "recency",
     .title = "Recency",
     .description = "The newest tokens stay, beside the anchors (StreamingLLM, arXiv 2309.17453).",
     .accumulate = false,
     .choose = chooseRecency},
    {.name = "random",
     .title = "Random",
     .description = "A seeded draw decides: the baseline that every method should beat.",
     .choose = chooseRandom},
    {.name = "none",
     .title = "Dense",
     .description = "Everything stays: the uncompressed model.",
     .keepsAll = true,
     .choose = chooseAll},
}};

} // namespace

std::span<const MethodSpec> methodTable() {
    return methods;
}

const MethodSpec* findMethod(std::string_view name) {
    const auto found = std::find_if(methods.begin(), methods.end(),
                                    [&](const MethodSpec& method) { return method.name == name; });
    return found == methods.end() ? nullptr : &*found;
}

std::string_view name(ScorerKind kind) {
    constexpr std::array<std::string_view, 3> names{"", "exact", "peak"};
    return names[static_cast<std::size_t>(kind)];
}

} // namespace kvprism::select
