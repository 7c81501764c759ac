// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli bench prefill: tokens a second of a dense pass, alternated with a peer on the same file.
#include "app/cli/arguments.h"
#include "app/cli/ask_json.h"
#include "app/cli/bench/bench.h"
#include "app/cli/bench/peer.h"
#include "app/cli/bench/whole_answer.h"
#include "app/cli/commands.h"
#include "app/cli/licence.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/model_tokenizer.h"
#include "app/cli/run_options.h"
#include "app/cli/standard_output.h"
#include "app/cli/words.h"
#include "engine/files/embedded_model.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace kvprism::cli {

namespace {

using Json = nlohmann::ordered_json;

struct PrefillOptions {
    ModelRequest model{.path = {}, .dtype = "bf16"};
    std::string peer;
    std::int32_t tokens = 2048, repeats = 5, blockSize = 512;
    bool json = false, quiet = false;
};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// What matters most about the processor for a comparison in bf16.
std::string processorText() {
    std::ifstream file("/proc/cpuinfo");
    std::string line, name = "unknown processor", instructions;
    while (std::getline(file, line)) {
        if (line.starts_with("model name"))
            name = line.substr(line.find(':') + 2);
        if (!line.starts_with("flags"))
            continue;
        for (const char* flag : {"avx2", "avx512f", "avx512_bf16", "amx_bf16"})
            if ((line + " ").find(" " + std::string(flag) + " ") != std::string::npos)
                instructions += std::string(" ") + flag;
        break;
    }
    return name + " (" +
           (instructions.empty() ? "none of avx2, avx512f, avx512_bf16, amx_bf16" : instructions.substr(1)) +
           ")";
}

// The licence's first tokens as text, with which the dense model has `tokens` to read beside its instruction.
Result<std::string> carrierOf(const text::Tokenizer& tokenizer, std::int32_t tokens) {
    const auto encoding = tokenizer.encode(embedded::licence);
    if (!encoding)
        return encoding.error();
    const std::size_t most = encoding->ids.size();
    if (tokens < 1 || static_cast<std::size_t>(tokens) >= most)
        return usageError("--tokens must be less than " + std::to_string(most) + ", the text that there is.");
    return std::string(embedded::licence.substr(0, encoding->begins[static_cast<std::size_t>(tokens)]));
}

// One dense pass over exactly `tokens` tokens: layout detached has no instruction before them.
Result<double> prefillOnce(Session& session, std::int32_t tokens, Interrupt& interrupt) {
    const auto result = wholeAnswer(session, "?", interrupt);
    if (!result)
        return result.error();
    if (result->tokens.prefix + result->tokens.document != tokens)
        return defect("The prefill read " + std::to_string(result->tokens.prefix + result->tokens.document) +
                      " tokens instead of " + std::to_string(tokens) + ".");
    return static_cast<double>(tokens) * 1000 / result->readMs;
}

struct Rates {
    std::vector<double> own, peer;
};

Result<Rates> alternate(const PrefillOptions& options, Session& session, Peer* peer, Interrupt& interrupt) {
    ProgressLine line(!options.quiet);
    Rates rates;
    for (std::int32_t round = 0; round <= options.repeats; ++round) { // the first is for warming up
        line.showText(fmt::format("Round {} of {}", round, options.repeats));
        const auto own = prefillOnce(session, options.tokens, interrupt);
        if (!own)
            return own.error();
        if (round > 0)
            rates.own.push_back(*own);
        if (!peer)
            continue;
        const auto other = peer->prefill();
        if (!other)
            return other.error();
        if (round > 0)
            rates.peer.push_back(*other);
    }
    return rates;
}

Json ratesJson(const std::vector<double>& rates) {
    return {{"tokens_per_s", median(rates)}, {"runs", rates}};
}

int print(const PrefillOptions& options, const trace::ModelIdentity& model, int threads, const Rates& rates,
          const Peer* peer) {
    const double own = median(rates.own);
    Json json{{"bench", "prefill"},
              {"tokens", options.tokens},
              {"threads", threads},
              {"processor", processorText()},
              {"model", modelJson(model)},
              {"block_size", options.blockSize},
              {"kvprism", ratesJson(rates.own)}};
    json["kvprism"]["version"] = KVPRISM_VERSION;
    std::string text = fmt::format("Dense prefill of {} tokens, {} threads, {}\n\n", grouped(options.tokens),
                                   threads, processorText());
    text += fmt::format("{:<32} {:>10.1f} tokens/s  {} {}, blocks of {}, median of {}\n",
                        "kvprism " KVPRISM_VERSION, own, model.dtype, model.device, options.blockSize,
                        rates.own.size());
    if (peer) {
        const Json description = peer->description();
        const double other = median(rates.peer);
        json["peer"] = description;
        json["peer"].update(ratesJson(rates.peer));
        json["ratio"] = own / other;
        text += fmt::format("{:<32} {:>10.1f} tokens/s  {}\n{:<32} {:>10.2f} ×\n",
                            description["name"].get<std::string>() + " " + description["version"].dump(),
                            other, description["flags"].dump(), "ratio", own / other);
    } else {
        json["peer"] = nullptr;
        text += fmt::format(
            "{:<32} {:>10}           not measured: name one with --peer (a Python that has llama_cpp, "
            "or llama-bench)\n",
            "llama.cpp", "-");
    }
    const Status written = printResult(options.json ? jsonLine(json) : text);
    return written ? 0 : report(written.error());
}

int run(PrefillOptions options) {
    const auto path = files::modelPath(options.model.path);
    if (!path)
        return report(path.error());
    options.model.path = *path;
    if (options.model.threads == 0)
        options.model.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const auto tokenizer = tokenizerOfModel(options.model.path);
    if (!tokenizer)
        return report(tokenizer.error());
    const auto carrier = carrierOf(**tokenizer, options.tokens);
    if (!carrier)
        return report(carrier.error());

    Interrupt interrupt;
    std::unique_ptr<Peer> peer;
    if (!options.peer.empty()) {
        auto started =
            startPeer({options.peer, options.model.path, *carrier, options.tokens, options.model.threads});
        if (!started)
            return report(started.error());
        peer = std::move(started).value();
    }
    auto loaded = loadEngineWith(options.model, nullptr, interrupt);
    if (!loaded)
        return report(loaded.error());
    const auto config = select::configFrom({{"method", "none"},
                                            {"layout", "detached"},
                                            {"block-size", std::to_string(options.blockSize)},
                                            {"max-new-tokens", "1"}});
    if (!config)
        return report(config.error());
    const auto document = text::documentFromBytes("licence", *carrier);
    if (!document)
        return report(document.error());
    auto session = loaded->engine->openSession(*config, *document);
    if (!session)
        return report(session.error());
    const auto rates = alternate(options, **session, peer.get(), interrupt);
    if (!rates)
        return report(rates.error());
    return print(options, loaded->model, options.model.threads, *rates, peer.get());
}

void bind(CLI::App& app, PrefillOptions& options) {
    bindModelOptions(app, options.model);
    app.add_option("--peer", options.peer,
                   "A Python that has llama_cpp (or its virtual environment), or llama-bench")
        ->type_name("PATH");
    app.add_option("--tokens", options.tokens, "How many tokens")
        ->check(wholeNumber(1, 1'000'000))
        ->capture_default_str();
    app.add_option("--repeats", options.repeats, "Measured rounds, after one that is not")
        ->check(wholeNumber(1, 1000))
        ->capture_default_str();
    app.add_option("--block-size", options.blockSize, "Tokens read at a time")
        ->check(wholeNumber(1, 1'000'000))
        ->capture_default_str();
    app.add_flag("--json", options.json, "Print one JSON object");
    app.add_flag("--quiet", options.quiet, "No progress on standard error");
}

} // namespace

void addBenchPrefill(CLI::App& bench, int& status) {
    auto options = std::make_shared<PrefillOptions>();
    CLI::App* prefill = bench.add_subcommand("prefill", "Dense prefill, tokens a second, beside a peer");
    bind(*prefill, *options);
    bind(bench, *options);
    prefill->callback([options, &status] { status = run(*options); });
    bench.callback([options, &bench, &status] {
        if (bench.get_subcommands().empty())
            status = run(*options);
    });
}

} // namespace kvprism::cli
