// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/shell/command_tree.h"

#include <fmt/format.h>
#include <functional>

namespace kvprism::cli {

namespace {

using Takes = ShownOption::Takes;
using Visit = std::function<void(const ShownCommand&, const std::string& path)>;

// Every command with the words that lead to it ("bench facts"; the program itself: "").
void forEachCommand(const ShownCommand& command, const std::string& path, const Visit& visit) {
    visit(command, path);
    for (const ShownCommand& sub : command.commands)
        forEachCommand(sub, path.empty() ? sub.name : path + " " + sub.name, visit);
}

std::string joined(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string> namesOf(const std::vector<ShownCommand>& commands) {
    std::vector<std::string> names;
    for (const ShownCommand& command : commands)
        names.push_back(command.name);
    return names;
}

std::vector<std::string> namesOf(const std::vector<ShownOption>& options) {
    std::vector<std::string> names;
    for (const ShownOption& option : options)
        names.push_back(option.name);
    return names;
}

std::string replaced(std::string text, const std::string& of, const std::string& by) {
    for (std::size_t at = text.find(of); at != std::string::npos; at = text.find(of, at + by.size()))
        text.replace(at, of.size(), by);
    return text;
}

// In single quotes, as bash and zsh have them.
std::string shellQuoted(const std::string& text) {
    return "'" + replaced(text, "'", "'\\''") + "'";
}

std::string zshFunction(const std::string& path) {
    return "_kvprism-cli" + (path.empty() ? "" : "_" + replaced(path, " ", "_"));
}

// Within a specification of _arguments, colons and brackets mean something.
std::string zshText(const std::string& text) {
    std::string safe = replaced(text, "\\", "\\\\");
    for (const char* special : {":", "[", "]"})
        safe = replaced(safe, special, std::string("\\") + special);
    return safe;
}

std::string zshAction(const ShownOption& option) {
    switch (option.takes) {
    case Takes::choice:
        return fmt::format(":{}:({})", zshText(option.name), joined(option.choices));
    case Takes::file:
        return fmt::format(":{}:_files", zshText(option.type));
    case Takes::text:
        return fmt::format(":{}: ", zshText(option.type));
    case Takes::nothing:
        break;
    }
    return "";
}

std::string zshCommand(const ShownCommand& command, const std::string& path) {
    std::string text =
        zshFunction(path) + "() {\n    local curcontext=$curcontext state line\n    _arguments -C \\\n";
    for (const ShownOption& option : command.options)
        text += "        " + shellQuoted(option.name + "[" + zshText(option.help) + "]" + zshAction(option)) +
                " \\\n";
    if (command.commands.empty()) {
        return text + "        '*:file:_files'\n}\n";
    }
    text +=
        "        '1:subcommand:->subcommand' '*::argument:->argument'\n    case $state in\n    subcommand)\n"
        "        local -a commands=(\n";
    for (const ShownCommand& sub : command.commands)
        text += "            " + shellQuoted(sub.name + ":" + zshText(sub.help)) + "\n";
    text += "        )\n        _describe subcommand commands\n        ;;\n    argument)\n        case "
            "$words[1] in\n";
    for (const ShownCommand& sub : command.commands)
        text += fmt::format("        {}) {} ;;\n", sub.name,
                            zshFunction(path.empty() ? sub.name : path + " " + sub.name));
    return text + "        esac\n        ;;\n    esac\n}\n";
}

std::string fishQuoted(const std::string& text) {
    return "'" + replaced(replaced(text, "\\", "\\\\"), "'", "\\'") + "'";
}

// When the words so far lead to this command and to none below it.
std::string fishCondition(const ShownCommand& command, const std::string& path) {
    std::string condition;
    const auto add = [&](const std::string& part) {
        condition += (condition.empty() ? "" : "; and ") + part;
    };
    std::size_t begin = 0;
    while (begin < path.size()) {
        const std::size_t end = std::min(path.find(' ', begin), path.size());
        add("__fish_seen_subcommand_from " + path.substr(begin, end - begin));
        begin = end + 1;
    }
    if (!command.commands.empty())
        add("not __fish_seen_subcommand_from " + joined(namesOf(command.commands)));
    return condition;
}

std::string fishOption(const ShownOption& option, const std::string& start) {
    std::string text = start + (option.name.starts_with("--") ? " -l " + option.name.substr(2)
                                                              : " -s " + option.name.substr(1));
    if (option.takes == Takes::choice)
        text += " -x -a " + fishQuoted(joined(option.choices));
    else if (option.takes == Takes::file)
        text += " -r -F";
    else if (option.takes == Takes::text)
        text += " -x";
    return text + " -d " + fishQuoted(option.help) + "\n";
}

} // namespace

std::string bashCompletion(const ShownCommand& program) {
    std::string walk, values, words;
    forEachCommand(program, "", [&](const ShownCommand& command, const std::string& path) {
        for (const ShownCommand& sub : command.commands)
            walk += fmt::format("        '{} {}') command='{}' ;;\n", path, sub.name,
                                path.empty() ? sub.name : path + " " + sub.name);
        for (const ShownOption& option : command.options) {
            const std::string when = fmt::format("    '{} {}') ", path, option.name);
            if (option.takes == Takes::choice)
                values += when + "mapfile -t COMPREPLY < <(compgen -W '" + joined(option.choices) +
                          "' -- \"$current\"); return ;;\n";
            else if (option.takes == Takes::file)
                values += when + "_kvprism_cli_files; return ;;\n";
            else if (option.takes == Takes::text)
                values += when + "return ;;\n";
        }
        words += fmt::format("    '{}') words='{}{}{}' ;;\n", path, joined(namesOf(command.commands)),
                             command.commands.empty() ? "" : " ", joined(namesOf(command.options)));
    });
    return "# Completion of kvprism-cli for bash, made by 'kvprism-cli completion bash'.\n"
           "_kvprism_cli_files() {\n"
           "    compopt -o filenames 2>/dev/null\n"
           "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
           "}\n"
           "_kvprism_cli() {\n"
           "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= "
           "words= i\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        case \"$command ${COMP_WORDS[i]}\" in\n" +
           walk +
           "        esac\n"
           "    done\n"
           "    COMPREPLY=()\n"
           "    case \"$command $previous\" in\n" +
           values +
           "    esac\n"
           "    case $command in\n" +
           words +
           "    esac\n"
           "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
           "    [[ ${#COMPREPLY[@]} -gt 0 || $current == -* ]] || _kvprism_cli_files\n"
           "}\n"
           "complete -F _kvprism_cli kvprism-cli kvprism\n"; // the script ./kvprism hands on to it
}

std::string zshCompletion(const ShownCommand& program) {
    std::string text = "#compdef kvprism-cli kvprism\n# Completion of kvprism-cli for zsh, made by "
                       "'kvprism-cli completion zsh'.\n";
    forEachCommand(program, "", [&](const ShownCommand& command, const std::string& path) {
        text += zshCommand(command, path);
    });
    return text + "if [[ $funcstack[1] == _kvprism-cli ]]; then\n    _kvprism-cli \"$@\"\nelse\n"
                  "    compdef _kvprism-cli kvprism-cli kvprism\nfi\n";
}

std::string fishCompletion(const ShownCommand& program) {
    std::string text = "# Completion of kvprism-cli for fish, made by 'kvprism-cli completion fish'.\n";
    forEachCommand(program, "", [&](const ShownCommand& command, const std::string& path) {
        const std::string start = "complete -c kvprism-cli -n " + fishQuoted(fishCondition(command, path));
        for (const ShownCommand& sub : command.commands)
            text += start + " -f -a " + sub.name + " -d " + fishQuoted(sub.help) + "\n";
        for (const ShownOption& option : command.options)
            text += fishOption(option, start);
    });
    return text + "complete -c kvprism -w kvprism-cli\n";
}

} // namespace kvprism::cli
