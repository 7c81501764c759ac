// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

// The subcommands and options as --help shows them, for what is generated from them: shell completion, the
// manual.
namespace kvprism::cli {

struct ShownOption {
    enum class Takes { nothing, choice, file, text };
    std::string name; // "--method", "-h" where there is no long one; of a positional: "recording"
    std::string help;
    std::string type;  // "N", "F", "peak|exact"; empty for flags
    std::string usual; // the default, as shown
    std::string group;
    Takes takes = Takes::nothing;
    std::vector<std::string> choices;
    bool isRequired = false;
};

struct ShownCommand {
    std::string name;
    std::string help;
    std::vector<ShownOption> options;
    std::vector<ShownOption> positionals;
    std::vector<ShownCommand> commands;
};

ShownCommand shownCommand(const CLI::App& app);

// The scripts that make a shell complete kvprism-cli.
std::string bashCompletion(const ShownCommand& program);
std::string zshCompletion(const ShownCommand& program);
std::string fishCompletion(const ShownCommand& program);

// The manual page (section 1), for man(1).
std::string manPage(const ShownCommand& program);

} // namespace kvprism::cli
