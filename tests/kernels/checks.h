// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdio>
#include <random>
#include <string>

namespace kvprism::test {

// What came of the checks, and the randomness they share.
class Checks {
  public:
    explicit Checks(int rounds) : m_rounds(rounds) {}
    int rounds() const { return m_rounds; }
    std::mt19937& random() { return m_random; }
    int between(int least, int most) { return std::uniform_int_distribution(least, most)(m_random); }

    void expect(bool holds, const std::string& what) {
        ++m_count;
        if (holds)
            return;
        ++m_failures;
        std::printf("FAILED  %s\n", what.c_str());
    }
    // Relative, against the larger of the two and `floor`.
    void near(double value, double wanted, double tolerance, double floor, const std::string& what);

    int report() const {
        std::printf("%d checks, %d failures; largest relative error %.2g of %.2g allowed\n", m_count,
                    m_failures, m_worst, m_worstAllowed);
        return m_failures == 0 ? 0 : 1;
    }

  private:
    int m_rounds;
    std::mt19937 m_random{1};
    int m_count = 0, m_failures = 0;
    double m_worst = 0, m_worstAllowed = 1;
};

void checkColumnScores(Checks& checks);
void checkRaisePeaks(Checks& checks);
void checkRowKernels(Checks& checks);
void checkLsh(Checks& checks);
void checkSelection(Checks& checks);
void checkDecode(Checks& checks);

} // namespace kvprism::test
