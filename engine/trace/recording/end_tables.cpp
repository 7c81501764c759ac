// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording/end_tables.h"

#include "engine/trace/recording/answer_columns.h"
#include "engine/trace/recording/format.h"
#include "engine/trace/recording/row.h"

#include <algorithm>

namespace kvprism::trace::recording {

namespace {

// The number that a name stands for.
template <class Enum, std::size_t Count>
Enum named(Row& row, const char* column, const std::array<std::string_view, Count>& names) {
    const std::string value = row.text(column);
    const auto place = std::find(names.begin(), names.end(), value);
    if (place != names.end())
        return static_cast<Enum>(place - names.begin());
    row.wrong(column, "is not one of the names that stand there");
    return Enum{};
}

} // namespace

Status writeAnswer(const Database& database, ColumnEncoder& encoder, std::int64_t number,
                   const Answer& answer) {
    auto statement = database.prepare("INSERT INTO answers VALUES(?,?,?,?,?,?,?,?,?,?)");
    if (!statement)
        return statement.error();
    const auto frame = encoder.encode(std::span(answer.ids), false);
    if (frame.empty())
        return outOfMemory("The recording of the answer did not fit in memory.");
    statement->bind(1, number)
        .bind(2, std::string_view(answer.question))
        .bind(3, std::string_view(answer.text));
    statement->bind(4, name(answer.stopReason)).bind(5, std::int64_t{answer.questionTokens});
    statement->bind(6, std::int64_t{answer.keptTokens}).bind(7, static_cast<std::int64_t>(answer.ids.size()));
    const Status status =
        statement->bind(8, answer.firstTokenMs).bind(9, answer.totalMs).bind(10, frame).run();
    return status ? writeAnswerColumns(database, encoder, number, answer) : status;
}

Result<std::vector<Answer>> readAnswers(const Database& database, const Run& run) {
    const auto columns = AnswerColumns::of(database, run);
    if (!columns)
        return columns.error();
    auto statement =
        database.prepare("SELECT answer, question, text, stop_reason, question_tokens, kept_tokens,"
                         " answer_tokens, first_token_ms, total_ms, ids FROM answers ORDER BY answer");
    if (!statement)
        return statement.error();
    std::vector<Answer> answers;
    while (true) {
        auto found = statement->next();
        if (!found)
            return found.error();
        if (!*found)
            return answers;
        const auto number = static_cast<std::int64_t>(answers.size());
        const std::string where = "table answers, answer " + std::to_string(number);
        Row row(database, *statement, where);
        Answer answer;
        row.integer("answer", number, number);
        answer.question = row.text("question");
        answer.text = row.text("text");
        answer.stopReason = named<StopReason>(row, "stop_reason", stopReasonNames);
        answer.questionTokens = row.int32("question_tokens");
        answer.keptTokens = row.int32("kept_tokens");
        const std::int32_t tokens = row.int32("answer_tokens", 0, maxStreamTokens);
        answer.firstTokenMs = row.real("first_token_ms");
        answer.totalMs = row.real("total_ms");
        const auto frame = row.blob("ids");
        if (row.problem())
            return *row.problem();
        auto ids = decodeColumn<std::int32_t>(frame, static_cast<std::size_t>(tokens), false);
        if (!ids)
            return damaged(database, where + ", ids", ids.error().message);
        const std::int32_t least = run.withoutText ? -1 : 0;
        if (std::any_of(ids->begin(), ids->end(), [least](std::int32_t id) { return id < least; }))
            return damaged(database, where + ", ids", "a token id is negative");
        answer.ids = std::move(*ids);
        if (const Status read = columns->read(number, answer); !read)
            return read.error();
        answers.push_back(std::move(answer));
    }
}

Status writeEnd(const Database& database, const RunEnd& end) {
    auto statement = database.prepare("INSERT OR REPLACE INTO run_end VALUES(0,?,?,?,?,?)");
    if (!statement)
        return statement.error();
    statement->bind(1, outcomeNames[static_cast<std::size_t>(end.outcome)])
        .bind(2, std::string_view(end.message));
    return statement->bind(3, end.loadMs).bind(4, end.readMs).bind(5, end.answerMs).run();
}

Result<std::optional<RunEnd>> readEnd(const Database& database) {
    auto statement = database.prepare("SELECT outcome, message, load_ms, read_ms, answer_ms FROM run_end");
    if (!statement)
        return statement.error();
    auto found = statement->next();
    if (!found)
        return found.error();
    if (!*found)
        return std::optional<RunEnd>();
    Row row(database, *statement, "table run_end");
    RunEnd end;
    end.outcome = named<Outcome>(row, "outcome", outcomeNames);
    end.message = row.text("message");
    end.loadMs = row.real("load_ms");
    end.readMs = row.real("read_ms");
    end.answerMs = row.real("answer_ms");
    if (row.problem())
        return *row.problem();
    return std::optional(std::move(end));
}

} // namespace kvprism::trace::recording
