// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli completion and man: what a shell and man(1) want to know, made from the subcommands themselves.
#include "app/cli/arguments.h"
#include "app/cli/commands.h"
#include "app/cli/shell/command_tree.h"
#include "app/cli/standard_output.h"

#include <memory>

namespace kvprism::cli {

void addCompletion(CLI::App& app, int& status) {
    auto shell = std::make_shared<std::string>();
    CLI::App* command =
        app.add_subcommand("completion", "Print the script that makes a shell complete this program");
    command->add_option("shell", *shell, "bash, zsh or fish")
        ->required()
        ->check(oneOf({"bash", "zsh", "fish"}));
    command->callback([&app, &status, shell] {
        const ShownCommand program = shownCommand(app);
        const Status printed = printResult(*shell == "bash"  ? bashCompletion(program)
                                           : *shell == "zsh" ? zshCompletion(program)
                                                             : fishCompletion(program));
        status = printed ? 0 : report(printed.error());
    });
}

void addMan(CLI::App& app, int& status) {
    CLI::App* command = app.add_subcommand("man", "Print the manual page: kvprism-cli man | man -l -");
    command->callback([&app, &status] {
        const Status printed = printResult(manPage(shownCommand(app)));
        status = printed ? 0 : report(printed.error());
    });
}

} // namespace kvprism::cli
