// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/shell/command_tree.h"

#include <sstream>

namespace kvprism::cli {

namespace {

std::vector<std::string> choicesIn(const std::string& type) {
    std::vector<std::string> choices;
    std::istringstream parts(type);
    for (std::string part; std::getline(parts, part, '|');)
        choices.push_back(part);
    return choices;
}

bool isFile(const ShownOption& option) {
    return option.type == "F" || option.type == "PATH" || option.type.starts_with("F.") ||
           option.name == "--model" || option.name == "--file";
}

ShownOption shownOption(const CLI::Option& source) {
    ShownOption option;
    if (source.get_positional())
        option.name = source.get_name(true);
    else
        option.name = source.get_lnames().empty() ? "-" + source.get_snames().front()
                                                  : "--" + source.get_lnames().front();
    option.help = source.get_description();
    option.group = source.get_group();
    option.isRequired = source.get_required();
    option.usual = source.get_default_str();
    if (source.get_items_expected_max() == 0)
        return option; // a flag
    option.type = source.get_type_name();
    option.takes = ShownOption::Takes::text;
    if (option.type.find('|') != std::string::npos) {
        option.takes = ShownOption::Takes::choice;
        option.choices = choicesIn(option.type);
    } else if (isFile(option)) {
        option.takes = ShownOption::Takes::file;
    }
    return option;
}

} // namespace

ShownCommand shownCommand(const CLI::App& app) {
    ShownCommand command{app.get_name(), app.get_description(), {}, {}, {}};
    for (const CLI::Option* option : app.get_options())
        if (!option->get_group().empty())
            (option->get_positional() ? command.positionals : command.options)
                .push_back(shownOption(*option));
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
        if (!sub->get_group().empty())
            command.commands.push_back(shownCommand(*sub));
    return command;
}

} // namespace kvprism::cli
