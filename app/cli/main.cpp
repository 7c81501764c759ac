// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <exception>

#include "app/cli/commands.h"

namespace {

int run(int argc, char** argv) {
    CLI::App app("KVPrism: ask a language model about a long document, and see what its memory kept.", "kvprism-cli");
    app.set_version_flag("--version", "kvprism-cli " KVPRISM_VERSION);
    app.require_subcommand(1);
    int status = 0;
    kvprism::cli::addInfo(app, status);
    kvprism::cli::addInspect(app, status);
    kvprism::cli::addTokens(app, status);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) { // --help, --version
        return app.exit(success);
    } catch (const CLI::ParseError& error) {
        return kvprism::cli::report(kvprism::usageError(std::string(error.what()) + " (see --help)"));
    }
    return status;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& failure) {
        return kvprism::cli::report(kvprism::defect(std::string("An unexpected failure: ") + failure.what()));
    }
}
