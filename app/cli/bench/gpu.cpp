// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli bench gpu: the engine's parts on a GPU, each beside stock ones in the same process.
#include "app/cli/arguments.h"
#include "app/cli/ask_json.h"
#include "app/cli/bench/bench.h"
#include "app/cli/bench/gpu_table.h"
#include "app/cli/commands.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/run_options.h"
#include "app/cli/standard_output.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace kvprism::cli {

namespace {

struct GpuOptions {
    ModelRequest model{.path = {}, .device = "cuda"};
    GpuBenchRequest request;
    std::string picture, drawn; // drawn: a file that is drawn instead of measuring
    bool quick = false, json = false, quiet = false;
};

class Line final : public EngineObserver {
  public:
    explicit Line(bool enabled) : m_line(enabled) {}
    void progress(const Progress& progress) override {
        if (progress.phase == Phase::loading)
            m_line.show(progress);
    }
    void measuring(const std::string& what) override { m_line.showText("Measuring: " + what); }
    void clear() { m_line.clear(); }

  private:
    ProgressLine m_line;
};

// Enough to see that everything runs, not to be quoted. What was asked for stays.
void shorten(const CLI::App& app, GpuBenchRequest& request) {
    const auto set = [&app](const char* name, std::int32_t& value, std::int32_t quick) {
        if (app.count(name) == 0)
            value = quick;
    };
    set("--block-size", request.blockSize, 512);
    set("--candidates", request.candidates, 2 * request.blockSize);
    set("--rounds", request.rounds, 2);
    set("--tokens", request.prefill, 8 * request.blockSize);
    set("--longest", request.longest, 16 * request.blockSize);
    set("--decode", request.decodeTokens, 16);
}

// A card often is in a machine without the library that draws.
int draw(const GpuOptions& options) {
    if (options.picture.empty())
        return report(usageError("--draw needs --picture, the file to draw to."));
    const auto bench = gpuBenchOf(options.drawn);
    if (!bench)
        return report(bench.error());
    const Status drawn = drawRoofline(*bench, options.picture);
    return drawn ? 0 : report(drawn.error());
}

int run(GpuOptions options) {
    if (!options.picture.empty())
        if (const Status may = mayDrawRoofline(options.picture); !may)
            return report(may.error());
    if (!options.drawn.empty())
        return draw(options);
    if (options.request.prefill < options.request.blockSize)
        return report(usageError("--tokens " + std::to_string(options.request.prefill) +
                                 " is less than a block: it has to be at least --block-size, " +
                                 std::to_string(options.request.blockSize) + "."));
    if (options.model.path.empty() && options.model.random.empty())
        options.model.random = "llama-3.1-8b";
    Interrupt interrupt;
    Line line(!options.quiet);
    auto loaded = loadEngineWith(options.model, &line, interrupt);
    line.clear();
    if (!loaded)
        return report(loaded.error());
    auto bench = loaded->engine->benchGpu(options.request, &line, interrupt.beginWork());
    interrupt.endWork();
    line.clear();
    if (!bench)
        return report(bench.error());
    const Status written =
        printResult(options.json ? jsonLine(gpuJson(*bench, options.request, modelJson(loaded->model)))
                                 : gpuText(*bench, options.request));
    if (!written)
        return report(written.error());
    if (bench->stopped)
        return report(interrupted("The measurement was stopped; what it had measured by then is printed."));
    if (!options.picture.empty())
        if (const Status drawn = drawRoofline(*bench, options.picture); !drawn)
            return report(drawn.error());
    return 0;
}

std::vector<std::string> partNames() {
    std::vector<std::string> names;
    for (const GpuBenchPart& part : gpuBenchParts())
        names.emplace_back(part.name);
    return names;
}

std::string partsHelp() {
    std::string text = "Only this part, once for each:";
    for (const GpuBenchPart& part : gpuBenchParts())
        text += std::string(text.ends_with(':') ? " " : "; ") + part.name + " (" + part.what + ")";
    return text;
}

void bind(CLI::App& app, GpuOptions& options) {
    bindModelOptions(app, options.model);
    app.get_option("--model")->default_str("random weights of llama-3.1-8b");
    GpuBenchRequest& request = options.request;
    const auto number = [&app](const char* name, std::int32_t& value, const char* help, std::uint64_t least,
                               std::uint64_t most) {
        app.add_option(name, value, help)
            ->check(wholeNumber(least, most))
            ->type_name("N")
            ->capture_default_str();
    };
    app.add_option("--part", request.parts, partsHelp())->check(oneOf(partNames()))->type_name("NAME");
    number("--block-size", request.blockSize, "Tokens of a block, and tokens kept", 64, 65536);
    number("--tokens", request.prefill, "Tokens of the long stream", 256, 1 << 20);
    number("--longest", request.longest, "Tokens of the longest stream whose memory is looked at", 256,
           1 << 24);
    number("--candidates", request.candidates, "Tokens that LSH ranks", 64, 65536);
    number("--decode", request.decodeTokens, "Single tokens that are timed", 2, 4096);
    number("--rounds", request.rounds, "Measured rounds of what is short", 1, 1000);
    app.add_flag(
        "--quick", options.quick,
        "Small blocks, few rounds and short streams, where nothing else is asked for: whether it runs, not "
        "how fast");
    app.add_option("--picture", options.picture, "Also draw what the card reaches as a roofline")
        ->type_name("F.svg|F.png");
    app.add_option("--draw", options.drawn,
                   "Measure nothing: draw what --json left in this file, on this machine or another")
        ->type_name("F.json")
        ->excludes("--part")
        ->excludes("--quick")
        ->excludes("--model")
        ->excludes("--random");
    app.add_flag("--json", options.json, "Print one JSON object")->excludes("--draw");
    app.add_flag("--quiet", options.quiet, "No progress on standard error");
}

} // namespace

void addBenchGpu(CLI::App& bench, int& status) {
    auto options = std::make_shared<GpuOptions>();
    CLI::App* gpu = bench.add_subcommand("gpu", "The engine's parts on a GPU, beside stock ones");
    bind(*gpu, *options);
    gpu->callback([gpu, options, &status] {
        if (options->quick)
            shorten(*gpu, options->request);
        status = run(*options);
    });
}

} // namespace kvprism::cli
