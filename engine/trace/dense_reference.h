// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace kvprism::trace {

// What the same model answers where it remembers everything (the dense run), and how far the run's next-token
// distributions are from the dense ones along that answer: both models are given the question and the dense
// answer's tokens before each one. P is the dense distribution, Q the run's, over the whole vocabulary.
struct DenseReference {
    std::string text;                        // valid UTF-8
    std::vector<std::int32_t> ids;           // as far as it was compared
    std::vector<std::uint32_t> textEnds;     // [ids] end of each token's bytes in `text`; empty: not recorded
    std::vector<float> divergences;          // [ids] KL(P ‖ Q) = Σ P·(log P − log Q), nats, ≥ 0
    std::vector<float> denseLosses;          // [ids] −log P of the dense answer's token
    std::vector<float> losses;               // [ids] −log Q of the same
    std::vector<std::uint8_t> sameLikeliest; // [ids] 1: P and Q have the same likeliest token

    std::size_t size() const { return ids.size(); }
    friend bool operator==(const DenseReference&, const DenseReference&) = default;
};

} // namespace kvprism::trace
