// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli verify: runs a recording again as it was configured and names the first step that differs.
#include "app/cli/arguments.h"
#include "app/cli/ask_json.h"
#include "app/cli/commands.h"
#include "app/cli/documents.h"
#include "app/cli/escape.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/standard_output.h"
#include "engine/verify/recorded_run.h"
#include "engine/verify/run_again.h"

#include <filesystem>
#include <fmt/format.h>

namespace kvprism::cli {

namespace {

struct Options {
    std::string recording, model, document;
    int threads = 0;
    bool json = false, quiet = false;
};

// The document that was read, from --document or from where it was.
Result<text::Document> documentOfRun(const Options& options, const trace::Run& run) {
    if (options.document.empty())
        return verify::recordedDocument(run, "say where with --document.",
                                        "give the old one with --document.");
    auto document = readDocumentArgument(options.document);
    if (document)
        if (const Status same = verify::checkDocument(*document, options.document, run,
                                                      "give the one that was read, or leave --document out.");
            !same)
            return same.error();
    return document;
}

Result<LoadedEngine> engineOfRun(const Options& options, const trace::Run& run, EngineObserver& observer,
                                 Interrupt& interrupt) {
    const std::string& path = options.model.empty() ? run.model.path : options.model;
    ModelRequest request = verify::requestOf(run.model, path);
    request.threads = options.threads;
    std::error_code failure;
    if (request.random.empty() && !std::filesystem::exists(path, failure))
        return noInput("The model " + path + " is not there: say where it is with --model.");
    constexpr std::string_view advice = "give that one with --model.";
    if (const Status same = verify::checkRandomShape(request, path, run.model, advice); !same)
        return same.error();
    auto loaded = loadEngineWith(request, &observer, interrupt);
    if (loaded)
        if (const Status same = verify::checkModel(loaded->model.sha256, path, run.model, advice); !same)
            return same.error();
    return loaded;
}

std::string resultText(const verify::Verification& result, const std::string& recording,
                       std::size_t answers) {
    std::string text = fmt::format("{}: the same choices in {} {}", oneLine(recording), result.steps,
                                   result.steps == 1 ? "step" : "steps");
    text += answers == 0   ? "; no answer was recorded"
            : answers == 1 ? " and the same answer"
                           : " and the same answers";
    if (result.firstScoresApart >= 0)
        text += fmt::format("; scores differ from step {} on, by at most {:.2g} of themselves",
                            result.firstScoresApart, result.scoresApart);
    return text + ".\n";
}

std::string resultJson(const verify::Verification& result, const std::string& recording) {
    const auto& difference = result.difference;
    nlohmann::ordered_json json{{"recording", recording},      {"same", !difference},
                                {"steps", result.steps},       {"answers", result.answers},
                                {"first_difference", nullptr}, {"scores_differ_by", result.scoresApart}};
    if (difference)
        json["first_difference"] = {{"step", difference->step < 0 ? nlohmann::ordered_json()
                                                                  : nlohmann::ordered_json(difference->step)},
                                    {"what", difference->sentence()}};
    return jsonLine(json);
}

Status verifyRecording(const Options& options) {
    const auto reader = trace::RecordingReader::open(options.recording);
    if (!reader)
        return reader.error();
    const trace::Run& run = *(*reader)->run();
    const auto about = [&](const Error& error) {
        if (error.code == ErrorCode::interrupted)
            return error;
        return verify::cannotRunAgain(options.recording, error);
    };
    if (const Status repeatable = verify::checkRepeatable(run, (*reader)->stepCount()); !repeatable)
        return about(repeatable.error());
    const auto config = verify::recordedConfig(run);
    if (!config)
        return about(config.error());
    const auto document = documentOfRun(options, run);
    if (!document)
        return about(document.error());
    Interrupt interrupt;
    Narrator narrator({.quiet = options.quiet, .answerStreams = false}, [] {});
    auto loaded = engineOfRun(options, run, narrator, interrupt);
    if (!loaded)
        (void)narrator.finish();
    if (!loaded)
        return about(loaded.error());
    auto session = openWatched(*loaded->engine, *config, *document, &narrator, interrupt);
    if (!session)
        (void)narrator.finish();
    if (!session)
        return about(session.error());
    const auto result = verify::runAgain(**session, **reader, &narrator, interrupt.beginWork());
    interrupt.endWork();
    (void)narrator.finish(); // nothing was streamed
    if (!result)
        return result.error();
    if (options.json)
        if (const Status printed = printResult(resultJson(*result, options.recording)); !printed)
            return printed;
    if (result->difference)
        return malformed(options.recording + ": " + result->difference->sentence() + ".");
    return options.json ? Status()
                        : printResult(resultText(*result, options.recording, (*reader)->answers().size()));
}

} // namespace

void addVerify(CLI::App& app, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand(
        "verify", "Run a recording again and name the first step that differs (then status 65)");
    command->add_option("recording", options->recording, "The recording (.kvtrace)")->required();
    command->add_option("--model", options->model, "The model file, where it is not where it was")
        ->type_name("PATH");
    command->add_option("--document", options->document, "The document, where it is not where it was")
        ->type_name("F");
    command->add_option("--threads", options->threads, "Processor threads; 0: as many as the process may use")
        ->check(wholeNumber(0, 1024))
        ->type_name("N");
    command->add_flag("--json", options->json, "One JSON object instead of text");
    command->add_flag("--quiet", options->quiet, "No progress on standard error");
    command->callback([options, &status] {
        const Status done = verifyRecording(*options);
        status = done ? 0 : report(done.error());
    });
}

} // namespace kvprism::cli
