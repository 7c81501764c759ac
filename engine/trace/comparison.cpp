// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/comparison.h"

#include <algorithm>
#include <iterator>

namespace kvprism::trace {

namespace {

Error differentTokens(const std::string& what) {
    return malformed("The two recordings read " + what +
                     ": only runs of one model over one document can be compared.");
}

std::string documentName(const Run& run) {
    return run.withoutText ? std::string("a document without a name") : "'" + run.document.name + "'";
}

const std::string* valueOf(const Run& run, const std::string& name) {
    const auto place = std::find_if(run.config.begin(), run.config.end(),
                                    [&](const Setting& setting) { return setting.name == name; });
    return place == run.config.end() ? nullptr : &place->value;
}

} // namespace

std::vector<StreamPos> keptPositions(const CompressionStep& step) {
    std::vector<StreamPos> kept;
    for (std::size_t row = 0; row < step.held.size(); ++row)
        if (step.held.tiers[row] != Tier::dropped)
            kept.push_back(step.held.positions[row]);
    return kept;
}

double KeptComparison::jaccard() const {
    const std::size_t any = both.size() + onlyA.size() + onlyB.size();
    return any == 0 ? 1 : static_cast<double>(both.size()) / static_cast<double>(any);
}

KeptComparison compareKept(const CompressionStep& a, const CompressionStep& b) {
    const std::vector<StreamPos> keptA = keptPositions(a), keptB = keptPositions(b);
    KeptComparison result;
    std::set_intersection(keptA.begin(), keptA.end(), keptB.begin(), keptB.end(),
                          std::back_inserter(result.both));
    std::set_difference(keptA.begin(), keptA.end(), keptB.begin(), keptB.end(),
                        std::back_inserter(result.onlyA));
    std::set_difference(keptB.begin(), keptB.end(), keptA.begin(), keptA.end(),
                        std::back_inserter(result.onlyB));
    const std::size_t any = result.both.size() + result.onlyA.size() + result.onlyB.size();
    result.neither = a.end.value - static_cast<std::int32_t>(any);
    return result;
}

Status checkSameTokens(const Run& a, const Run& b) {
    if (a.streamTokens() != b.streamTokens())
        return differentTokens(documentName(a) + " (" + std::to_string(a.streamTokens()) + " tokens) and " +
                               documentName(b) + " (" + std::to_string(b.streamTokens()) + " tokens)");
    if (!a.withoutText && !b.withoutText && a.tokens.ids != b.tokens.ids) {
        const auto [inA, inB] = std::mismatch(a.tokens.ids.begin(), a.tokens.ids.end(), b.tokens.ids.begin());
        return differentTokens("different tokens from position " +
                               std::to_string(inA - a.tokens.ids.begin()) + " on (" + documentName(a) +
                               " and " + documentName(b) + ")");
    }
    return {};
}

Status checkComparable(const Run& a, const Run& b) {
    if (const Status same = checkSameTokens(a, b); !same)
        return same;
    if (a.blockSize != b.blockSize)
        return malformed(
            "The two recordings read in blocks of " + std::to_string(a.blockSize) + " and of " +
            std::to_string(b.blockSize) +
            " tokens, so their steps do not stand side by side: run both with one --block-size.");
    return {};
}

std::vector<SettingDifference> settingDifferences(const Run& a, const Run& b) {
    std::vector<SettingDifference> differences;
    for (const Setting& setting : a.config) {
        const std::string* other = valueOf(b, setting.name);
        if (!other || *other != setting.value)
            differences.push_back({setting.name, setting.value, other ? *other : std::string()});
    }
    for (const Setting& setting : b.config)
        if (!valueOf(a, setting.name))
            differences.push_back({setting.name, {}, setting.value});
    return differences;
}

} // namespace kvprism::trace
