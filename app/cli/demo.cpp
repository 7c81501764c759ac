// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli demo: one planted fact in a licence, asked for with a small memory that knows what to keep, and
// with one that keeps the newest.
#include "app/cli/arguments.h"
#include "app/cli/bench/planted_facts.h"
#include "app/cli/commands.h"
#include "app/cli/escape.h"
#include "app/cli/licence.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/model_tokenizer.h"
#include "app/cli/pictures.h"
#include "app/cli/run_log.h"
#include "app/cli/run_options.h"
#include "app/cli/run_recording.h"
#include "app/cli/standard_output.h"
#include "app/cli/survival_table.h"
#include "app/cli/words.h"

#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <string>

namespace kvprism::cli {

namespace {

struct DemoOptions {
    ModelRequest model;
    RecordOptions record;
    std::int32_t tokens = 3000, budget = 256;
    std::uint64_t seed = 1;
    bool quiet = false;
};

class Demo {
  public:
    Demo(const DemoOptions& options, PlantedFact fact, text::Document document, LoadedEngine& loaded,
         Interrupt& interrupt)
        : m_options(options), m_fact(std::move(fact)), m_document(std::move(document)), m_loaded(loaded),
          m_interrupt(interrupt) {}

    Status introduce() const {
        return printResult(fmt::format("The document   the first {} tokens of the GNU General Public "
                                       "License, with one sentence planted in it:\n"
                                       "               “{}”\n"
                                       "The question   {}\n"
                                       "The model      {}, {} on {}\n"
                                       "The memory     {} tokens\n",
                                       grouped(m_fact.tokens), m_fact.sentence, m_fact.question,
                                       oneLine(m_loaded.model.name), m_loaded.model.dtype,
                                       m_loaded.model.device, grouped(m_options.budget)));
    }

    // Reads, answers and tells how it went. `recording` may be null.
    Status tell(const char* title, const select::Settings& strategy, trace::TraceSink* recording) {
        select::Settings settings = strategy;
        settings["budget"] = std::to_string(m_options.budget);
        settings["block-size"] = "512";
        settings["max-new-tokens"] = "40";
        settings["seed"] = std::to_string(m_options.seed);
        const auto config = select::configFrom(settings);
        if (!config)
            return config.error();
        auto session = openWatched(*m_loaded.engine, *config, m_document, nullptr, m_interrupt);
        if (!session)
            return session.error();
        trace::TraceStore store;
        std::vector<trace::TraceSink*> sinks{&store};
        if (recording)
            sinks.push_back(recording);
        SinkTee tee(sinks);
        Narrator narrator({.quiet = m_options.quiet, .answerStreams = false}, [] {});
        const auto result = (*session)->ask(m_fact.question, &tee, &narrator, m_interrupt.beginWork());
        m_interrupt.endWork();
        (void)narrator.finish(); // nothing was streamed
        if (!result)
            return result.error();
        if (result->answer.stopReason == trace::StopReason::interrupted)
            return interrupted("Interrupted.");
        return printResult(storyText(title, *result, store));
    }

  private:
    std::string storyText(const char* title, const AskResult& result, const trace::TraceStore& store) const {
        const auto fact = tokensOfBytes(store.run()->tokens, static_cast<std::int64_t>(m_fact.begin),
                                        static_cast<std::int64_t>(m_fact.end));
        const std::int64_t stream = std::int64_t{result.tokens.prefix} + result.tokens.document;
        return fmt::format("\n{}\n\n{}\n", title, survivalTable(store, fact)) +
               fmt::format("Kept at the end: {} of {} tokens, {} instead of {}; read in {} ({}).\n",
                           grouped(result.tokens.kept), grouped(stream), bytesText(result.bytes.kept),
                           bytesText(static_cast<std::uint64_t>(stream) * result.bytes.perToken),
                           secondsText(result.readMs), perSecond(stream, result.readMs)) +
               fmt::format("Answer: {}\n{}\n", forTerminal(result.answer.text),
                           saysValue(result.answer.text, m_fact.value) ? "That is right." : "That is wrong.");
    }

    const DemoOptions& m_options;
    PlantedFact m_fact;
    text::Document m_document;
    LoadedEngine& m_loaded;
    Interrupt& m_interrupt;
};

// The picture beside the recording; without the library that draws it, a line says so.
void leavePicture(const std::string& recording) {
    std::string png = recording;
    if (png.ends_with(".kvtrace"))
        png.resize(png.size() - std::string_view(".kvtrace").size());
    png += ".png";
    tables::PictureRequest request;
    request.recording = recording.c_str();
    request.view = "map";
    request.output = png.c_str();
    const Status drawn = drawPicture(request);
    std::fprintf(stderr, "%s\n",
                 oneLine(drawn ? "picture   " + png : "no picture: " + drawn.error().message).c_str());
}

int run(const DemoOptions& options) {
    const auto tokenizer = tokenizerOfModel(options.model);
    if (!tokenizer)
        return report(tokenizer.error());
    // In the first half, so that the fact has to survive several blocks.
    auto fact =
        plantFact(**tokenizer, embedded::licence, options.tokens, options.seed, 0, {.from = 0.15, .to = 0.5});
    if (!fact)
        return report(fact.error());
    auto document = text::documentFromBytes("LICENSE with a planted fact", fact->document);
    if (!document)
        return report(document.error());

    Interrupt interrupt;
    auto loaded = loadEngineToRecord(options.model, options.record, options.quiet, interrupt);
    if (!loaded)
        return report(loaded.error());
    Demo demo(options, std::move(fact).value(), std::move(document).value(), *loaded, interrupt);
    RunRecording recording(options.record, "demo");
    Status told = demo.introduce();
    if (told)
        told = demo.tell("With preset prism: what the question's most interested reader looks at stays",
                         {{"preset", "prism"}}, recording.sink());
    const std::string recorded = recording.path();
    const Status written = recording.finish();
    if (told)
        told = demo.tell("With method recency, for contrast: the newest stays", {{"method", "recency"}},
                         nullptr);
    if (!told)
        return report(told.error());
    if (!written)
        return report(written.error());
    if (recorded.empty())
        return 0;
    std::fprintf(stderr, "\nrecording %s\n", oneLine(recorded).c_str());
    leavePicture(recorded);
    return 0;
}

} // namespace

void addDemo(CLI::App& app, int& status) {
    auto options = std::make_shared<DemoOptions>();
    CLI::App* demo = app.add_subcommand(
        "demo", "Plant a fact in a licence, ask for it with a small memory, show what survives");
    demo->add_option("--tokens", options->tokens, "Length of the document")
        ->check(wholeNumber(1, 100'000))
        ->capture_default_str();
    demo->add_option("--budget", options->budget, "Tokens to keep")
        ->check(wholeNumber(1, 1'000'000))
        ->capture_default_str();
    demo->add_option("--seed", options->seed, "Which fact, planted where")
        ->check(wholeNumber(0, ~0ULL))
        ->capture_default_str();
    demo->add_flag("--quiet", options->quiet, "No progress on standard error");
    bindModelOptions(*demo, options->model);
    bindRecordOptions(*demo, options->record);
    demo->callback([options, &status] { status = run(*options); });
}

} // namespace kvprism::cli
