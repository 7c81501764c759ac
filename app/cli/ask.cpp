// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli ask: reads a document into a bounded memory, answers a question from it.
#include "app/cli/ask_json.h"
#include "app/cli/commands.h"
#include "app/cli/documents.h"
#include "app/cli/escape.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/run_options.h"
#include "app/cli/run_recording.h"
#include "app/cli/standard_output.h"
#include "app/cli/summary.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

namespace kvprism::cli {

namespace {

struct AskOptions {
    RunOptions run;
    RecordOptions record;
    std::string document, question;
    bool asksOnce = false; // --question was given
    bool json = false, quiet = false, verbose = false;
};

constexpr int interruptedStatus = static_cast<int>(ErrorCode::interrupted);

bool isBlank(const std::string& question) {
    return question.find_first_not_of(" \t\r\n\f\v") == std::string::npos;
}

Status checkUsage(const AskOptions& options) {
    if (options.document.empty())
        return usageError("ask needs --document FILE ('-' for standard input).");
    if (options.asksOnce && isBlank(options.question))
        return usageError("--question is empty: say what you want to know.");
    if (const Status text = checkUtf8("--question", options.question); !text)
        return text;
    if (options.asksOnce)
        return {};
    if (options.document == "-")
        return usageError("With --document - the question cannot be asked for later: give --question too.");
    if (options.json)
        return usageError("--json prints one answer: give --question too.");
    if (!options.record.path.empty())
        return usageError(
            "--record names one file and every question is a run of its own: give --question too.");
    if (!inputIsTerminal())
        return usageError("ask needs --question TEXT where standard input is no terminal.");
    return {};
}

class Asker {
  public:
    Asker(const AskOptions& options, const text::Document& document, LoadedEngine& loaded,
          Interrupt& interrupt)
        : m_options(options), m_document(document), m_loaded(loaded), m_interrupt(interrupt) {}

    Status open(const select::Config& config) {
        auto session = m_loaded.engine->openSession(config, m_document);
        if (!session)
            return session.error();
        m_session = std::move(session).value();
        return {};
    }

    // One question, one run, one recording. The exit status that belongs to it.
    int ask(const std::string& question) {
        RunLog log;
        RunRecording recording(m_options.record, m_document.name);
        std::vector<trace::TraceSink*> sinks{&log};
        if (recording.sink())
            sinks.push_back(recording.sink());
        SinkTee tee(sinks);
        Narrator narrator({.quiet = m_options.quiet, .answerStreams = !m_options.json},
                          [this] { m_interrupt.stopWork(); });
        const auto result = m_session->ask(question, &tee, &narrator, m_interrupt.beginWork());
        m_interrupt.endWork();
        Status output = narrator.finish();
        const Status recorded = recording.finish();
        if (!result) {
            if (!recorded)
                report(recorded.error());
            return report(result.error());
        }
        if (m_options.json)
            output = printResult(jsonLine(askJson(*result, m_loaded.model, log, recording.path())));
        if (!m_options.quiet)
            summarise(*result, log, recorded.ok() ? recording.path() : "");
        if (!output)
            return report(output.error());
        if (!recorded)
            return report(recorded.error());
        return result->answer.stopReason == trace::StopReason::interrupted ? interruptedStatus : 0;
    }

  private:
    void summarise(const AskResult& result, const RunLog& log, const std::string& recording) const {
        std::string text = "\n";
        if (m_options.verbose) {
            text += stepTable(log);
            for (const auto& setting : select::settingsOf(result.config))
                text += "option    " + setting.name + " = " + oneLine(setting.value) + "\n";
            text += "model     " + oneLine(m_loaded.model.path) + ", " + m_loaded.model.dtype + " on " +
                    m_loaded.model.device + ", weights " + bytesText(result.bytes.weights) + "\n";
        }
        text += summaryText(result, log.tokensRead());
        if (!recording.empty())
            text += "recording " + oneLine(recording) + "\n";
        std::fputs(text.c_str(), stderr);
    }

    const AskOptions& m_options;
    const text::Document& m_document;
    LoadedEngine& m_loaded;
    Interrupt& m_interrupt;
    std::unique_ptr<Session> m_session;
};

// A prompt for one question after another, until the input ends. The status of the last one that failed.
int askAgainAndAgain(Asker& asker) {
    std::fputs("The memory is made for each question, so the document is read again for every one. "
               "An empty line or Ctrl-D ends.\n",
               stderr);
    int status = 0;
    std::string question;
    while (true) {
        std::fputs("\nQuestion: ", stderr);
        if (!std::getline(std::cin, question) || isBlank(question))
            break;
        if (const Status text = checkUtf8("The question", question); !text) {
            status = report(text.error());
            continue;
        }
        const int asked = asker.ask(question);
        if (asked == static_cast<int>(ErrorCode::io))
            return asked; // nothing that is said arrives any more
        if (asked != 0 && asked != interruptedStatus)
            status = asked;
    }
    std::fputs("\n", stderr);
    return status;
}

int run(const AskOptions& options) {
    const auto config = configOf(options.run);
    if (!config)
        return report(config.error());
    if (const Status usage = checkUsage(options); !usage)
        return report(usage.error());
    const auto document = readDocumentArgument(options.document);
    if (!document)
        return report(document.error());

    Interrupt interrupt;
    auto loaded = loadEngineToRecord(options.run.model, options.record, options.quiet, interrupt);
    if (!loaded)
        return report(loaded.error());
    Asker asker(options, *document, *loaded, interrupt);
    if (const Status opened = asker.open(*config); !opened)
        return report(opened.error());
    return options.asksOnce ? asker.ask(options.question) : askAgainAndAgain(asker);
}

} // namespace

void addAsk(CLI::App& app, int& status) {
    auto options = std::make_shared<AskOptions>();
    CLI::App* ask =
        app.add_subcommand("ask", "Read a document into a bounded memory and answer a question from it");
    ask->add_option("--document", options->document, "Text or Markdown file; - for standard input")
        ->type_name("F");
    CLI::Option* question = ask->add_option(
        "--question", options->question,
        "The question; without it, on a terminal, a prompt for one after another (each reads again)");
    question->type_name("TEXT");
    bindRunOptions(*ask, options->run);
    bindRecordOptions(*ask, options->record);
    ask->add_flag("--json", options->json, "Print one JSON object instead of the answer");
    CLI::Option* quiet = ask->add_flag("--quiet", options->quiet, "Say nothing but the answer and errors");
    ask->add_flag("--verbose", options->verbose, "Also show every step and every option")->excludes(quiet);
    ask->callback([options, question, &status] {
        options->asksOnce = question->count() > 0;
        status = run(*options);
    });
}

} // namespace kvprism::cli
