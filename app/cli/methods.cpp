// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli methods: what there is to choose from, read from the registry.
#include "app/cli/ask_json.h"
#include "app/cli/commands.h"
#include "app/cli/standard_output.h"
#include "app/cli/terminal.h"
#include "engine/select/method.h"
#include "engine/select/option_values.h"
#include "engine/select/options.h"

#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace kvprism::cli {

namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> modesOf(const select::MethodSpec& method) {
    std::vector<std::string> modes;
    if (method.recursive)
        modes.push_back(select::textOf(select::Mode::recursive));
    if (method.accumulate)
        modes.push_back(select::textOf(select::Mode::accumulate));
    return modes;
}

std::string poolText(const select::MethodSpec& method) {
    if (method.pool == select::Pool::none)
        return "none";
    return fmt::format("{} over {}", select::textOf(method.pool), method.poolWidth);
}

Json methodJson(const select::MethodSpec& method) {
    return {
        {"name", method.name},
        {"title", method.title},
        {"description", method.description},
        {"scorer", method.scorer == select::ScorerKind::none ? Json() : Json(select::name(method.scorer))},
        {"scoring", select::textOf(method.scoring)},
        {"score_pool", select::textOf(method.pool)},
        {"score_pool_width", method.poolWidth},
        {"modes", modesOf(method)},
        {"keeps_all", method.keepsAll}};
}

Json optionJson(const select::OptionSpec& spec) {
    constexpr std::array<std::string_view, 6> kinds{"integer", "number",    "choice",
                                                    "text",    "text_list", "token_ranges"};
    Json json{{"name", spec.name},
              {"kind", kinds[static_cast<std::size_t>(spec.kind)]},
              {"help", spec.help},
              {"default", spec.defaultText}};
    if (!spec.choices.empty())
        json["choices"] = spec.choices;
    if (spec.minimum < spec.maximum) {
        json["minimum"] = spec.minimum;
        json["maximum"] = spec.maximum;
    }
    return json;
}

std::string everythingAsJson() {
    Json methods = Json::array(), presets = Json::array(), options = Json::array();
    for (const auto& method : select::methodTable())
        methods.push_back(methodJson(method));
    for (const auto& preset : select::presetTable()) {
        Json settings = Json::object();
        for (const auto& [option, value] : preset.settings)
            settings[std::string(option)] = value;
        presets.push_back({{"name", preset.name}, {"title", preset.title}, {"settings", settings}});
    }
    for (const auto& spec : select::optionTable())
        options.push_back(optionJson(spec));
    return jsonLine({{"methods", methods}, {"presets", presets}, {"options", options}});
}

std::string choicesText(std::string_view option) {
    return fmt::format("{}", fmt::join(select::findOption(option)->choices, ", "));
}

std::string everythingAsText() {
    std::string text = "Methods (--method)\n";
    for (const auto& method : select::methodTable()) {
        const auto scorer = select::name(method.scorer);
        text += fmt::format("  {:<9}{}\n{:11}scores: {}; pool: {}; modes: {}\n", method.name,
                            method.description, "", scorer.empty() ? "none" : scorer, poolText(method),
                            fmt::join(modesOf(method), ", "));
    }
    text += "\nPresets (--preset)\n";
    for (const auto& preset : select::presetTable()) {
        text += fmt::format("  {:<16}{}:", preset.name, preset.title);
        for (const auto& [option, value] : preset.settings)
            text += fmt::format(" --{} {}", option, value);
        text += "\n";
    }
    text += "\n";
    for (const auto& [title, option] :
         {std::pair{"Scoring", "scoring"}, std::pair{"Modes", "mode"}, std::pair{"Scopes", "budget-scope"},
          std::pair{"Pools", "score-pool"}, std::pair{"Backends", "backend"},
          std::pair{"Positions", "positions"}, std::pair{"Layouts", "layout"}})
        text += fmt::format("{:<27}{}\n", fmt::format("{} (--{})", title, option), choicesText(option));
    return text;
}

} // namespace

void addMethods(CLI::App& app, int& status) {
    auto json = std::make_shared<bool>(false);
    CLI::App* methods = app.add_subcommand("methods", "List methods, presets, modes and backends");
    methods->add_flag("--json", *json, "Print one JSON object, with every option's range and default");
    methods->callback([json, &status] {
        const Status written = printResult(*json ? everythingAsJson() : everythingAsText());
        status = written ? 0 : report(written.error());
    });
}

} // namespace kvprism::cli
