// SPDX-License-Identifier: GPL-3.0-or-later
// Every kernel against its twin on the CPU, over random shapes, and against itself: the same bits twice.
// Needs neither Qt nor libtorch, so that it runs wherever a GPU is; without one it says so with status 77.
#include "tests/kernels/checks.h"

#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>

int main(int count, char** arguments) {
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
        std::puts("No GPU answers here.");
        return 77;
    }
    const int rounds = count > 1 ? std::atoi(arguments[1]) : 40;
    kvprism::test::Checks checks(rounds);
    kvprism::test::checkColumnScores(checks);
    kvprism::test::checkRaisePeaks(checks);
    kvprism::test::checkRowKernels(checks);
    kvprism::test::checkLsh(checks);
    kvprism::test::checkSelection(checks);
    kvprism::test::checkDecode(checks);
    return checks.report();
}
