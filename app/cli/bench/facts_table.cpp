// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/facts_table.h"

#include "app/cli/bench/paired.h"
#include "app/cli/words.h"

#include <fmt/format.h>
#include <numeric>

namespace kvprism::cli {

namespace {

using Json = nlohmann::ordered_json;

double mean(const std::vector<double>& values) {
    return values.empty()
               ? 0
               : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

} // namespace

std::string factsLine(const FactsRow& row) {
    const auto asked = row.answers.size();
    std::string text = fmt::format("{:>8}  {:<16} {:>8}  {:>3} of {:<3}  {:>6.2f}  {:>9}",
                                   grouped(row.length), row.contestant.name, grouped(row.kept), row.right(),
                                   asked, static_cast<double>(row.right()) / static_cast<double>(asked),
                                   secondsText(row.readMs / static_cast<double>(asked)));
    if (!row.losses.empty())
        text += fmt::format("  {:>8.3f}", mean(row.losses));
    return text + "\n";
}

namespace {

// Two rows of the same texts, one after the other in the order that was asked for.
struct Comparison {
    const FactsRow* first;
    const FactsRow* second;
    PairedDifference facts, losses;
};

std::vector<Comparison> comparisonsOf(const std::vector<FactsRow>& rows) {
    std::vector<Comparison> comparisons;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const FactsRow &first = rows[i - 1], &second = rows[i];
        const bool sameBudget =
            first.contestant.budget == second.contestant.budget || first.contestant.name == "none";
        if (first.length != second.length || !sameBudget)
            continue;
        const auto rights = [](const FactsRow& row) {
            std::vector<double> values;
            for (const FactAnswer& answer : row.answers)
                values.push_back(answer.right);
            return values;
        };
        comparisons.push_back({&first, &second, pairedDifference(rights(first), rights(second)),
                               pairedDifference(first.losses, second.losses)});
    }
    return comparisons;
}

std::string comparisonText(const Comparison& comparison) {
    constexpr std::size_t fewest = 10; // pairs that an interval needs to mean anything
    const bool enough = comparison.first->answers.size() >= fewest;
    const auto interval = [&](const PairedDifference& d) {
        return enough ? fmt::format("{:+.3f} [{:+.3f}, {:+.3f}]", d.mean, d.low, d.high)
                      : fmt::format("{:+.3f} (too few for an interval)", d.mean);
    };
    std::string text =
        fmt::format("{:>8}  {:>6}  {:<34} {}", grouped(comparison.first->length),
                    grouped(comparison.second->contestant.budget),
                    comparison.first->contestant.name + " − " + comparison.second->contestant.name,
                    interval(comparison.facts));
    if (!comparison.first->losses.empty())
        text += "   " + interval(comparison.losses);
    return text + "\n";
}

Json rowJson(const FactsRow& row) {
    Json answers = Json::array();
    for (const FactAnswer& answer : row.answers)
        answers.push_back({{"city", answer.city},
                           {"value", answer.value},
                           {"token", answer.token},
                           {"tokens", answer.tokens},
                           {"answer", answer.answer},
                           {"right", answer.right}});
    Json json{{"length", row.length},
              {"method", row.contestant.name},
              {"budget", row.contestant.budget},
              {"answered", row.right()},
              {"facts", row.answers.size()},
              {"kept", row.kept},
              {"read_ms_mean", row.readMs / static_cast<double>(row.answers.size())},
              {"answers", std::move(answers)}};
    if (!row.losses.empty()) {
        json["dense_answer_nll"] = mean(row.losses);
        json["dense_answer_nlls"] = row.losses;
    }
    return json;
}

} // namespace

Json factsJson(const FactsTable& table) {
    const auto& [task, model, rows] = table;
    Json lines = Json::array(), differences = Json::array();
    for (const FactsRow& row : rows)
        lines.push_back(rowJson(row));
    const auto interval = [](const PairedDifference& d) {
        return Json{{"mean", d.mean}, {"low", d.low}, {"high", d.high}};
    };
    for (const Comparison& comparison : comparisonsOf(rows)) {
        Json json{{"length", comparison.first->length},
                  {"budget", comparison.second->contestant.budget},
                  {"first", comparison.first->contestant.name},
                  {"second", comparison.second->contestant.name},
                  {"answered", interval(comparison.facts)}};
        if (!comparison.first->losses.empty())
            json["dense_answer_nll"] = interval(comparison.losses);
        differences.push_back(std::move(json));
    }
    return {{"bench", "facts"},
            {"model", model},
            {"block_size", task.blockSize},
            {"protection_divisor", task.divisor},
            {"seed", task.seed},
            {"secrets", task.secret == Secret::word ? "word" : "number"},
            {"rows", std::move(lines)},
            {"differences", std::move(differences)}};
}

std::string factsHead(const FactsTask& task, const Json& model) {
    return fmt::format("{} facts a length ({}s), blocks of {}, divisor {}, seed {}, {} on {}\n\n"
                       "{:>8}  {:<16} {:>8}  {:>10}  {:>6}  {:>9}{}\n",
                       task.facts, task.secret == Secret::word ? "word" : "number", task.blockSize,
                       task.divisor, task.seed, model.value("dtype", "?"), model.value("device", "?"),
                       "tokens", "method", "kept", "answered", "share", "read in",
                       task.lossTexts > 0 ? "       NLL" : "");
}

std::string factsDifferences(const FactsTask& task, const std::vector<FactsRow>& rows) {
    const auto comparisons = comparisonsOf(rows);
    if (comparisons.empty())
        return "";
    std::string text =
        fmt::format("\nPaired differences, 95 % intervals\n{:>8}  {:>6}  {:<34} {}{}\n", "tokens", "budget",
                    "of", "share answered          ", task.lossTexts > 0 ? "   NLL of the dense answer" : "");
    for (const Comparison& comparison : comparisons)
        text += comparisonText(comparison);
    return text;
}

} // namespace kvprism::cli
