// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli perplexity: how well the model predicts a text, dense or with a bounded memory.
#include "app/cli/ask_json.h"
#include "app/cli/commands.h"
#include "app/cli/documents.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/model_tokenizer.h"
#include "app/cli/run_options.h"
#include "app/cli/standard_output.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "engine/tables/output_file.h"
#include "engine/tables/table_writer.h"
#include "engine/text/utf8_stream.h"

#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <string>

namespace kvprism::cli {

namespace {

struct PerplexityOptions {
    RunOptions run;
    std::string document, perToken;
    bool json = false, quiet = false;
};

constexpr std::string_view tableHeader = "position,token,bytes,nll\n";

// One row a token: position, its text (whole characters only: U+FFFD stands for parts of one), how many bytes
// it has, and its negative log-likelihood (natural logarithm), which the first token has not.
Status writePerToken(const Perplexity& measured, const std::string& path) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    if (!file)
        return ioError("Cannot write " + path + ": choose another place for --per-token.");
    file << tableHeader;
    for (std::size_t i = 0; i < measured.pieces.size(); ++i) {
        const std::string nll = i == 0 ? "" : fmt::format("{:.6f}", measured.nll[i - 1]);
        file << i << ',' << tables::csvField(text::toValidUtf8(measured.pieces[i])) << ','
             << measured.pieces[i].size() << ',' << nll << '\n';
    }
    file.close();
    if (!file)
        return ioError("Writing " + path + " failed: is the disk full?");
    return {};
}

std::string resultJson(const Perplexity& measured, const select::Config& config,
                       const trace::ModelIdentity& model) {
    return jsonLine({{"tokens", measured.ids.size()},
                     {"predicted", measured.nll.size()},
                     {"mean_nll", measured.meanNll},
                     {"perplexity", std::exp(measured.meanNll)},
                     {"kept", measured.kept},
                     {"read_ms", measured.readMs},
                     {"model", modelJson(model)},
                     {"config", configJson(config)}});
}

int run(PerplexityOptions& options) {
    // Dense, unless the person asks for a method.
    auto& settings = options.run.settings;
    if (!settings.count("method") && !settings.count("preset")) {
        for (const char* option : {"budget", "compression-ratio"})
            if (settings.count(option))
                return report(usageError("--" + std::string(option) +
                                         " counts for nothing, as a perplexity is dense unless a method is "
                                         "named: give --method, too."));
        settings["method"] = "none";
    }
    const auto config = configOf(options.run);
    if (!config)
        return report(config.error());
    if (options.document.empty())
        return report(usageError("perplexity needs --document FILE ('-' for standard input)."));
    if (!options.perToken.empty()) {
        const auto model = placeOfModel(options.run.model);
        if (!model)
            return report(model.error());
        if (const Status may = tables::mayWriteTable("--per-token", options.perToken, tableHeader,
                                                     {options.document, *model});
            !may)
            return report(may.error());
    }
    const auto document = readDocumentArgument(options.document);
    if (!document)
        return report(document.error());

    Interrupt interrupt;
    Narrator narrator({.quiet = options.quiet}, [] {});
    auto loaded = loadEngineWith(options.run.model, &narrator, interrupt);
    if (!loaded)
        (void)narrator.finish(); // takes the progress line away
    if (!loaded)
        return report(loaded.error());
    for (const std::string& notice : document->notices)
        narrator.notice(notice);
    const auto measured = loaded->engine->perplexity(*config, *document, &narrator, interrupt.beginWork());
    interrupt.endWork();
    (void)narrator.finish(); // nothing was streamed
    if (!measured)
        return report(measured.error());
    const Status written =
        printResult(options.json ? resultJson(*measured, measured->config, loaded->model)
                                 : fmt::format("{} tokens, mean NLL {:.4f}, perplexity {:.4f}\n",
                                               grouped(static_cast<std::int64_t>(measured->ids.size())),
                                               measured->meanNll, std::exp(measured->meanNll)));
    if (!written)
        return report(written.error());
    if (!options.perToken.empty())
        if (const Status saved = writePerToken(*measured, options.perToken); !saved)
            return report(saved.error());
    if (!options.quiet) {
        const auto tokens = static_cast<std::int64_t>(measured->ids.size());
        std::fprintf(stderr, "%s, read in %s (%s), kept %s tokens\n", config->method.c_str(),
                     secondsText(measured->readMs).c_str(), perSecond(tokens, measured->readMs).c_str(),
                     grouped(measured->kept).c_str());
    }
    return 0;
}

} // namespace

void addPerplexity(CLI::App& app, int& status) {
    auto options = std::make_shared<PerplexityOptions>();
    CLI::App* perplexity =
        app.add_subcommand("perplexity", "Negative log-likelihood of a text, dense or under a method");
    perplexity->add_option("--document", options->document, "Text file, taken as it is; - for standard input")
        ->type_name("F");
    perplexity
        ->add_option("--per-token", options->perToken,
                     "Also write position, token, bytes, nll of every token")
        ->type_name("F.csv");
    bindRunOptions(*perplexity, options->run);
    perplexity->get_option("--method")->default_str("none");
    perplexity->get_option("--preset")->default_str("no preset");
    perplexity->add_flag("--json", options->json, "Print one JSON object");
    perplexity->add_flag("--quiet", options->quiet, "Say nothing but the result and errors");
    perplexity->callback([options, &status] { status = run(*options); });
}

} // namespace kvprism::cli
