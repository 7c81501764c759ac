// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/selection_chip.h"

#include "views/controls.h"
#include "views/following_font.h"
#include "views/icons.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/style.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

namespace kvprism::views {

SelectionChip::SelectionChip(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator), m_label(new QLabel(this)) {
    setAccessibleName(tr("Selection"));
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
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
    return parts.join(QStringLiteral("  ·  "));
}

void SelectionChip::updateText() {
    m_label->setText(text());
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
