// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/rope.h"

#include <cmath>
#include <numbers>

namespace kvprism::files {

std::vector<float> llama3Divisors(const Llama3Scaling& scaling, double base, std::int32_t headDim) {
    std::vector<float> divisors;
    for (std::int32_t i = 0; i < headDim / 2; ++i) {
        const double wavelength = 2 * std::numbers::pi * std::pow(base, 2.0 * i / headDim);
        const double turns =
            scaling.originalContext / wavelength; // within the context it was first trained on
        double divisor = 1;
        if (turns < scaling.lowFactor) {
            divisor = scaling.factor;
        } else if (turns <= scaling.highFactor) {
            const double fast = (turns - scaling.lowFactor) / (scaling.highFactor - scaling.lowFactor);
            divisor = 1 / ((1 - fast) / scaling.factor + fast);
        }
        divisors.push_back(static_cast<float>(divisor));
    }
    return divisors;
}

std::vector<float> linearDivisors(double factor, std::int32_t headDim) {
    if (factor == 1)
        return {};
    return std::vector<float>(static_cast<std::size_t>(headDim / 2), static_cast<float>(factor));
}

} // namespace kvprism::files
