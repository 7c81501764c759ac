// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli bench explorer: how long the window's views take to answer a hand, on a recording of any size.
#include "app/cli/arguments.h"
#include "app/cli/ask_json.h"
#include "app/cli/bench/bench.h"
#include "app/cli/bench/frame_times.h"
#include "app/cli/bench/invented_run.h"
#include "app/cli/bench/processor.h"
#include "app/cli/bench/temporary_folder.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/licence.h"
#include "app/cli/pictures.h"
#include "app/cli/standard_output.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "engine/tables/picture_request.h"
#include "engine/trace/recording_writer.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace kvprism::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr double goal = 0.99; // the share of events that a picture's time is told of

struct Size {
    std::int32_t width = 0, height = 0;
    std::string text() const { return fmt::format("{}x{}", width, height); }
};

struct ExplorerOptions {
    std::int32_t tokens = 131072, blockSize = 2048, repeats = 300;
    std::optional<std::int32_t> budget; // twice the block
    std::uint64_t seed = 1;
    std::vector<std::string> sizes{"1280x800", "2560x1440"};
    bool json = false, quiet = false;

    std::int32_t tokensKept() const { return budget.value_or(2 * blockSize); }
    std::int32_t steps() const { return (tokens - 1) / blockSize + 1; }
};

std::optional<Size> sizeOf(const std::string& text) {
    Size size;
    const char* end = text.data() + text.size();
    const auto [cross, bad] = std::from_chars(text.data(), end, size.width);
    if (bad != std::errc() || cross == end || *cross != 'x')
        return std::nullopt;
    const auto [stop, worse] = std::from_chars(cross + 1, end, size.height);
    const bool possible = size.width >= tables::leastPictureWidth &&
                          size.height >= tables::leastPictureWidth &&
                          size.width <= tables::mostPictureUnits && size.height <= tables::mostPictureUnits;
    if (worse != std::errc() || stop != end || !possible)
        return std::nullopt;
    return size;
}

std::string checkSize(const std::string& text) {
    if (sizeOf(text))
        return "";
    return fmt::format("takes a width and a height from {} to {} as 1280x800, not '{}'.",
                       tables::leastPictureWidth, tables::mostPictureUnits, text);
}

// The most memory that this process held at once, bytes; 0 where the system does not say.
std::uint64_t peakMemory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:"))
            return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
    return 0;
}

// What was found at one size of the window.
struct Measured {
    Size size;
    double filledMs = 0, shownMs = 0;
    std::uint64_t peakOpened = 0; // bytes, of the process until the panels were shown
    std::vector<FrameTimes> frames;
};

Status record(const ExplorerOptions& options, const std::string& path, const std::stop_token& stop) {
    auto writer = trace::RecordingWriter::create(path);
    if (!writer)
        return writer.error();
    const Status played = playInventedRun({.tokens = options.tokens,
                                           .blockSize = options.blockSize,
                                           .budget = options.tokensKept(),
                                           .seed = options.seed,
                                           .text = embedded::licence},
                                          **writer, stop);
    return played ? (*writer)->status() : played;
}

// The calls that come back from the library.
struct Listener {
    Measured& into;
    ProgressLine& line;
    std::stop_token stop;

    static Listener& of(void* context) { return *static_cast<Listener*>(context); }
    static void opened(void* context, double filledMs, double shownMs) {
        Measured& into = of(context).into;
        into.filledMs = filledMs;
        into.shownMs = shownMs;
        into.peakOpened = peakMemory();
    }
    static void measured(void* context, const char* action, double ms) {
        Listener& self = of(context);
        addFrame(self.into.frames, action, ms);
        self.line.showText(self.into.size.text() + ": " + action);
    }
    static bool mayGoOn(void* context) { return !of(context).stop.stop_requested(); }
};

Result<Measured> measureAt(const Size& size, const ExplorerOptions& options, const std::string& recording,
                           ProgressLine& line, const std::stop_token& stop) {
    Measured measured{.size = size, .frames = {}};
    Listener listener{measured, line, stop};
    tables::ExplorerProbeRequest request;
    request.recording = recording.c_str();
    request.width = size.width;
    request.height = size.height;
    request.repeats = options.repeats;
    request.seed = options.seed;
    request.context = &listener;
    request.opened = Listener::opened;
    request.measured = Listener::measured;
    request.mayGoOn = Listener::mayGoOn;
    if (const Status done = measureExplorer(request); !done)
        return done.error();
    return measured;
}

Json resultJson(const ExplorerOptions& options, std::uint64_t fileBytes,
                const std::vector<Measured>& measured) {
    Json json{{"bench", "explorer"},
              {"version", KVPRISM_VERSION},
              {"threads", std::thread::hardware_concurrency()},
              {"processor", processorText()},
              {"tokens", options.tokens},
              {"steps", options.steps()},
              {"block_size", options.blockSize},
              {"budget", options.tokensKept()},
              {"seed", options.seed},
              {"recording_bytes", fileBytes},
              {"peak_bytes", peakMemory()},
              {"windows", Json::array()}};
    for (const Measured& one : measured) {
        Json window{{"width", one.size.width},
                    {"height", one.size.height},
                    {"open_ms", one.filledMs},
                    {"open_and_show_ms", one.shownMs},
                    {"peak_bytes_opened", one.peakOpened},
                    {"actions", Json::array()}};
        for (const FrameTimes& frames : one.frames)
            window["actions"].push_back({{"action", frames.action},
                                         {"events", frames.ms.size()},
                                         {"median_ms", frames.quantile(0.5)},
                                         {"p99_ms", frames.quantile(goal)},
                                         {"max_ms", frames.quantile(1)}});
        json["windows"].push_back(std::move(window));
    }
    return json;
}

std::string resultText(const ExplorerOptions& options, std::uint64_t fileBytes,
                       const std::vector<Measured>& measured) {
    std::string text = fmt::format("{} threads, {}\nkvprism {}: {} tokens in {} steps, {} kept; {} on disk\n",
                                   std::thread::hardware_concurrency(), processorText(), KVPRISM_VERSION,
                                   grouped(options.tokens), grouped(options.steps()),
                                   grouped(options.tokensKept()), bytesText(fileBytes));
    for (const Measured& one : measured) {
        text += fmt::format("\n{}: opened in {}, on the screen after {}; the process held {} at most\n",
                            one.size.text(), secondsText(one.filledMs), secondsText(one.shownMs),
                            bytesText(one.peakOpened));
        text += fmt::format("{:<12} {:>7} {:>10} {:>10} {:>10}\n", "action", "events", "median ms", "99 % ms",
                            "most ms");
        for (const FrameTimes& frames : one.frames)
            text +=
                fmt::format("{:<12} {:>7} {:>10.2f} {:>10.2f} {:>10.2f}\n", frames.action, frames.ms.size(),
                            frames.quantile(0.5), frames.quantile(goal), frames.quantile(1));
    }
    return text + fmt::format("\nAt the end the process had held {} at most.\n", bytesText(peakMemory()));
}

Result<std::vector<Measured>> measureAll(const ExplorerOptions& options, const std::string& recording,
                                         const std::stop_token& stop) {
    ProgressLine line(!options.quiet);
    line.showText("Inventing the run");
    if (const Status recorded = record(options, recording, stop); !recorded)
        return recorded.error();
    std::vector<Measured> all;
    for (const std::string& size : options.sizes) {
        auto measured = measureAt(*sizeOf(size), options, recording, line, stop);
        if (!measured)
            return measured.error();
        all.push_back(std::move(*measured));
    }
    return all;
}

int run(const ExplorerOptions& options) {
    Interrupt interrupt;
    const auto folder = TemporaryFolder::make();
    if (!folder)
        return report(folder.error());
    const std::string recording = (*folder)->file("invented.kvtrace");
    const auto measured = measureAll(options, recording, interrupt.beginWork());
    interrupt.endWork();
    if (!measured)
        return report(measured.error());
    std::error_code ignored;
    const std::uint64_t fileBytes = std::filesystem::file_size(recording, ignored);
    const Status written = printResult(options.json ? jsonLine(resultJson(options, fileBytes, *measured))
                                                    : resultText(options, fileBytes, *measured));
    return written ? 0 : report(written.error());
}

void bind(CLI::App& app, ExplorerOptions& options) {
    app.add_option("--tokens", options.tokens, "How many tokens the invented recording has")
        ->check(wholeNumber(1000, 4'000'000))
        ->capture_default_str();
    app.add_option("--block-size", options.blockSize, "Tokens of a step")
        ->check(wholeNumber(16, 1'000'000))
        ->capture_default_str();
    app.add_option("--budget", options.budget, "Tokens that are kept; twice a block by default")
        ->check(wholeNumber(16, 1'000'000));
    app.add_option("--seed", options.seed, "Of the scores, and of where the pointer goes")
        ->check(wholeNumber(0, 9'999'999))
        ->capture_default_str();
    app.add_option("--repeats", options.repeats, "Events of each action")
        ->check(wholeNumber(1, 100'000))
        ->capture_default_str();
    app.add_option("--size", options.sizes, "Width and height of the panels together, in pixels")
        ->check(checkSize)
        ->type_name("WxH")
        ->capture_default_str();
    app.add_flag("--json", options.json, "Print one JSON object");
    app.add_flag("--quiet", options.quiet, "No progress on standard error");
}

} // namespace

void addBenchExplorer(CLI::App& bench, int& status) {
    auto options = std::make_shared<ExplorerOptions>();
    CLI::App* explorer = bench.add_subcommand(
        "explorer", "How long the window's views take to open, pan, zoom, step and scroll");
    bind(*explorer, *options);
    explorer->callback([options, &status] { status = run(*options); });
}

} // namespace kvprism::cli
