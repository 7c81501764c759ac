// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace kvprism::views {

// From values to heights 0 (bottom) … 1 (top), straight or logarithmic. A logarithmic scale has a floor below
// its least value, on which everything stands that is 0, negative, or too small to be told apart.
class ScoreScale {
  public:
    struct Tick {
        double value = 0;
        QString label;
    };

    ScoreScale() = default;
    // Covers every number of `values`; what is no number is passed over.
    ScoreScale(const std::vector<float>& values, bool logarithmic);

    bool logarithmic() const { return m_logarithmic; }
    bool hasFloor() const { return m_floor > 0; } // there are values that stand on the floor
    double least() const { return m_least; }
    double most() const { return m_most; }
    double at(double value) const;
    std::vector<Tick> ticks(int most) const; // at round values, about `most` of them

  private:
    std::vector<Tick> decades(int most) const;

    bool m_logarithmic = false;
    double m_least = 0;
    double m_most = 1;
    double m_floor = 0; // height of the floor's strip
};

// Four digits that count, in the locale's writing.
QString scoreText(double value);

// 1, 2 or 5 times a power of ten, not below `least`.
double roundStep(double least);

} // namespace kvprism::views
