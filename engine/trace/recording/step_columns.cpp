// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording/step_columns.h"

#include "engine/trace/recording/format.h"
#include "engine/trace/recording/row.h"

#include <algorithm>
#include <limits>

namespace kvprism::trace::recording {

namespace {

constexpr std::int32_t mostLshTables = 255; // collisions are counted in a byte
constexpr std::uint64_t freeStepBytes =
    1 << 30; // what the columns of a step may take, however small they are packed

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
        if (!m_problem && hasLsh())
            readPrompt();
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
        const auto names = {positionColumn,      tierColumn,        reasonColumn,   candidateColumn,
                            selectorColumn,      peakLayerColumn,   peakHeadColumn, peakRowColumn,
                            lshCollisionsColumn, lshDistanceColumn, lshUColumn};
        return m_name.starts_with(scorePrefix) || m_name.starts_with(lshSignaturePrefix) ||
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
        if (m_name == lshCollisionsColumn)
            return take(m_held.lsh.collisions);
        if (m_name == lshDistanceColumn)
            return take(m_held.lsh.distances);
        if (m_name == lshUColumn)
            return take(m_held.lsh.u);
        if (m_name.starts_with(lshSignaturePrefix))
            return takeSignatures();
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
        m_packed += m_frame.size();
        m_unpacked += m_rows * sizeof(T);
        if (!mayHold(m_packed, m_unpacked, freeStepBytes))
            return fail("with those before it, it announces more than they can hold");
        auto decoded = decodeColumn<T>(m_frame, m_rows, m_delta);
        if (!decoded)
            return fail(decoded.error().message);
        values = std::move(*decoded);
    }

    // One column a table, in order.
    void takeSignatures() {
        const std::size_t table = m_signatures.size();
        if (table >= mostLshTables || m_name != std::string(lshSignaturePrefix) + std::to_string(table))
            return fail("it is not the next table's");
        take(m_signatures.emplace_back());
    }

    bool hasLsh() const {
        return !m_signatures.empty() || !m_held.lsh.collisions.empty() || !m_held.lsh.u.empty();
    }

    // The row of table lsh, and with it the signatures in the order of HeldTokens.
    void readPrompt() {
        LshColumns& lsh = m_held.lsh;
        auto statement = m_database.prepare("SELECT tables, bits, prompt_rows, data FROM lsh WHERE step = ?");
        if (!statement)
            return fail(statement.error());
        statement->bind(1, std::int64_t{m_step.index});
        const auto found = statement->next();
        if (!found)
            return fail(found.error());
        m_name = "lsh";
        if (!*found)
            return fail("the step has LSH columns but no row in table lsh");
        Row row(m_database, *statement, stepName(m_step.index) + ", table lsh");
        lsh.tables = row.int32("tables", 1, mostLshTables);
        lsh.bits = row.int32("bits", 1, 16);
        const std::int32_t prompt = row.int32("prompt_rows", 0, maxStreamTokens);
        const auto frame = row.blob("data");
        if (row.problem())
            return fail(*row.problem());
        const auto tables = static_cast<std::size_t>(lsh.tables);
        auto decoded = decodeColumn<std::uint16_t>(frame, static_cast<std::size_t>(prompt) * tables, false);
        if (!decoded)
            return fail(decoded.error().message);
        lsh.promptSignatures = std::move(*decoded);
        if (m_signatures.empty() && m_run.withoutText)
            return;
        if (m_signatures.size() != tables)
            return fail("there is not one column of signatures a table");
        lsh.signatures.resize(m_rows * tables);
        for (std::size_t table = 0; table < tables; ++table)
            for (std::size_t token = 0; token < m_rows; ++token)
                lsh.signatures[token * tables + table] = m_signatures[table][token];
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
        checkLsh();
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

    void checkLsh() {
        const LshColumns& lsh = m_held.lsh;
        if (lsh.empty())
            return;
        m_name = lshCollisionsColumn;
        if (lsh.collisions.size() != m_rows || lsh.u.size() != m_rows)
            fail("lsh_collisions and lsh_u do not come together");
        if (!allBelow(lsh.collisions, static_cast<std::size_t>(lsh.tables) + 1))
            fail("it counts more tables than there are");
        m_name = lshUColumn;
        if (!std::all_of(lsh.u.begin(), lsh.u.end(), [](float u) { return u >= 0 && u <= 1; }))
            fail("it holds something that is no probability");
        m_name = "lsh";
        const auto past = std::size_t{1} << lsh.bits;
        if (!allBelow(lsh.signatures, past) || !allBelow(lsh.promptSignatures, past))
            fail("a signature has more bits than it says");
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
    std::vector<std::vector<std::uint16_t>> m_signatures; // by table
    std::string m_name, m_type;                           // of the column that is being read
    bool m_delta = false;
    std::span<const std::byte> m_frame;
    std::uint64_t m_packed = 0, m_unpacked = 0; // bytes of all columns so far
    std::optional<Error> m_problem;
};

} // namespace

Result<StepColumnsWriter> StepColumnsWriter::open(const Database& database, bool withoutText) {
    auto column = database.prepare("INSERT INTO step_columns VALUES(?,0,?,?,?,?,?,?)");
    if (!column)
        return column.error();
    auto lsh = database.prepare("INSERT INTO lsh VALUES(?,?,?,?,?)");
    if (!lsh)
        return lsh.error();
    StepColumnsWriter writer;
    writer.m_column = std::move(*column);
    writer.m_lsh = std::move(*lsh);
    writer.m_withoutText = withoutText;
    return writer;
}

Status StepColumnsWriter::write(ColumnEncoder& encoder, const CompressionStep& step) {
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
    if (!held.peak.empty()) {
        column(std::string(peakLayerColumn), held.peak.layers);
        column(std::string(peakHeadColumn), held.peak.heads);
        column(std::string(peakRowColumn), held.peak.rows);
    }
    const LshColumns& lsh = held.lsh;
    if (lsh.empty())
        return status;
    column(std::string(lshCollisionsColumn), lsh.collisions);
    column(std::string(lshUColumn), lsh.u);
    if (!lsh.distances.empty())
        column(std::string(lshDistanceColumn), lsh.distances);
    const auto tables = static_cast<std::size_t>(lsh.tables);
    std::vector<std::uint16_t> signatures(lsh.signatures.size() / tables);
    for (std::size_t table = 0; table < tables && !m_withoutText; ++table) {
        for (std::size_t token = 0; token < signatures.size(); ++token)
            signatures[token] = lsh.signatures[token * tables + table];
        column(std::string(lshSignaturePrefix) + std::to_string(table), signatures);
    }
    if (status)
        status = writePrompt(encoder, step);
    return status;
}

Status StepColumnsWriter::writePrompt(ColumnEncoder& encoder, const CompressionStep& step) {
    const LshColumns& lsh = step.held.lsh;
    const std::span<const std::uint16_t> signatures =
        m_withoutText ? std::span<const std::uint16_t>()
                      : std::span<const std::uint16_t>(lsh.promptSignatures);
    const auto frame = encoder.encode(signatures, false);
    if (frame.empty())
        return outOfMemory("The recording of " + stepName(step.index) + " did not fit in memory.");
    m_lsh.bind(1, std::int64_t{step.index}).bind(2, std::int64_t{lsh.tables}).bind(3, std::int64_t{lsh.bits});
    return m_lsh.bind(4, static_cast<std::int64_t>(signatures.size()) / lsh.tables).bind(5, frame).run();
}

Result<HeldTokens> readStepColumns(const Database& database, const Run& run, const CompressionStep& step,
                                   std::int32_t held, bool isNewer) {
    return ColumnReader(database, run, step, held, isNewer).read();
}

} // namespace kvprism::trace::recording
