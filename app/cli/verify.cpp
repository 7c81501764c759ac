// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli verify: runs a recording again as it was configured and names the first step that differs.
#include "app/cli/arguments.h"
#include "app/cli/ask_json.h"
#include "app/cli/commands.h"
#include "app/cli/documents.h"
#include "app/cli/escape.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/standard_output.h"
#include "app/cli/verifier.h"
#include "engine/select/options.h"

#include <filesystem>
#include <fmt/format.h>

namespace kvprism::cli {

namespace {

struct Options {
    std::string recording, model, document;
    int threads = 0;
    bool json = false, quiet = false;
};

// An option of another version is refused, as nobody knows here what it did.
Result<select::Config> knownConfigOf(const trace::Run& run) {
    for (const trace::Setting& setting : run.config)
        if (!select::findOption(setting.name))
            return malformed("It ran with the option " + setting.name +
                             ", which this version does not have: verify it with the version that made it (" +
                             run.program + ").");
    auto config = select::configOfRun(run);
    if (!config)
        return malformed("The recording's configuration cannot be: " + config.error().message);
    return config;
}

std::string recordedWords(const trace::Run& run) {
    const auto prefix = static_cast<std::size_t>(run.prefixTokens);
    return run.tokens.pieces.substr(prefix == 0 ? 0 : run.tokens.pieceEnds[prefix - 1]);
}

// The document as it was: the file, or where there is none any more the recorded words.
Result<text::Document> documentOfRun(const Options& options, const trace::Run& run) {
    const trace::DocumentIdentity& wanted = run.document;
    const std::string path = options.document.empty() ? wanted.path : options.document;
    std::error_code failure;
    const bool isThere = path == "-" || (!path.empty() && std::filesystem::exists(path, failure));
    if (!isThere && options.document.empty()) {
        auto words = text::documentFromBytes(wanted.name, recordedWords(run));
        if (words && words->sha256 == wanted.sha256)
            return words;
        return noInput("The document '" + wanted.name + "' is not where it was: say where with --document.");
    }
    auto document = readDocumentArgument(path);
    if (document && document->sha256 != wanted.sha256)
        return malformed(path + " is not the document that was read (SHA-256 " + wanted.sha256 + "): " +
                         (options.document.empty() ? "it has changed since; give the old one with --document."
                                                   : "give the one that was read, or leave --document out."));
    return document;
}

Result<LoadedEngine> engineOfRun(const Options& options, const trace::Run& run, EngineObserver& observer,
                                 Interrupt& interrupt) {
    ModelRequest request;
    request.path = options.model.empty() ? run.model.path : options.model;
    request.device = run.model.device;
    request.dtype = run.model.dtype;
    request.threads = options.threads;
    std::error_code failure;
    if (!std::filesystem::exists(request.path, failure))
        return noInput("The model " + request.path + " is not there: say where it is with --model.");
    auto loaded = loadEngineWith(request, &observer, interrupt);
    if (loaded && loaded->model.sha256 != run.model.sha256)
        return malformed(request.path + " is another model than the recorded one (SHA-256 " +
                         run.model.sha256 + "): give that one with --model.");
    return loaded;
}

std::string resultText(const Verifier& verifier, const std::string& recording, std::size_t answers) {
    std::string text = fmt::format("{}: the same choices in {} {}", oneLine(recording), verifier.steps(),
                                   verifier.steps() == 1 ? "step" : "steps");
    text += answers == 0   ? "; no answer was recorded"
            : answers == 1 ? " and the same answer"
                           : " and the same answers";
    if (verifier.firstScoresApart() >= 0)
        text += fmt::format("; scores differ from step {} on, by at most {:.2g} of themselves",
                            verifier.firstScoresApart(), verifier.scoresApart());
    return text + ".\n";
}

std::string resultJson(const Verifier& verifier, const std::string& recording) {
    const auto& difference = verifier.difference();
    nlohmann::ordered_json json{{"recording", recording},      {"same", !difference},
                                {"steps", verifier.steps()},   {"answers", verifier.answers()},
                                {"first_difference", nullptr}, {"scores_differ_by", verifier.scoresApart()}};
    if (difference)
        json["first_difference"] = {{"step", difference->step < 0 ? nlohmann::ordered_json()
                                                                  : nlohmann::ordered_json(difference->step)},
                                    {"what", difference->what}};
    return jsonLine(json);
}

// Asks again what was asked, until something differs or all of it has been compared.
Status runAgain(Session& session, Verifier& verifier, const RunOutline& recorded, EngineObserver& observer,
                Interrupt& interrupt) {
    std::vector<std::string> questions;
    for (const auto& answer : recorded.answers())
        questions.push_back(answer->question);
    if (questions.empty())
        questions.push_back(recorded.run().question);
    for (const std::string& question : questions) {
        const auto result = session.ask(question, &verifier, &observer, interrupt.beginWork());
        interrupt.endWork();
        if (!verifier.status())
            return verifier.status();
        if (verifier.difference() || verifier.isComplete())
            return {};
        if (!result)
            return result.error();
        if (result->answer.stopReason == trace::StopReason::interrupted)
            return interrupted("Interrupted after " + std::to_string(verifier.steps()) +
                               " steps, which were the same.");
    }
    return defect("The run that was done again ended before the recorded one.");
}

Status verify(const Options& options) {
    const auto reader = trace::RecordingReader::open(options.recording);
    if (!reader)
        return reader.error();
    RunOutline recorded;
    if (const Status replayed = (*reader)->replay(recorded); !replayed)
        return replayed.error();
    const trace::Run& run = recorded.run();
    const auto about = [&](const Error& error) {
        if (error.code == ErrorCode::interrupted)
            return error;
        return Error{error.code,
                     "The recording " + options.recording + " cannot be run again. " + error.message};
    };
    if (run.withoutText)
        return about(
            malformed("It was recorded without its text, so neither question nor document is known."));
    if (recorded.steps().empty())
        return about(malformed("It was cut off before its first step."));
    const auto config = knownConfigOf(run);
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
    auto session = loaded->engine->openSession(*config, *document);
    if (!session)
        return about(session.error());
    Verifier verifier(**reader, recorded, [&] { interrupt.stopWork(); });
    const Status ran = runAgain(**session, verifier, recorded, narrator, interrupt);
    (void)narrator.finish(); // nothing was streamed
    if (!ran)
        return ran;
    if (options.json)
        if (const Status printed = printResult(resultJson(verifier, options.recording)); !printed)
            return printed;
    if (verifier.difference())
        return malformed(options.recording + ": " + verifier.difference()->what + ".");
    return options.json ? Status()
                        : printResult(resultText(verifier, options.recording, recorded.answers().size()));
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
        const Status done = verify(*options);
        status = done ? 0 : report(done.error());
    });
}

} // namespace kvprism::cli
