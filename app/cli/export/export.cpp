// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli export: the numbers of a view as CSV or JSON, or its picture.
#include "app/cli/arguments.h"
#include "app/cli/commands.h"
#include "app/cli/export/export_views.h"
#include "app/cli/output_file.h"
#include "app/cli/pictures.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace kvprism::cli {

namespace {

struct Options {
    std::string recording, view, output;
};

Status writeTable(const Options& options, const ExportView& view, const ExportSource& source,
                  TableWriter::Format format) {
    const auto columns = view.columns(source);
    if (!columns)
        return columns.error();
    const std::string header =
        format == TableWriter::Format::csv ? csvHeader(*columns) : jsonHeader(options.view);
    if (const Status may = mayWriteTable("--output", options.output, header, {options.recording}); !may)
        return may;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(options.output.c_str(), "wb"),
                                                               std::fclose);
    if (!file)
        return ioError("Cannot write " + options.output + " (" + std::strerror(errno) +
                       "): choose another --output.");
    TableWriter writer(file.get(), format, options.view, options.recording, *columns);
    const Status read =
        view.rows(source, *columns, [&](const std::vector<Cell>& cells) { writer.row(cells); });
    const Status written = writer.finish();
    if (!written)
        return ioError("Writing " + options.output + " failed: " + written.error().message + ".");
    return read;
}

// Pictures are of the survival map alone, and PNG.
Status draw(const Options& options, const std::string& ending) {
    if (options.view != "map" || ending != ".png")
        return unavailable(
            "This version draws the view map as .png alone; .csv and .json have the numbers of every "
            "view.");
    std::error_code failure;
    if (std::filesystem::equivalent(options.output, options.recording, failure) && !failure)
        return usageError("--output names " + options.recording + ", which is read: choose another file.");
    return drawSurvivalMap(options.recording, options.output);
}

Status run(const Options& options) {
    const std::string ending = std::filesystem::path(options.output).extension().string();
    if (ending != ".csv" && ending != ".json" && ending != ".png" && ending != ".svg")
        return usageError("--output " + options.output +
                          " ends in none of .csv, .json and .png, which decide what is written: name it so.");
    const auto reader = trace::RecordingReader::open(options.recording);
    if (!reader)
        return reader.error();
    if (ending == ".png" || ending == ".svg")
        return draw(options, ending);
    RunOutline outline;
    if (const Status replayed = (*reader)->replay(outline); !replayed)
        return replayed.error();
    for (const ExportView& view : exportViews())
        if (view.name == options.view)
            return writeTable(options, view, {**reader, outline},
                              ending == ".csv" ? TableWriter::Format::csv : TableWriter::Format::json);
    return defect("The view " + options.view + " is in no table.");
}

} // namespace

void addExport(CLI::App& app, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command =
        app.add_subcommand("export", "Write what a view of the window shows: its numbers, or its picture");
    command->add_option("recording", options->recording, "The recording (.kvtrace)")->required();
    std::vector<std::string> names;
    for (const ExportView& view : exportViews())
        names.emplace_back(view.name);
    std::string type;
    for (const std::string& name : names)
        type += (type.empty() ? "" : "|") + name;
    command->add_option("--view", options->view, "Which view")
        ->required()
        ->check(oneOf(names))
        ->type_name(type);
    command
        ->add_option("--output", options->output,
                     "Where to; its ending decides: .csv or .json, of the map also .png")
        ->required()
        ->type_name("F");
    command->callback([options, &status] {
        const Status done = run(*options);
        status = done ? 0 : report(done.error());
    });
}

} // namespace kvprism::cli
