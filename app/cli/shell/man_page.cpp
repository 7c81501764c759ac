// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/shell/command_tree.h"

#include <fmt/format.h>

namespace kvprism::cli {

namespace {

// A hyphen that people type is \-; a line may not begin with a control character of roff.
std::string roff(const std::string& text) {
    std::string safe;
    for (const char c : text) {
        if (c == '\\')
            safe += "\\e";
        else if (c == '-')
            safe += "\\-";
        else if ((c == '.' || c == '\'') && (safe.empty() || safe.back() == '\n'))
            safe += std::string("\\&") + c;
        else
            safe += c;
    }
    return safe;
}

std::string optionText(const ShownOption& option) {
    std::string text = ".TP\n\\fB" + roff(option.name) + "\\fR";
    if (!option.type.empty())
        text += " \\fI" + roff(option.type) + "\\fR";
    text += "\n" + roff(option.help);
    if (!option.usual.empty())
        text += roff(fmt::format(" (default: {})", option.usual));
    return text + ".\n";
}

std::string synopsis(const ShownCommand& command, const std::string& name) {
    std::string text = "\\fB" + roff(name) + "\\fR";
    for (const ShownOption& option : command.options)
        if (option.isRequired)
            text += " \\fB" + roff(option.name) + "\\fR \\fI" + roff(option.type) + "\\fR";
    for (const ShownOption& positional : command.positionals)
        text += (positional.isRequired ? " \\fI" : " [\\fI") + roff(positional.name) +
                (positional.isRequired ? "\\fR" : "\\fR]");
    return text + (command.options.empty() ? "" : " [\\fIoptions\\fR]") + "\n";
}

std::string commandText(const ShownCommand& command, const std::string& name) {
    if (!command.commands.empty()) {
        std::string text;
        for (const ShownCommand& sub : command.commands)
            text += commandText(sub, name + " " + sub.name);
        return text;
    }
    std::string text = ".SS " + roff(name) + "\n" + synopsis(command, "kvprism-cli " + name) + ".PP\n" +
                       roff(command.help) + ".\n";
    for (const ShownOption& positional : command.positionals)
        text += optionText(positional);
    for (const ShownOption& option : command.options)
        if (option.name != "--help")
            text += optionText(option);
    return text;
}

} // namespace

std::string manPage(const ShownCommand& program) {
    std::string text =
        ".\\\" Made by 'kvprism-cli man'.\n.TH KVPRISM\\-CLI 1 \"\" \"KVPrism " KVPRISM_VERSION
        "\" \"User Commands\"\n.SH NAME\nkvprism\\-cli \\- ask a language model about a long document, "
        "and see what its memory kept\n.SH SYNOPSIS\n\\fBkvprism\\-cli\\fR \\fIsubcommand\\fR "
        "[\\fIoptions\\fR]\n.br\n\\fBkvprism\\-cli\\fR \\fIsubcommand\\fR \\fB\\-\\-help\\fR\n"
        ".SH DESCRIPTION\n";
    text +=
        "A document is read block by block, its memory (the KV cache) is kept inside a budget of tokens, and "
        "questions are answered from what is left. Every run is recorded in a file that shows which tokens "
        "survived each step and why. Results go to standard output; progress, notes and errors go to "
        "standard "
        "error.\n.SH SUBCOMMANDS\n";
    for (const ShownCommand& command : program.commands)
        text += commandText(command, command.name);
    text += ".SH EXIT STATUS\n";
    for (const auto& [status, meaning] : {std::pair{0, "done"},
                                          {64, "wrong use"},
                                          {65, "malformed input, or a run that is not as it was recorded"},
                                          {66, "no such input"},
                                          {69, "not available here"},
                                          {70, "a defect of kvprism\\-cli"},
                                          {71, "not enough memory"},
                                          {74, "read or write error"},
                                          {130, "interrupted"}})
        text += fmt::format(".TP\n{}\n{}\n", status, meaning);
    text +=
        ".SH FILES\n.TP\n$XDG_DATA_HOME/kvprism/runs (~/.local/share/kvprism/runs)\nrecordings of runs that "
        "were given no name\n.TP\n$XDG_CACHE_HOME/kvprism (~/.cache/kvprism)\nlibtorch and the model that "
        "comes "
        "with KVPrism\n";
    return text;
}

} // namespace kvprism::cli
