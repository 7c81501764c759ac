// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/overlap_view.h"

#include "views/controls.h"
#include "views/following_font.h"
#include "views/jaccard_plot.h"
#include "views/models/navigator.h"
#include "views/models/overlap_model.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/style.h"
#include "views/upset_plot.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

namespace kvprism::views {

OverlapView::OverlapView(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator),
      m_overlap(new OverlapModel(model, navigator, this)) {
    setAccessibleName(tr("Overlap view"));
    auto* content = new QWidget;
    content->setAutoFillBackground(true);
    content->setBackgroundRole(QPalette::Base);
    m_parts = new QBoxLayout(QBoxLayout::TopToBottom, content);
    m_parts->setContentsMargins(0, grid, 0, grid);
    m_parts->setSpacing(grid);
    m_parts->addWidget(makeCombinations(), 3);
    m_rule = thinRule(content);
    m_parts->addWidget(m_rule);
    m_likenessPart = makeLikeness();
    m_parts->addWidget(m_likenessPart, 2);

    auto* scroll = new QScrollArea(this);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    m_note = quietLabel(this);
    m_note->setContentsMargins(grid, grid / 2, grid, grid / 2);
    m_note->setWordWrap(true);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(scroll, 1);
    all->addWidget(m_note);

    connect(m_upset, &UpsetPlot::tokensChosen, this, &OverlapView::lockTokens);
    connect(m_overlap, &OverlapModel::changed, this, &OverlapView::updateContent);
    connect(m_overlap, &OverlapModel::compared, this, &OverlapView::updateProgress);
    connect(m_model, &TraceModel::runChanged, this, &OverlapView::updateContent);
    connect(m_model, &TraceModel::curtainDrawn, this, &OverlapView::updateContent);
    connect(m_model, &TraceModel::stepsAppended, this, &OverlapView::updateContent);
    connect(m_navigator, &Navigator::lockChanged, this, [this] {
        m_lockedNote.clear();
        updateProgress();
    });
    updateContent();
}

QWidget* OverlapView::makeCombinations() {
    auto* part = new QWidget;
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(grid / 2);
    m_title = new QLabel(part);
    followFont(m_title, FontKind::number, TextSize::normal, QFont::DemiBold);
    m_sum = quietLabel(part);
    for (QLabel* label : {m_title, m_sum}) {
        label->setWordWrap(true);
        label->setContentsMargins(grid, 0, grid, 0);
        column->addWidget(label);
    }
    m_message = new QLabel(part);
    m_message->setWordWrap(true);
    m_message->setContentsMargins(grid, grid, grid, 0);
    m_message->setForegroundRole(QPalette::PlaceholderText);
    column->addWidget(m_message);
    m_goThere = flatButton(QString(), tr("Go to the first step that had to choose"), part);
    connect(m_goThere, &QToolButton::clicked, this, [this] {
        if (const auto first = m_overlap->firstChoice())
            m_navigator->setStep(*first);
    });
    column->addWidget(m_goThere, 0, Qt::AlignLeft);
    m_upset = new UpsetPlot(m_overlap, part);
    column->addWidget(m_upset, 1);
    column->addStretch(0); // where a message stands instead, it stands at the top
    return part;
}

QWidget* OverlapView::makeLikeness() {
    auto* part = new QWidget;
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(grid / 2);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(grid, 0, grid, 0);
    auto* title = new QLabel(tr("Jaccard with"), part);
    followFont(title, FontKind::text, TextSize::normal, QFont::DemiBold);
    title->setToolTip(tr("Of the tokens that at least one of the two keeps, the share that both keep"));
    m_reference = new QComboBox(part);
    m_reference->setAccessibleName(tr("What the selectors are compared with"));
    m_reference->setToolTip(m_reference->accessibleName());
    title->setBuddy(m_reference);
    connect(m_reference, &QComboBox::currentIndexChanged, this,
            [this](int index) { m_overlap->setReference(m_reference->itemData(index).toInt()); });
    row->addWidget(title);
    row->addWidget(m_reference);
    row->addStretch(1);
    column->addLayout(row);
    m_jaccard = new JaccardPlot(m_overlap, m_navigator, part);
    column->addWidget(m_jaccard, 1);
    return part;
}

void OverlapView::finish() {
    m_overlap->compareAll();
}

QString OverlapView::note() const {
    return m_note->text();
}

QString OverlapView::message() const {
    return m_message->isHidden() ? QString() : m_message->text();
}

QString OverlapView::reasonForNothing() const {
    if (!m_model->run())
        return tr("Open a recording to see which selectors would have kept the same tokens.");
    if (m_model->stepCount() == 0)
        return tr("Which selectors would have kept the same tokens will stand here.");
    if (!m_overlap->isReadable())
        return tr("The settings of this run cannot be read, so its choices cannot be told apart.");
    if (!m_overlap->firstChoice())
        return tr("Nothing was dropped in any step so far, so no selector had to choose and there is nothing "
                  "to overlap.");
    if (m_overlap->step() >= 0 && !m_overlap->chooses(m_overlap->step()))
        return tr("Step %1 had to drop nothing, so no selector had to choose.")
            .arg(grouped(m_overlap->step()));
    return {};
}

void OverlapView::updateContent() {
    const QString nothing = reasonForNothing();
    const auto first = m_overlap->firstChoice();
    m_message->setText(nothing);
    m_message->setVisible(!nothing.isEmpty());
    m_goThere->setVisible(!nothing.isEmpty() && first);
    if (first)
        m_goThere->setText(tr("Go to step %1, the first that chose").arg(grouped(*first)));
    m_upset->setVisible(nothing.isEmpty());
    m_title->setVisible(nothing.isEmpty());
    m_sum->setVisible(nothing.isEmpty());
    m_likenessPart->setVisible(first.has_value());
    m_rule->setVisible(first.has_value());
    m_jaccard->setSteps(m_model->expectedSteps());
    updateReferences();
    if (nothing.isEmpty() && m_overlap->step() >= 0) {
        const auto& step = *m_model->store().steps()[static_cast<std::size_t>(m_overlap->step())];
        m_title->setText(tr("Step %1: %2 candidates, %3 places")
                             .arg(grouped(step.index), grouped(step.counts.candidates), grouped(step.quota)));
        m_sum->setText(tr("Kept by none of the selectors: %1").arg(grouped(m_overlap->tokensNobodyKeeps())));
    }
    updateProgress();
}

void OverlapView::updateReferences() {
    const QSignalBlocker blocker(m_reference);
    m_reference->clear();
    m_reference->addItem(tr("what the run kept"), -1);
    for (int method = 0; method < m_overlap->recordedMethods(); ++method)
        m_reference->addItem(
            QString::fromUtf8(m_overlap->methods()[static_cast<std::size_t>(method)].spec->title.data()),
            method);
    m_reference->setCurrentIndex(m_reference->findData(m_overlap->reference()));
}

void OverlapView::updateProgress() {
    const int done = m_overlap->comparedSteps(), all = m_overlap->stepsToCompare();
    QString words = m_lockedNote;
    if (words.isEmpty() && done < all)
        words = tr("Comparing steps: %1 of %2").arg(grouped(done), grouped(all));
    else if (words.isEmpty() && m_jaccard->drawsMeans())
        words = tr("Lines show the mean of the steps in each pixel.");
    m_note->setText(words);
    m_note->setVisible(!words.isEmpty());
}

void OverlapView::lockTokens(const std::vector<int>& tokens, const QString& what, bool add) {
    if (tokens.empty())
        return;
    const auto count = static_cast<int>(tokens.size());
    const bool tooMany = count > mostLocked;
    m_navigator->lockAll(tooMany ? std::vector<int>(tokens.begin(), tokens.begin() + mostLocked) : tokens,
                         add);
    const QString step = grouped(m_overlap->step());
    m_lockedNote = tooMany ? tr("Locked the first %1 of the %2 tokens of step %3 %4.")
                                 .arg(grouped(mostLocked), grouped(count), step, what)
                           : tr("Locked the %1 tokens of step %2 %3.").arg(grouped(count), step, what);
    updateProgress();
}

void OverlapView::resizeEvent(QResizeEvent*) {
    const bool wide = width() >= 90 * grid;
    m_parts->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_rule->setFixedSize(wide ? QSize(1, QWIDGETSIZE_MAX) : QSize(QWIDGETSIZE_MAX, 1));
    m_rule->setMinimumSize(wide ? QSize(1, 0) : QSize(0, 1));
}

void OverlapView::showEvent(QShowEvent*) {
    m_overlap->setActive(true);
}

void OverlapView::hideEvent(QHideEvent*) {
    m_overlap->setActive(false);
}

} // namespace kvprism::views
