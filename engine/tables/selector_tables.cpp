// SPDX-License-Identifier: GPL-3.0-or-later
// The views lsh (what hashing saw) and overlap (what each selector would keep of the same candidates).
#include "engine/select/options.h"
#include "engine/select/overlap.h"
#include "engine/select/step_ranking.h"
#include "engine/tables/tables.h"

#include <algorithm>

namespace kvprism::tables {

namespace {

constexpr const char* otherViews = " The views map, text and budget have numbers of every run.";

std::string methodsOf(const trace::Run& run) {
    std::string names;
    for (const std::string& selector : run.selectors)
        names += (names.empty() ? "" : " and ") + selector;
    return names.empty() ? "no selector" : names;
}

std::vector<Cell> placeCells(const trace::CompressionStep& step, std::size_t row) {
    return {whole(step.index), whole(step.held.positions[row].value)};
}

Cell rankCell(const std::vector<std::int32_t>& ranks, std::size_t row) {
    return ranks.empty() ? Cell() : whole(ranks[row]);
}

// The parts whose columns overlapColumns() made.
std::vector<select::Part> partsIn(const std::vector<std::string>& columns, const select::Config& config) {
    std::vector<select::Part> parts;
    for (const select::Part& part : select::loneParts(config))
        if (std::ranges::find(columns, "rank:" + std::string(part.method->name)) != columns.end())
            parts.push_back(part);
    return parts;
}

} // namespace

Result<Columns> lshColumns(const RunSource& source) {
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
                           methodsOf(source.run()) + ", which hashed nothing." + otherViews);
    std::vector<std::string> columns{"step", "position", "kept", "rank", "collisions", "u"};
    if (distances)
        columns.emplace_back("distance");
    for (std::int32_t table = 0; table < tables; ++table)
        columns.push_back("signature:" + std::to_string(table));
    return columns;
}

Status lshRows(const Excerpt& excerpt, const Columns& columns, const RowSink& sink) {
    const trace::Run& run = excerpt.source.run();
    const auto config = select::configOfRun(run);
    if (!config)
        return config.error();
    const select::Part part = select::lonePart(*select::findMethod("lsh"), *config);
    return forEachStep(excerpt, [&](const trace::CompressionStep& step) {
        const trace::LshColumns& lsh = step.held.lsh;
        if (lsh.empty())
            return;
        const std::vector<std::int32_t> ranks = select::candidateRanks(step, *config, part);
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

Result<Columns> overlapColumns(const RunSource& source) {
    const auto config = select::configOfRun(source.run());
    if (!config)
        return config.error();
    std::vector<std::string> columns{"step", "position", "quota", "kept"};
    bool anyChoice = false;
    const std::vector<select::Part> parts = select::loneParts(*config);
    std::vector<bool> recorded(parts.size(), false);
    const Status done = forEachStep(source, [&](const trace::CompressionStep& step) {
        if (!select::hadToChoose(step))
            return;
        anyChoice = true;
        for (std::size_t i = 0; i < parts.size(); ++i)
            recorded[i] = recorded[i] || select::inputsRecorded(step, parts[i]);
    });
    if (!done)
        return done.error();
    if (!anyChoice)
        return unavailable(
            std::string("Nothing was dropped in any step, so no selector had to choose and there is "
                        "nothing to overlap.") +
            otherViews);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::string name(parts[i].method->name);
        if (recorded[i])
            columns.insert(columns.end(), {"rank:" + name, "keeps:" + name});
    }
    return columns;
}

Status overlapRows(const Excerpt& excerpt, const Columns& columns, const RowSink& sink) {
    const auto config = select::configOfRun(excerpt.source.run());
    if (!config)
        return config.error();
    const std::vector<select::Part> parts = partsIn(columns, *config);
    return forEachStep(excerpt, [&](const trace::CompressionStep& step) {
        if (!select::hadToChoose(step))
            return;
        std::vector<std::vector<std::int32_t>> ranks;
        for (const select::Part& part : parts)
            ranks.push_back(select::candidateRanks(step, *config, part));
        for (std::size_t row = 0; row < step.held.size(); ++row) {
            if (!step.held.candidates[row])
                continue;
            std::vector<Cell> cells = placeCells(step, row);
            cells.push_back(whole(step.quota));
            cells.emplace_back(step.held.tiers[row] != trace::Tier::dropped);
            for (const auto& rank : ranks) {
                cells.push_back(rankCell(rank, row));
                if (rank.empty())
                    cells.emplace_back();
                else
                    cells.emplace_back(rank[row] <= step.quota);
            }
            sink(cells);
        }
    });
}

} // namespace kvprism::tables
