// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arguments.h"
#include "app/cli/commands.h"
#include "app/cli/standard_output.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <new>
#include <sstream>
#include <string>
#include <vector>

namespace {

int run(int argc, char** argv) {
    CLI::App app("KVPrism: ask a language model about a long document, and see what its memory kept.",
                 "kvprism-cli");
    app.set_version_flag("--version", "kvprism-cli " KVPRISM_VERSION);
    app.require_subcommand(0, 1); // so that a wrong word is what the error names
    int status = 0;
    kvprism::cli::addAsk(app, status);
    kvprism::cli::addBench(app, status);
    kvprism::cli::addCompare(app, status);
    kvprism::cli::addCompletion(app, status);
    kvprism::cli::addDemo(app, status);
    kvprism::cli::addExport(app, status);
    kvprism::cli::addInfo(app, status);
    kvprism::cli::addInspect(app, status);
    kvprism::cli::addMan(app, status);
    kvprism::cli::addMethods(app, status);
    kvprism::cli::addPerplexity(app, status);
    kvprism::cli::addTokens(app, status);
    kvprism::cli::addVerify(app, status);
    std::vector<std::string> arguments = kvprism::cli::withDashes(app, {argv + 1, argv + argc});
    if (const kvprism::Status sound = kvprism::cli::checkArguments(app, arguments); !sound)
        return kvprism::cli::report(sound.error());
    try {
        std::reverse(arguments.begin(), arguments.end()); // as CLI11 takes them
        app.parse(arguments);
    } catch (const CLI::Success& success) { // --help, --version
        std::ostringstream text;
        app.exit(success, text, text);
        const kvprism::Status printed = kvprism::cli::printResult(text.str());
        return printed ? 0 : kvprism::cli::report(printed.error());
    } catch (const CLI::ParseError& error) {
        return kvprism::cli::report(kvprism::cli::usageErrorOf(error));
    }
    if (app.get_subcommands().empty())
        return kvprism::cli::report(
            kvprism::usageError("A subcommand is needed, such as ask or demo (see --help)."));
    return status;
}

int guarded(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::bad_alloc&) {
        return kvprism::cli::report(kvprism::outOfMemory(
            "The system gave no more memory: no budget would fit; use a smaller model, or make room."));
    } catch (const std::exception& failure) {
        return kvprism::cli::report(kvprism::defect(std::string("An unexpected failure: ") + failure.what()));
    }
}

} // namespace

int main(int argc, char** argv) {
    // A file that grows beyond the user's limit (ulimit -f) is then a write that fails, and no end.
    std::signal(SIGXFSZ, SIG_IGN);
    // A file that is opened next would get the number of a closed standard stream, and what is printed, too.
    for (const int descriptor : {0, 2})
        if (::fcntl(descriptor, F_GETFD) < 0)
            (void)::open("/dev/null", O_RDWR);
    if (::fcntl(1, F_GETFD) < 0)
        return kvprism::cli::report(
            kvprism::ioError("Standard output is closed, so no result would arrive."));
    const int status = guarded(argc, argv);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return status; // what looks for leaks does so at the end
#else
    // All of ours is written and gone. What libtorch would still tidy takes a fifth of a second, in which
    // somebody who pressed Ctrl-C waits.
    std::fflush(nullptr);
    std::_Exit(status);
#endif
}
