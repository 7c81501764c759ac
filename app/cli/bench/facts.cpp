// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli bench facts: how many planted facts each method answers at each document length.
#include "app/cli/arguments.h"
#include "app/cli/ask_json.h"
#include "app/cli/bench/bench.h"
#include "app/cli/bench/planted_facts.h"
#include "app/cli/commands.h"
#include "app/cli/licence.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/model_tokenizer.h"
#include "app/cli/run_options.h"
#include "app/cli/standard_output.h"
#include "app/cli/words.h"

#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <vector>

namespace kvprism::cli {

namespace {

using Json = nlohmann::ordered_json;

struct FactsOptions {
    ModelRequest model;
    std::vector<std::int32_t> lengths{3000, 6000};
    std::vector<std::string> methods{"none", "peak", "exact", "recency"};
    std::int32_t facts = 64, first = 0, budget = 256, blockSize = 512, divisor = 4;
    std::uint64_t seed = 1;
    bool json = false, quiet = false;
};

// The answers of one method at one length.
struct Row {
    std::int32_t length = 0;
    std::string method;
    std::int32_t asked = 0, right = 0, kept = 0;
    double readMs = 0;
    Json answers = Json::array();
};

Result<select::Config> configOf(const FactsOptions& options, const std::string& method) {
    return select::configFrom({{"method", method},
                               {"budget", std::to_string(options.budget)},
                               {"block-size", std::to_string(options.blockSize)},
                               {"protection-divisor", std::to_string(options.divisor)},
                               {"seed", std::to_string(options.seed)},
                               {"max-new-tokens", "40"}});
}

class FactsBench {
  public:
    FactsBench(const FactsOptions& options, const text::Tokenizer& tokenizer, Engine& engine,
               Interrupt& interrupt)
        : m_options(options), m_tokenizer(tokenizer), m_engine(engine), m_interrupt(interrupt),
          m_line(!options.quiet) {}

    // All facts of one length under one method, or an error: interrupted, too.
    Result<Row> measure(std::int32_t length, const std::string& method) {
        const auto config = configOf(m_options, method);
        if (!config)
            return config.error();
        Row row{.length = length, .method = method};
        for (std::int32_t index = 0; index < m_options.facts; ++index) {
            m_line.showText(fmt::format("{} tokens, {}: fact {} of {}, {} answered", grouped(length), method,
                                        index + 1, m_options.facts, row.right));
            if (const Status asked = askOne(row, *config, m_options.first + index); !asked)
                return asked.error();
        }
        m_line.clear();
        return row;
    }

  private:
    Status askOne(Row& row, const select::Config& config, std::int32_t index) {
        const auto fact = plantFact(m_tokenizer, embedded::licence, row.length, m_options.seed, index);
        if (!fact)
            return fact.error();
        const auto document =
            text::documentFromBytes("planted fact " + std::to_string(index), fact->document);
        if (!document)
            return document.error();
        const auto session = m_engine.openSession(config, *document);
        if (!session)
            return session.error();
        const auto result = (*session)->ask(fact->question, nullptr, nullptr, m_interrupt.beginWork());
        m_interrupt.endWork();
        if (!result)
            return result.error();
        if (result->answer.stopReason == trace::StopReason::interrupted)
            return interrupted("Interrupted.");
        const bool right = saysValue(result->answer.text, fact->value);
        ++row.asked;
        row.right += right;
        row.kept = result->tokens.kept;
        row.readMs += result->readMs;
        row.answers.push_back({{"city", fact->city},
                               {"value", fact->value},
                               {"token", fact->tokenBegin},
                               {"tokens", fact->tokens},
                               {"answer", result->answer.text},
                               {"right", right}});
        return {};
    }

    const FactsOptions& m_options;
    const text::Tokenizer& m_tokenizer;
    Engine& m_engine;
    Interrupt& m_interrupt;
    ProgressLine m_line;
};

std::string rowText(const Row& row) {
    return fmt::format("{:>8}  {:<10} {:>8}  {:>3} of {:<3}  {:>6.2f}  {:>9}\n", grouped(row.length),
                       row.method, grouped(row.kept), row.right, row.asked,
                       static_cast<double>(row.right) / row.asked, secondsText(row.readMs / row.asked));
}

Json resultJson(const FactsOptions& options, const trace::ModelIdentity& model,
                const std::vector<Row>& rows) {
    Json table = Json::array();
    for (const Row& row : rows)
        table.push_back({{"length", row.length},
                         {"method", row.method},
                         {"answered", row.right},
                         {"facts", row.asked},
                         {"kept", row.kept},
                         {"read_ms_mean", row.readMs / row.asked},
                         {"answers", row.answers}});
    return {{"bench", "facts"},
            {"model", modelJson(model)},
            {"budget", options.budget},
            {"block_size", options.blockSize},
            {"protection_divisor", options.divisor},
            {"seed", options.seed},
            {"rows", std::move(table)}};
}

int run(const FactsOptions& options) {
    for (const std::string& method : options.methods)
        if (const auto config = configOf(options, method); !config)
            return report(config.error());
    const auto tokenizer = tokenizerOfModel(options.model.path);
    if (!tokenizer)
        return report(tokenizer.error());
    for (const std::int32_t length : options.lengths)
        if (const auto fact = plantFact(**tokenizer, embedded::licence, length, options.seed, 0); !fact)
            return report(fact.error());

    Interrupt interrupt;
    auto loaded = loadEngineWith(options.model, nullptr, interrupt);
    if (!loaded)
        return report(loaded.error());
    FactsBench bench(options, **tokenizer, *loaded->engine, interrupt);
    std::vector<Row> rows;
    Status status;
    if (!options.json)
        status = printResult(
            fmt::format("{} facts a length, budget {}, blocks of {}, n = {}, seed {}, {} on {}\n\n"
                        "{:>8}  {:<10} {:>8}  {:>10}  {:>6}  {:>9}\n",
                        options.facts, options.budget, options.blockSize, options.divisor, options.seed,
                        loaded->model.dtype, loaded->model.device, "tokens", "method", "kept", "answered",
                        "share", "read in"));
    for (const std::int32_t length : options.lengths) {
        for (const std::string& method : options.methods) {
            if (!status)
                return report(status.error());
            auto row = bench.measure(length, method);
            if (!row)
                return report(row.error());
            if (!options.json)
                status = printResult(rowText(*row));
            rows.push_back(std::move(row).value());
        }
    }
    if (options.json)
        status = printResult(jsonLine(resultJson(options, loaded->model, rows)));
    return status ? 0 : report(status.error());
}

} // namespace

void addBenchFacts(CLI::App& bench, int& status) {
    auto options = std::make_shared<FactsOptions>();
    CLI::App* facts = bench.add_subcommand("facts", "Planted facts answered, by method and document length");
    bindModelOptions(*facts, options->model);
    facts->add_option("--lengths", options->lengths, "Document lengths in tokens")
        ->delimiter(',')
        ->capture_default_str();
    facts->add_option("--methods", options->methods, "Methods to compare")
        ->delimiter(',')
        ->capture_default_str();
    facts->add_option("--facts", options->facts, "Facts a length")
        ->check(wholeNumber(1, 100'000))
        ->capture_default_str();
    facts
        ->add_option("--first", options->first, "Number of the first fact: a long table can be made in parts")
        ->check(wholeNumber(0, 100'000))
        ->capture_default_str();
    facts->add_option("--budget", options->budget, "Tokens to keep")->capture_default_str();
    facts->add_option("--block-size", options->blockSize, "Tokens read at a time")->capture_default_str();
    facts->add_option("--protection-divisor", options->divisor, "Anchors and window each get budget / this")
        ->capture_default_str();
    facts->add_option("--seed", options->seed, "Which facts, planted where")
        ->check(wholeNumber(0, ~0ULL))
        ->capture_default_str();
    facts->add_flag("--json", options->json, "Print one JSON object, with every answer");
    facts->add_flag("--quiet", options->quiet, "No progress on standard error");
    facts->callback([options, &status] { status = run(*options); });
}

} // namespace kvprism::cli
