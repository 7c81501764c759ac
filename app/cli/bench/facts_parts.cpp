// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/facts_table.h"
#include "app/cli/bench/json_file.h"
#include "engine/files/json_fields.h"

#include <algorithm>

namespace kvprism::cli {

namespace {

using files::JsonFields;

constexpr std::int32_t most = 1'000'000'000;

FactAnswer answerFrom(JsonFields& fields) {
    FactAnswer answer;
    answer.city = fields.textOr("city", "");
    answer.value = fields.textOr("value", "");
    answer.answer = fields.textOr("answer", "");
    answer.token = fields.integer("token", 0, most);
    answer.tokens = fields.integer("tokens", 0, most);
    answer.right = fields.truthOr("right", false);
    return answer;
}

Result<FactsRow> rowFrom(const nlohmann::json& json, const std::string& path) {
    JsonFields fields(json, path);
    FactsRow row;
    row.length = fields.integer("length", 1, most);
    row.contestant = {fields.textOr("method", ""), fields.integer("budget", 1, most)};
    row.kept = fields.integer("kept", 0, most);
    const nlohmann::json* answers = fields.listAt("answers");
    if (fields.error())
        return *fields.error();
    for (const auto& one : answers ? *answers : nlohmann::json::array()) {
        JsonFields of(one, path);
        if (!one.is_object())
            return malformed(path + " has an answer that is no object.");
        row.answers.push_back(answerFrom(of));
        if (of.error())
            return *of.error();
    }
    if (row.answers.empty())
        return malformed(path + " has a row without answers.");
    row.readMs = fields.number("read_ms_mean", 0, 1e12) * static_cast<double>(row.answers.size());
    if (const nlohmann::json* losses = fields.listAt("dense_answer_nlls"))
        for (const auto& loss : *losses) {
            if (!loss.is_number())
                return malformed(path + " has something else than numbers in dense_answer_nlls.");
            row.losses.push_back(loss.get<double>());
        }
    if (fields.error())
        return *fields.error();
    return row;
}

Result<FactsTable> partFrom(const std::string& path) {
    const auto json = readJsonFile(path);
    if (!json)
        return json.error();
    JsonFields fields(*json, path);
    FactsTable part;
    const bool isFacts = fields.textOr("bench", "") == "facts";
    part.task.blockSize = fields.integerOr("block_size", 1, most, 0);
    part.task.divisor = fields.integerOr("protection_divisor", 1, most, 0);
    part.task.seed = static_cast<std::uint64_t>(fields.number("seed", 0, 1e15));
    part.task.secret = fields.textOr("secrets", "number") == "word" ? Secret::word : Secret::number;
    const nlohmann::json* model = fields.objectAt("model");
    const nlohmann::json* rows = fields.listAt("rows");
    if (!isFacts || !model || !rows)
        return malformed(path + " is not what bench facts --json prints.");
    if (fields.error())
        return *fields.error();
    part.model = *model;
    for (const auto& json_ : *rows) {
        if (!json_.is_object())
            return malformed(path + " has a row that is no object.");
        auto row = rowFrom(json_, path);
        if (!row)
            return row.error();
        part.rows.push_back(std::move(row).value());
    }
    return part;
}

bool sameKind(const FactsTable& a, const FactsTable& b) {
    return a.task.blockSize == b.task.blockSize && a.task.divisor == b.task.divisor &&
           a.task.seed == b.task.seed && a.task.secret == b.task.secret &&
           a.model.value("sha256", "") == b.model.value("sha256", "") &&
           a.model.value("dtype", "") == b.model.value("dtype", "");
}

// A fact is known by its city, number and place.
bool hasFact(const FactsRow& row, const FactAnswer& answer) {
    return std::any_of(row.answers.begin(), row.answers.end(), [&](const FactAnswer& other) {
        return other.city == answer.city && other.value == answer.value && other.token == answer.token;
    });
}

Status addRow(std::vector<FactsRow>& rows, FactsRow row, const std::string& path) {
    const auto known = std::find_if(rows.begin(), rows.end(), [&](const FactsRow& other) {
        return other.length == row.length && other.contestant.name == row.contestant.name &&
               other.contestant.budget == row.contestant.budget;
    });
    if (known == rows.end()) {
        rows.push_back(std::move(row));
        return {};
    }
    for (FactAnswer& answer : row.answers) {
        if (hasFact(*known, answer))
            return usageError(
                path + " has facts that another part has, too: the parts of a table differ in --first.");
        known->answers.push_back(std::move(answer));
    }
    known->losses.insert(known->losses.end(), row.losses.begin(), row.losses.end());
    known->readMs += row.readMs;
    known->kept = row.kept;
    return {};
}

} // namespace

Result<FactsTable> joinFacts(const std::vector<std::string>& paths) {
    FactsTable table;
    for (const std::string& path : paths) {
        auto part = partFrom(path);
        if (!part)
            return part.error();
        if (&path == &paths.front())
            table = {part->task, part->model, {}};
        else if (!sameKind(table, *part))
            return usageError(
                path + " was made with another model, block size, divisor, seed or kind of secret than " +
                paths.front() + ".");
        for (FactsRow& row : part->rows)
            if (const Status added = addRow(table.rows, std::move(row), path); !added)
                return added.error();
    }
    table.task.facts = 0;
    for (const FactsRow& row : table.rows) {
        table.task.facts = std::max(table.task.facts, static_cast<std::int32_t>(row.answers.size()));
        table.task.lossTexts = std::max(table.task.lossTexts, static_cast<std::int32_t>(row.losses.size()));
    }
    for (const FactsRow& row : table.rows)
        if (static_cast<std::int32_t>(row.answers.size()) != table.task.facts)
            return usageError("The parts do not hold the same facts for every method, budget and length.");
    return table;
}

} // namespace kvprism::cli
