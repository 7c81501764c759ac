// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arguments.h"
#include "app/cli/commands.h"
#include "app/cli/escape.h"
#include "app/cli/inspect_json.h"
#include "app/cli/inspect_text.h"
#include "app/cli/standard_output.h"
#include "engine/trace/recording_reader.h"

#include <limits>
#include <memory>

namespace kvprism::cli {

namespace {

struct Options {
    std::string path;
    bool check = false;
    std::int32_t step = -1;  // not given
    std::int32_t token = -1; // not given
    bool json = false;
};

std::string jsonText(const nlohmann::ordered_json& json) {
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Result<std::string> checked(const Options& options, const RunOutline& outline) {
    const Status status = trace::checkRecording(options.path);
    if (!status)
        return status.error();
    if (options.json)
        return jsonText({{"recording", options.path},
                         {"valid", true},
                         {"steps", outline.steps().size()},
                         {"outcome", outline.outcome()}});
    return oneLine(options.path) + ": sound, " + std::to_string(outline.steps().size()) + " steps, " +
           (outline.end() ? outline.outcome() : "cut off") + ".\n";
}

Result<std::string> stepResult(const Options& options, const trace::RecordingReader& reader,
                               const RunOutline& outline) {
    const auto step = reader.step(options.step);
    if (!step)
        return step.error();
    return options.json ? jsonText(stepJson(outline, **step)) : stepText(outline, **step);
}

Result<std::string> tokenResult(const Options& options, const trace::RecordingReader& reader,
                                const RunOutline& outline) {
    if (options.token >= outline.run().streamTokens())
        return usageError("The stream of '" + options.path + "' has no position " +
                          std::to_string(options.token) + "; its positions are 0 to " +
                          std::to_string(outline.run().streamTokens() - 1) + ".");
    TokenLife life{StreamPos(options.token)};
    const Status replayed = reader.replay(life);
    if (!replayed)
        return replayed.error();
    return options.json ? jsonText(tokenJson(life)) : tokenText(life, outline);
}

Result<std::string> inspected(const Options& options) {
    const auto reader = trace::RecordingReader::open(options.path);
    if (!reader)
        return reader.error();
    RunOutline outline;
    const Status replayed = (*reader)->replay(outline);
    if (!replayed)
        return replayed.error();
    if (options.check)
        return checked(options, outline);
    if (options.step >= 0)
        return stepResult(options, **reader, outline);
    if (options.token >= 0)
        return tokenResult(options, **reader, outline);
    return options.json ? jsonText(runJson(outline, options.path)) : runText(outline, options.path);
}

} // namespace

void addInspect(CLI::App& app, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("inspect", "Show what a recording holds");
    command->add_option("recording", options->path, "The recording (.kvtrace)")->required();
    CLI::Option* check =
        command->add_flag("--check", options->check, "Read all of it and say whether it is sound");
    CLI::Option* step =
        command->add_option("--step", options->step, "One step: its ranking, its cut, what it kept")
            ->check(wholeNumber(0, std::numeric_limits<std::int32_t>::max()));
    CLI::Option* token =
        command->add_option("--token", options->token, "The life of the token at a stream position")
            ->check(wholeNumber(0, std::numeric_limits<std::int32_t>::max()));
    check->excludes(step)->excludes(token);
    step->excludes(token);
    command->add_flag("--json", options->json, "One JSON object instead of text");
    command->callback([options, &status] {
        const auto text = inspected(*options);
        const Status done = text ? printResult(*text) : Status(text.error());
        status = done ? 0 : report(done.error());
    });
}

} // namespace kvprism::cli
