// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <random>
#include <span>

namespace kvprism::model {

// Picks the next token from its logits. Temperature 0 is greedy (ties: the lower id); otherwise a draw from
// softmax(logits / temperature) within the smallest set of tokens whose probability reaches top-p. Seeded:
// the same logits and seed give the same tokens.
class Sampler {
  public:
    Sampler(double temperature, double topP, std::uint64_t seed);
    std::int32_t next(std::span<const float> logits);

  private:
    double m_temperature;
    double m_topP;
    std::mt19937_64 m_random;
};

} // namespace kvprism::model
