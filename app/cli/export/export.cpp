// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli export: the numbers of a view as CSV or JSON, or its picture as PNG or SVG.
#include "app/cli/arguments.h"
#include "app/cli/commands.h"
#include "app/cli/pictures.h"
#include "engine/tables/needle.h"
#include "engine/tables/table_file.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <optional>

namespace kvprism::cli {

namespace {

using tables::TableWriter;

struct Options {
    std::string recording, view, output;
    std::optional<std::int32_t> step, token, width, height;
    std::optional<double> scale;
    std::string scheme;
    bool withData = false;
    std::string with;
    tables::NeedleNames needles;

    std::string ending() const { // in small letters
        std::string text = std::filesystem::path(output).extension().string();
        std::ranges::transform(text, text.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
        return text;
    }
    bool isPicture() const { return ending() == ".png" || ending() == ".svg"; }
    // The option given that only pictures have; nullptr: none.
    const char* pictureOption() const {
        return width           ? "--width"
               : height        ? "--height"
               : scale         ? "--scale"
               : scheme.size() ? "--scheme"
               : withData      ? "--with-data"
                               : nullptr;
    }
};

Status writeTable(const Options& options) {
    const auto source = tables::RecordingSource::open(options.recording);
    if (!source)
        return source.error();
    const tables::Table* table = tables::findTable(options.view);
    if (!table)
        return defect("The view " + options.view + " is in no table.");
    tables::Selection selection{options.step, options.token, nullptr, {}};
    std::unique_ptr<tables::RecordingSource> other;
    if (!options.with.empty()) {
        auto opened = tables::RecordingSource::open(options.with);
        if (!opened)
            return opened.error();
        other = std::move(*opened);
        selection.other = other.get();
    }
    auto needles = tables::findNeedles((*source)->run(), options.needles);
    if (!needles)
        return needles.error();
    selection.needles = std::move(*needles);
    const auto excerpt = tables::excerptOf(**source, *table, selection);
    if (!excerpt)
        return excerpt.error();
    const auto format = options.ending() == ".csv" ? TableWriter::Format::csv : TableWriter::Format::json;
    return tables::writeTable(*table, *excerpt, {options.output, format, options.recording, options.with});
}

Status draw(const Options& options) {
    tables::PictureRequest request;
    request.recording = options.recording.c_str();
    request.view = options.view.c_str();
    request.output = options.output.c_str();
    request.step = options.step.value_or(-1);
    request.token = options.token.value_or(-1);
    request.width = options.width.value_or(0);
    request.height = options.height.value_or(0);
    request.scale = options.scale.value_or(1);
    request.dark = options.scheme == "dark";
    request.withData = options.withData;
    request.with = options.with.empty() ? nullptr : options.with.c_str();
    std::vector<const char*> words;
    for (const std::string& needle : options.needles.words)
        words.push_back(needle.c_str());
    request.needles = words.data();
    request.needleCount = static_cast<std::int32_t>(words.size());
    request.needleTokens = options.needles.tokens.empty() ? nullptr : options.needles.tokens.c_str();
    return drawPicture(request);
}

Status run(const Options& options) {
    const std::string ending = options.ending();
    if (options.isPicture())
        return draw(options);
    if (ending != ".csv" && ending != ".json")
        return usageError("--output " + options.output +
                          " ends in none of .csv, .json, .png and .svg, which decide what is written: name "
                          "it so.");
    if (const char* option = options.pictureOption())
        return usageError(std::string(option) + " is for pictures, and --output " + options.output +
                          " is a table: leave it out, or name a .png or .svg.");
    return writeTable(options);
}

// A number with a fraction, in the words of wholeNumber().
std::string checkScale(const std::string& text) {
    double value = 0;
    const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure == std::errc() && stop == text.data() + text.size() && value >= tables::leastPictureScale &&
        value <= tables::mostPictureScale)
        return "";
    return fmt::format("takes a number from {} to {}, not '{}'.", tables::leastPictureScale,
                       tables::mostPictureScale, text);
}

void addPictureOptions(CLI::App& command, Options& options) {
    const auto units = [&](const char* name, std::optional<std::int32_t>& value, std::int32_t least,
                           const char* help) {
        command.add_option(name, value, help)
            ->check(wholeNumber(static_cast<std::uint64_t>(least), tables::mostPictureUnits))
            ->type_name("N");
    };
    units("--width", options.width, tables::leastPictureWidth,
          "A picture's width in units of 1/96 inch; 1600 by default, of text 1000, of a token 800, of "
          "needles 1200");
    units("--height", options.height, tables::leastPictureHeight,
          "Its height in these units; what suits the view by default");
    command.add_option("--scale", options.scale, "Its pixels a unit; 2 for print")
        ->check(checkScale)
        ->type_name("X");
    command.add_option("--scheme", options.scheme, "Its colours; light by default")
        ->check(oneOf({"light", "dark"}))
        ->type_name("light|dark");
    command.add_flag("--with-data", options.withData,
                     "Also write the numbers that the picture shows, to a .csv beside it");
}

void addSubjectOptions(CLI::App& command, Options& options) {
    command
        .add_option("--with", options.with,
                    "The recording to compare with, of the same tokens: for the views comparison and "
                    "difference, and beside needles")
        ->type_name("F");
    command
        .add_option(
            "--needle", options.needles.words,
            "Words of the text that the view needles follows, in every place where they stand; may be "
            "given again")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->type_name("WORDS");
    command
        .add_option("--needle-tokens", options.needles.tokens,
                    "Passages that the view needles follows, by their positions (120-135,400)")
        ->type_name("RANGES");
}

} // namespace

void addExport(CLI::App& app, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command =
        app.add_subcommand("export", "Write what a view of the window shows: its numbers, or its picture");
    command->add_option("recording", options->recording, "The recording (.kvtrace)")->required();
    std::vector<std::string> names;
    for (const tables::Table& table : tables::allTables())
        names.emplace_back(table.name);
    std::string type;
    for (const std::string& name : names)
        type += (type.empty() ? "" : "|") + name;
    command->add_option("--view", options->view, "Which view")
        ->required()
        ->check(oneOf(names))
        ->type_name(type);
    command
        ->add_option(
            "--output", options->output,
            "Where to; its ending decides: .csv or .json for the numbers, .png or .svg for the picture")
        ->required()
        ->type_name("F");
    constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
    command
        ->add_option("--step", options->step,
                     "Numbers of this step alone; in a picture the step shown, the last by default")
        ->check(wholeNumber(0, most))
        ->type_name("N");
    command
        ->add_option("--token", options->token,
                     "The token, by its position, that the view token is about, or that a picture marks")
        ->check(wholeNumber(0, most))
        ->type_name("POS");
    addSubjectOptions(*command, *options);
    addPictureOptions(*command, *options);
    command->callback([options, &status] {
        const Status done = run(*options);
        status = done ? 0 : report(done.error());
    });
}

} // namespace kvprism::cli
