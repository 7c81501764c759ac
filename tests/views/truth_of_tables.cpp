// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tables/tables.h"
#include "tests/views/views_truth.h"
#include "views/models/run_comparison.h"

#include <algorithm>

namespace kvprism::views {

using trace::Tier;

// Exports: row by row what the file says.
void ViewsTellTheTruth::checkTables() {
    const tables::StoreSource source(m_case->model.store());
    const auto rowsOf = [&](const char* name) {
        const tables::Table* table = tables::findTable(name);
        std::vector<std::vector<tables::Cell>> rows;
        const auto columns = table->columns(source);
        const auto excerpt = tables::excerptOf(source, *table, {});
        if (columns && excerpt)
            if (!table->rows(*excerpt, *columns, [&](const auto& cells) { rows.push_back(cells); }))
                rows.clear();
        return rows;
    };
    const auto number = [](const tables::Cell& cell) {
        const auto* value = std::get_if<std::int64_t>(&cell);
        return value ? static_cast<int>(*value) : -1;
    };
    const auto map = rowsOf("map"), budget = rowsOf("budget"), scores = rowsOf("scores");
    std::size_t inMap = 0, inScores = 0;
    for (std::size_t index = 0; index < m_case->direct.steps.size(); ++index) {
        const DirectStep& is = m_case->direct.steps[index];
        same("export of budget", QStringLiteral("kept at step %1").arg(index),
             index < budget.size() ? number(budget[index][11]) : -1, is.kept());
        for (std::size_t row = 0; row < is.rows(); ++row) {
            const bool there = inMap < map.size();
            same("export of map", QStringLiteral("a row"), there, true);
            if (!there)
                return;
            same("export of map", QStringLiteral("a position"), number(map[inMap][1]), is.positions[row]);
            same("export of map", QStringLiteral("a tier"), std::get<std::string>(map[inMap][2]),
                 std::string(name(is.tiers[row])));
            ++inMap;
            if (!is.candidates[row] || inScores >= scores.size())
                continue;
            same("export of scores", QStringLiteral("a position"), number(scores[inScores][1]),
                 is.positions[row]);
            same("export of scores", QStringLiteral("what is kept"), std::get<bool>(scores[inScores][3]),
                 is.keeps(row));
            ++inScores;
        }
    }
    same("export of map", QStringLiteral("rows"), map.size(), inMap);
    std::size_t candidates = 0;
    for (const DirectStep& is : m_case->direct.steps)
        candidates += static_cast<std::size_t>(std::ranges::count(is.candidates, true));
    same("export of scores", QStringLiteral("rows"), scores.size(), candidates);
}

void ViewsTellTheTruth::checkComparison() {
    // Another method over the same tokens and blocks.
    select::Settings other{{"method", "random"},
                           {"block-size", m_case->settings["block-size"]},
                           {"budget", m_case->settings["budget"]}};
    const std::string first = m_case->path;
    m_case->path += ".other";
    record(test::plannedRun({.settings = other, .streamTokens = m_case->direct.tokens, .seed = m_case->seed}),
           false);
    const DirectRun b = test::directQuery(m_case->path);
    TraceModel second;
    open(m_case->path, second);
    m_case->path = first;
    RunComparison comparison(&m_case->model);
    comparison.setOther(&second);
    same("comparison", QStringLiteral("whether it can be"), comparison.ready(), true);
    for (std::size_t index = 0; index < m_case->direct.steps.size() && index < b.steps.size(); ++index) {
        KeptCounts is;
        for (int token = 0; token < m_case->direct.tokens; ++token) {
            const auto inA = m_case->direct.steps[index].tierOf(token), inB = b.steps[index].tierOf(token);
            if (!inA || !inB)
                ++is.unread;
            else if (*inA == Tier::dropped)
                ++(*inB == Tier::dropped ? is.neither : is.onlyB);
            else
                ++(*inB == Tier::dropped ? is.onlyA : is.both);
        }
        same("comparison", QStringLiteral("step %1").arg(index), comparison.count(static_cast<int>(index)),
             is);
    }
}

} // namespace kvprism::views
