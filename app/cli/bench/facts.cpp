// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli bench facts: how many planted facts each method answers at each length and budget, and how
// likely it makes what the dense model answers.
#include "app/cli/arguments.h"
#include "app/cli/ask_json.h"
#include "app/cli/bench/bench.h"
#include "app/cli/bench/facts_runner.h"
#include "app/cli/bench/paired.h"
#include "app/cli/bench/planted_facts.h"
#include "app/cli/commands.h"
#include "app/cli/licence.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/model_tokenizer.h"
#include "app/cli/run_options.h"
#include "app/cli/standard_output.h"
#include "app/cli/words.h"

#include <fmt/format.h>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

namespace kvprism::cli {

namespace {

using Json = nlohmann::ordered_json;

struct FactsOptions {
    ModelRequest model;
    FactsTask task;
    std::vector<std::int32_t> lengths{3000, 6000}, budgets{256};
    std::vector<std::string> methods{"none", "peak", "exact", "recency"};
    bool json = false, quiet = false;
};

// The dense model has no budget, so it runs once.
std::vector<Contestant> contestantsOf(const FactsOptions& options) {
    std::vector<Contestant> contestants;
    for (std::size_t i = 0; i < options.budgets.size(); ++i)
        for (const std::string& method : options.methods)
            if (method != "none" || i == 0)
                contestants.push_back({method, options.budgets[i]});
    return contestants;
}

double mean(const std::vector<double>& values) {
    return values.empty()
               ? 0
               : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::string rowText(const FactsRow& row) {
    const auto asked = row.answers.size();
    std::string text = fmt::format("{:>8}  {:<16} {:>8}  {:>3} of {:<3}  {:>6.2f}  {:>9}",
                                   grouped(row.length), row.contestant.name, grouped(row.kept), row.right(),
                                   asked, static_cast<double>(row.right()) / static_cast<double>(asked),
                                   secondsText(row.readMs / static_cast<double>(asked)));
    if (!row.losses.empty())
        text += fmt::format("  {:>8.3f}", mean(row.losses));
    return text + "\n";
}

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
    const auto interval = [](const PairedDifference& d) {
        return fmt::format("{:+.3f} [{:+.3f}, {:+.3f}]", d.mean, d.low, d.high);
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

Json resultJson(const FactsOptions& options, const trace::ModelIdentity& model,
                const std::vector<FactsRow>& rows) {
    Json table = Json::array(), differences = Json::array();
    for (const FactsRow& row : rows)
        table.push_back(rowJson(row));
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
            {"model", modelJson(model)},
            {"block_size", options.task.blockSize},
            {"protection_divisor", options.task.divisor},
            {"seed", options.task.seed},
            {"rows", std::move(table)},
            {"differences", std::move(differences)}};
}

std::string headText(const FactsOptions& options, const trace::ModelIdentity& model) {
    return fmt::format("{} facts a length, blocks of {}, n = {}, seed {}, {} on {}\n\n"
                       "{:>8}  {:<16} {:>8}  {:>10}  {:>6}  {:>9}{}\n",
                       options.task.facts, options.task.blockSize, options.task.divisor, options.task.seed,
                       model.dtype, model.device, "tokens", "method", "kept", "answered", "share", "read in",
                       options.task.lossTexts > 0 ? "       NLL" : "");
}

std::string differencesText(const FactsOptions& options, const std::vector<FactsRow>& rows) {
    const auto comparisons = comparisonsOf(rows);
    if (comparisons.empty())
        return "";
    std::string text = fmt::format("\nPaired differences, 95 % intervals\n{:>8}  {:>6}  {:<34} {}{}\n",
                                   "tokens", "budget", "of", "share answered          ",
                                   options.task.lossTexts > 0 ? "   NLL of the dense answer" : "");
    for (const Comparison& comparison : comparisons)
        text += comparisonText(comparison);
    return text;
}

int run(const FactsOptions& options) {
    const std::vector<Contestant> contestants = contestantsOf(options);
    for (const Contestant& contestant : contestants)
        if (const auto config = configOf(contestant, options.task); !config)
            return report(config.error());
    const auto tokenizer = tokenizerOfModel(options.model.path);
    if (!tokenizer)
        return report(tokenizer.error());
    for (const std::int32_t length : options.lengths)
        if (const auto fact = plantFact(**tokenizer, embedded::licence, length, options.task.seed, 0); !fact)
            return report(fact.error());

    Interrupt interrupt;
    auto loaded = loadEngineWith(options.model, nullptr, interrupt);
    if (!loaded)
        return report(loaded.error());
    ProgressLine line(!options.quiet);
    FactsRunner runner(options.task, **tokenizer, *loaded->engine, interrupt, line);
    std::vector<FactsRow> rows;
    Status status;
    if (!options.json)
        status = printResult(headText(options, loaded->model));
    for (const std::int32_t length : options.lengths) {
        for (const Contestant& contestant : contestants) {
            if (!status)
                return report(status.error());
            auto row = runner.run(length, contestant);
            if (!row)
                return report(row.error());
            if (!options.json)
                status = printResult(rowText(*row));
            rows.push_back(std::move(row).value());
        }
    }
    if (status)
        status = printResult(options.json ? jsonLine(resultJson(options, loaded->model, rows))
                                          : differencesText(options, rows));
    return status ? 0 : report(status.error());
}

} // namespace

void addBenchFacts(CLI::App& bench, int& status) {
    auto options = std::make_shared<FactsOptions>();
    FactsTask& task = options->task;
    CLI::App* facts = bench.add_subcommand(
        "facts", "Planted facts answered, and likelihood of the dense answer, by method, budget and length");
    bindModelOptions(*facts, options->model);
    facts->add_option("--lengths", options->lengths, "Document lengths in tokens")
        ->delimiter(',')
        ->capture_default_str();
    facts
        ->add_option(
            "--methods", options->methods,
            "Methods to compare, each with the one before it; peak:standing is peak with --scoring standing")
        ->delimiter(',')
        ->capture_default_str();
    facts->add_option("--budgets,--budget", options->budgets, "Tokens to keep")
        ->delimiter(',')
        ->capture_default_str();
    facts->add_option("--facts", task.facts, "Facts a length")
        ->check(wholeNumber(1, 100'000))
        ->capture_default_str();
    facts->add_option("--first", task.first, "Number of the first fact: a long table can be made in parts")
        ->check(wholeNumber(0, 100'000))
        ->capture_default_str();
    facts
        ->add_option("--nll-texts", task.lossTexts,
                     "Texts of each length that are also asked a general question, for the likelihood")
        ->check(wholeNumber(0, 100'000))
        ->capture_default_str();
    facts->add_option("--block-size", task.blockSize, "Tokens read at a time")->capture_default_str();
    facts->add_option("--protection-divisor", task.divisor, "Anchors and window each get budget / this")
        ->capture_default_str();
    facts->add_option("--seed", task.seed, "Which facts, planted where")
        ->check(wholeNumber(0, ~0ULL))
        ->capture_default_str();
    facts->add_flag("--json", options->json, "Print one JSON object, with every answer");
    facts->add_flag("--quiet", options->quiet, "No progress on standard error");
    facts->callback([options, &status] { status = run(*options); });
}

} // namespace kvprism::cli
