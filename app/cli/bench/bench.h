// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

// The project's measurements, one file each.
namespace kvprism::cli {

void addBenchFacts(CLI::App& bench, int& status);
void addBenchAblation(CLI::App& bench, int& status);
void addBenchExplorer(CLI::App& bench, int& status);
void addBenchGpu(CLI::App& bench, int& status);
void addBenchPeers(CLI::App& bench, int& status);
void addBenchSpeed(CLI::App& bench, int& status); // also what `bench` alone does

} // namespace kvprism::cli
