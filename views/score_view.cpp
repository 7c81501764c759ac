// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/score_view.h"

#include "views/controls.h"
#include "views/mark_legend.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/picture_host.h"
#include "views/score_plot.h"
#include "views/score_words.h"
#include "views/style.h"
#include "views/tier_palette.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace kvprism::views {

ScoreView::ScoreView(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator), m_bar(new QWidget(this)),
      m_choice(new QComboBox(m_bar)),
      m_logarithmic(flatButton(tr("Log scale"), tr("Logarithmic scale"), m_bar)), m_summary(quietLabel(this)),
      m_plot(new ScorePlot(model, navigator, this)), m_details(quietLabel(this)),
      m_legend(new MarkLegend(this)), m_aggregation(quietLabel(this)), m_emptyPage(new QWidget(this)),
      m_why(quietLabel(m_emptyPage)),
      m_goThere(flatButton(QString(), tr("Go to the first step with scores"), m_emptyPage)) {
    setAccessibleName(tr("Score view"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    setFocusProxy(m_plot);
    setWhatsThis(tr(
        "<p>The tokens that the step chose from, by score: from left to right where they stand in the "
        "stream, and again from the best rank to the worst. The line is the cut-off.</p><p>Click locks the "
        "nearest token, Shift+click adds it. Up and Left go to the next better rank, Down and Right to the "
        "next worse, Home and End to the best and the last; Esc lets go.</p>"));
    makeControls();
    layOut();
    connect(m_model, &TraceModel::runChanged, this, &ScoreView::updateStep);
    connect(m_model, &TraceModel::stepsAppended, this, &ScoreView::scheduleUpdate);
    connect(m_model, &TraceModel::curtainDrawn, this, &ScoreView::scheduleUpdate);
    connect(m_navigator, &Navigator::stepChanged, this, &ScoreView::updateStep);
    connect(m_navigator, &Navigator::hoverChanged, this, &ScoreView::updateDetails);
    connect(m_navigator, &Navigator::lockChanged, this, &ScoreView::updateDetails);
    connect(m_plot, &ScorePlot::drawn, this, &ScoreView::updateLegend, Qt::QueuedConnection);
    updateStep();
}

void ScoreView::makeControls() {
    m_choice->setAccessibleName(tr("Score that is shown"));
    m_choice->setToolTip(tr("Which of the recorded scores is shown"));
    m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_choice->setMinimumContentsLength(12);
    m_choice->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_choice->setMaximumWidth(36 * grid);
    connect(m_choice, &QComboBox::activated, this, [this](int index) {
        m_wanted = m_kinds[static_cast<std::size_t>(index)].selector == 0
                       ? std::string()
                       : m_kinds[static_cast<std::size_t>(index)].name;
        showPoints();
    });
    m_logarithmic->setCheckable(true);
    m_logarithmic->setChecked(true);
    connect(m_logarithmic, &QToolButton::clicked, this, &ScoreView::showPoints);
    connect(m_goThere, &QToolButton::clicked, this, [this] {
        if (const auto step = firstScoredStep(m_model->store().steps()))
            m_navigator->setStep(*step);
    });
    for (QLabel* label : {m_summary, m_details, m_aggregation, m_why}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
    }
    m_details->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_details->setAccessibleName(tr("The token that is looked at"));
    m_why->setAlignment(Qt::AlignCenter);
}

void ScoreView::layOut() {
    auto* bar = new QHBoxLayout(m_bar);
    bar->setContentsMargins(grid, grid / 2, grid, grid / 2);
    bar->setSpacing(grid);
    bar->addWidget(m_choice, 100);
    bar->addWidget(m_logarithmic);
    bar->addStretch(1);
    auto* empty = new QVBoxLayout(m_emptyPage);
    empty->setContentsMargins(3 * grid, 2 * grid, 3 * grid, 2 * grid);
    empty->addStretch(1);
    empty->addWidget(m_why);
    empty->addWidget(m_goThere, 0, Qt::AlignCenter);
    empty->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_bar);
    column->addWidget(m_summary);
    column->addWidget(m_plot, 1);
    column->addWidget(m_details);
    column->addWidget(m_legend);
    column->addWidget(m_aggregation);
    column->addWidget(m_emptyPage, 1);
    for (QWidget* line : {static_cast<QWidget*>(m_summary), static_cast<QWidget*>(m_details),
                          static_cast<QWidget*>(m_legend), static_cast<QWidget*>(m_aggregation)})
        line->setContentsMargins(grid, 0, grid, grid / 2);
}

void ScoreView::resizeEvent(QResizeEvent*) {
    // As many lines as the longest words need, always, so that pointing moves nothing.
    const int lines = width() < 40 * grid ? 3 : width() < 90 * grid ? 2 : 1;
    m_details->setFixedHeight(lines * m_details->fontMetrics().lineSpacing() + grid / 2);
}

void ScoreView::scheduleUpdate() {
    if (m_scheduled)
        return;
    m_scheduled = true;
    QTimer::singleShot(0, this, [this] {
        m_scheduled = false;
        updateStep();
    });
}

void ScoreView::showEvent(QShowEvent*) {
    if (m_stale)
        updateStep();
}

void ScoreView::updateStep() {
    m_stale = isOutOfSight(*this);
    if (m_stale)
        return;
    const int step = m_navigator->step();
    if (!m_model->run() || step < 0 || step >= m_model->stepCount()) {
        m_kinds.clear();
        showEmpty(m_model->run() ? tr("The run has not read its first block yet.")
                                 : tr("The tokens that a step chooses from will stand here, by score."));
        return;
    }
    const trace::CompressionStep& record = *m_model->store().steps()[static_cast<std::size_t>(step)];
    m_kinds = scoreKinds(*m_model->run(), record);
    if (m_kinds.empty() || record.counts.candidates == 0) {
        m_kinds.clear();
        showEmpty(whyNotScored(*m_model->run(), record));
        return;
    }
    fillKinds();
    for (QWidget* part : std::initializer_list<QWidget*>{m_bar, m_summary, m_plot, m_details, m_legend})
        part->show();
    m_emptyPage->hide();
    showPoints();
}

void ScoreView::fillKinds() {
    QStringList titles;
    int chosen = 0;
    for (std::size_t i = 0; i < m_kinds.size(); ++i) {
        titles << scoreChoice(m_kinds[i], *m_model->run());
        if (m_kinds[i].name == m_wanted)
            chosen = static_cast<int>(i);
    }
    QStringList shown;
    for (int i = 0; i < m_choice->count(); ++i)
        shown << m_choice->itemText(i);
    if (shown != titles) {
        m_choice->clear();
        m_choice->addItems(titles);
    }
    m_choice->setCurrentIndex(chosen);
}

void ScoreView::showPoints() {
    if (m_kinds.empty())
        return;
    const trace::Run& run = *m_model->run();
    const auto step = static_cast<std::size_t>(m_navigator->step());
    const ScoreKind& kind = m_kinds[static_cast<std::size_t>(m_choice->currentIndex())];
    // Collisions are a handful of whole numbers from 0 on: a logarithm would hide the most frequent one.
    const bool counts = kind.source == ScoreKind::Source::collisions;
    m_logarithmic->setEnabled(!counts);
    m_logarithmic->setToolTip(counts ? tr("Collisions are counted from 0, on a straight scale")
                                     : tr("Logarithmic scale"));
    ScorePoints points(run, *m_model->store().steps()[step], kind);
    QStringList parts{
        tr("Step %1").arg(grouped(m_navigator->step())),
        tr("%1 candidates").arg(grouped(static_cast<qint64>(points.points().size()))),
        tr("%1 kept").arg(grouped(points.kept())),
        tr("%1 dropped").arg(grouped(static_cast<qint64>(points.points().size()) - points.kept()))};
    if (kind.drawn)
        parts << tr("drawn with these weights, so no line divides them");
    else if (kind.selector && kind.source == ScoreKind::Source::u)
        parts << tr("u counts where two tables or more collide");
    else if (!kind.selector)
        parts << tr("this score decided nothing");
    if (points.ranked() < static_cast<int>(points.points().size()))
        parts << tr("%1 were left to rank").arg(grouped(points.ranked()));
    if (inPicture(*this)) { // where words stand for the controls
        m_bar->hide();
        parts.insert(1, scoreChoice(kind, run));
        if (m_logarithmic->isChecked() && !counts)
            parts << tr("logarithmic scale");
    }
    m_summary->setText(parts.join(QStringLiteral(" · ")));
    m_plot->setPoints(std::move(points), m_logarithmic->isChecked() && !counts);
    QStringList selectors;
    for (const std::string& selector : run.selectors)
        selectors << QString::fromStdString(selector);
    m_legend->setSelectors(selectors);
    updateDetails();
}

void ScoreView::showEmpty(const QString& why) {
    for (QWidget* part :
         std::initializer_list<QWidget*>{m_bar, m_summary, m_plot, m_details, m_legend, m_aggregation})
        part->hide();
    m_plot->setPoints({}, false);
    m_why->setText(why);
    const auto scored = firstScoredStep(m_model->store().steps());
    m_goThere->setVisible(scored.has_value());
    if (scored)
        m_goThere->setText(tr("Go to step %1, the first with scores").arg(grouped(*scored)));
    m_emptyPage->show();
    setAccessibleDescription(why);
}

void ScoreView::updateDetails() {
    m_stale = m_stale || isOutOfSight(*this);
    if (m_stale || m_kinds.empty())
        return;
    const auto token = m_navigator->effectiveToken();
    QString text;
    if (!token) {
        text = inPicture(*this) ? QString()
                                : tr("Point at a token to see its score and rank; a click keeps it.");
    } else if (const auto index = m_plot->points().find(*token)) {
        text = pointLines(*m_model, m_plot->points(), m_plot->points().points()[*index])
                   .join(QStringLiteral(" · "));
    } else {
        const auto tier = m_model->survival().tier(m_navigator->step(), *token);
        text = tier ? tr("%1 was no candidate at this step: %2")
                          .arg(tokenName(*m_model, *token), tierTitle(*tier))
                    : tr("%1 was not read yet at this step").arg(tokenName(*m_model, *token));
    }
    m_details->setText(text);
    setAccessibleDescription(m_summary->text());
    m_plot->setAccessibleDescription(text);
}

void ScoreView::updateLegend() {
    const QString sentence = m_plot->legendSentence();
    m_aggregation->setText(sentence);
    m_aggregation->setVisible(!sentence.isEmpty() && !m_kinds.empty());
}

QString ScoreView::summary() const {
    return m_kinds.empty() ? m_why->text() : m_summary->text();
}

QString ScoreView::details() const {
    return m_kinds.empty() ? QString() : m_details->text();
}

} // namespace kvprism::views
