// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli bench ablation: the 14 rows of the published ablation grid (LASER-KV, arXiv 2602.02199) on one
// document.
#include "app/cli/arguments.h"
#include "app/cli/ask_json.h"
#include "app/cli/bench/bench.h"
#include "app/cli/bench/planted_facts.h"
#include "app/cli/bench/whole_answer.h"
#include "app/cli/commands.h"
#include "app/cli/documents.h"
#include "app/cli/escape.h"
#include "app/cli/licence.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/model_tokenizer.h"
#include "app/cli/run_options.h"
#include "app/cli/standard_output.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"

#include <fmt/format.h>
#include <memory>
#include <string>
#include <vector>

namespace kvprism::cli {

namespace {

using Json = nlohmann::ordered_json;

struct AblationOptions {
    ModelRequest model;
    std::string document, question; // empty: a planted fact
    std::int32_t tokens = 6000, budget = 512, blockSize = 512, newTokens = 24;
    std::string scope = "total";
    std::uint64_t seed = 1;
    bool json = false, quiet = false;
};

struct GridRow {
    std::string name;
    select::Settings settings;
};

// exact; LSH by its two published modes; exact + LSH by both modes and two ratios; each in both modes.
std::vector<GridRow> gridOf(const AblationOptions& options) {
    std::vector<GridRow> rows;
    const auto add = [&](std::string name, select::Settings settings) {
        settings["budget"] = std::to_string(options.budget);
        settings["block-size"] = std::to_string(options.blockSize);
        settings["max-new-tokens"] = std::to_string(options.newTokens);
        settings["seed"] = std::to_string(options.seed);
        for (const char* mode : {"accumulate", "recursive"}) {
            GridRow row{fmt::format("{:<42} {}", name, mode), settings};
            row.settings["mode"] = mode;
            if (row.settings["mode"] == "accumulate")
                row.settings["budget-scope"] = options.scope;
            rows.push_back(std::move(row));
        }
    };
    const std::vector<std::string> lshModes{"frequency_rank", "magicpig_baseline"};
    add("exact", {{"method", "exact"}});
    for (const std::string& mode : lshModes)
        add("lsh " + mode, {{"method", "lsh"}, {"lsh-mode", mode}});
    for (const char* ratio : {"0.50", "0.75"})
        for (const std::string& mode : lshModes)
            add(fmt::format("hybrid exact + lsh {} {}", mode, ratio),
                {{"method", "hybrid"}, {"lsh-mode", mode}, {"hybrid-ratio", ratio}});
    return rows;
}

struct Asked {
    text::Document document;
    std::string question, value; // value: what a right answer says; empty: unknown
};

Result<Asked> askedOf(const AblationOptions& options) {
    if (options.document.empty() != options.question.empty())
        return usageError("--document and --question belong together: give both, or neither.");
    if (!options.document.empty()) {
        auto document = readDocumentArgument(options.document);
        if (!document)
            return document.error();
        return Asked{std::move(document).value(), options.question, ""};
    }
    const auto tokenizer = tokenizerOfModel(options.model);
    if (!tokenizer)
        return tokenizer.error();
    const auto fact = plantFact(**tokenizer, embedded::licence, options.tokens, options.seed, 0);
    if (!fact)
        return fact.error();
    auto document = text::documentFromBytes("a planted fact", fact->document);
    if (!document)
        return document.error();
    return Asked{std::move(document).value(), fact->question, fact->value};
}

std::string headText(const AblationOptions& options, const Asked& asked, const trace::ModelIdentity& model) {
    std::string text = fmt::format("{}\nbudget {}, blocks of {}, seed {}, accumulate within {}, {} on {}\n",
                                   asked.question, options.budget, options.blockSize, options.seed,
                                   options.scope, model.dtype, model.device);
    if (!asked.value.empty())
        text += fmt::format("right: {}\n", asked.value);
    return text + fmt::format("\n{:<54}{:>7}{:>11}{:>11}{:>8}  {}\n", "method, mode", "kept", "bytes", "peak",
                              "read", "answer");
}

std::string rowText(const GridRow& row, const AskResult& result) {
    return fmt::format("{:<54}{:>7}{:>11}{:>11}{:>8}  {}\n", row.name, grouped(result.tokens.kept),
                       bytesText(result.bytes.kept), bytesText(result.bytes.peak), secondsText(result.readMs),
                       oneLine(result.answer.text));
}

Json rowJson(const GridRow& row, const AskResult& result, const Asked& asked) {
    Json settings = Json::object();
    for (const auto& [name, value] : row.settings)
        settings[name] = value;
    Json json{{"settings", std::move(settings)}, {"kept", result.tokens.kept},
              {"peak", result.tokens.peak},      {"bytes_kept", result.bytes.kept},
              {"bytes_peak", result.bytes.peak}, {"read_ms", result.readMs},
              {"answer", result.answer.text}};
    json["right"] = asked.value.empty() ? Json() : Json(saysValue(result.answer.text, asked.value));
    return json;
}

int run(const AblationOptions& options) {
    const std::vector<GridRow> grid = gridOf(options);
    for (const GridRow& row : grid)
        if (const auto config = select::configFrom(row.settings); !config)
            return report(config.error());
    const auto asked = askedOf(options);
    if (!asked)
        return report(asked.error());
    Interrupt interrupt;
    auto loaded = loadEngineWith(options.model, nullptr, interrupt);
    if (!loaded)
        return report(loaded.error());
    Json rows = Json::array();
    ProgressLine line(!options.quiet);
    Status status;
    if (!options.json)
        status = printResult(headText(options, *asked, loaded->model));
    for (const GridRow& row : grid) {
        if (!status)
            return report(status.error());
        line.showText(fmt::format("row {} of {}: {}", rows.size() + 1, grid.size(), row.name));
        const auto session = openWatched(*loaded->engine, *select::configFrom(row.settings), asked->document,
                                         nullptr, interrupt);
        if (!session)
            return report(session.error());
        const auto result = wholeAnswer(**session, asked->question, interrupt);
        line.clear();
        if (!result)
            return report(result.error());
        rows.push_back(rowJson(row, *result, *asked));
        if (!options.json)
            status = printResult(rowText(row, *result));
    }
    if (options.json)
        status = printResult(jsonLine(Json{{"bench", "ablation"},
                                           {"model", modelJson(loaded->model)},
                                           {"question", asked->question},
                                           {"value", asked->value},
                                           {"rows", std::move(rows)}}));
    return status ? 0 : report(status.error());
}

} // namespace

void addBenchAblation(CLI::App& bench, int& status) {
    auto options = std::make_shared<AblationOptions>();
    CLI::App* ablation =
        bench.add_subcommand("ablation", "The 14 rows of the published ablation grid, on one document");
    bindModelOptions(*ablation, options->model);
    ablation->add_option("--document", options->document, "Document; default: a fact planted in the licence")
        ->type_name("F");
    ablation->add_option("--question", options->question, "Question about it")->type_name("TEXT");
    ablation->add_option("--tokens", options->tokens, "Length of the default document")
        ->check(wholeNumber(1, 1'000'000))
        ->capture_default_str();
    ablation->add_option("--budget", options->budget, "Tokens to keep")->capture_default_str();
    ablation->add_option("--block-size", options->blockSize, "Tokens read at a time")->capture_default_str();
    ablation->add_option("--budget-scope", options->scope, "In accumulate: total, or per_block as published")
        ->capture_default_str();
    ablation->add_option("--max-new-tokens", options->newTokens, "The longest answer")->capture_default_str();
    ablation->add_option("--seed", options->seed, "Which fact, and what LSH hashes by")
        ->check(wholeNumber(0, ~0ULL))
        ->capture_default_str();
    ablation->add_flag("--json", options->json, "Print one JSON object");
    ablation->add_flag("--quiet", options->quiet, "No progress on standard error");
    ablation->callback([options, &status] { status = run(*options); });
}

} // namespace kvprism::cli
