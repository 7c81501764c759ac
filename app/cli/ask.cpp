// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli ask: reads a document into a bounded memory, answers questions from it.
#include "app/cli/asker.h"
#include "app/cli/commands.h"
#include "app/cli/documents.h"
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "engine/base/real_place.h"
#include "engine/files/saved_memory.h"
#include "engine/select/method.h"
#include "engine/select/options.h"

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace kvprism::cli {

namespace {

struct AskOptions {
    RunOptions run;
    RecordOptions record;
    AskOutput output;
    std::string document, question;
    std::string questions; // a file of them
    std::string memory;    // a saved one, instead of a document
    bool asksOnce = false; // --question was given
    bool asksMany = false; // --questions was given
};

constexpr int interruptedStatus = static_cast<int>(ErrorCode::interrupted);

// What was decided when the memory was read cannot be changed any more.
Status checkMemoryUsage(const AskOptions& options) {
    for (const auto& [name, value] : options.run.settings) {
        const select::OptionSpec* spec = select::findOption(name);
        const std::string_view known = spec ? spec->name : std::string_view(name);
        if (known != "max-new-tokens" && known != "temperature" && known != "top-p" && known != "seed" &&
            known != "stop-words" && known != "evidence")
            return usageError(
                "--" + std::string(known) +
                " was decided when the memory was read: leave it out, or read the document again.");
    }
    if (!options.document.empty())
        return usageError("--memory stands for a document that was read: leave --document out.");
    if (!options.output.saveMemory.empty())
        return usageError("--save-memory would write the --memory that is there: copy its file instead.");
    if (options.record.withoutText)
        return usageError(
            "--without-text has nothing to leave out: an answer from a --memory is not recorded.");
    if (!options.record.path.empty())
        return usageError("--record has nothing to record: the document was read when the memory was saved.");
    return {};
}

Status checkUsage(const AskOptions& options, const select::Config& config) {
    if (options.document.empty() && options.memory.empty())
        return usageError("ask needs --document FILE ('-' for standard input), or --memory FILE.");
    if (!options.memory.empty())
        if (const Status usage = checkMemoryUsage(options); !usage)
            return usage;
    if (!options.memory.empty())
        if (const Status whole = files::checkSavedMemory(options.memory); !whole)
            return whole;
    if (!options.output.saveMemory.empty())
        if (const Status may = files::maySaveMemory(options.output.saveMemory); !may)
            return may;
    if (!options.output.saveMemory.empty() && !options.record.path.empty() &&
        realPlace(options.output.saveMemory) == realPlace(options.record.path))
        return usageError("--save-memory and --record name the same file: choose two.");
    if (options.asksOnce && isBlank(options.question))
        return usageError("--question is empty: say what you want to know.");
    if (const Status text = checkUtf8("--question", options.question); !text)
        return text;
    if (options.asksOnce)
        return {};
    if (options.document == "-" && !options.asksMany)
        return usageError("With --document - the question cannot be asked for later: give --question too.");
    if (options.document == "-" && options.questions == "-")
        return usageError(
            "--document - and --questions - cannot both be standard input: put one of them into a file.");
    if (options.output.json && !options.asksMany)
        return usageError("--json prints one answer: give --question too, or --questions FILE.");
    const bool readsForEach = options.memory.empty() && select::promptOf(config) == select::Scoring::question;
    if (readsForEach && !options.record.path.empty())
        return usageError(
            "--record names one file, but with --scoring question every question is a run of its "
            "own: give one --question, or leave --record out for a new file each.");
    if (readsForEach && !options.output.saveMemory.empty())
        return usageError(
            "--save-memory keeps one memory, but with --scoring question every question makes its "
            "own: give one --question, or --scoring standing.");
    if (!options.asksMany && !inputIsTerminal())
        return usageError(
            "ask needs --question TEXT or --questions FILE where standard input is no terminal.");
    return {};
}

// A prompt for one question after another, until the input ends. The status of the last one that failed.
int askAgainAndAgain(Asker& asker, bool readsForEach) {
    if (readsForEach)
        std::fputs("The memory is made for each question, so the document is read again for every one.\n",
                   stderr);
    std::fputs("An empty line or Ctrl-D ends; Ctrl-C stops an answer.\n", stderr);
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

// A line of JSON each, until one fails or is interrupted: line n of the output belongs to question n.
int askAll(Asker& asker, const std::vector<std::string>& questions) {
    for (std::size_t i = 0; i < questions.size(); ++i)
        if (const int status = asker.ask(questions[i], "Question " + std::to_string(i + 1) + ": ");
            status != 0)
            return status;
    return 0;
}

int run(const AskOptions& options) {
    const auto config = configOf(options.run);
    if (!config)
        return report(config.error());
    if (const Status usage = checkUsage(options, *config); !usage)
        return report(usage.error());
    if (!options.output.quiet && options.memory.empty())
        for (const std::string& name : select::idleOptions(options.run.settings, *config))
            std::fprintf(stderr, "note: --%s decides nothing with these settings\n", name.c_str());
    const auto document = options.memory.empty() ? readDocumentArgument(options.document)
                                                 : Result<text::Document>(text::Document());
    if (!document)
        return report(document.error());
    const auto questions = options.asksMany ? readQuestions(options.questions) : std::vector<std::string>();
    if (!questions)
        return report(questions.error());

    Interrupt interrupt;
    auto loaded = loadEngineToRecord(options.run.model, options.record, options.output.quiet, interrupt);
    if (!loaded)
        return report(loaded.error());
    Asker asker(options.output, options.record, *loaded, interrupt);
    const Status opened =
        options.memory.empty() ? asker.open(*config, *document) : asker.openMemory(*config, options.memory);
    if (!opened)
        return report(opened.error());
    const bool readsForEach =
        options.memory.empty() && select::promptOf(*config) == select::Scoring::question;
    if (options.asksMany)
        return askAll(asker, *questions);
    return options.asksOnce ? asker.ask(options.question) : askAgainAndAgain(asker, readsForEach);
}

} // namespace

void addAsk(CLI::App& app, int& status) {
    auto options = std::make_shared<AskOptions>();
    CLI::App* ask =
        app.add_subcommand("ask", "Read a document into a bounded memory and answer questions from it");
    ask->add_option("--document", options->document, "Text, Markdown or PDF file; - for standard input")
        ->type_name("F");
    ask->add_option("--memory", options->memory,
                    "A memory that --save-memory wrote: answer from it, without the document")
        ->type_name("F.kvmemory");
    ask->add_option("--save-memory", options->output.saveMemory,
                    "Keep what was read in a file, for later questions")
        ->type_name("F.kvmemory");
    CLI::Option* question =
        ask->add_option("--question", options->question,
                        "The question; without it, on a terminal, a prompt for one after another");
    question->type_name("TEXT");
    CLI::Option* questions =
        ask->add_option("--questions", options->questions,
                        "A file with a question a line (- for standard input); prints a JSON object a line")
            ->type_name("F");
    questions->excludes(question);
    bindRunOptions(*ask, options->run);
    bindRecordOptions(*ask, options->record);
    ask->add_flag("--json", options->output.json, "Print one JSON object instead of the answer");
    CLI::Option* quiet =
        ask->add_flag("--quiet", options->output.quiet, "Say nothing but the answer and errors");
    ask->add_flag("--verbose", options->output.verbose, "Also show every step and every option")
        ->excludes(quiet);
    ask->callback([options, question, questions, &status] {
        options->asksOnce = question->count() > 0;
        options->asksMany = questions->count() > 0;
        options->output.json = options->output.json || options->asksMany;
        status = run(*options);
    });
}

} // namespace kvprism::cli
