// SPDX-License-Identifier: GPL-3.0-or-later
// A page of the document for a picture: whole lines, without a scroll bar.
#include "views/models/trace_model.h"
#include "views/text_canvas.h"

#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

int TextCanvas::arrangeLines(std::optional<int> token, int most) {
    if (m_paragraphs.empty())
        return most;
    struct Line {
        int row = 0, index = 0;
    };
    const auto heightOf = [&](const Line& line) { // with the heading above a first line
        return m_lineHeight + (line.index == 0 ? laidOut(line.row).above : 0);
    };
    const auto before = [&](Line line) -> std::optional<Line> {
        if (line.index > 0)
            return Line{line.row, line.index - 1};
        if (line.row == 0)
            return std::nullopt;
        return Line{line.row - 1, std::max(laidOut(line.row - 1).layout->lineCount(), 1) - 1};
    };
    const auto after = [&](Line line) -> std::optional<Line> {
        if (line.index + 1 < laidOut(line.row).layout->lineCount())
            return Line{line.row, line.index + 1};
        return line.row + 1 < m_heights.count() ? std::optional(Line{line.row + 1, 0}) : std::nullopt;
    };

    m_firstSeen = 0; // nothing is on a screen that should stay
    Line first;
    if (token) {
        const TokenText& text = m_model->text();
        const int begin = std::min(text.begin(std::min(*token, text.tokens() - 1)),
                                   static_cast<int>(text.text().size()) - 1);
        first.row = std::max(paragraphOf(begin), 0);
        const auto line = laidOut(first.row).layout->lineForTextPosition(
            begin - m_paragraphs[static_cast<std::size_t>(first.row)].begin);
        first.index = line.isValid() ? line.lineNumber() : 0;
    }
    // Downwards from the token as far as two thirds go, upwards with the rest, downwards with what is left.
    double height = heightOf(first);
    std::optional<Line> last = first;
    const auto grow = [&](double limit) {
        for (auto next = after(*last); next && height + heightOf(*next) <= limit; next = after(*last)) {
            height += heightOf(*next);
            last = next;
        }
    };
    grow(token ? most * 2 / 3.0 : most);
    for (auto next = before(first); next && height + heightOf(*next) <= most; next = before(first)) {
        height += heightOf(*next);
        first = *next;
    }
    grow(most);
    const double top = m_heights.top(first.row) +
                       (first.index > 0 ? laidOut(first.row).above + first.index * m_lineHeight : 0);
    m_firstSeen = first.row;
    const int scrolled = static_cast<int>(std::ceil(top));
    verticalScrollBar()->setMaximum(std::max(scrollEnd(), scrolled));
    verticalScrollBar()->setValue(scrolled);
    return static_cast<int>(std::ceil(height));
}

Navigator::TokenRange TextCanvas::shownTokens() {
    Navigator::TokenRange shown{0, -1};
    layOutVisible();
    const double scrolled = verticalScrollBar()->value();
    for (int row = m_firstSeen; row < m_heights.count(); ++row) {
        const double top = m_heights.top(row) - scrolled;
        if (top > viewport()->height())
            break;
        for (const Piece& piece : laidOut(row).pieces) {
            const double middle = top + piece.rect.center().y();
            if (middle < 0 || middle > viewport()->height())
                continue;
            shown.first = shown.last < shown.first ? piece.token : std::min(shown.first, piece.token);
            shown.last = std::max(shown.last, piece.token);
        }
    }
    return shown;
}

} // namespace kvprism::views
