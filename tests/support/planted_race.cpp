// SPDX-License-Identifier: GPL-3.0-or-later
// Two threads and a number that nothing guards: ThreadSanitizer must say so, or its silence about the tests
// means nothing.
#include <cstdio>
#include <thread>

namespace {
int counter = 0;
}

int main() {
    std::thread other([] { ++counter; });
    ++counter;
    other.join();
    std::printf("%d\n", counter);
}
