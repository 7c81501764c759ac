// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/paragraphs.h"

#include <algorithm>
#include <bit>

namespace kvprism::views {

namespace {

// Where to cut a paragraph that is too long: behind the last white space, else between two characters.
int cutBefore(const QString& text, int begin, int most) {
    const int last = begin + most;
    for (int at = last; at > begin + most / 2; --at)
        if (text[at - 1].isSpace())
            return at;
    return text[last].isLowSurrogate() ? last - 1 : last;
}

} // namespace

std::vector<Paragraph> cutIntoParagraphs(const QString& text, int documentBegin, int mostUnits) {
    std::vector<Paragraph> paragraphs;
    const int size = static_cast<int>(text.size());
    int begin = 0;
    while (begin < size) {
        const int section = begin < documentBegin ? documentBegin : size;
        const auto found = text.indexOf(QLatin1Char('\n'), begin);
        int end = found < 0 ? section : std::min(static_cast<int>(found) + 1, section);
        if (end - begin > mostUnits)
            end = cutBefore(text, begin, mostUnits);
        paragraphs.push_back({begin, end, begin == 0 || begin == documentBegin});
        begin = end;
    }
    return paragraphs;
}

void RowHeights::reset(const std::vector<double>& estimates) {
    m_heights = estimates;
    m_measured.assign(estimates.size(), false);
    m_sums.assign(estimates.size() + 1, 0);
    for (std::size_t i = 1; i < m_sums.size(); ++i) {
        m_sums[i] += m_heights[i - 1];
        const std::size_t parent = i + (i & (~i + 1));
        if (parent < m_sums.size())
            m_sums[parent] += m_sums[i];
    }
}

double RowHeights::setMeasured(int row, double height) {
    const auto index = static_cast<std::size_t>(row);
    const double grown = height - m_heights[index];
    m_heights[index] = height;
    m_measured[index] = true;
    if (grown != 0)
        for (std::size_t i = index + 1; i < m_sums.size(); i += i & (~i + 1))
            m_sums[i] += grown;
    return grown;
}

double RowHeights::top(int row) const {
    double sum = 0;
    for (auto i = static_cast<std::size_t>(std::clamp(row, 0, count())); i > 0; i -= i & (~i + 1))
        sum += m_sums[i];
    return sum;
}

int RowHeights::rowAt(double y) const {
    if (m_heights.empty())
        return -1;
    std::size_t row = 0;
    double left = std::max(y, 0.0);
    for (std::size_t width = std::bit_floor(m_heights.size()); width > 0; width /= 2) {
        if (row + width < m_sums.size() && m_sums[row + width] <= left) {
            row += width;
            left -= m_sums[row];
        }
    }
    return static_cast<int>(std::min(row, m_heights.size() - 1));
}

} // namespace kvprism::views
