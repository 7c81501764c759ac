// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/score_scale.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

namespace {

constexpr double floorHeight = 0.05;
constexpr double mostDecades = 4; // below the largest: less would squeeze what matters

QString powerOfTen(int power) {
    static const QString digits = QString::fromUtf8("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString text = QStringLiteral("10");
    if (power < 0)
        text += QChar(0x207b); // superscript minus
    for (const QChar digit : QString::number(std::abs(power)))
        text += digits[digit.digitValue()];
    return text;
}

QString tickText(double factor, int power) {
    const double value = factor * std::pow(10, power);
    if (power >= -4 && power <= 4)
        return QLocale().toString(value, 'g', 3);
    return factor == 1 ? powerOfTen(power)
                       : QLocale().toString(factor, 'g', 2) + QChar(0x00b7) + powerOfTen(power);
}

} // namespace

double roundStep(double least) {
    if (!(least > 0))
        return 1;
    const double power = std::pow(10, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (power * factor >= least * (1 - 1e-9))
            return power * factor;
    return power * 10;
}

QString scoreText(double value) {
    return QLocale().toString(value, 'g', 4);
}

ScoreScale::ScoreScale(const std::vector<float>& values, bool logarithmic) : m_logarithmic(logarithmic) {
    double least = 0, most = 0, leastPositive = 0;
    for (const float number : values) {
        const auto value = static_cast<double>(number);
        if (!std::isfinite(value))
            continue;
        least = std::min(least, value);
        most = std::max(most, value);
        if (value > 0 && (leastPositive == 0 || value < leastPositive))
            leastPositive = value;
    }
    m_logarithmic = logarithmic && most > 0;
    if (m_logarithmic) {
        m_most = most;
        m_least = std::max(leastPositive, most * std::pow(10, -mostDecades));
        if (m_least >= m_most * 0.5)
            m_least = m_most * 0.1;
        // Room for the marks at both ends.
        const double room = std::pow(m_most / m_least, 0.04);
        m_most *= room;
        m_least /= room;
        const bool anyOnFloor =
            std::ranges::any_of(values, [&](float value) { return static_cast<double>(value) < m_least; });
        m_floor = anyOnFloor ? floorHeight : 0;
        return;
    }
    m_least = least * 1.05;
    m_most = most > least ? most + 0.05 * (most - least) : least + 1;
}

double ScoreScale::at(double value) const {
    if (std::isnan(value))
        return 0;
    if (!m_logarithmic)
        return std::clamp((value - m_least) / (m_most - m_least), 0.0, 1.0);
    if (!(value >= m_least))
        return m_floor / 2;
    const double share = std::log(value / m_least) / std::log(m_most / m_least);
    return m_floor + (1 - m_floor) * std::clamp(share, 0.0, 1.0);
}

std::vector<ScoreScale::Tick> ScoreScale::decades(int most) const {
    const double span = std::log10(m_most / m_least);
    std::vector<double> factors{1};
    if (span * 3 <= most)
        factors = {1, 2, 5};
    else if (span * 2 <= most)
        factors = {1, 3};
    const int every = std::max(1, static_cast<int>(std::ceil(span / std::max(most, 1))));
    std::vector<Tick> ticks;
    const int last = static_cast<int>(std::floor(std::log10(m_most)));
    for (int power = static_cast<int>(std::floor(std::log10(m_least))); power <= last; ++power)
        for (const double factor : factors) {
            const double value = factor * std::pow(10, power);
            if (value >= m_least && value <= m_most && (last - power) % every == 0)
                ticks.push_back({value, tickText(factor, power)});
        }
    return ticks;
}

std::vector<ScoreScale::Tick> ScoreScale::ticks(int most) const {
    if (m_logarithmic)
        return decades(most);
    std::vector<Tick> ticks;
    const double step = roundStep((m_most - m_least) / std::max(most, 1));
    for (double index = std::ceil(m_least / step); index * step <= m_most; ++index)
        ticks.push_back({index * step, QLocale().toString(index * step, 'g', 4)});
    return ticks;
}

} // namespace kvprism::views
