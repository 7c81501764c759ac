// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/compared_divergence.h"

#include "views/controls.h"
#include "views/divergence_strip.h"
#include "views/style.h"

#include <QLabel>

#include <algorithm>

namespace kvprism::views {

namespace {

bool isRecorded(const ComparedDivergence::Side& side) {
    return side.answer && side.answer->dense && side.answer->dense->size() > 0;
}

// What the dense run says there; empty where nobody recorded it.
QString denseAnswer(const ComparedDivergence::Side& side) {
    return isRecorded(side) ? QString::fromStdString(side.answer->dense->text).simplified() : QString();
}

float largest(const ComparedDivergence::Side& side) {
    return isRecorded(side) ? std::ranges::max(side.answer->dense->divergences) : 0;
}

} // namespace

ComparedDivergence::ComparedDivergence(const Side& a, const Side& b, QWidget* parent)
    : QWidget(parent), m_sides(new QHBoxLayout) {
    setAccessibleName(tr("Divergence of A and B from the dense run"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(grid);
    m_sides->setContentsMargins(0, 0, 0, 0);
    m_sides->setSpacing(2 * grid);
    const QString head = headOf(a, b);
    if (!head.isEmpty())
        addLine(column, head);
    if (isRecorded(a) || isRecorded(b) || a.keepsAll != b.keepsAll) {
        const float scale = std::max(largest(a), largest(b));
        addSide(a, tr("A"), scale);
        addSide(b, tr("B"), scale);
    }
    column->addLayout(m_sides);
    setVisible(a.answer || b.answer);
}

QString ComparedDivergence::text() const {
    return m_lines.join(QLatin1Char('\n'));
}

// What holds for both.
QString ComparedDivergence::headOf(const Side& a, const Side& b) const {
    const QString saysA = denseAnswer(a);
    const QString saysB = denseAnswer(b);
    if (isRecorded(a) && isRecorded(b) && saysA != saysB)
        return tr("With everything in memory, asked as A: “%1”; as B: “%2”").arg(saysA, saysB);
    if (isRecorded(a) || isRecorded(b))
        return tr("With everything in memory: “%1”").arg(isRecorded(a) ? saysA : saysB);
    if (a.keepsAll && b.keepsAll)
        return tr("Both runs kept everything: each is the dense run itself.");
    if (!a.keepsAll && !b.keepsAll)
        return tr("How far the two are from a run that keeps everything was not recorded: ask with the "
                  "option “Dense reference” (--dense-reference on).");
    return {};
}

void ComparedDivergence::addSide(const Side& side, const QString& letter, float scale) {
    auto* column = new QVBoxLayout;
    column->setSpacing(grid / 2);
    if (isRecorded(side)) {
        auto* strip = new DivergenceStrip(this);
        strip->setScale(scale);
        strip->show(*side.answer->dense);
        strip->setAccessibleName(tr("Divergence of %1 from the dense run, token by token").arg(letter));
        column->addWidget(strip);
        addLine(column, tr("%1 is %2.").arg(letter, DivergenceStrip::distance(*side.answer->dense)));
    } else if (side.keepsAll) {
        addLine(column, tr("%1 kept everything: it is the dense run itself.").arg(letter));
    } else if (side.answer) {
        addLine(column, tr("Not recorded for %1: the option “Dense reference” (--dense-reference on) "
                           "brings it.")
                            .arg(letter));
    }
    column->addStretch(1);
    m_sides->addLayout(column, 1);
}

void ComparedDivergence::addLine(QBoxLayout* column, const QString& text) {
    m_lines << text;
    QLabel* label = quietLabel(this, text);
    label->setTextFormat(Qt::PlainText); // a model may write anything
    label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    label->setWordWrap(true); // after the policy, which it completes
    column->addWidget(label);
}

} // namespace kvprism::views
