// SPDX-License-Identifier: GPL-3.0-or-later
// Every kernel against its twin on the CPU, over random shapes, and against itself: the same bits twice.
// Needs neither Qt nor libtorch, so that it runs wherever a GPU is; without one it says so with status 77.
//   kernel_check [ROUNDS [PART]]
#include "tests/kernels/checks.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>
#include <string_view>
#include <utility>

int main(int count, char** arguments) {
    using namespace kvprism::test;
    constexpr std::pair<std::string_view, void (*)(Checks&)> parts[] = {
        {"columns", checkColumnScores}, {"peaks", checkRaisePeaks},
        {"rows", checkRowKernels},      {"lsh", checkLsh},
        {"selection", checkSelection},  {"decode", checkDecode},
    };
    const int rounds = count > 1 ? std::atoi(arguments[1]) : 40;
    const std::string_view only = count > 2 ? arguments[2] : "";
    const auto isWanted = [&](const auto& part) { return only.empty() || part.first == only; };
    if (rounds <= 0 || std::ranges::none_of(parts, isWanted)) { // it would find nothing wrong
        std::puts("kernel_check [ROUNDS [columns|peaks|rows|lsh|selection|decode]]");
        return 64;
    }
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
        std::puts("No GPU answers here.");
        return 77;
    }
    Checks checks(rounds);
    for (const auto& part : parts)
        if (isWanted(part))
            part.second(checks);
    return checks.report();
}
