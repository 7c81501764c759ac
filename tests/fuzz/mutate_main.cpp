// SPDX-License-Identifier: GPL-3.0-or-later
// Stands in for libFuzzer where the compiler has none, so that every test run tries its targets for a moment:
// each seed as it is, then changed, by a seeded generator.
//   fuzz_NAME ROUNDS SEED_FILE...
#include "tests/fuzz/harness.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" {
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);
// Of a target that knows better what to change.
__attribute__((weak)) std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                                          std::size_t most, unsigned seed);
}

namespace {

using Bytes = std::vector<std::uint8_t>;

std::mt19937_64 random64(20260202);

std::size_t below(std::size_t limit) {
    return limit == 0 ? 0 : static_cast<std::size_t>(random64() % limit);
}

void editOnce(Bytes& bytes) {
    // Headers decide more than data does.
    const std::size_t at = below(below(2) == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 512));
    switch (below(5)) {
    case 0:
        bytes[at] = static_cast<std::uint8_t>(random64());
        break;
    case 1:
        bytes[at] ^= static_cast<std::uint8_t>(1U << below(8));
        break;
    case 2:
        bytes.resize(below(bytes.size() + 1));
        break;
    case 3:
        for (std::size_t i = at; i < std::min(bytes.size(), at + 8); ++i)
            bytes[i] = below(2) == 0 ? 0xFF : 0;
        break;
    default: {
        const std::size_t length = std::min<std::size_t>(bytes.size() - at, 1 + below(64));
        const Bytes part(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                         bytes.begin() + static_cast<std::ptrdiff_t>(at + length));
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size() + 1)), part.begin(),
                     part.end());
    }
    }
}

Bytes changed(const Bytes& seed) {
    Bytes bytes = seed;
    bytes.resize(2 * seed.size() + 64);
    std::size_t size = seed.size();
    const std::size_t edits = 1 + below(4);
    for (std::size_t edit = 0; edit < edits; ++edit)
        size = LLVMFuzzerCustomMutator ? LLVMFuzzerCustomMutator(bytes.data(), size, bytes.size(),
                                                                 static_cast<unsigned>(random64()))
                                       : LLVMFuzzerMutate(bytes.data(), size, bytes.size());
    bytes.resize(size);
    bytes.shrink_to_fit(); // so that reading behind the end is seen
    return bytes;
}

} // namespace

// Changes data[0, size) where it lies, to at most `most` bytes, and gives their number; as libFuzzer's.
std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most) {
    Bytes bytes(data, data + size);
    for (std::size_t edits = 1 + below(2); edits > 0 && !bytes.empty(); --edits)
        editOnce(bytes);
    bytes.resize(std::min(bytes.size(), most));
    std::copy(bytes.begin(), bytes.end(), data);
    return bytes.size();
}

int main(int count, char** arguments) {
    if (count < 3) {
        std::fprintf(stderr, "usage: %s ROUNDS SEED_FILE...\n", arguments[0]);
        return 64;
    }
    const int rounds = std::atoi(arguments[1]);
    std::vector<Bytes> seeds;
    for (int i = 2; i < count; ++i) {
        std::ifstream file(arguments[i], std::ios::binary);
        if (!file) {
            std::fprintf(stderr, "there is no seed %s\n", arguments[i]);
            return 66;
        }
        seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
        LLVMFuzzerTestOneInput(seeds.back().data(), seeds.back().size());
    }
    if (2 * kvprism::fuzz::inputsRead() < seeds.size()) {
        std::fprintf(stderr, "%zu of %zu seeds are read: the target tries nothing\n",
                     kvprism::fuzz::inputsRead(), seeds.size());
        return 1;
    }
    for (const Bytes& seed : seeds)
        for (int round = 0; round < rounds; ++round) {
            const Bytes bytes = changed(seed);
            LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
        }
    return 0;
}
