// SPDX-License-Identifier: GPL-3.0-or-later
// kvprism-cli bench: the project's measurements, side by side.
#include "app/cli/bench/bench.h"

#include "app/cli/commands.h"

namespace kvprism::cli {

void addBench(CLI::App& app, int& status) {
    CLI::App* bench = app.add_subcommand("bench", "The project's measurements; alone: speed");
    bench->require_subcommand(0, 1);
    addBenchSpeed(*bench, status);
    addBenchExplorer(*bench, status);
    addBenchFacts(*bench, status);
    addBenchGpu(*bench, status);
    addBenchPeers(*bench, status);
    addBenchAblation(*bench, status);
}

} // namespace kvprism::cli
