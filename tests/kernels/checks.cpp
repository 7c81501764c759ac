// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/kernels/checks.h"

#include <algorithm>
#include <cmath>

namespace kvprism::test {

void Checks::near(double value, double wanted, double tolerance, double floor, const std::string& what) {
    const double error =
        value == wanted ? 0 : std::abs(value - wanted) / std::max({std::abs(value), std::abs(wanted), floor});
    if (error / tolerance > m_worst / m_worstAllowed) {
        m_worst = error;
        m_worstAllowed = tolerance;
    }
    expect(error <= tolerance,
           what + ": " + std::to_string(value) + " instead of " + std::to_string(wanted)); // NaN fails
}

} // namespace kvprism::test
