// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/survival_index.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace kvprism::views {

// Which tokens stand on which pixel columns: columns 0 … pixels−1 show the stretch of the stream from first()
// on. Every shown token belongs to one column at least, and where a column holds several, each of them to
// that one alone.
class TokenAxis {
  public:
    static constexpr double mostPixelsPerToken = 24;

    void setTokens(int tokens); // another stream: all of it is shown
    void setPixels(int pixels);

    int tokens() const { return m_tokens; }
    int pixels() const { return m_pixels; }
    double first() const { return m_first; }
    double tokensPerPixel() const { return m_tokensPerPixel; }
    double shown() const { return m_tokensPerPixel * m_pixels; } // tokens across all columns
    bool showsAll() const;

    int tokenAt(double x) const;                   // clamped to the stream; −1 where it is empty
    double xOf(double token) const;                // left edge, may lie outside
    std::pair<int, int> tokensOf(int pixel) const; // [first, end) of a column; empty beyond the stream

    void zoomAround(double x, double factor); // the token under x stays there; factor > 1 shows fewer tokens
    void panBy(double pixels);                // > 0 moves on towards the end
    void showAll();
    void show(int first, int last); // this stretch and a little around it
    void reveal(int token);         // moves as little as needed

    friend bool operator==(const TokenAxis&, const TokenAxis&) = default;

  private:
    void clampToStream();
    double widest() const; // tokens per pixel at which all is shown

    int m_tokens = 0;
    int m_pixels = 1;
    double m_first = 0;
    double m_tokensPerPixel = 1;
};

// What one pixel column shows of one step: the hue of its most frequent kept tier (the more protected one
// where two are equal: anchor, window, global, compressed), and how large a share of its read tokens is kept.
struct Cell {
    enum class Kind : std::uint8_t {
        dropped = 0,
        anchor = 1,
        window = 2,
        global = 3,
        compressed = 4,
        unread = 5
    };
    Kind kind = Kind::unread;
    std::uint8_t share = 0; // kept of read, 0 … 255; above 0 wherever anything is kept
    friend bool operator==(const Cell&, const Cell&) = default;
};
Cell cellOf(const TierCounts& counts);

// The cells of each step under an axis, made when first asked for and kept until the axis or the run changes:
// what a repaint costs follows the pixels, not the tokens.
template <class CellType> class StepCells {
  public:
    void setAxis(const TokenAxis& axis) {
        if (axis == m_axis)
            return;
        m_axis = axis;
        m_columns.clear();
        clear();
    }
    const TokenAxis& axis() const { return m_axis; }
    void clear() { m_rows.clear(); }

    // `cellOfTokens` makes the cell of tokens [first, end); it is asked from left to right, and once where
    // several columns show the same token.
    template <class CellOfTokens> const std::vector<CellType>& row(int step, CellOfTokens&& cellOfTokens) {
        const auto [place, added] = m_rows.try_emplace(step);
        std::vector<CellType>& cells = place->second;
        if (!added)
            return cells;
        if (m_columns.empty())
            for (int pixel = 0; pixel < m_axis.pixels(); ++pixel)
                m_columns.push_back(m_axis.tokensOf(pixel));
        cells.reserve(m_columns.size());
        for (std::size_t i = 0; i < m_columns.size(); ++i)
            cells.push_back(i > 0 && m_columns[i] == m_columns[i - 1]
                                ? cells.back()
                                : cellOfTokens(m_columns[i].first, m_columns[i].second));
        return cells;
    }

  private:
    TokenAxis m_axis;
    std::vector<std::pair<int, int>> m_columns; // [first, end) of each pixel; empty: not asked for yet
    std::map<int, std::vector<CellType>> m_rows;
};

class SurvivalTiles {
  public:
    void setAxis(const TokenAxis& axis) { m_cells.setAxis(axis); }
    const TokenAxis& axis() const { return m_cells.axis(); }
    void clear() { m_cells.clear(); }
    const std::vector<Cell>& row(const SurvivalIndex& index, int step);

  private:
    StepCells<Cell> m_cells;
};

} // namespace kvprism::views
