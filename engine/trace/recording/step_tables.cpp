// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording/step_tables.h"

#include "engine/trace/recording/format.h"
#include "engine/trace/recording/row.h"

#include <algorithm>
#include <limits>

namespace kvprism::trace::recording {

namespace {

Result<std::vector<Cut>> readCuts(const Database& database, const Run& run, std::int32_t step, bool isNewer) {
    auto statement =
        database.prepare("SELECT list, selector, value FROM cuts WHERE step = ? ORDER BY list, position");
    if (!statement)
        return statement.error();
    statement->bind(1, std::int64_t{step});
    std::vector<Cut> cuts;
    while (true) {
        auto found = statement->next();
        if (!found)
            return found.error();
        if (!*found)
            return cuts;
        Row row(database, *statement, stepName(step) + ", table cuts");
        const std::int64_t list =
            row.integer("list", 0, isNewer ? std::numeric_limits<std::int64_t>::max() : sharedList);
        if (!row.problem() && list != sharedList)
            continue;
        Cut cut;
        cut.selector = static_cast<std::uint8_t>(row.int32("selector", 0, noSelector));
        cut.value = static_cast<float>(row.real("value"));
        if (cut.selector != noSelector && cut.selector >= run.selectors.size())
            row.wrong("selector", "names one that is not there");
        if (row.problem())
            return *row.problem();
        cuts.push_back(cut);
    }
}

} // namespace

Result<StepWriter> StepWriter::open(const Database& database, bool withoutText) {
    StepWriter writer;
    const auto prepare = [&](Statement& statement, const char* sql) -> Status {
        auto prepared = database.prepare(sql);
        if (!prepared)
            return prepared.error();
        statement = std::move(*prepared);
        return {};
    };
    Status status = prepare(writer.m_step, "INSERT INTO steps VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    if (status)
        status = prepare(writer.m_cut, "INSERT INTO cuts VALUES(?,0,?,?,?)");
    if (status)
        status = prepare(writer.m_applied, "INSERT INTO applied VALUES(?,?,?)");
    if (!status)
        return status.error();
    auto columns = StepColumnsWriter::open(database, withoutText);
    if (!columns)
        return columns.error();
    writer.m_columns = std::move(*columns);
    return writer;
}

Status StepWriter::write(ColumnEncoder& encoder, const CompressionStep& step) {
    int parameter = 0;
    const auto held = static_cast<std::int64_t>(step.held.size());
    for (const std::int64_t value :
         {std::int64_t{step.index}, std::int64_t{step.begin.value}, std::int64_t{step.end.value},
          std::int64_t{step.quota}, held, std::int64_t{step.counts.candidates},
          std::int64_t{step.counts.anchors}, std::int64_t{step.counts.window},
          std::int64_t{step.counts.global}, std::int64_t{step.counts.dropped}, std::int64_t{step.counts.kept},
          std::int64_t{step.peakSlots}})
        m_step.bind(++parameter, value);
    for (const double value : {step.ms.forward, step.ms.score, step.ms.select})
        m_step.bind(++parameter, value);
    Status status = m_step.run();
    if (status)
        status = m_columns.write(encoder, step);
    std::int64_t position = 0;
    for (const Cut& cut : step.cuts) {
        if (!status)
            break;
        m_cut.bind(1, std::int64_t{step.index}).bind(2, position++);
        status = m_cut.bind(3, std::int64_t{cut.selector}).bind(4, double{cut.value}).run();
    }
    return status;
}

Status StepWriter::write(const StepApplied& applied) {
    m_applied.bind(1, std::int64_t{applied.index}).bind(2, applied.compactMs);
    return m_applied.bind(3, static_cast<std::int64_t>(applied.bytesKept)).run();
}

Result<StepRows> readStepRows(const Database& database, const Run& run) {
    auto statement = database.prepare(
        "SELECT step, block_begin, block_end, quota, held, candidates, kept_anchors, kept_window, "
        "kept_global,"
        " dropped, kept, peak_slots, forward_ms, score_ms, select_ms FROM steps ORDER BY step");
    if (!statement)
        return statement.error();
    StepRows rows;
    std::int32_t read = 0; // of the stream; blocks follow one another
    while (true) {
        auto found = statement->next();
        if (!found)
            return found.error();
        if (!*found)
            return rows;
        const auto expected = static_cast<std::int32_t>(rows.steps.size());
        Row row(database, *statement, "table steps, " + stepName(expected));
        CompressionStep step;
        step.index = row.int32("step", expected, expected);
        step.begin = StreamPos(row.int32("block_begin", read, read));
        step.end = StreamPos(row.int32("block_end", read + 1, run.streamTokens()));
        read = step.end.value;
        step.quota = row.int32("quota");
        rows.held.push_back(row.int32("held", 0, step.end.value));
        for (const auto& [name, count] :
             {std::pair("candidates", &step.counts.candidates),
              std::pair("kept_anchors", &step.counts.anchors), std::pair("kept_window", &step.counts.window),
              std::pair("kept_global", &step.counts.global), std::pair("dropped", &step.counts.dropped),
              std::pair("kept", &step.counts.kept)})
            *count = row.int32(name, 0, rows.held.back());
        step.peakSlots = row.int32("peak_slots");
        step.ms.forward = row.real("forward_ms");
        step.ms.score = row.real("score_ms");
        step.ms.select = row.real("select_ms");
        if (row.problem())
            return *row.problem();
        rows.steps.push_back(std::move(step));
    }
}

Result<CompressionStep> readStep(const Database& database, const Run& run, CompressionStep step,
                                 std::int32_t held, bool isNewer) {
    auto tokens = readStepColumns(database, run, step, held, isNewer);
    if (!tokens)
        return tokens.error();
    step.held = std::move(*tokens);
    auto cuts = readCuts(database, run, step.index, isNewer);
    if (!cuts)
        return cuts.error();
    step.cuts = std::move(*cuts);
    return step;
}

Result<std::vector<StepApplied>> readApplied(const Database& database, std::size_t steps) {
    auto statement = database.prepare("SELECT step, compact_ms, bytes_kept FROM applied ORDER BY step");
    if (!statement)
        return statement.error();
    std::vector<StepApplied> all;
    while (true) {
        auto found = statement->next();
        if (!found)
            return found.error();
        if (!*found)
            return all;
        const auto expected = static_cast<std::int32_t>(all.size());
        Row row(database, *statement, "table applied, " + stepName(expected));
        StepApplied applied;
        applied.index = row.int32("step", expected, expected);
        applied.compactMs = row.real("compact_ms");
        applied.bytesKept = static_cast<std::uint64_t>(
            row.integer("bytes_kept", 0, std::numeric_limits<std::int64_t>::max()));
        if (all.size() >= steps)
            row.wrong("step", "belongs to no step");
        if (row.problem())
            return *row.problem();
        all.push_back(applied);
    }
}

} // namespace kvprism::trace::recording
