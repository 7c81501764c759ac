// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run_options.h"

#include "app/cli/arguments.h"
#include "engine/files/random_shape.h"
#include "engine/text/utf8.h"

#include <fmt/format.h>

namespace kvprism::cli {

namespace {

constexpr const char* hidden = ""; // an option of no group is not in the help

std::string typeName(const select::OptionSpec& spec) {
    switch (spec.kind) {
    case select::OptionKind::integer:
        return "N";
    case select::OptionKind::number:
        return "X";
    case select::OptionKind::text:
        return "TEXT";
    case select::OptionKind::textList:
        return "TEXT,…";
    case select::OptionKind::tokenRanges:
        return "A-B,…";
    case select::OptionKind::choice:
        break;
    }
    std::string names;
    for (const std::string_view choice : spec.choices)
        names += (names.empty() ? "" : "|") + std::string(choice);
    return names;
}

CLI::Option* bindSetting(CLI::App& app, RunOptions& options, const std::string& name,
                         const std::string& help) {
    return app.add_option_function<std::string>(
        "--" + name, [&options, name](const std::string& value) { options.settings[name] = value; }, help);
}

void bindSpec(CLI::App& app, RunOptions& options, const select::OptionSpec& spec) {
    const std::string name(spec.name);
    CLI::Option* option = bindSetting(app, options, name, std::string(spec.help));
    option->type_name(typeName(spec))
        ->default_str(std::string(spec.defaultText))
        ->group("What is kept, and how");
    if (spec.kind == select::OptionKind::textList)
        option->join(',');
}

} // namespace

std::string randomHelp() {
    return fmt::format("Instead of a model: random weights in the shape of {}",
                       fmt::join(files::randomShapeNames(), ", "));
}

void bindModelOptions(CLI::App& app, ModelRequest& request) {
    const std::string group = "Model";
    app.add_option("--model", request.path, "GGUF file or folder with safetensors")
        ->type_name("PATH")
        ->default_str("the embedded model")
        ->group(group);
    CLI::Option* path = app.add_option("--model-path", request.path)->group(hidden);
    app.add_option("--random", request.random, randomHelp())
        ->type_name("SHAPE")
        ->group(group)
        ->excludes("--model")
        ->excludes(path);
    app.add_option("--device", request.device, "Where it runs")
        ->check(oneOf({"auto", "cpu", "cuda"}))
        ->type_name("auto|cpu|cuda")
        ->capture_default_str()
        ->group(group);
    app.add_option(
           "--dtype", request.dtype,
           "Number type of weights and memory; auto: bf16 on a GPU and on a processor that multiplies it "
           "(AVX-512 BF16), else f32")
        ->check(oneOf({"auto", "f32", "bf16"}))
        ->type_name("auto|f32|bf16")
        ->capture_default_str()
        ->group(group);
    app.add_option("--threads", request.threads, "Processor threads; 0: as many as the process may use")
        ->check(wholeNumber(0, 1024))
        ->type_name("N")
        ->capture_default_str()
        ->group(group);
}

void bindRunOptions(CLI::App& app, RunOptions& options) {
    bindModelOptions(app, options.model);
    for (const select::OptionSpec& spec : select::optionTable())
        bindSpec(app, options, spec);
    bindSetting(app, options, "compression-mode", "")->group(hidden); // --mode by its other published name
    for (const std::string flag :
         {"dataset-config", "dataset-split", "num-samples", "start-sample-index", "results-file", "save-dir"})
        app.add_option_function<std::string>(
               "--" + flag, [&options, flag](const std::string&) { options.datasetFlag = flag; })
            ->group(hidden);
}

Status checkUtf8(const std::string& option, std::string_view value) {
    const std::size_t valid = text::validUtf8Prefix(value);
    if (valid == value.size())
        return {};
    return usageError(
        fmt::format("{} is not valid UTF-8 at byte {}: write it in a UTF-8 terminal.", option, valid));
}

Result<select::Config> configOf(const RunOptions& options) {
    if (!options.datasetFlag.empty())
        return usageError(
            "--" + options.datasetFlag +
            " belongs to the subcommand evaluate, which this version does not have yet: leave it out.");
    for (const auto& [name, value] : options.settings)
        if (const Status text = checkUtf8("--" + name, value); !text)
            return text.error();
    return select::configFrom(options.settings);
}

} // namespace kvprism::cli
