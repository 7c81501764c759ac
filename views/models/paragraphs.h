// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace kvprism::views {

// A text cut into pieces that are laid out apart: its paragraphs, the very long ones in parts.
struct Paragraph {
    int begin = 0;      // UTF-16 units of the text
    int end = 0;        // its line end included
    bool opens = false; // first of a section (the prefix, the document): a heading stands above it
};
std::vector<Paragraph> cutIntoParagraphs(const QString& text, int documentBegin, int mostUnits = 4096);

// Heights of many rows, of which only those that were looked at are measured; the others are estimates. All
// operations take logarithmic time.
class RowHeights {
  public:
    void reset(const std::vector<double>& estimates);
    int count() const { return static_cast<int>(m_heights.size()); }
    bool measured(int row) const { return m_measured[static_cast<std::size_t>(row)]; }
    double setMeasured(int row, double height); // returns by how much the row grew

    double height(int row) const { return m_heights[static_cast<std::size_t>(row)]; }
    double top(int row) const; // sum of the heights above; row may be count()
    double total() const { return top(count()); }
    int rowAt(double y) const; // clamped; −1 without rows

  private:
    std::vector<double> m_heights;
    std::vector<double> m_sums; // Fenwick tree
    std::vector<bool> m_measured;
};

} // namespace kvprism::views
