// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/method.h"
#include "engine/select/methods/methods.h"

#include <algorithm>
#include <array>

namespace kvprism::select {

namespace {

constexpr std::array<MethodSpec, 10> methods{{
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
    {.name = "lsh",
     .title = "LSH",
     .description =
         "A token is worth how often random hashes of its key meet those of the question (LASER-KV, "
         "arXiv 2602.02199; MagicPIG, arXiv 2410.16179).",
     .scorer = ScorerKind::lsh,
     .scoring = Scoring::question,
     .scoringIsFree = true,
     .choose = chooseLsh},
    {.name = "hybrid",
     .title = "Hybrid",
     .description =
         "Two methods share the quota: the primary takes its share, the secondary chooses the rest "
         "from what is left (LASER-KV, arXiv 2602.02199).",
     .scoring = Scoring::question,
     .scoringIsFree = true,
     .isHybrid = true,
     .choose = chooseAll},
    {.name = "snapkv",
     .title = "SnapKV",
     .description =
         "A token is worth the attention that the block's last tokens give it, the largest of seven "
         "neighbours (SnapKV, arXiv 2404.14469).",
     .scorer = ScorerKind::exact,
     .pool = Pool::max,
     .poolWidth = 7,
     .scoring = Scoring::window,
     .choose = chooseExact},
    {.name = "h2o",
     .title = "H2O",
     .description = "A token is worth the attention that all of the block gives it (H2O, arXiv 2306.14048).",
     .scorer = ScorerKind::exact,
     .scoring = Scoring::block,
     .choose = chooseExact},
    {.name = "knorm",
     .title = "Key norm",
     .description = "Tokens with the smallest keys stay: the model looks at them most (arXiv 2406.11430).",
     .scorer = ScorerKind::keyNorm,
     .choose = chooseSmallestKeys},
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

std::vector<Part> partsOf(const Config& config) {
    const MethodSpec* method = findMethod(config.method);
    if (!method)
        return {};
    if (!method->isHybrid)
        return {{method, config.scoring, config.scorePool, config.scorePoolWidth}};
    std::vector<Part> parts;
    for (const std::string& name : {config.hybridPrimary, config.hybridSecondary})
        if (const MethodSpec* part = findMethod(name))
            parts.push_back(
                {part, part->scoringIsFree ? config.scoring : part->scoring, part->pool, part->poolWidth});
    return parts;
}

std::vector<Part> furtherParts(const Config& config) {
    const std::vector<Part> parts = partsOf(config);
    Scoring scoring = Scoring::none;
    for (const Part& part : parts)
        if (scoring == Scoring::none)
            scoring = part.scoring;
    std::vector<Part> further;
    for (const char* name : {"exact", "peak", "knorm", "lsh"}) {
        const MethodSpec* method = findMethod(name);
        const bool byRows = method->scoring != Scoring::none;
        const bool possible = !byRows || (scoring != Scoring::none &&
                                          !(method->scorer == ScorerKind::lsh && scoring == Scoring::block));
        const bool measured = std::ranges::any_of(
            parts, [&](const Part& part) { return part.method->scorer == method->scorer; });
        if (possible && !measured)
            further.push_back({.method = method, .scoring = byRows ? scoring : Scoring::none});
    }
    return further;
}

std::string_view name(ScorerKind kind) {
    constexpr std::array<std::string_view, 5> names{"", "exact", "peak", "key norm", "lsh"};
    return names[static_cast<std::size_t>(kind)];
}

Scoring promptOf(const Config& config) {
    for (const Part& part : partsOf(config))
        if (part.scoring == Scoring::question || part.scoring == Scoring::standing)
            return part.scoring;
    return Scoring::none;
}

} // namespace kvprism::select
