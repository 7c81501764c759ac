// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/compare_view.h"

#include "views/compare_counts.h"
#include "views/compare_head.h"
#include "views/compared_answers.h"
#include "views/controls.h"
#include "views/difference_map.h"
#include "views/following_font.h"
#include "views/models/trace_model.h"
#include "views/style.h"

#include <QLabel>
#include <QSplitter>
#include <QStackedLayout>
#include <QToolButton>
#include <QVBoxLayout>

namespace kvprism::views {

CompareView::CompareView(TraceModel* model, Navigator* navigator, RunComparison* comparison, QWidget* parent)
    : QWidget(parent), m_comparison(comparison), m_pages(new QStackedLayout(this)) {
    setAccessibleName(tr("Compare view"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);

    auto* nothing = new QWidget(this);
    m_empty = quietLabel(nothing);
    followFont(m_empty, FontKind::text, TextSize::normal);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    QToolButton* choose =
        flatButton(tr("Choose a second run …"), tr("Choose the run to compare with"), nothing);
    choose->setAutoRaise(false); // alone on the page it has to look like what it is
    connect(choose, &QToolButton::clicked, this, &CompareView::chooseRequested);
    auto* centred = new QVBoxLayout(nothing);
    centred->setContentsMargins(2 * grid, grid, 2 * grid, grid);
    centred->setSpacing(grid);
    centred->addStretch(1);
    centred->addWidget(m_empty);
    centred->addWidget(choose, 0, Qt::AlignHCenter);
    centred->addStretch(1);

    auto* content = new QWidget(this);
    auto* upper = new QWidget(content);
    m_head = new CompareHead(comparison, upper);
    m_counts = new CompareCounts(comparison, navigator, upper);
    m_map = new DifferenceMap(model, navigator, comparison, upper);
    m_map->setKeysShown(false); // the counts have them
    m_answers = new ComparedAnswers(comparison, content);
    auto* above = new QVBoxLayout(upper);
    above->setContentsMargins(0, 0, 0, 0);
    above->setSpacing(0);
    above->addWidget(m_head);
    above->addWidget(thinRule(upper));
    above->addWidget(m_counts);
    above->addWidget(m_map, 1);
    auto* parts = new QSplitter(Qt::Vertical, content);
    parts->setChildrenCollapsible(false);
    parts->addWidget(upper);
    parts->addWidget(m_answers);
    m_answers->setMinimumHeight(7 * grid);
    parts->setSizes({700, 260}); // shares
    parts->setStretchFactor(0, 5);
    parts->setStretchFactor(1, 2);
    auto* whole = new QVBoxLayout(content);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(parts);

    m_pages->addWidget(nothing);
    m_pages->addWidget(content);
    connect(m_head, &CompareHead::chooseRequested, this, &CompareView::chooseRequested);
    connect(m_head, &CompareHead::swapRequested, this, &CompareView::swapRequested);
    connect(m_head, &CompareHead::closeRequested, this, &CompareView::closeRequested);
    connect(m_comparison, &RunComparison::runsChanged, this, &CompareView::updateState);
    updateState();
}

void CompareView::setNames(const QString& a, const QString& b) {
    m_head->setNames(a, b);
}

void CompareView::setNotice(const QString& sentence) {
    m_notice = sentence;
    updateState();
}

QString CompareView::emptySentence() const {
    if (!m_notice.isEmpty())
        return m_notice;
    if (!m_comparison->obstacle().isEmpty())
        return m_comparison->obstacle();
    if (m_comparison->ready())
        return {};
    return m_comparison->a()->run()
               ? tr("Choose a second run over the same document, or run another strategy as B, to see which "
                    "tokens both kept, which only one of them, and what each answered.")
               : tr("Open a recording, or ask a question of a document; then a second run can stand beside "
                    "it.");
}

void CompareView::updateState() {
    m_empty->setText(emptySentence());
    m_pages->setCurrentIndex(m_comparison->ready() && m_notice.isEmpty() ? 1 : 0);
}

} // namespace kvprism::views
