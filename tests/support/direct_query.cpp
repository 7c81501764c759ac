// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/direct_query.h"

#include "engine/trace/recording/column_codec.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <sqlite3.h>

namespace kvprism::test {

namespace {

using trace::Reason;
using trace::Tier;

[[noreturn]] void stop(const std::string& why) {
    std::fprintf(stderr, "A direct query failed: %s\n", why.c_str());
    std::abort();
}

class Query {
  public:
    Query(sqlite3* database, const char* sql) {
        if (sqlite3_prepare_v2(database, sql, -1, &m_statement, nullptr) != SQLITE_OK)
            stop(sqlite3_errmsg(database));
    }
    ~Query() { sqlite3_finalize(m_statement); }
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    bool next() { return sqlite3_step(m_statement) == SQLITE_ROW; }
    std::int64_t whole(int column) const { return sqlite3_column_int64(m_statement, column); }
    int number(int column) const { return sqlite3_column_int(m_statement, column); }
    float real(int column) const { return static_cast<float>(sqlite3_column_double(m_statement, column)); }
    std::string text(int column) const {
        return reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    }
    template <class T> std::vector<T> values(int blob, std::size_t count, bool delta) const {
        const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(m_statement, blob));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(m_statement, blob));
        auto decoded = trace::recording::decodeColumn<T>({bytes, size}, count, delta);
        if (!decoded)
            stop(decoded.error().message);
        return *decoded;
    }

  private:
    sqlite3_stmt* m_statement = nullptr;
};

// A column of numbers, whatever their type on disk.
template <class T> std::vector<T> numbers(const Query& query, int type, int delta, int count, int blob) {
    const std::string stored = query.text(type);
    const auto rows = static_cast<std::size_t>(query.whole(count));
    const bool differences = query.number(delta) != 0;
    const auto as = [&]<class Stored>(Stored) {
        std::vector<T> result;
        for (const Stored value : query.values<Stored>(blob, rows, differences))
            result.push_back(static_cast<T>(value));
        return result;
    };
    if (stored == "f32")
        return as(float());
    if (stored == "i32")
        return as(std::int32_t());
    if (stored == "i64")
        return as(std::int64_t());
    if (stored == "u32")
        return as(std::uint32_t());
    if (stored == "u16")
        return as(std::uint16_t());
    return as(std::uint8_t());
}

void readColumns(sqlite3* database, DirectRun& run) {
    Query query(database,
                "SELECT step, name, type, delta, count, data FROM step_columns ORDER BY step, position");
    while (query.next()) {
        DirectStep& step = run.steps[static_cast<std::size_t>(query.number(0))];
        const std::string name = query.text(1);
        const auto wholes = [&] { return numbers<int>(query, 2, 3, 4, 5); };
        const auto floats = [&] { return numbers<float>(query, 2, 3, 4, 5); };
        if (name == "position")
            step.positions = wholes();
        else if (name == "tier")
            for (const int tier : wholes())
                step.tiers.push_back(static_cast<Tier>(tier));
        else if (name == "reason")
            for (const int reason : wholes())
                step.reasons.push_back(static_cast<Reason>(reason));
        else if (name == "candidate")
            for (const int candidate : wholes())
                step.candidates.push_back(candidate != 0);
        else if (name == "selector")
            step.selectors = wholes();
        else if (name.starts_with("score:"))
            step.scores[name.substr(6)] = floats();
        else if (name == "lsh_collisions")
            step.collisions = wholes();
        else if (name == "lsh_u")
            step.u = floats();
        else if (name == "lsh_distance")
            step.distances = floats();
        else if (name.starts_with("lsh_signature:"))
            step.signatures.push_back(wholes());
    }
}

void readPrompts(sqlite3* database, DirectRun& run) {
    Query query(database, "SELECT step, tables, bits, prompt_rows, data FROM lsh");
    while (query.next()) {
        DirectStep& step = run.steps[static_cast<std::size_t>(query.number(0))];
        step.tables = query.number(1);
        step.bits = query.number(2);
        const auto tables = static_cast<std::size_t>(step.tables);
        const auto rows = static_cast<std::size_t>(query.number(3));
        const auto all = query.values<std::uint16_t>(4, rows * tables, false);
        step.promptSignatures.assign(tables, {});
        for (std::size_t i = 0; i < all.size(); ++i)
            step.promptSignatures[i % tables].push_back(all[i]);
    }
}

void readTokens(sqlite3* database, DirectRun& run) {
    std::vector<int> ends;
    std::string pieces;
    Query query(database, "SELECT name, type, delta, count, data FROM token_columns");
    while (query.next()) {
        if (query.text(0) == "piece_end")
            ends = numbers<int>(query, 1, 2, 3, 4);
        else if (query.text(0) == "pieces")
            for (const int byte : numbers<int>(query, 1, 2, 3, 4))
                pieces.push_back(static_cast<char>(byte));
    }
    std::size_t begin = 0;
    for (const int end : ends) {
        run.pieces.push_back(pieces.substr(begin, static_cast<std::size_t>(end) - begin));
        begin = static_cast<std::size_t>(end);
    }
}

void readSteps(sqlite3* database, DirectRun& run) {
    Query steps(database, "SELECT block_begin, block_end, quota FROM steps ORDER BY step");
    while (steps.next()) {
        DirectStep& step = run.steps.emplace_back();
        step.begin = steps.number(0);
        step.end = steps.number(1);
        step.quota = steps.number(2);
    }
    Query cuts(database, "SELECT step, selector, value FROM cuts ORDER BY step, position");
    while (cuts.next())
        run.steps[static_cast<std::size_t>(cuts.number(0))].cuts[cuts.number(1)] = cuts.real(2);
    Query applied(database, "SELECT step, bytes_kept FROM applied");
    while (applied.next())
        run.steps[static_cast<std::size_t>(applied.number(0))].bytesKept = applied.whole(1);
}

} // namespace

int DirectStep::kept() const {
    return static_cast<int>(std::ranges::count_if(tiers, [](Tier tier) { return tier != Tier::dropped; }));
}

std::optional<std::size_t> DirectStep::rowOf(int token) const {
    const auto place = std::ranges::find(positions, token);
    if (place == positions.end())
        return std::nullopt;
    return static_cast<std::size_t>(place - positions.begin());
}

std::optional<Tier> DirectStep::tierOf(int token) const {
    if (token >= end)
        return std::nullopt;
    const auto row = rowOf(token);
    return row ? tiers[*row] : Tier::dropped;
}

std::optional<int> DirectRun::droppedAt(int token) const {
    for (std::size_t step = 0; step < steps.size(); ++step)
        if (steps[step].tierOf(token) == Tier::dropped)
            return static_cast<int>(step);
    return std::nullopt;
}

std::optional<int> DirectRun::readAt(int token) const {
    for (std::size_t step = 0; step < steps.size(); ++step)
        if (token >= steps[step].begin && token < steps[step].end)
            return static_cast<int>(step);
    return std::nullopt;
}

DirectRun directQuery(const std::string& path) {
    sqlite3* database = nullptr;
    if (sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK)
        stop(path);
    DirectRun run;
    {
        Query about(database, "SELECT name, value FROM about");
        std::map<std::string, std::function<void()>> take{
            {"stream_tokens", [&] { run.tokens = about.number(1); }},
            {"budget", [&] { run.budget = about.number(1); }},
            {"block_size", [&] { run.blockSize = about.number(1); }},
            {"without_text", [&] { run.withoutText = about.number(1) != 0; }}};
        while (about.next())
            if (const auto found = take.find(about.text(0)); found != take.end())
                found->second();
        Query selectors(database, "SELECT name FROM selectors ORDER BY selector");
        while (selectors.next())
            run.selectors.push_back(selectors.text(0));
    }
    readTokens(database, run);
    readSteps(database, run);
    readColumns(database, run);
    readPrompts(database, run);
    sqlite3_close(database);
    return run;
}

} // namespace kvprism::test
