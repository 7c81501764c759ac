// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/navigator.h"
#include "views/models/needles.h"
#include "views/models/token_marks.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/style.h"
#include "views/text_canvas.h"
#include "views/text_grounds.h"
#include "views/tier_palette.h"

#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>
#include <set>

namespace kvprism::views {

using trace::Tier;

void TextCanvas::paintEvent(QPaintEvent*) {
    const Shades& shades = shadesOf(palette());
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), shades.panel);
    if (m_paragraphs.empty()) {
        painter.setFont(textFont(TextSize::normal));
        painter.setPen(shades.quietText);
        const bool hidden = m_model->run() && m_model->tokenCount() > 0;
        painter.drawText(
            viewport()->rect().adjusted(4 * grid, 0, -4 * grid, 0), Qt::AlignCenter | Qt::TextWordWrap,
            hidden ? tr("This recording was made without its text: only positions and scores are in it.")
                   : tr("The document will stand here."));
        return;
    }
    layOutVisible();
    m_paintedLooks.clear();
    m_paintedEdge = m_model->survival().readEnd(m_navigator->step());
    const double scrolled = verticalScrollBar()->value();
    for (int row = m_firstSeen; row < m_heights.count(); ++row) {
        const double top = m_heights.top(row) - scrolled;
        if (top > viewport()->height())
            break;
        paintParagraph(painter, row, top);
    }
    if (hasFocus())
        painter.fillRect(0, 0, viewport()->width(), 2, shades.accent);
    paintHover(painter);
}

void TextCanvas::paintParagraph(QPainter& painter, int row, double top) {
    const LaidOut& laid = laidOut(row);
    const QPointF at(m_gutter, top);
    if (laid.above > 0)
        paintHeading(painter, row, top);
    const std::vector<TokenLook>& looks = m_paintedLooks[row] = looksOf(laid);
    paintTints(painter, laid, looks, at);
    paintHits(painter, laid, row, at);
    paintMarks(painter, laid, at);
    paintInk(painter, laid, looks, at);
    paintReadEdge(painter, laid, at);
    if (laid.pieces.empty())
        return;
    const QFont font = numberFont(TextSize::small);
    painter.setFont(font);
    painter.setPen(shadesOf(palette()).quietText);
    painter.drawText(QRectF(0, top + laid.above, m_gutter - 1.5 * grid, m_lineHeight),
                     Qt::AlignRight | Qt::AlignVCenter, grouped(laid.pieces.front().token));
}

void TextCanvas::paintHeading(QPainter& painter, int row, double top) const {
    const Shades& shades = shadesOf(palette());
    const bool prefix = m_paragraphs[static_cast<std::size_t>(row)].begin < m_model->text().documentBegin();
    const int prefixTokens = m_model->run() ? m_model->run()->prefixTokens : 0;
    const QString name = m_model->run() ? QString::fromStdString(m_model->run()->document.name) : QString();
    const QString title = prefix ? tr("Prompt prefix") : name.isEmpty() ? tr("Document") : name;
    const QString note = prefix ? tr("%1 tokens before the document").arg(grouped(prefixTokens))
                                : tr("%1 tokens").arg(grouped(m_model->tokenCount() - prefixTokens));
    const QFont strong = textFont(TextSize::small, QFont::DemiBold);
    const QFontMetrics metrics(strong);
    const double baseline = top + m_lineHeight * 1.15;
    painter.setFont(strong);
    painter.setPen(shades.text);
    painter.drawText(QPointF(m_gutter, baseline), title);
    const double x = m_gutter + metrics.horizontalAdvance(title) + grid;
    painter.setFont(numberFont(TextSize::small));
    painter.setPen(shades.quietText);
    painter.drawText(QPointF(x, baseline), note);
    painter.setPen(shades.rule);
    const double rule = std::floor(baseline + metrics.descent() + 3) + 0.5;
    painter.drawLine(QPointF(m_gutter, rule), QPointF(m_gutter + columnWidth(), rule));
}

TokenLook TextCanvas::lookOf(int token) const {
    const TierPalette& tiers = TierPalette::of(palette());
    const int step = m_navigator->step();
    if (m_tint == TextTint::source && m_source)
        return m_source->lookOf(step, token, palette());
    const auto tier = m_model->survival().tier(step, token);
    if (!tier)
        return {};
    if (*tier == Tier::dropped)
        return {m_tint == TextTint::score ? scoreTintOf(token) : QColor(), {}, Pattern::none, true};
    if (m_tint == TextTint::score)
        return {scoreTintOf(token), {}, Pattern::none, false};
    return {tiers.tint(*tier), tiers.colour(*tier), TierPalette::pattern(*tier), false};
}

std::vector<TokenLook> TextCanvas::looksOf(const LaidOut& laid) const {
    std::vector<TokenLook> looks;
    looks.reserve(laid.pieces.size());
    for (const Piece& piece : laid.pieces)
        looks.push_back(lookOf(piece.token));
    return looks;
}

QColor TextCanvas::scoreTintOf(int token) const {
    const int step = m_navigator->step();
    const auto row = m_model->store().rowAt(step, StreamPos(token));
    const auto standing = row ? m_model->ranks(step).standingOf(*row) : std::nullopt;
    return standing ? scoreTint(palette(), *standing) : QColor();
}

QPen TextCanvas::linePenOf(Tier tier, const QPalette& palette) {
    return linePenOf(TierPalette::pattern(tier), TierPalette::of(palette).colour(tier));
}

QPen TextCanvas::linePenOf(Pattern pattern, const QColor& colour) {
    if (pattern == Pattern::none || pattern == Pattern::dots)
        return Qt::NoPen;
    QPen pen(colour, pattern == Pattern::rising ? 1 : 2);
    pen.setCapStyle(Qt::FlatCap);
    pen.setStyle(pattern == Pattern::horizontal ? Qt::DotLine
                 : pattern == Pattern::rising   ? Qt::SolidLine
                                                : Qt::DashLine);
    return pen;
}

void TextCanvas::paintTints(QPainter& painter, const LaidOut& laid, const std::vector<TokenLook>& looks,
                            const QPointF& at) const {
    for (std::size_t i = 0; i < looks.size(); ++i) {
        const TokenLook& look = looks[i];
        if (!look.area.isValid())
            continue;
        const QRectF rect = laid.pieces[i].rect.translated(at).adjusted(0, 2, 0, -2);
        painter.fillRect(rect, look.area);
        QPen pen = linePenOf(look.pattern, look.line);
        if (pen.style() == Qt::NoPen)
            continue;
        pen.setDashOffset(rect.left() / 2); // the dots of neighbours meet
        painter.setPen(pen);
        painter.drawLine(rect.bottomLeft() - QPointF(0, 1), rect.bottomRight() - QPointF(0, 1));
    }
}

// As faded as can be read where the token stands: on plain ground, a tint, the found place, a brushed range.
QColor TextCanvas::fadedInkOf(int token, const TokenLook& look) const {
    const Shades& shades = shadesOf(palette());
    QColor ground = shades.panel;
    if (look.area.isValid())
        ground = QColor(blended(ground.rgb(), look.area.rgb(), look.area.alphaF()));
    if (m_hits && m_currentHit >= 0 && m_currentHit < static_cast<int>(m_hits->size())) {
        const Hit& hit = (*m_hits)[static_cast<std::size_t>(m_currentHit)];
        if (token >= hit.firstToken && token <= hit.lastToken)
            ground = shades.accentSoft;
    }
    const auto range = m_navigator->range();
    if (range && token >= range->first && token <= range->last)
        ground = brushed(shades, ground);
    return ground == shades.panel ? shades.fadedText : fadedInkOn(shades, ground);
}

void TextCanvas::paintInk(QPainter& painter, const LaidOut& laid, const std::vector<TokenLook>& looks,
                          const QPointF& at) const {
    // A pass for each ink over the same glyphs, each through the places of its tokens, so that shaping goes
    // across them.
    const Shades& shades = shadesOf(palette());
    std::map<QRgb, QRegion> faded; // by ink
    QRegion dropped;
    QRectF run; // neighbours on a line: a region of few rectangles is soon made
    QRgb ink = 0;
    for (std::size_t i = 0; i < looks.size(); ++i) {
        if (!looks[i].faded)
            continue;
        const QRectF rect = laid.pieces[i].rect.translated(at);
        const QRgb own = fadedInkOf(laid.pieces[i].token, looks[i]).rgb();
        if (own == ink && rect.top() == run.top() && rect.height() == run.height() &&
            std::abs(rect.left() - run.right()) < 0.01) {
            run.setRight(rect.right());
            continue;
        }
        faded[ink] += run.toAlignedRect();
        run = rect;
        ink = own;
    }
    faded[ink] += run.toAlignedRect();
    for (const auto& [colour, places] : faded)
        dropped += places;
    const QRectF whole(at.x() - grid, at.y(), columnWidth() + 3 * grid, laid.height);
    const QRegion others = QRegion(whole.toAlignedRect()) - dropped;
    const QRectF seen = QRectF(viewport()->rect()).adjusted(0, 1, 0, -1);
    painter.save();
    painter.setClipRegion(others);
    painter.setPen(shades.text);
    laid.layout->draw(&painter, at, {}, seen);
    for (const auto& [colour, places] : faded) {
        if (places.isEmpty())
            continue;
        painter.setClipRegion(places);
        painter.setPen(QColor(colour));
        laid.layout->draw(&painter, at, {}, seen);
    }
    painter.restore();
}

void TextCanvas::paintMarks(QPainter& painter, const LaidOut& laid, const QPointF& at) const {
    const Shades& shades = shadesOf(palette());
    const auto range = m_navigator->range();
    const auto& locked = m_navigator->locked();
    const auto hover = m_navigator->hover();
    const std::set<int> pointed(m_navigator->pointed().begin(), m_navigator->pointed().end());
    painter.save();
    for (const Piece& piece : laid.pieces) {
        const QRectF rect = piece.rect.translated(at).adjusted(0, 1, 0, -1);
        if (m_marks)
            paintHandMark(painter, piece.token, rect);
        if (m_needles)
            paintNeedles(painter, piece.token, rect);
        if (range && piece.token >= range->first && piece.token <= range->last) {
            painter.fillRect(rect, brushVeil(shades));
        }
        painter.setBrush(Qt::NoBrush);
        if (locked.count(piece.token)) {
            painter.setPen(QPen(shades.accent, 2));
            painter.drawRect(rect.adjusted(-1, 0, 1, 0));
        } else if (pointed.count(piece.token)) {
            painter.setPen(QPen(shades.accent, 2, Qt::DotLine));
            painter.drawRect(rect.adjusted(-1, 0, 1, 0));
        } else if (hover == piece.token) {
            painter.setPen(QPen(shades.text, 1));
            painter.drawRect(rect.adjusted(-0.5, 0.5, 0.5, -0.5));
        }
    }
    painter.restore();
}

// A square for what is pinned by hand, a line through what is evicted.
void TextCanvas::paintHandMark(QPainter& painter, int token, const QRectF& rect) const {
    const QColor ink = shadesOf(palette()).text;
    if (m_marks->state().pins.contains(StreamPos(token)))
        painter.fillRect(QRectF(rect.left(), rect.top() - 2, 5, 5), ink);
    if (m_marks->state().evictions.contains(StreamPos(token)))
        painter.fillRect(QRectF(rect.left(), rect.center().y(), rect.width(), 1.5), ink);
}

// A line above, and the timeline's diamond where it begins.
void TextCanvas::paintNeedles(QPainter& painter, int token, const QRectF& rect) const {
    const QColor ink = shadesOf(palette()).text;
    for (const Needles::Range& needle : m_needles->ranges()) {
        if (token < needle.first || token > needle.last)
            continue;
        painter.fillRect(QRectF(rect.left(), std::round(rect.top()), rect.width(), 2), ink);
        if (token == needle.first)
            drawNeedle(painter, QPointF(rect.left(), rect.top() + 1), 4, ink);
    }
}

void TextCanvas::paintHits(QPainter& painter, const LaidOut& laid, int row, const QPointF& at) const {
    if (!m_hits)
        return;
    const Shades& shades = shadesOf(palette());
    const Paragraph& paragraph = m_paragraphs[static_cast<std::size_t>(row)];
    auto hit = std::lower_bound(m_hits->begin(), m_hits->end(), paragraph.begin,
                                [](const Hit& h, int begin) { return h.end <= begin; });
    for (; hit != m_hits->end() && hit->begin < paragraph.end; ++hit) {
        const bool current = hit - m_hits->begin() == m_currentHit;
        for (int i = 0; i < laid.layout->lineCount(); ++i) {
            const QTextLine line = laid.layout->lineAt(i);
            const int begin = std::max(hit->begin - paragraph.begin, line.textStart());
            const int end = std::min(hit->end - paragraph.begin, line.textStart() + line.textLength());
            if (begin >= end)
                continue;
            const QRectF rect = QRectF(QPointF(line.cursorToX(begin), laid.above + i * m_lineHeight + 2),
                                       QPointF(line.cursorToX(end), laid.above + (i + 1) * m_lineHeight - 2))
                                    .normalized()
                                    .translated(at);
            if (current)
                painter.fillRect(rect, shades.accentSoft);
            painter.setPen(QPen(shades.accent, 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(rect.adjusted(-1, 0, 1, 0));
        }
    }
}

void TextCanvas::paintReadEdge(QPainter& painter, const LaidOut& laid, const QPointF& at) const {
    const int edge = m_model->survival().readEnd(m_navigator->step());
    if (edge <= 0 || edge >= m_model->tokenCount())
        return;
    for (const Piece& piece : laid.pieces) {
        if (piece.token != edge)
            continue;
        const Shades& shades = shadesOf(palette());
        const QRectF rect = piece.rect.translated(at);
        painter.setPen(QPen(shades.accent, 2));
        painter.drawLine(rect.topLeft(), rect.bottomLeft());
        painter.setFont(textFont(TextSize::small));
        const QString label = tr("read up to here");
        const double x = at.x() + columnWidth() + grid;
        if (x + painter.fontMetrics().horizontalAdvance(label) < viewport()->width())
            painter.drawText(QRectF(x, rect.top(), viewport()->width() - x, rect.height()), Qt::AlignVCenter,
                             label);
        return;
    }
}

void TextCanvas::paintHover(QPainter& painter) const {
    const auto token = m_navigator->hover();
    if (!m_pointer || !token || m_pressed)
        return;
    const int step = m_navigator->step();
    const auto tier = m_model->survival().tier(step, *token);
    QStringList lines{m_model->text().label(*token)};
    lines << tr("position %1 · %2").arg(grouped(*token), tier ? tierTitle(*tier) : tr("Not read yet"));
    if (const auto gone = m_model->survival().droppedAt(*token); gone && *gone <= step)
        lines << tr("dropped at step %1").arg(grouped(*gone));
    if (const auto row = m_model->store().rowAt(step, StreamPos(*token)))
        if (const auto rank = m_model->ranks(step).rankOf(*row))
            lines << tr("rank %1 of %2 candidates")
                         .arg(grouped(*rank), grouped(m_model->ranks(step).candidates()));
    if (m_tint == TextTint::source && m_source)
        lines << m_source->tell(step, *token);
    lines.removeAll(QString());
    drawHoverLabel(painter, *m_pointer + QPoint(0, static_cast<int>(m_lineHeight / 2)), viewport()->rect(),
                   lines, palette());
}

} // namespace kvprism::views
