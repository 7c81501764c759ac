// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/score_points.h"

#include "engine/select/method.h"
#include "engine/select/options.h"
#include "engine/select/step_ranking.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kvprism::views {

using select::ScorerKind;
using trace::CompressionStep;
using trace::HeldTokens;
using Source = ScoreKind::Source;

namespace {

bool hasColumn(const HeldTokens& held, const std::string& name) {
    return std::ranges::any_of(held.scores, [&](const trace::ScoreColumn& column) {
        return column.name == name && column.values.size() == held.size();
    });
}

// What the part with this index chose by, where that is recorded.
std::optional<ScoreKind> decidingKind(const HeldTokens& held, const select::Config& config,
                                      const select::Part& part, int index) {
    const std::string method(part.method->name);
    if (part.method->scorer == ScorerKind::lsh && !held.lsh.empty()) {
        const bool byCollisions = config.lshMode == select::LshMode::frequencyRank;
        return ScoreKind{.source = byCollisions ? Source::collisions : Source::u,
                         .name = byCollisions ? "collisions" : "u",
                         .selector = index,
                         .drawn = config.lshMode == select::LshMode::magicpigSampling};
    }
    if (!select::givesScores(part.method->scorer))
        return std::nullopt;
    const std::string pooled = index == 0 ? "pooled" : "pooled:" + method;
    const std::string name = hasColumn(held, pooled) ? pooled : method;
    if (!hasColumn(held, name))
        return std::nullopt;
    return ScoreKind{
        .name = name, .selector = index, .smallestFirst = part.method->scorer == ScorerKind::keyNorm};
}

bool isKeyNorm(std::string_view column) {
    if (column.starts_with(trace::otherPrefix))
        column.remove_prefix(trace::otherPrefix.size());
    const select::MethodSpec* method = select::findMethod(column);
    return method && method->scorer == ScorerKind::keyNorm;
}

std::vector<float> valuesOf(const HeldTokens& held, const ScoreKind& kind) {
    switch (kind.source) {
    case Source::collisions:
        return {held.lsh.collisions.begin(), held.lsh.collisions.end()};
    case Source::distance:
        return held.lsh.distances;
    case Source::u:
        return held.lsh.u;
    case Source::column:
        break;
    }
    for (const trace::ScoreColumn& column : held.scores)
        if (column.name == kind.name)
            return column.values;
    return {};
}

} // namespace

std::vector<ScoreKind> scoreKinds(const trace::Run& run, const CompressionStep& step) {
    const HeldTokens& held = step.held;
    std::vector<ScoreKind> kinds;
    const auto add = [&](const ScoreKind& kind) {
        if (std::ranges::none_of(kinds, [&](const ScoreKind& one) { return one.name == kind.name; }))
            kinds.push_back(kind);
    };
    if (const auto config = select::configOfRun(run)) {
        const auto parts = select::partsOf(*config);
        for (std::size_t index = 0; index < parts.size(); ++index)
            if (const auto kind = decidingKind(held, *config, parts[index], static_cast<int>(index)))
                add(*kind);
    }
    for (const trace::ScoreColumn& column : held.scores)
        if (column.values.size() == held.size())
            add({.name = column.name, .smallestFirst = isKeyNorm(column.name)});
    if (held.lsh.collisions.size() == held.size())
        add({.source = Source::collisions, .name = "collisions"});
    if (held.lsh.distances.size() == held.size())
        add({.source = Source::distance, .name = "distance", .smallestFirst = true});
    if (held.lsh.u.size() == held.size())
        add({.source = Source::u, .name = "u"});
    return held.size() == 0 ? std::vector<ScoreKind>() : kinds;
}

std::optional<int> firstScoredStep(const std::vector<std::shared_ptr<const CompressionStep>>& steps) {
    const auto found = std::ranges::find_if(
        steps, [](const auto& step) { return !step->held.scores.empty() || !step->held.lsh.empty(); });
    if (found == steps.end())
        return std::nullopt;
    return static_cast<int>(found - steps.begin());
}

ScorePoints::ScorePoints(const trace::Run& run, const CompressionStep& step, const ScoreKind& kind)
    : m_kind(kind) {
    const HeldTokens& held = step.held;
    const std::vector<float> values = valuesOf(held, kind);
    if (values.size() != held.size())
        return;
    std::vector<std::size_t> pointOfRow(held.size(), 0);
    for (std::size_t row = 0; row < held.size(); ++row) {
        if (!held.candidates[row])
            continue;
        pointOfRow[row] = m_points.size();
        m_points.push_back({held.positions[row].value, values[row], 0, held.tiers[row], held.reasons[row],
                            held.selectors[row]});
        m_kept += m_points.back().kept();
    }
    rank(run, step, pointOfRow);
    if (!kind.selector || kind.drawn)
        return;
    for (const trace::Cut& one : step.cuts)
        if (one.selector == *kind.selector)
            m_cut = one.value;
}

void ScorePoints::rank(const trace::Run& run, const CompressionStep& step,
                       const std::vector<std::size_t>& pointOfRow) {
    if (m_kind.selector) {
        for (const std::size_t row :
             select::rankedCandidates(run, step, static_cast<std::size_t>(*m_kind.selector)))
            m_byRank.push_back(pointOfRow[row]);
        std::erase_if(m_byRank, [&](std::size_t index) {
            return m_points[index].kept() && m_points[index].selector < *m_kind.selector;
        });
        for (const std::size_t index : m_byRank)
            m_chosen += m_points[index].kept() && m_points[index].selector == *m_kind.selector;
    } else {
        m_byRank.resize(m_points.size());
        std::iota(m_byRank.begin(), m_byRank.end(), std::size_t{0});
        const float sign = m_kind.smallestFirst ? -1.0F : 1.0F;
        std::ranges::stable_sort(m_byRank, [&](std::size_t a, std::size_t b) {
            const float one = m_points[a].value, other = m_points[b].value;
            if (std::isnan(one) || std::isnan(other))
                return !std::isnan(one) && std::isnan(other);
            return sign * one > sign * other;
        });
    }
    int rank = 0;
    for (const std::size_t index : m_byRank)
        m_points[index].rank = ++rank;
}

std::optional<std::size_t> ScorePoints::find(int token) const {
    const auto found = std::ranges::lower_bound(m_points, token, {}, &Point::token);
    if (found == m_points.end() || found->token != token)
        return std::nullopt;
    return static_cast<std::size_t>(found - m_points.begin());
}

std::optional<double> ScorePoints::margin(const Point& point) const {
    if (!m_cut || point.rank == 0 || std::isnan(point.value))
        return std::nullopt;
    const double above = static_cast<double>(point.value) - static_cast<double>(*m_cut);
    return m_kind.smallestFirst ? -above : above;
}

} // namespace kvprism::views
