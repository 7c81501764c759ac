// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli bench speed: a dense pass, a reading at a budget and single tokens, alternated with peers on
// the same text; and what choosing and recording cost.
#include "app/cli/arguments.h"
#include "app/cli/ask_json.h"
#include "app/cli/bench/bench.h"
#include "app/cli/bench/own_speed.h"
#include "app/cli/bench/peer.h"
#include "app/cli/bench/processor.h"
#include "app/cli/commands.h"
#include "app/cli/licence.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/model_tokenizer.h"
#include "app/cli/run_options.h"
#include "app/cli/standard_output.h"
#include "app/cli/words.h"
#include "engine/base/median.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace kvprism::cli {

namespace {

using Json = nlohmann::ordered_json;

struct SpeedOptions {
    ModelRequest model{.path = {}, .dtype = "bf16"};
    SpeedTask task;
    std::string peer;
    std::vector<std::string> peerModels; // empty: the same file
    std::int32_t repeats = 3;
    bool json = false, quiet = false;
};

struct Carrier {
    std::string whole, beginning; // the licence, and its first prefillTokens tokens
    std::int32_t tokens = 0;      // of the whole
};

Result<Carrier> carrierOf(const text::Tokenizer& tokenizer, std::int32_t tokens) {
    const auto encoding = tokenizer.encode(embedded::licence);
    if (!encoding)
        return encoding.error();
    const std::size_t most = encoding->ids.size();
    if (static_cast<std::size_t>(tokens) >= most)
        return usageError(fmt::format("--tokens must be less than {}, the text that there is.", most));
    return Carrier{
        std::string(embedded::licence),
        std::string(embedded::licence.substr(0, encoding->begins[static_cast<std::size_t>(tokens)])),
        static_cast<std::int32_t>(most)};
}

// One value a round.
using Series = std::vector<double>;

struct OwnSeries {
    Series prefill, reading, decode, choosingShare; // of readings that are recorded
    Series recordedMs, unrecordedMs, recordedProcessorMs, unrecordedProcessorMs;
    std::int32_t kept = 0;
};

struct PeerSeries {
    std::string model;
    std::unique_ptr<Peer> peer;
    Series prefill, wholePrefill, decode;
};

class Rounds {
  public:
    Rounds(const SpeedOptions& options, const Carrier& carrier, OwnSpeed& own, std::vector<PeerSeries>& peers)
        : m_options(options), m_carrier(carrier), m_own(own), m_peers(peers), m_line(!options.quiet) {}

    Result<OwnSeries> run() {
        if (const Status warm = warmUp(); !warm)
            return warm.error();
        OwnSeries series;
        for (std::int32_t round = 0; round < m_options.repeats; ++round) {
            if (const Status done = measureOwn(series, round); !done)
                return done.error();
            for (PeerSeries& peer : m_peers)
                if (const Status done = measurePeer(peer, round); !done)
                    return done.error();
        }
        m_line.clear();
        return series;
    }

  private:
    void show(std::int32_t round, const std::string& what) {
        m_line.showText(fmt::format("Round {} of {}: {}", round + 1, m_options.repeats, what));
    }

    Status warmUp() {
        m_line.showText("Warming up");
        if (const auto rate = m_own.prefill(m_carrier.beginning, m_options.task.prefillTokens); !rate)
            return rate.error();
        for (PeerSeries& peer : m_peers)
            if (const auto rate = peer.peer->prefill(std::min(512, m_options.task.prefillTokens)); !rate)
                return rate.error();
        return {};
    }

    Status measureOwn(OwnSeries& series, std::int32_t round) {
        show(round, "dense");
        const auto prefill = m_own.prefill(m_carrier.beginning, m_options.task.prefillTokens);
        if (!prefill)
            return prefill.error();
        series.prefill.push_back(*prefill);
        for (const bool recorded : {round % 2 == 0, round % 2 != 0}) {
            show(round, recorded ? "reading, recorded" : "reading, not recorded");
            const auto reading = m_own.reading(recorded);
            if (!reading)
                return reading.error();
            (recorded ? series.recordedMs : series.unrecordedMs)
                .push_back(reading->tokens * 1000 / reading->tokensPerSecond);
            (recorded ? series.recordedProcessorMs : series.unrecordedProcessorMs)
                .push_back(reading->processorMs);
            series.decode.push_back(reading->decodedTokensPerSecond);
            series.kept = reading->kept;
            if (recorded) {
                series.reading.push_back(reading->tokensPerSecond);
                series.choosingShare.push_back(reading->choosingShare);
            }
        }
        return {};
    }

    Status measurePeer(PeerSeries& series, std::int32_t round) {
        const auto measure = [&](const char* what, Series& into, const Result<double>& rate) -> Status {
            show(round, what);
            if (!rate)
                return rate.error();
            into.push_back(*rate);
            return {};
        };
        show(round, "the peer");
        Status status =
            measure("the peer", series.prefill, series.peer->prefill(m_options.task.prefillTokens));
        if (status)
            status =
                measure("the peer, whole text", series.wholePrefill, series.peer->prefill(m_carrier.tokens));
        if (status)
            status = measure("the peer, single tokens", series.decode,
                             series.peer->decode(m_options.task.budget, m_options.task.decodeTokens));
        return status;
    }

    const SpeedOptions& m_options;
    const Carrier& m_carrier;
    OwnSpeed& m_own;
    std::vector<PeerSeries>& m_peers;
    ProgressLine m_line;
};

Json seriesJson(const Series& series) {
    return {{"median", median(series)}, {"runs", series}};
}

double share(const Series& with, const Series& without) {
    return median(with) / median(without) - 1;
}

Json resultJson(const SpeedOptions& options, const trace::ModelIdentity& model, const Carrier& carrier,
                const OwnSeries& own, const std::vector<PeerSeries>& peers) {
    Json json{{"bench", "speed"},
              {"threads", options.model.threads},
              {"processor", processorText()},
              {"prefill_tokens", options.task.prefillTokens},
              {"text_tokens", carrier.tokens},
              {"budget", options.task.budget},
              {"block_size", options.task.blockSize}};
    json["kvprism"] = {{"version", KVPRISM_VERSION},
                       {"model", modelJson(model)},
                       {"prefill_tokens_per_s", seriesJson(own.prefill)},
                       {"reading_tokens_per_s", seriesJson(own.reading)},
                       {"kept", own.kept},
                       {"decode_tokens_per_s", seriesJson(own.decode)},
                       {"choosing_share_of_a_block", seriesJson(own.choosingShare)},
                       {"recorded_ms", seriesJson(own.recordedMs)},
                       {"unrecorded_ms", seriesJson(own.unrecordedMs)},
                       {"recorded_processor_ms", seriesJson(own.recordedProcessorMs)},
                       {"unrecorded_processor_ms", seriesJson(own.unrecordedProcessorMs)}};
    json["peers"] = Json::array();
    for (const PeerSeries& peer : peers) {
        Json one = peer.peer->description();
        one["model"] = peer.model;
        one["prefill_tokens_per_s"] = seriesJson(peer.prefill);
        one["whole_text_tokens_per_s"] = seriesJson(peer.wholePrefill);
        one["decode_tokens_per_s"] = seriesJson(peer.decode);
        one["ratios"] = {{"prefill", median(own.prefill) / median(peer.prefill)},
                         {"reading", median(own.reading) / median(peer.wholePrefill)},
                         {"decode", median(own.decode) / median(peer.decode)}};
        json["peers"].push_back(std::move(one));
    }
    return json;
}

std::string ratesText(const char* what, const Series& own, const std::vector<PeerSeries>& peers,
                      Series PeerSeries::*theirs) {
    std::string text = fmt::format("{:<44} {:>9.1f}", what, median(own));
    for (const PeerSeries& peer : peers)
        text +=
            fmt::format(" {:>13.1f} {:>6.2f} ×", median(peer.*theirs), median(own) / median(peer.*theirs));
    return text + "\n";
}

std::string resultText(const SpeedOptions& options, const trace::ModelIdentity& model, const Carrier& carrier,
                       const OwnSeries& own, const std::vector<PeerSeries>& peers) {
    std::string text = fmt::format("{} threads, {}\nkvprism {}: {}, {} on {}, blocks of {}; medians of {}\n",
                                   options.model.threads, processorText(), KVPRISM_VERSION,
                                   std::filesystem::path(model.path).filename().string(), model.dtype,
                                   model.device, options.task.blockSize, options.repeats);
    for (std::size_t i = 0; i < peers.size(); ++i) {
        const Json description = peers[i].peer->description();
        text += fmt::format(
            "peer {}: {}, {} {}, {}\n", i + 1, std::filesystem::path(peers[i].model).filename().string(),
            description.value("name", "?"), description["version"].dump(), description["flags"].dump());
        if (description.contains("system"))
            text += "        " + description.value("system", "") + "\n";
    }
    if (peers.empty())
        text += "no peer: name one with --peer (a Python that has llama_cpp, or llama-bench)\n";
    text += fmt::format("\n{:<44} {:>9}", "tokens a second", "kvprism");
    for (std::size_t i = 0; i < peers.size(); ++i)
        text += fmt::format(" {:>13} {:>8}", fmt::format("peer {}", i + 1), "ratio");
    text += "\n" +
            ratesText(fmt::format("dense, {} tokens", grouped(options.task.prefillTokens)).c_str(),
                      own.prefill, peers, &PeerSeries::prefill) +
            ratesText(fmt::format("read {} tokens, {} kept (peer: dense)", grouped(carrier.tokens),
                                  grouped(options.task.budget))
                          .c_str(),
                      own.reading, peers, &PeerSeries::wholePrefill) +
            ratesText(fmt::format("single tokens behind {}", grouped(own.kept)).c_str(), own.decode, peers,
                      &PeerSeries::decode);
    return text +
           fmt::format("\nscoring, selection, compaction: {:.1f} % of a block\n"
                       "recording on against off: {:+.1f} % of the time, {:+.1f} % of the processor's\n",
                       100 * median(own.choosingShare), 100 * share(own.recordedMs, own.unrecordedMs),
                       100 * share(own.recordedProcessorMs, own.unrecordedProcessorMs));
}

Result<std::vector<PeerSeries>> startPeers(const SpeedOptions& options, const Carrier& carrier,
                                           Interrupt& interrupt) {
    std::vector<PeerSeries> peers;
    if (options.peer.empty())
        return peers;
    std::vector<std::string> models = options.peerModels;
    if (models.empty())
        models.push_back(options.model.path);
    for (const std::string& model : models) {
        auto peer = startPeer({options.peer, model, carrier.whole, carrier.tokens, options.model.threads},
                              &interrupt);
        if (!peer)
            return peer.error();
        peers.push_back({.model = model,
                         .peer = std::move(peer).value(),
                         .prefill = {},
                         .wholePrefill = {},
                         .decode = {}});
    }
    return peers;
}

int run(SpeedOptions options) {
    if (options.peer.empty() && !options.peerModels.empty())
        return report(usageError("--peer-model says what the peer runs: name the peer with --peer."));
    if (!options.peer.empty() && !options.model.random.empty())
        return report(usageError("--peer runs a model file, which --random does not have: give --model."));
    const auto place = placeOfModel(options.model);
    if (!place)
        return report(place.error());
    if (options.model.random.empty())
        options.model.path = *place;
    if (options.model.threads == 0)
        options.model.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const auto tokenizer = tokenizerOfModel(options.model);
    if (!tokenizer)
        return report(tokenizer.error());
    const auto carrier = carrierOf(**tokenizer, options.task.prefillTokens);
    if (!carrier)
        return report(carrier.error());
    Interrupt interrupt;
    auto peers = startPeers(options, *carrier, interrupt);
    if (!peers)
        return report(peers.error());
    auto loaded = loadEngineWith(options.model, nullptr, interrupt);
    if (!loaded)
        return report(loaded.error());
    OwnSpeed own(options.task, carrier->whole, *loaded->engine, interrupt);
    const auto series = Rounds(options, *carrier, own, *peers).run();
    if (!series)
        return report(series.error());
    const Status written =
        printResult(options.json ? jsonLine(resultJson(options, loaded->model, *carrier, *series, *peers))
                                 : resultText(options, loaded->model, *carrier, *series, *peers));
    return written ? 0 : report(written.error());
}

void bind(CLI::App& app, SpeedOptions& options) {
    bindModelOptions(app, options.model);
    app.add_option("--peer", options.peer,
                   "A Python that has llama_cpp (or its virtual environment), or llama-bench")
        ->type_name("PATH");
    app.add_option("--peer-model", options.peerModels,
                   "What the peer runs, once for each format of the weights; default: the same file")
        ->type_name("PATH");
    app.add_option("--tokens", options.task.prefillTokens, "How many tokens the dense pass has")
        ->check(wholeNumber(1, 1'000'000))
        ->capture_default_str();
    app.add_option("--budget", options.task.budget, "Tokens that the reading keeps")
        ->check(wholeNumber(1, 1'000'000))
        ->capture_default_str();
    app.add_option("--block-size", options.task.blockSize, "Tokens read at a time")
        ->check(wholeNumber(1, 1'000'000))
        ->capture_default_str();
    app.add_option("--decode", options.task.decodeTokens, "Single tokens behind what is kept")
        ->check(wholeNumber(2, 10'000))
        ->capture_default_str();
    app.add_option("--repeats", options.repeats, "Measured rounds, after some warming up")
        ->check(wholeNumber(1, 1000))
        ->capture_default_str();
    app.add_flag("--json", options.json, "Print one JSON object");
    app.add_flag("--quiet", options.quiet, "No progress on standard error");
}

} // namespace

void addBenchSpeed(CLI::App& bench, int& status) {
    auto options = std::make_shared<SpeedOptions>();
    CLI::App* speed =
        bench.add_subcommand("speed", "Dense pass, reading at a budget and single tokens, beside a peer");
    bind(*speed, *options);
    bind(bench, *options);
    speed->callback([options, &status] { status = run(*options); });
    bench.callback([options, &bench, &status] {
        if (bench.get_subcommands().empty())
            status = run(*options);
    });
}

} // namespace kvprism::cli
