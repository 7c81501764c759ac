// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli compare: what two runs over the same tokens kept, step by step, and what they answered.
#include "app/cli/compare.h"

#include "app/cli/ask_json.h"
#include "app/cli/commands.h"
#include "app/cli/standard_output.h"
#include "engine/trace/recording_reader.h"

#include <algorithm>

namespace kvprism::cli {

namespace {

struct Options {
    std::string a, b;
    bool json = false;
};

using Reader = std::unique_ptr<trace::RecordingReader>;

Result<Reader> openInto(ComparedRun& run) {
    auto reader = trace::RecordingReader::open(run.path);
    if (!reader)
        return reader.error();
    if (const Status replayed = (*reader)->replay(run.outline); !replayed)
        return replayed.error();
    return reader;
}

Status compareStep(const trace::RecordingReader& a, const trace::RecordingReader& b, std::int32_t index,
                   RunComparison& comparison) {
    const auto stepA = a.step(index);
    if (!stepA)
        return stepA.error();
    const auto stepB = b.step(index);
    if (!stepB)
        return stepB.error();
    trace::KeptComparison kept = trace::compareKept(**stepA, **stepB);
    comparison.steps.push_back({index, (*stepA)->begin, (*stepA)->end,
                                static_cast<std::int32_t>(kept.both.size()),
                                static_cast<std::int32_t>(kept.onlyA.size()),
                                static_cast<std::int32_t>(kept.onlyB.size()), kept.neither, kept.jaccard()});
    comparison.last = std::move(kept);
    return {};
}

void tell(RunComparison& comparison, std::int32_t stepsA, std::int32_t stepsB) {
    const trace::Run& a = comparison.a.outline.run();
    const trace::Run& b = comparison.b.outline.run();
    auto& notices = comparison.notices;
    if (a.withoutText || b.withoutText)
        notices.push_back(
            "A run was recorded without its text, so that nothing shows whether both read the same "
            "document: only the numbers of tokens are the same.");
    if (stepsA != stepsB)
        notices.push_back(std::string(stepsA < stepsB ? "A" : "B") +
                          " was not recorded to its end: the steps that "
                          "both have are compared.");
    if (!a.withoutText && !b.withoutText && a.question != b.question)
        notices.push_back("The two were asked different questions.");
    if (a.model.sha256 != b.model.sha256)
        notices.push_back("The two ran on different model files.");
}

int run(const Options& options) {
    const auto comparison = compareRecordings(options.a, options.b);
    if (!comparison)
        return report(comparison.error());
    const Status printed =
        printResult(options.json ? jsonLine(comparisonJson(**comparison)) : comparisonText(**comparison));
    return printed ? 0 : report(printed.error());
}

} // namespace

Result<std::unique_ptr<RunComparison>> compareRecordings(const std::string& a, const std::string& b) {
    auto comparison = std::make_unique<RunComparison>();
    comparison->a.path = a;
    comparison->b.path = b;
    const auto readerA = openInto(comparison->a);
    if (!readerA)
        return readerA.error();
    const auto readerB = openInto(comparison->b);
    if (!readerB)
        return readerB.error();
    const trace::Run& runA = comparison->a.outline.run();
    const trace::Run& runB = comparison->b.outline.run();
    if (const Status comparable = trace::checkComparable(runA, runB); !comparable)
        return comparable.error();
    comparison->differences = trace::settingDifferences(runA, runB);
    const std::int32_t stepsA = (*readerA)->stepCount(), stepsB = (*readerB)->stepCount();
    for (std::int32_t index = 0; index < std::min(stepsA, stepsB); ++index)
        if (const Status done = compareStep(**readerA, **readerB, index, *comparison); !done)
            return done.error();
    tell(*comparison, stepsA, stepsB);
    return comparison;
}

void addCompare(CLI::App& app, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command =
        app.add_subcommand("compare", "What two recorded runs over one document kept, step by step");
    command->add_option("a", options->a, "A recording (.kvtrace)")->required();
    command->add_option("b", options->b, "Another one, of the same document read in the same blocks")
        ->required();
    command->add_flag("--json", options->json, "One JSON object instead of text");
    command->callback([options, &status] { status = run(*options); });
}

} // namespace kvprism::cli
