// SPDX-License-Identifier: GPL-3.0-or-later
// The views lsh (what hashing saw) and overlap (what each selector would keep of the same candidates).
#include "app/cli/export/export_views.h"
#include "engine/select/options.h"
#include "engine/select/plan.h"
#include "engine/select/step_ranking.h"

#include <algorithm>

namespace kvprism::cli {

namespace {

constexpr const char* otherViews = " The views map, text and budget have numbers of every run.";

std::string methodsOf(const trace::Run& run) {
    std::string names;
    for (const std::string& selector : run.selectors)
        names += (names.empty() ? "" : " and ") + selector;
    return names.empty() ? "no selector" : names;
}

// Scores that only full detail adds, under the names of the methods that rank by them.
trace::CompressionStep withPlainNames(const trace::CompressionStep& step) {
    trace::CompressionStep copy = step;
    for (trace::ScoreColumn& column : copy.held.scores)
        if (column.name.starts_with(trace::otherPrefix))
            column.name.erase(0, trace::otherPrefix.size());
    return copy;
}

// A method as the run used it, else with its own pool.
select::Part partOf(const select::MethodSpec& method, const select::Config& config) {
    for (const select::Part& part : select::partsOf(config))
        if (part.method == &method)
            return part;
    return {&method, method.scoring, method.pool, method.poolWidth};
}

bool takesPart(const select::MethodSpec& method, const select::Config& config) {
    const bool runs = config.mode == select::Mode::recursive ? method.recursive : method.accumulate;
    return runs && !method.isHybrid && !method.keepsAll;
}

// 1 for the best candidate, then 2, …, as `method` would rank them; empty where the step lacks what it needs.
std::vector<std::int32_t> ranksBy(const select::MethodSpec& method, const select::Config& config,
                                  const trace::CompressionStep& step) {
    const std::vector<std::size_t> order = select::rankCandidates(step, config, partOf(method, config));
    if (order.empty())
        return {};
    std::vector<std::int32_t> ranks(step.held.size(), 0);
    std::int32_t rank = 0;
    for (const std::size_t row : order)
        ranks[row] = ++rank;
    return ranks;
}

std::vector<Cell> placeCells(const trace::CompressionStep& step, std::size_t row) {
    return {whole(step.index), whole(step.held.positions[row].value)};
}

Cell rankCell(const std::vector<std::int32_t>& ranks, std::size_t row) {
    return ranks.empty() ? Cell() : whole(ranks[row]);
}

// A step that had to choose.
bool chooses(const trace::CompressionStep& step) {
    return step.counts.candidates > step.quota;
}

std::vector<const select::MethodSpec*> methodsIn(const std::vector<std::string>& columns) {
    std::vector<const select::MethodSpec*> methods;
    for (const std::string& column : columns)
        if (column.starts_with("rank:"))
            methods.push_back(select::findMethod(column.substr(5)));
    return methods;
}

} // namespace

Result<std::vector<std::string>> lshColumns(const ExportSource& source) {
    std::int32_t tables = 0;
    bool hashes = false, distances = false;
    const Status done = forEachStep(source, [&](const trace::CompressionStep& step) {
        const trace::LshColumns& lsh = step.held.lsh;
        hashes = hashes || !lsh.empty();
        distances = distances || !lsh.distances.empty();
        if (!lsh.signatures.empty())
            tables = std::max(tables, lsh.tables);
    });
    if (!done)
        return done.error();
    if (!hashes)
        return unavailable("The recording holds no collisions and no distances: it ran with " +
                           methodsOf(source.outline.run()) + ", which hashed nothing." + otherViews);
    std::vector<std::string> columns{"step", "position", "kept", "rank", "collisions", "u"};
    if (distances)
        columns.emplace_back("distance");
    for (std::int32_t table = 0; table < tables; ++table)
        columns.push_back("signature:" + std::to_string(table));
    return columns;
}

Status lshRows(const ExportSource& source, const std::vector<std::string>& columns, const RowSink& sink) {
    const trace::Run& run = source.outline.run();
    const auto config = select::configOfRun(run);
    if (!config)
        return config.error();
    const select::MethodSpec& method = *select::findMethod("lsh");
    return forEachStep(source, [&](const trace::CompressionStep& step) {
        const trace::LshColumns& lsh = step.held.lsh;
        if (lsh.empty())
            return;
        const std::vector<std::int32_t> ranks = ranksBy(method, *config, step);
        for (std::size_t row = 0; row < step.held.size(); ++row) {
            if (!step.held.candidates[row])
                continue;
            std::vector<Cell> cells = placeCells(step, row);
            cells.emplace_back(step.held.tiers[row] != trace::Tier::dropped);
            cells.push_back(rankCell(ranks, row));
            cells.push_back(whole(lsh.collisions[row]));
            cells.emplace_back(lsh.u[row]);
            if (std::find(columns.begin(), columns.end(), "distance") != columns.end())
                cells.push_back(lsh.distances.empty() ? Cell() : Cell(lsh.distances[row]));
            for (std::size_t table = 0; cells.size() < columns.size(); ++table)
                cells.push_back(
                    lsh.signatures.empty()
                        ? Cell()
                        : whole(lsh.signatures[row * static_cast<std::size_t>(lsh.tables) + table]));
            sink(cells);
        }
    });
}

Result<std::vector<std::string>> overlapColumns(const ExportSource& source) {
    const auto config = select::configOfRun(source.outline.run());
    if (!config)
        return config.error();
    std::vector<std::string> columns{"step", "position", "quota", "kept"};
    bool anyChoice = false;
    std::vector<bool> ranked(select::methodTable().size(), false);
    const Status done = forEachStep(source, [&](const trace::CompressionStep& recorded) {
        if (!chooses(recorded))
            return;
        anyChoice = true;
        const trace::CompressionStep step = withPlainNames(recorded);
        for (std::size_t i = 0; i < ranked.size(); ++i)
            if (!ranked[i] && takesPart(select::methodTable()[i], *config))
                ranked[i] = !ranksBy(select::methodTable()[i], *config, step).empty();
    });
    if (!done)
        return done.error();
    if (!anyChoice)
        return unavailable(
            std::string("Nothing was dropped in any step, so no selector had to choose and there is "
                        "nothing to overlap.") +
            otherViews);
    for (std::size_t i = 0; i < ranked.size(); ++i) {
        const std::string name(select::methodTable()[i].name);
        if (ranked[i])
            columns.insert(columns.end(), {"rank:" + name, "keeps:" + name});
    }
    return columns;
}

Status overlapRows(const ExportSource& source, const std::vector<std::string>& columns, const RowSink& sink) {
    const auto config = select::configOfRun(source.outline.run());
    if (!config)
        return config.error();
    const std::vector<const select::MethodSpec*> methods = methodsIn(columns);
    return forEachStep(source, [&](const trace::CompressionStep& recorded) {
        if (!chooses(recorded))
            return;
        const trace::CompressionStep step = withPlainNames(recorded);
        std::vector<std::vector<std::int32_t>> ranks;
        for (const select::MethodSpec* method : methods)
            ranks.push_back(ranksBy(*method, *config, step));
        for (std::size_t row = 0; row < step.held.size(); ++row) {
            if (!step.held.candidates[row])
                continue;
            std::vector<Cell> cells = placeCells(step, row);
            cells.push_back(whole(step.quota));
            cells.emplace_back(step.held.tiers[row] != trace::Tier::dropped);
            for (const auto& rank : ranks) {
                cells.push_back(rankCell(rank, row));
                cells.push_back(rank.empty() ? Cell() : Cell(rank[row] <= step.quota));
            }
            sink(cells);
        }
    });
}

} // namespace kvprism::cli
