// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/views_truth.h"
#include "views/models/score_points.h"
#include "views/models/step_ranks.h"

#include <algorithm>

namespace kvprism::views {

using trace::Tier;

namespace {

const std::vector<float>* columnOf(const DirectStep& step, const ScoreKind& kind, std::vector<float>& made) {
    switch (kind.source) {
    case ScoreKind::Source::collisions:
        made.assign(step.collisions.begin(), step.collisions.end());
        return &made;
    case ScoreKind::Source::distance:
        return &step.distances;
    case ScoreKind::Source::u:
        return &step.u;
    case ScoreKind::Source::column:
        break;
    }
    const auto found = step.scores.find(kind.name);
    return found == step.scores.end() ? nullptr : &found->second;
}

} // namespace

void ViewsTellTheTruth::checkScores(std::size_t index) {
    const DirectStep& is = m_case->direct.steps[index];
    const std::vector<ScoreKind> kinds = scoreKinds(*m_case->model.run(), m_case->step(index));
    const std::size_t recorded = is.scores.size() + (is.collisions.empty() ? 0 : 1) +
                                 (is.distances.empty() ? 0 : 1) + (is.u.empty() ? 0 : 1);
    same("scores", QStringLiteral("kinds at step %1").arg(index), kinds.size(), recorded);
    for (const ScoreKind& kind : kinds) {
        const auto what = [&](const char* of) {
            return QStringLiteral("%1 by %2 at step %3")
                .arg(QLatin1String(of), QString::fromStdString(kind.name))
                .arg(index);
        };
        std::vector<float> made;
        const std::vector<float>* values = columnOf(is, kind, made);
        same("scores", what("whether there is a column"), values != nullptr, true);
        if (!values)
            continue;
        const ScorePoints says(*m_case->model.run(), m_case->step(index), kind);
        std::size_t point = 0;
        int kept = 0, byIt = 0;
        float previous = 0;
        for (std::size_t row = 0; row < is.rows(); ++row) {
            if (!is.candidates[row])
                continue;
            const bool there = point < says.points().size();
            same("scores", what("a candidate"), there, true);
            if (!there)
                return;
            const ScorePoints::Point& one = says.points()[point++];
            same("scores", what("a token"), one.token, is.positions[row]);
            same("scores", what("a value"), one.value, (*values)[row]);
            same("scores", what("whether it is kept"), one.kept(), is.keeps(row));
            kept += is.keeps(row);
            byIt += is.keeps(row) && kind.selector && is.selectors[row] == *kind.selector;
        }
        same("scores", what("the candidates"), says.points().size(), point);
        same("scores", what("the kept"), says.kept(), kept);
        same("scores", what("the chosen by it"), says.chosen(), kind.selector ? byIt : 0);
        const auto cut = kind.selector ? is.cuts.find(*kind.selector) : is.cuts.end();
        same("scores", what("a cut"), says.cut().has_value(), cut != is.cuts.end() && !kind.drawn);
        if (says.cut() && cut != is.cuts.end())
            same("scores", what("the cut"), *says.cut(), cut->second);
        if (kind.source != ScoreKind::Source::column)
            continue;
        for (int rank = 1; rank <= says.ranked(); ++rank) {
            const float value = says.ranking(rank).value * (kind.smallestFirst ? -1.0F : 1.0F);
            same("scores", what("the order of values"), rank == 1 || value <= previous, true);
            previous = value;
        }
    }
}

std::vector<int> tokensByColumn(const DirectStep& step, const std::vector<float>& values,
                                bool smallestFirst) {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < step.rows(); ++row)
        if (step.candidates[row])
            rows.push_back(row);
    std::ranges::stable_sort(rows, [&](std::size_t a, std::size_t b) {
        return smallestFirst ? values[a] < values[b] : values[a] > values[b];
    });
    std::vector<int> tokens;
    for (const std::size_t row : rows)
        tokens.push_back(step.positions[row]);
    return tokens;
}

void ViewsTellTheTruth::checkRanks(std::size_t index) {
    const DirectStep& is = m_case->direct.steps[index];
    const std::string& method =
        m_case->direct.selectors.empty() ? std::string() : m_case->direct.selectors[0];
    const auto pooled = is.scores.find("pooled"), own = is.scores.find(method);
    const auto column = pooled != is.scores.end() ? pooled : own;
    if (column == is.scores.end())
        return;
    const StepRanks says(*m_case->model.run(), m_case->step(index));
    const std::vector<int> order = tokensByColumn(is, column->second, method == "knorm");
    same("ranks", QStringLiteral("candidates of step %1").arg(index), says.candidates(),
         static_cast<int>(order.size()));
    for (std::size_t i = 0; i < order.size(); ++i)
        same("ranks", QStringLiteral("token %1 at step %2").arg(order[i]).arg(index),
             says.rankOf(*is.rowOf(order[i])).value_or(0), static_cast<int>(i) + 1);
}

} // namespace kvprism::views
