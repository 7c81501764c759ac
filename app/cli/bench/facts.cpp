// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli bench facts: how many planted facts each method answers at each length and budget, and how
// likely it makes what the dense model answers.
#include "app/cli/arguments.h"
#include "app/cli/ask_json.h"
#include "app/cli/bench/bench.h"
#include "app/cli/bench/facts_runner.h"
#include "app/cli/bench/facts_table.h"
#include "app/cli/bench/planted_facts.h"
#include "app/cli/commands.h"
#include "app/cli/licence.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/model_tokenizer.h"
#include "app/cli/run_options.h"
#include "app/cli/standard_output.h"

#include <map>
#include <memory>
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
    std::vector<std::string> parts; // files with what --json printed: nothing is measured
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

int join(const FactsOptions& options) {
    const auto table = joinFacts(options.parts);
    if (!table)
        return report(table.error());
    std::string text = factsHead(table->task, table->model);
    for (const FactsRow& row : table->rows)
        text += factsLine(row);
    text += factsDifferences(table->task, table->rows);
    const Status printed = printResult(options.json ? jsonLine(factsJson(*table)) : text);
    return printed ? 0 : report(printed.error());
}

int run(const FactsOptions& options) {
    if (!options.parts.empty())
        return join(options);
    const std::vector<Contestant> contestants = contestantsOf(options);
    for (const Contestant& contestant : contestants)
        if (const auto config = configOf(contestant, options.task); !config)
            return report(config.error());
    const auto tokenizer = tokenizerOfModel(options.model);
    if (!tokenizer)
        return report(tokenizer.error());
    for (const std::int32_t length : options.lengths) {
        const auto carrier = carrierOf(**tokenizer, embedded::licence, length, options.task.seed);
        if (!carrier)
            return report(carrier.error());
        if (const auto fact = plantFact(**tokenizer, *carrier, length, options.task.seed, 0); !fact)
            return report(fact.error());
    }

    Interrupt interrupt;
    auto loaded = loadEngineWith(options.model, nullptr, interrupt);
    if (!loaded)
        return report(loaded.error());
    const Json model = modelJson(loaded->model);
    ProgressLine line(!options.quiet);
    FactsRunner runner(options.task, **tokenizer, *loaded->engine, interrupt, line);
    std::vector<FactsRow> rows;
    Status status;
    if (!options.json)
        status = printResult(factsHead(options.task, model));
    for (const std::int32_t length : options.lengths) {
        for (const Contestant& contestant : contestants) {
            if (!status)
                return report(status.error());
            auto row = runner.run(length, contestant);
            if (!row)
                return report(row.error());
            if (!options.json)
                status = printResult(factsLine(*row));
            rows.push_back(std::move(row).value());
        }
    }
    if (status)
        status = printResult(options.json ? jsonLine(factsJson({options.task, model, std::move(rows)}))
                                          : factsDifferences(options.task, rows));
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
        ->add_option("--join", options->parts,
                     "Measure nothing: print what --json left in these files, parts of one table")
        ->type_name("F ...");
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
    facts
        ->add_option_function<std::string>(
            "--secrets",
            [options](const std::string& name) {
                options->task.secret = name == "word" ? Secret::word : Secret::number;
            },
            "What is asked for")
        ->check(oneOf({"number", "word"}))
        ->type_name("number|word")
        ->default_str("number");
    facts->add_flag("--json", options->json, "Print one JSON object, with every answer");
    facts->add_flag("--quiet", options->quiet, "No progress on standard error");
    facts->callback([options, &status] { status = run(*options); });
}

} // namespace kvprism::cli
