// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <CLI/CLI.hpp>

// Each subcommand is one file: it declares its options on `app` and writes its exit status when it ran.
namespace kvprism::cli {

void addAsk(CLI::App& app, int& status);
void addBench(CLI::App& app, int& status);
void addCompare(CLI::App& app, int& status);
void addCompletion(CLI::App& app, int& status);
void addDemo(CLI::App& app, int& status);
void addExport(CLI::App& app, int& status);
void addInfo(CLI::App& app, int& status);
void addInspect(CLI::App& app, int& status);
void addMan(CLI::App& app, int& status);
void addMethods(CLI::App& app, int& status);
void addPerplexity(CLI::App& app, int& status);
void addTokens(CLI::App& app, int& status);
void addVerify(CLI::App& app, int& status);

// Prints the sentence to standard error and gives the exit status that belongs to it.
int report(const Error& error);

} // namespace kvprism::cli
