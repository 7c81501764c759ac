// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/runs_delegate.h"

#include "app/window/runs_model.h"
#include "views/icons.h"
#include "views/style.h"

#include <QListView>
#include <QPainter>
#include <QTextLayout>

namespace kvprism::app {

namespace {

constexpr int mostLines = 2; // of question and details each; the tooltip has the rest

// `text` on at most `mostLines` lines, the last one elided.
QStringList linesOf(const QString& text, const QFont& font, int width) {
    QTextLayout layout(text.simplified(), font);
    QTextOption wrap;
    wrap.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(wrap);
    layout.beginLayout();
    QStringList lines;
    while (lines.size() < mostLines) {
        QTextLine line = layout.createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(width);
        const bool last = lines.size() + 1 == mostLines;
        const QString rest = layout.text().mid(line.textStart());
        lines += last ? QFontMetrics(font).elidedText(rest, Qt::ElideRight, width)
                      : layout.text().mid(line.textStart(), line.textLength());
    }
    layout.endLayout();
    return lines;
}

QFont questionFont() {
    return views::textFont(views::TextSize::normal);
}
QFont detailFont() {
    return views::numberFont(views::TextSize::small);
}
QRect innerOf(const QRect& area) {
    return area.adjusted(2 * views::grid, views::grid, -views::grid, -views::grid);
}

QStringList questionLines(const QModelIndex& index, int width) {
    return linesOf(index.data(Qt::DisplayRole).toString(), questionFont(), width);
}
QStringList detailLines(const QModelIndex& index, int width) {
    return linesOf(index.data(RunsModel::DetailRole).toString(), detailFont(), width);
}

// A symbol at the right of the line that comes next, which gets narrower by it.
void drawMemory(QPainter* painter, QRect& line) {
    const int side = QFontMetrics(detailFont()).height();
    views::icon(views::Symbol::memory).paint(painter, QRect(line.right() - side + 1, line.top(), side, side));
    line.setRight(line.right() - side - views::grid);
}

// The run's letter in a comparison, likewise.
void drawLetter(QPainter* painter, QRect& line, const views::Shades& shades, const QString& letter) {
    const QFontMetrics metrics(detailFont());
    const int side = std::max(metrics.height(), metrics.horizontalAdvance(letter) + views::grid);
    const QRect box(line.right() - side + 1, line.top(), side, metrics.height());
    painter->setFont(detailFont());
    painter->setPen(shades.accent);
    painter->drawRect(box.adjusted(0, 0, -1, -1));
    painter->drawText(box, Qt::AlignCenter | Qt::TextSingleLine, letter);
    line.setRight(line.right() - side - views::grid);
}

// Words from the left and from the right of `line`.
void drawWords(QPainter* painter, const QRect& line, const QFont& font, const QColor& colour,
               const QString& left, const QString& right = {}) {
    const QFontMetrics metrics(font);
    painter->setFont(font);
    painter->setPen(colour);
    painter->drawText(line, Qt::AlignTop | Qt::AlignRight | Qt::TextSingleLine, right);
    const int room = line.width() - (right.isEmpty() ? 0 : metrics.horizontalAdvance(right) + views::grid);
    painter->drawText(line, Qt::AlignTop | Qt::TextSingleLine,
                      metrics.elidedText(left, Qt::ElideMiddle, room));
}

void drawBackground(QPainter* painter, const QStyleOptionViewItem& option, const views::Shades& shades,
                    bool shown) {
    const QRect& area = option.rect;
    if (shown)
        painter->fillRect(area, shades.accentSoft);
    else if (option.state.testFlag(QStyle::State_MouseOver))
        painter->fillRect(area, shades.raised);
    if (shown)
        painter->fillRect(area.left(), area.top(), views::grid / 2, area.height(), shades.accent);
    if (option.state.testFlag(QStyle::State_HasFocus)) {
        painter->setPen(shades.accent);
        painter->drawRect(area.adjusted(0, 0, -1, -1));
    }
}

} // namespace

RunsDelegate::RunsDelegate(QListView* list) : QStyledItemDelegate(list), m_list(list) {}

QSize RunsDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
    const int width = innerOf(m_list->viewport()->rect()).width();
    const auto questions = static_cast<int>(questionLines(index, width).size());
    const auto details = static_cast<int>(detailLines(index, width).size());
    return {8 * views::grid, questions * QFontMetrics(questionFont()).height() +
                                 (1 + details) * QFontMetrics(detailFont()).height() + 2 * views::grid};
}

void RunsDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
    const views::Shades& shades = views::shadesOf(option.palette);
    painter->save();
    drawBackground(painter, option, shades, index.data(RunsModel::ShownRole).toBool());
    QRect rest = innerOf(option.rect);
    for (const QString& line : questionLines(index, rest.width())) {
        drawWords(painter, rest, questionFont(), shades.text, line);
        rest.setTop(rest.top() + QFontMetrics(questionFont()).height());
    }
    const int height = QFontMetrics(detailFont()).height();
    QRect line = rest;
    if (const QString letter = index.data(RunsModel::ComparedRole).toString(); !letter.isEmpty())
        drawLetter(painter, line, shades, letter);
    if (index.data(RunsModel::MemoryRole).toULongLong() > 0)
        drawMemory(painter, line);
    drawWords(painter, line, detailFont(), shades.quietText, index.data(RunsModel::DocumentRole).toString(),
              index.data(RunsModel::TimeRole).toString());
    const bool live = index.data(RunsModel::LiveRole).toBool();
    for (const QString& detail : detailLines(index, rest.width())) {
        rest.setTop(rest.top() + height);
        drawWords(painter, rest, detailFont(), live ? shades.accent : shades.quietText, detail);
    }
    painter->restore();
}

} // namespace kvprism::app
