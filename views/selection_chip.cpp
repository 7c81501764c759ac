// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/selection_chip.h"

#include "engine/select/options.h"
#include "views/controls.h"
#include "views/elided_label.h"
#include "views/following_font.h"
#include "views/icons.h"
#include "views/models/navigator.h"
#include "views/models/token_marks.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/style.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

namespace kvprism::views {

SelectionChip::SelectionChip(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator), m_label(new ElidedLabel(this)) {
    setAccessibleName(tr("Selection"));
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    m_label->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    followFont(m_label, FontKind::number, TextSize::small);
    QToolButton* clear = flatButton(icon(Symbol::close), tr("Let go of the selection (Esc)"), this);
    clear->setIconSize(QSize(12, 12));
    clear->setFixedSize(2 * grid + grid / 2, 2 * grid + grid / 2);
    connect(clear, &QToolButton::clicked, this, &SelectionChip::clearSelection);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(grid + grid / 2, grid / 4, grid / 2, grid / 4);
    row->setSpacing(grid / 2);
    row->addWidget(m_label);
    row->addWidget(clear);
    connect(m_navigator, &Navigator::lockChanged, this, &SelectionChip::updateText);
    connect(m_navigator, &Navigator::rangeChanged, this, &SelectionChip::updateText);
    connect(m_model, &TraceModel::runChanged, this, &SelectionChip::updateText);
    updateText();
}

void SelectionChip::setMarks(const TokenMarks* marks, const QString& askAgain) {
    m_marks = marks;
    m_askAgain = askAgain;
    connect(marks, &TokenMarks::changed, this, &SelectionChip::updateText);
    updateText();
}

// A mark changes nothing that is shown: what it is for comes with the next reading.
QString SelectionChip::markText() const {
    const auto range = selectedRange(*m_navigator);
    if (!m_marks || !range)
        return {};
    const StreamPos begin(range->first), end(range->last + 1);
    const bool pinned = m_marks->state().pins.countIn(begin, end) > 0;
    const bool evicted = m_marks->state().evictions.countIn(begin, end) > 0;
    if (!pinned && !evicted)
        return {};
    const QString mark = pinned && evicted ? tr("pinned and evicted") : pinned ? tr("pinned") : tr("evicted");
    const auto config =
        m_model->run() ? select::configOfRun(*m_model->run()) : Result<select::Config>(select::Config());
    const auto same = [&](const select::TokenRanges& now, const select::TokenRanges& then) {
        return now.countIn(begin, end) == then.countIn(begin, end);
    };
    if (config && same(m_marks->state().pins, config->pins) &&
        same(m_marks->state().evictions, config->evictions))
        return tr("%1 in this run").arg(mark);
    return tr("%1: holds from the next reading on, ask again (%2)").arg(mark, m_askAgain);
}

QString SelectionChip::text() const {
    QStringList parts;
    const auto& locked = m_navigator->locked();
    if (locked.size() == 1) {
        const int token = *locked.begin();
        const QString label = m_model->text().label(token, 16);
        parts << (label.isEmpty() ? tr("token %1").arg(grouped(token))
                                  : tr("%1 at %2").arg(label, grouped(token)));
    } else if (locked.size() > 1) {
        parts << tr("%1 tokens").arg(grouped(static_cast<qint64>(locked.size())));
    }
    if (const auto range = m_navigator->range())
        parts << tr("%1 – %2").arg(grouped(range->first), grouped(range->last));
    if (const QString mark = markText(); !mark.isEmpty())
        parts << mark;
    return parts.join(QStringLiteral("  ·  "));
}

void SelectionChip::updateText() {
    m_label->setFullText(text());
    setAccessibleDescription(text());
    setVisible(!text().isEmpty());
}

void SelectionChip::clearSelection() {
    m_navigator->clearLock();
    m_navigator->setRange(std::nullopt);
}

void SelectionChip::paintEvent(QPaintEvent*) {
    const Shades& shades = shadesOf(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(shades.accent, 1));
    painter.setBrush(shades.accentSoft);
    const QRectF outline = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.drawRoundedRect(outline, outline.height() / 2, outline.height() / 2);
}

} // namespace kvprism::views
