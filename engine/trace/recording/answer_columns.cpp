// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording/answer_columns.h"

#include "engine/trace/recording/format.h"
#include "engine/trace/recording/row.h"

#include <algorithm>
#include <cmath>

namespace kvprism::trace::recording {

namespace {

constexpr std::int32_t mostLinks = 1 << 26; // bounds what a hostile file can make us allocate

std::string placeOf(std::int64_t answer, std::string_view column) {
    return "answer " + std::to_string(answer) + ", column " + std::string(column);
}

class Writer {
  public:
    Writer(const Database& database, ColumnEncoder& encoder, std::int64_t answer)
        : m_database(database), m_encoder(encoder), m_answer(answer) {}

    template <class T> void column(std::string_view name, const std::vector<T>& values, bool delta) {
        if (!m_status)
            return;
        const auto frame = m_encoder.encode(std::span(values), delta);
        auto statement = m_database.prepare("INSERT INTO answer_columns VALUES(?,?,?,?,?,?)");
        if (frame.empty())
            m_status = outOfMemory("The recording of the answer did not fit in memory.");
        else if (!statement)
            m_status = statement.error();
        if (!m_status)
            return;
        statement->bind(1, m_answer).bind(2, name).bind(3, typeName<T>()).bind(4, std::int64_t{delta});
        m_status = statement->bind(5, static_cast<std::int64_t>(values.size())).bind(6, frame).run();
    }

    void dense(const DenseReference& dense) {
        auto statement = m_database.prepare("INSERT INTO dense_references VALUES(?,?,?)");
        if (!statement) {
            m_status = statement.error();
            return;
        }
        statement->bind(1, m_answer).bind(2, std::string_view(dense.text));
        m_status = statement->bind(3, static_cast<std::int64_t>(dense.size())).run();
        column(denseIdColumn, dense.ids, false);
        if (!dense.textEnds.empty())
            column(denseTextEndColumn, dense.textEnds, true);
        column(denseDivergenceColumn, dense.divergences, false);
        column(denseLossColumn, dense.denseLosses, false);
        column(lossColumn, dense.losses, false);
        column(sameLikeliestColumn, dense.sameLikeliest, false);
    }

    const Status& status() const { return m_status; }

  private:
    const Database& m_database;
    ColumnEncoder& m_encoder;
    std::int64_t m_answer;
    Status m_status;
};

// Columns of one answer; the first thing that is wrong stays.
class Reader {
  public:
    Reader(const Database& database, std::int64_t answer) : m_database(database), m_answer(answer) {}

    // A column of `count` values, or of as many as it says (count < 0). Nothing where it is missing.
    template <class T>
    std::optional<std::vector<T>> column(std::string_view name, std::int32_t count, bool mayBeMissing) {
        if (m_problem)
            return std::nullopt;
        const std::string where = placeOf(m_answer, name);
        auto statement = m_database.prepare(
            "SELECT type, delta, count, data FROM answer_columns WHERE answer = ? AND name = ?");
        if (!statement)
            return fail(statement.error());
        auto found = statement->bind(1, m_answer).bind(2, name).next();
        if (!found)
            return fail(found.error());
        if (!*found)
            return mayBeMissing ? std::nullopt : fail(damaged(m_database, where, "it is missing"));
        Row row(m_database, *statement, where);
        if (row.text("type") != typeName<T>())
            row.wrong("type", "is not " + std::string(typeName<T>()));
        const bool delta = row.int32("delta", 0, 1) != 0;
        const std::int32_t values = row.int32("count", std::max(count, 0), count < 0 ? mostLinks : count);
        const auto frame = row.blob("data");
        if (row.problem())
            return fail(*row.problem());
        auto decoded = decodeColumn<T>(frame, static_cast<std::size_t>(values), delta);
        if (!decoded)
            return fail(damaged(m_database, where, decoded.error().message));
        return std::move(*decoded);
    }

    void expect(bool holds, std::string_view column, const std::string& otherwise) {
        if (!holds && !m_problem)
            m_problem = damaged(m_database, placeOf(m_answer, column), otherwise);
    }

    std::nullopt_t fail(Error error) {
        if (!m_problem)
            m_problem = std::move(error);
        return std::nullopt;
    }

    Status status() const { return m_problem ? Status(*m_problem) : Status(); }
    bool good() const { return !m_problem; }

    // Where each of `tokens` tokens ends in a text; none where that was not recorded.
    std::vector<std::uint32_t> textEnds(std::string_view name, std::size_t tokens, const std::string& text) {
        auto ends = column<std::uint32_t>(name, static_cast<std::int32_t>(tokens), true);
        if (!ends)
            return {};
        expect(std::ranges::is_sorted(*ends) && (ends->empty() || ends->back() <= text.size()), name,
               "the ends do not ascend within the text");
        return std::move(*ends);
    }

  private:
    const Database& m_database;
    std::int64_t m_answer;
    std::optional<Error> m_problem;
};

bool areNumbersFromZero(const std::vector<float>& values) {
    return std::ranges::all_of(values, [](float v) { return std::isfinite(v) && v >= 0; });
}

} // namespace

Status writeAnswerColumns(const Database& database, ColumnEncoder& encoder, std::int64_t number,
                          const Answer& answer) {
    Writer writer(database, encoder, number);
    if (!answer.textEnds.empty())
        writer.column(textEndColumn, answer.textEnds, true);
    if (!answer.evidence.empty()) {
        writer.column(evidenceEndColumn, answer.evidence.ends, true);
        writer.column(evidencePositionColumn, answer.evidence.positions, false);
        writer.column(evidenceWeightColumn, answer.evidence.weights, false);
    }
    if (answer.dense)
        writer.dense(*answer.dense);
    return writer.status();
}

Result<AnswerColumns> AnswerColumns::of(const Database& database, const Run& run) {
    AnswerColumns columns(database, run);
    const auto tables = database.integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name"
                                         " IN ('answer_columns', 'dense_references')");
    if (!tables)
        return tables.error();
    columns.m_there = *tables == 2;
    return columns;
}

Status AnswerColumns::read(std::int64_t number, Answer& answer) const {
    if (!m_there)
        return {};
    const Status own = readOwn(number, answer);
    return own ? readDense(number, answer) : own;
}

Status AnswerColumns::readOwn(std::int64_t number, Answer& answer) const {
    Reader reader(*m_database, number);
    const auto tokens = static_cast<std::int32_t>(answer.ids.size());
    answer.textEnds = reader.textEnds(textEndColumn, answer.ids.size(), answer.text);
    auto ends = reader.column<std::uint32_t>(evidenceEndColumn, tokens, true);
    if (!ends)
        return reader.status();
    reader.expect(!ends->empty() && std::ranges::is_sorted(*ends), evidenceEndColumn,
                  "the ends do not ascend");
    const std::uint32_t links = ends->empty() ? 0 : ends->back();
    reader.expect(links <= static_cast<std::uint32_t>(mostLinks), evidenceEndColumn,
                  "there are more links than can be");
    const auto count = static_cast<std::int32_t>(links);
    auto positions = reader.column<StreamPos>(evidencePositionColumn, count, false);
    auto weights = reader.column<float>(evidenceWeightColumn, count, false);
    if (!positions || !weights)
        return reader.status();
    const auto isInStream = [&](StreamPos p) { return p.value >= 0 && p.value < m_run->streamTokens(); };
    reader.expect(std::ranges::all_of(*positions, isInStream), evidencePositionColumn,
                  "a position lies outside the stream");
    reader.expect(areNumbersFromZero(*weights), evidenceWeightColumn, "a weight is negative or no number");
    if (reader.good())
        answer.evidence = {std::move(*ends), std::move(*positions), std::move(*weights)};
    return reader.status();
}

Status AnswerColumns::readDense(std::int64_t number, Answer& answer) const {
    auto statement = m_database->prepare("SELECT text, answer_tokens FROM dense_references WHERE answer = ?");
    if (!statement)
        return statement.error();
    auto found = statement->bind(1, number).next();
    if (!found)
        return found.error();
    if (!*found)
        return {};
    Row row(*m_database, *statement, "table dense_references, answer " + std::to_string(number));
    DenseReference dense;
    dense.text = row.text("text");
    const std::int32_t tokens = row.int32("answer_tokens", 0, maxStreamTokens);
    if (row.problem())
        return *row.problem();
    Reader reader(*m_database, number);
    auto ids = reader.column<std::int32_t>(denseIdColumn, tokens, false);
    auto divergences = reader.column<float>(denseDivergenceColumn, tokens, false);
    auto denseLosses = reader.column<float>(denseLossColumn, tokens, false);
    auto losses = reader.column<float>(lossColumn, tokens, false);
    auto same = reader.column<std::uint8_t>(sameLikeliestColumn, tokens, false);
    if (!reader.good())
        return reader.status();
    const std::int32_t least = m_run->withoutText ? -1 : 0;
    reader.expect(std::ranges::all_of(*ids, [least](auto id) { return id >= least; }), denseIdColumn,
                  "a token id is negative");
    reader.expect(areNumbersFromZero(*divergences), denseDivergenceColumn,
                  "a divergence is negative or no number");
    reader.expect(areNumbersFromZero(*denseLosses), denseLossColumn, "a loss is negative or no number");
    reader.expect(areNumbersFromZero(*losses), lossColumn, "a loss is negative or no number");
    reader.expect(std::ranges::all_of(*same, [](auto v) { return v <= 1; }), sameLikeliestColumn,
                  "it holds more than 0 and 1");
    dense.textEnds = reader.textEnds(denseTextEndColumn, ids->size(), dense.text);
    dense.ids = std::move(*ids);
    dense.divergences = std::move(*divergences);
    dense.denseLosses = std::move(*denseLosses);
    dense.losses = std::move(*losses);
    dense.sameLikeliest = std::move(*same);
    if (reader.good())
        answer.dense = std::move(dense);
    return reader.status();
}

} // namespace kvprism::trace::recording
