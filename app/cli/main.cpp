// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"

#include <cstdio>
#include <exception>
#include <new>

namespace {

int run(int argc, char** argv) {
    CLI::App app("KVPrism: ask a language model about a long document, and see what its memory kept.",
                 "kvprism-cli");
    app.set_version_flag("--version", "kvprism-cli " KVPRISM_VERSION);
    app.require_subcommand(0, 1); // so that a wrong word is what the error names
    int status = 0;
    kvprism::cli::addAsk(app, status);
    kvprism::cli::addBench(app, status);
    kvprism::cli::addDemo(app, status);
    kvprism::cli::addInfo(app, status);
    kvprism::cli::addInspect(app, status);
    kvprism::cli::addMethods(app, status);
    kvprism::cli::addPerplexity(app, status);
    kvprism::cli::addTokens(app, status);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) { // --help, --version
        return app.exit(success);
    } catch (const CLI::ParseError& error) {
        return kvprism::cli::report(kvprism::usageError(std::string(error.what()) + " (see --help)"));
    }
    if (app.get_subcommands().empty())
        return kvprism::cli::report(
            kvprism::usageError("A subcommand is needed, such as ask or demo (see --help)."));
    return status;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::bad_alloc&) {
        return kvprism::cli::report(
            kvprism::outOfMemory("The system gave no more memory: use a smaller document or --budget."));
    } catch (const std::exception& failure) {
        return kvprism::cli::report(kvprism::defect(std::string("An unexpected failure: ") + failure.what()));
    }
}
