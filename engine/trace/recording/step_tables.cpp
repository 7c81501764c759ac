// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording/step_tables.h"

#include "engine/trace/recording/format.h"
#include "engine/trace/recording/row.h"

#include <algorithm>
#include <limits>

namespace kvprism::trace::recording {

namespace {

// One list of held tokens for all layers and heads; other numbers are kept for a list per layer and head.
constexpr std::int64_t sharedList = 0;

std::string stepName(std::int32_t index) {
    return "step " + std::to_string(index);
}

template <class T> bool allBelow(const std::vector<T>& values, std::size_t limit) {
    return std::all_of(values.begin(), values.end(), [limit](T value) { return std::size_t{value} < limit; });
}

// Reads the columns of one step.
class ColumnReader {
  public:
    ColumnReader(const Database& database, const Run& run, const CompressionStep& step, std::int32_t held,
                 bool isNewer)
        : m_database(database), m_run(run), m_step(step), m_rows(static_cast<std::size_t>(held)),
          m_isNewer(isNewer) {}

    Result<HeldTokens> read() {
        auto statement = m_database.prepare("SELECT list, name, type, delta, count, data FROM step_columns"
                                            " WHERE step = ? ORDER BY list, position");
        if (!statement)
            return statement.error();
        statement->bind(1, std::int64_t{m_step.index});
        while (!m_problem) {
            auto found = statement->next();
            if (!found)
                return found.error();
            if (!*found)
                break;
            readColumn(*statement);
        }
        checkAll();
        if (m_problem)
            return *m_problem;
        return std::move(m_held);
    }

  private:
    void readColumn(const Statement& statement) {
        Row row(m_database, statement, stepName(m_step.index) + ", a column");
        const std::int64_t list = row.integer("list", 0, std::numeric_limits<std::int64_t>::max());
        m_name = row.text("name");
        m_type = row.text("type");
        m_delta = row.int32("delta", 0, 1) != 0;
        const auto rows = static_cast<std::int64_t>(m_rows);
        if (m_isNewer && (list != sharedList || !isKnown()))
            return;
        row.integer("count", rows, rows);
        m_frame = row.blob("data");
        if (list != sharedList)
            row.wrong("list", "is not 0");
        if (row.problem())
            return fail(*row.problem());
        takeColumn();
    }

    bool isKnown() const {
        const auto names = {positionColumn, tierColumn,      reasonColumn,   candidateColumn,
                            selectorColumn, peakLayerColumn, peakHeadColumn, peakRowColumn};
        return m_name.starts_with(scorePrefix) ||
               std::find(names.begin(), names.end(), m_name) != names.end();
    }

    void takeColumn() {
        if (m_name == positionColumn)
            return take(m_held.positions);
        if (m_name == tierColumn)
            return takeNumbers(m_held.tiers, tierNames.size());
        if (m_name == reasonColumn)
            return takeNumbers(m_held.reasons, reasonNames.size());
        if (m_name == candidateColumn)
            return take(m_held.candidates);
        if (m_name == selectorColumn)
            return take(m_held.selectors);
        if (m_name == peakLayerColumn)
            return take(m_held.peak.layers);
        if (m_name == peakHeadColumn)
            return take(m_held.peak.heads);
        if (m_name == peakRowColumn)
            return take(m_held.peak.rows);
        if (!m_name.starts_with(scorePrefix))
            return fail("it has a name that this version does not know");
        m_held.scores.push_back({m_name.substr(scorePrefix.size()), {}});
        take(m_held.scores.back().values);
    }

    template <class T> void take(std::vector<T>& values) {
        if (!values.empty())
            return fail("it is there twice");
        if (m_type != typeName<T>())
            return fail("its type is not " + std::string(typeName<T>()));
        auto decoded = decodeColumn<T>(m_frame, m_rows, m_delta);
        if (!decoded)
            return fail(decoded.error().message);
        values = std::move(*decoded);
    }

    // Enums are looked at as numbers before they become enums.
    template <class Enum> void takeNumbers(std::vector<Enum>& values, std::size_t known) {
        std::vector<std::uint8_t> numbers;
        if (!values.empty())
            return fail("it is there twice");
        take(numbers);
        if (m_problem)
            return;
        if (!allBelow(numbers, known))
            return fail("it holds a number that stands for nothing");
        values.resize(numbers.size());
        std::transform(numbers.begin(), numbers.end(), values.begin(),
                       [](auto n) { return static_cast<Enum>(n); });
    }

    void checkAll() {
        if (m_problem)
            return;
        const auto need = [this](std::string_view name, std::size_t size) {
            m_name = name;
            if (size != m_rows)
                fail("it is missing");
        };
        need(positionColumn, m_held.positions.size());
        need(tierColumn, m_held.tiers.size());
        need(reasonColumn, m_held.reasons.size());
        need(candidateColumn, m_held.candidates.size());
        need(selectorColumn, m_held.selectors.size());
        if (m_problem)
            return;
        checkPositions();
        m_name = candidateColumn;
        if (!allBelow(m_held.candidates, 2))
            fail("it holds something else than 0 and 1");
        m_name = selectorColumn;
        for (const std::uint8_t selector : m_held.selectors)
            if (selector != noSelector && selector >= m_run.selectors.size())
                fail("it names a selector that is not there");
        checkPeak();
    }

    void checkPositions() {
        const auto& positions = m_held.positions;
        m_name = positionColumn;
        if (positions.empty())
            return;
        if (positions.front().value < 0 || positions.back() >= m_step.end)
            fail("a position lies outside what was read");
        const auto notAscending = [](StreamPos a, StreamPos b) { return a >= b; };
        if (std::adjacent_find(positions.begin(), positions.end(), notAscending) != positions.end())
            fail("the positions do not ascend");
    }

    void checkPeak() {
        const PeakOrigins& peak = m_held.peak;
        m_name = peakLayerColumn;
        if (peak.heads.size() != peak.layers.size() || peak.rows.size() != peak.layers.size())
            fail("peak_layer, peak_head and peak_row do not come together");
        if (!allBelow(peak.layers, static_cast<std::size_t>(m_run.model.layers)))
            fail("it names a layer that the model lacks");
        m_name = peakHeadColumn;
        if (!allBelow(peak.heads, static_cast<std::size_t>(m_run.model.queryHeads)))
            fail("it names a head that the model lacks");
    }

    void fail(const std::string& what) {
        fail(damaged(m_database, stepName(m_step.index) + ", column '" + m_name + "'", what));
    }
    void fail(const Error& error) {
        if (!m_problem)
            m_problem = error;
    }

    const Database& m_database;
    const Run& m_run;
    const CompressionStep& m_step;
    std::size_t m_rows;
    bool m_isNewer;
    HeldTokens m_held;
    std::string m_name, m_type; // of the column that is being read
    bool m_delta = false;
    std::span<const std::byte> m_frame;
    std::optional<Error> m_problem;
};

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

Result<StepWriter> StepWriter::open(const Database& database) {
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
        status = prepare(writer.m_column, "INSERT INTO step_columns VALUES(?,0,?,?,?,?,?,?)");
    if (status)
        status = prepare(writer.m_cut, "INSERT INTO cuts VALUES(?,0,?,?,?)");
    if (status)
        status = prepare(writer.m_applied, "INSERT INTO applied VALUES(?,?,?)");
    if (!status)
        return status.error();
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
        status = writeColumns(encoder, step);
    std::int64_t position = 0;
    for (const Cut& cut : step.cuts) {
        if (!status)
            break;
        m_cut.bind(1, std::int64_t{step.index}).bind(2, position++);
        status = m_cut.bind(3, std::int64_t{cut.selector}).bind(4, double{cut.value}).run();
    }
    return status;
}

Status StepWriter::writeColumns(ColumnEncoder& encoder, const CompressionStep& step) {
    Status status;
    std::int64_t position = 0;
    const auto column = [&](const std::string& name, const auto& values, bool delta = false) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        if (!status)
            return;
        const auto frame = encoder.encode(std::span<const T>(values), delta);
        if (frame.empty()) {
            status = outOfMemory("The recording of " + stepName(step.index) + " did not fit in memory.");
            return;
        }
        m_column.bind(1, std::int64_t{step.index}).bind(2, position++).bind(3, std::string_view(name));
        m_column.bind(4, typeName<T>()).bind(5, std::int64_t{delta});
        status = m_column.bind(6, static_cast<std::int64_t>(values.size())).bind(7, frame).run();
    };
    const HeldTokens& held = step.held;
    column(std::string(positionColumn), held.positions, true);
    column(std::string(tierColumn), held.tiers);
    column(std::string(reasonColumn), held.reasons);
    column(std::string(candidateColumn), held.candidates);
    column(std::string(selectorColumn), held.selectors);
    for (const ScoreColumn& score : held.scores)
        column(std::string(scorePrefix) + score.name, score.values);
    if (held.peak.empty())
        return status;
    column(std::string(peakLayerColumn), held.peak.layers);
    column(std::string(peakHeadColumn), held.peak.heads);
    column(std::string(peakRowColumn), held.peak.rows);
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
    auto tokens = ColumnReader(database, run, step, held, isNewer).read();
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
