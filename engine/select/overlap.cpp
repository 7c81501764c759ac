// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/overlap.h"

#include "engine/select/plan.h"

#include <algorithm>
#include <bit>
#include <map>

namespace kvprism::select {

bool hadToChoose(const trace::CompressionStep& step) {
    return step.counts.candidates > step.quota;
}

Part lonePart(const MethodSpec& method, const Config& config) {
    for (const Part& part : partsOf(config))
        if (part.method == &method)
            return part;
    return {&method, method.scoring, method.pool, method.poolWidth};
}

std::vector<Part> loneParts(const Config& config) {
    std::vector<Part> parts;
    for (const MethodSpec& method : methodTable()) {
        const bool runs = config.mode == Mode::recursive ? method.recursive : method.accumulate;
        if (runs && !method.isHybrid && !method.keepsAll)
            parts.push_back(lonePart(method, config));
    }
    return parts;
}

bool inputsRecorded(const trace::CompressionStep& step, const Part& part) {
    if (part.method->scorer == ScorerKind::lsh)
        return !step.held.lsh.empty();
    return !givesScores(part.method->scorer) || rawScores(step.held, *part.method);
}

Remedy remedyFor(const Part& part, const Config& config) {
    Config full = config;
    full.recordDetail = RecordDetail::full;
    const auto isIt = [&](const Part& other) { return other.method == part.method; };
    if (std::ranges::any_of(partsOf(full), isIt) || std::ranges::any_of(furtherParts(full), isIt))
        return Remedy::fullDetail;
    const bool anyScoring =
        std::ranges::any_of(partsOf(config), [](const Part& own) { return own.scoring != Scoring::none; });
    return part.method->scoringIsFree && !anyScoring ? Remedy::prompt : Remedy::ownRun;
}

KeptSets keptSets(const trace::CompressionStep& step, const Config& config) {
    KeptSets sets;
    std::vector<std::size_t> entryOf(step.held.size(), 0);
    for (std::size_t row = 0; row < step.held.size(); ++row) {
        if (!step.held.candidates[row])
            continue;
        entryOf[row] = sets.rows.size();
        sets.rows.push_back(row);
        sets.kept.push_back(step.held.tiers[row] != trace::Tier::dropped);
    }
    sets.keepers.assign(sets.rows.size(), 0);
    if (!hadToChoose(step))
        return sets;
    for (const Part& part : loneParts(config)) {
        if (!inputsRecorded(step, part))
            continue;
        const std::uint32_t bit = std::uint32_t{1} << sets.methods.size();
        sets.methods.push_back(part.method);
        const std::vector<std::size_t> order = rankCandidates(step, config, part);
        const auto places = std::min(order.size(), static_cast<std::size_t>(std::max(step.quota, 0)));
        for (std::size_t rank = 0; rank < places; ++rank)
            sets.keepers[entryOf[order[rank]]] |= bit;
    }
    return sets;
}

std::vector<Combination> combinations(const KeptSets& sets, std::uint32_t among) {
    std::map<std::uint32_t, Combination> found;
    for (std::size_t entry = 0; entry < sets.rows.size(); ++entry) {
        const std::uint32_t keepers = sets.keepers[entry] & among;
        Combination& combination = found[keepers];
        combination.keepers = keepers;
        ++combination.tokens;
        combination.kept += sets.kept[entry];
    }
    std::vector<Combination> all;
    for (const auto& [keepers, combination] : found)
        all.push_back(combination);
    std::ranges::sort(all, [](const Combination& a, const Combination& b) {
        if (a.tokens != b.tokens)
            return a.tokens > b.tokens;
        const int methodsOfA = std::popcount(a.keepers), methodsOfB = std::popcount(b.keepers);
        return methodsOfA != methodsOfB ? methodsOfA < methodsOfB : a.keepers < b.keepers;
    });
    return all;
}

double SharedTokens::jaccard(std::size_t a, std::size_t b) const {
    const std::int32_t either = sizeOf(a) + sizeOf(b) - both(a, b);
    return either == 0 ? 1.0 : static_cast<double>(both(a, b)) / either;
}

SharedTokens sharedTokens(const KeptSets& sets) {
    SharedTokens tokens;
    tokens.sets = sets.methods.size() + 1;
    tokens.shared.assign(tokens.sets * tokens.sets, 0);
    const std::uint32_t run = std::uint32_t{1} << tokens.run();
    std::map<std::uint32_t, std::int32_t> counts; // far fewer combinations than tokens
    for (std::size_t entry = 0; entry < sets.rows.size(); ++entry)
        ++counts[sets.keepers[entry] | (sets.kept[entry] ? run : 0)];
    for (const auto& [members, count] : counts)
        for (std::size_t a = 0; a < tokens.sets; ++a)
            for (std::size_t b = 0; b < tokens.sets; ++b)
                if ((members >> a & 1) && (members >> b & 1))
                    tokens.shared[a * tokens.sets + b] += count;
    return tokens;
}

} // namespace kvprism::select
