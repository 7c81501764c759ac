// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli bench peers: reading and single tokens beside transformers, on the same random weights. One
// program after the other, so that each has the card to itself.
#include "app/cli/arguments.h"
#include "app/cli/ask_json.h"
#include "app/cli/bench/bench.h"
#include "app/cli/bench/temporary_folder.h"
#include "app/cli/bench/transformers_peer.h"
#include "app/cli/bench/whole_answer.h"
#include "app/cli/commands.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/run_options.h"
#include "app/cli/standard_output.h"
#include "engine/files/random_shape.h"
#include "engine/select/counter_random.h"
#include "engine/select/options.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kvprism::cli {

namespace {

struct PeersOptions {
    std::string peer, shape = "llama-3.1-8b", device = "cuda";
    std::vector<std::int32_t> lengths{4096, 32768, 131072};
    std::int32_t budget = 4096, decodeTokens = 64, rounds = 2;
    bool json = false, quiet = false;
};

// A token for each byte.
std::string textOf(std::int32_t tokens) {
    std::string text;
    for (std::int32_t i = 0; i < tokens; ++i)
        text += static_cast<char>('a' + select::randomBits(1, 3, static_cast<std::uint64_t>(i)) % 26);
    return text;
}

class Bench {
  public:
    Bench(const PeersOptions& options, const std::string& folder)
        : m_options(options), m_folder(folder), m_line(!options.quiet) {
        for (const std::int32_t tokens : options.lengths)
            for (const char* program : {"kvprism", "transformers", "kvpress SnapKV"}) {
                PeerResult result;
                result.program = program;
                result.tokens = tokens;
                m_table.results.push_back(std::move(result));
            }
        m_table.device = options.device;
        m_table.budget = options.budget;
        m_table.rounds = options.rounds;
    }

    Status run(const files::ModelConfig& config) {
        m_table.name = config.name;
        for (const std::int32_t tokens : m_options.lengths)
            if (const Status may = settingsAreGood(config, tokens); !may)
                return may;
        if (const Status there = deviceIsThere(); !there)
            return there;
        m_line.showText("transformers draws the weights and writes them");
        Status done = TransformersPeer::makeFolder(m_options.peer, m_folder, config, &m_interrupt);
        if (done)
            done = measurePeer();
        if (done)
            done = measureOurs();
        m_line.clear();
        return done;
    }
    const PeersTable& table() const { return m_table; }
    bool hasMeasured() const {
        return std::ranges::any_of(m_table.results,
                                   [](const PeerResult& result) { return !result.readMs.empty(); });
    }

  private:
    Result<select::Config> settings() const {
        return select::configFrom({{"layout", "detached"},
                                   {"budget", std::to_string(m_options.budget)},
                                   {"block-size", std::to_string(m_options.budget)},
                                   {"evidence", "0"},
                                   {"max-new-tokens", std::to_string(m_options.decodeTokens + 1)}});
    }
    // Both asked before gigabytes are written.
    Status settingsAreGood(const files::ModelConfig& config, std::int32_t tokens) const {
        const auto asked = settings();
        if (!asked)
            return asked.error();
        const auto resolved = select::resolve(*asked, {config.contextLength}, tokens, 0, 0);
        return resolved ? Status() : Status(resolved.error());
    }
    Status deviceIsThere() {
        const auto loaded =
            loadEngineWith({.path = {}, .random = "tiny", .device = m_options.device}, nullptr, m_interrupt);
        return loaded ? Status() : Status(loaded.error());
    }

    Status measurePeer() {
        m_line.showText("transformers loads the weights");
        const auto peer = TransformersPeer::start(m_options.peer, m_folder, m_options.device, &m_interrupt);
        if (!peer)
            return peer.error();
        m_table.peer = (*peer)->description();
        return eachRound(false, [&](PeerResult& result) {
            return (*peer)->measure(result.program == "transformers" ? "dense" : "snapkv",
                                    m_options.decodeTokens, m_options.budget, result);
        });
    }

    Status measureOurs() {
        m_line.showText("kvprism loads the weights");
        auto loaded = loadEngineWith({.path = m_folder, .device = m_options.device, .dtype = "bf16"}, nullptr,
                                     m_interrupt);
        if (!loaded)
            return loaded.error();
        m_table.model = modelJson(loaded->model);
        return eachRound(true, [&](PeerResult& result) { return measureOurs(*loaded->engine, result); });
    }

    Status measureOurs(Engine& engine, PeerResult& result) {
        const auto config = settings();
        if (!config)
            return config.error();
        const auto document = text::documentFromBytes("text", textOf(result.tokens));
        if (!document)
            return document.error();
        const auto session = openWatched(engine, *config, *document, nullptr, m_interrupt);
        if (!session)
            return session.error();
        (void)engine.takeDevicePeak();
        const auto answered = wholeAnswer(**session, "What does the text say?", m_interrupt);
        if (!answered && answered.error().code == ErrorCode::outOfMemory) {
            result.failure = "out of memory";
            return {};
        }
        if (!answered)
            return answered.error();
        const trace::Answer& answer = answered->answer;
        result.readMs.push_back(answered->readMs);
        if (answer.ids.size() > 1)
            result.decodeMs.push_back((answer.totalMs - answer.firstTokenMs) /
                                      static_cast<double>(answer.ids.size() - 1));
        result.peakBytes = std::max(result.peakBytes, engine.takeDevicePeak());
        return {};
    }

    // Our results or those of the others, behind a round that does not count: libraries plan for each new
    // size.
    Status eachRound(bool ours, const std::function<Status(PeerResult&)>& measure) {
        for (std::int32_t round = 0; round <= m_options.rounds; ++round)
            for (PeerResult& result : m_table.results) {
                if (!result.failure.empty() || (result.program == "kvprism") != ours)
                    continue;
                m_line.showText((round == 0 ? "Warming up: " : "Round " + std::to_string(round) + ": ") +
                                std::to_string(result.tokens) + " tokens");
                if (const Status done = measure(result); !done)
                    return done;
                if (round == 0) {
                    result.readMs.clear();
                    result.decodeMs.clear();
                    result.peakBytes = 0;
                }
            }
        return {};
    }

    const PeersOptions& m_options;
    std::string m_folder;
    ProgressLine m_line;
    Interrupt m_interrupt;
    PeersTable m_table;
};

int run(const PeersOptions& options) {
    const auto config = files::randomShape(options.shape);
    if (!config)
        return report(config.error());
    if (options.peer.empty())
        return report(usageError("bench peers needs --peer PATH: a Python that has torch and transformers."));
    const auto folder = TemporaryFolder::make();
    if (!folder)
        return report(folder.error());
    Bench bench(options, (*folder)->path());
    const Status done = bench.run(*config);
    Status written;
    if (done || bench.hasMeasured()) // what the one program took is worth having where the other fails
        written = printResult(options.json ? jsonLine(peersJson(bench.table())) : peersText(bench.table()));
    if (!done)
        return report(done.error());
    return written ? 0 : report(written.error());
}

void bind(CLI::App& app, PeersOptions& options) {
    app.add_option(
           "--peer", options.peer,
           "A Python that has torch and transformers (or its virtual environment); needed. The weights "
           "are written to TMPDIR for as long as it takes: 16 GB of llama-3.1-8b")
        ->type_name("PATH");
    app.add_option("--random", options.shape, randomHelp())->type_name("SHAPE")->capture_default_str();
    app.add_option("--device", options.device, "Where both run")
        ->check(oneOf({"cpu", "cuda"}))
        ->type_name("cpu|cuda")
        ->capture_default_str();
    app.add_option("--tokens", options.lengths, "Lengths of the text")
        ->check(wholeNumber(16, 1 << 24))
        ->delimiter(',')
        ->type_name("N,…")
        ->default_str("4096,32768,131072");
    const auto number = [&app](const char* name, std::int32_t& value, const char* help, std::uint64_t most) {
        app.add_option(name, value, help)->check(wholeNumber(1, most))->type_name("N")->capture_default_str();
    };
    number("--budget", options.budget, "Tokens that KVPrism keeps, and reads at a time", 1 << 20);
    number("--decode", options.decodeTokens, "Single tokens behind the text", 4096);
    number("--rounds", options.rounds, "Measured rounds", 100);
    app.add_flag("--json", options.json, "Print one JSON object");
    app.add_flag("--quiet", options.quiet, "No progress on standard error");
}

} // namespace

void addBenchPeers(CLI::App& bench, int& status) {
    auto options = std::make_shared<PeersOptions>();
    CLI::App* peers =
        bench.add_subcommand("peers", "Reading and single tokens beside transformers, on the same weights");
    bind(*peers, *options);
    peers->callback([options, &status] { status = run(*options); });
}

} // namespace kvprism::cli
