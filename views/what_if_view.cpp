// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/what_if_view.h"

#include "views/controls.h"
#include "views/following_font.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/style.h"
#include "views/tier_palette.h"
#include "views/token_list.h"
#include "views/what_if_controls.h"
#include "views/what_if_strip.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPixmap>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace kvprism::views {

using trace::Tier;

namespace {

constexpr int frameMs = 16;

// In the table's order; dropped last, and before it what all that stay add up to.
constexpr std::array<Tier, 3> keptTiers{Tier::anchor, Tier::window, Tier::global};

// Sentences of the rules speak to the command line; here the options stand above them by name.
QString inWords(QString sentence) {
    sentence.replace(QStringLiteral("use --budget "), WhatIfView::tr("use a budget of "));
    return sentence.replace(QStringLiteral("--protection-divisor"), WhatIfView::tr("The divisor"));
}

std::array<int, 5> countsOf(const trace::StepCounts& counts) {
    return {counts.anchors, counts.window, counts.global, counts.kept, counts.dropped};
}

} // namespace

WhatIfView::WhatIfView(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator) {
    setAccessibleName(tr("What if"));
    m_frame.setSingleShot(true);
    m_frame.setInterval(frameMs);
    connect(&m_frame, &QTimer::timeout, this, &WhatIfView::predict);

    auto* content = new QWidget;
    content->setAutoFillBackground(true);
    content->setBackgroundRole(QPalette::Base);
    m_parts = new QBoxLayout(QBoxLayout::TopToBottom, content);
    m_parts->setContentsMargins(2 * grid, 2 * grid, 2 * grid, 2 * grid);
    m_parts->setSpacing(2 * grid);
    m_parts->addWidget(makeSettings(), 2);
    m_changes = makeChanges();
    m_parts->addWidget(m_changes, 3);
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(scroll);

    connect(m_controls, &WhatIfControls::valuesChanged, this, &WhatIfView::schedule);
    connect(m_model, &TraceModel::runChanged, this, &WhatIfView::resetForRun);
    connect(m_model, &TraceModel::stepsAppended, this, &WhatIfView::schedule);
    connect(m_model, &TraceModel::curtainDrawn, this, &WhatIfView::schedule);
    connect(m_navigator, &Navigator::stepChanged, this, &WhatIfView::schedule);
    resetForRun();
}

QWidget* WhatIfView::makeSettings() {
    auto* part = new QWidget;
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(grid);
    m_title = new QLabel(part);
    followFont(m_title, FontKind::number, TextSize::normal, QFont::DemiBold);
    m_scope = quietLabel(part);
    m_scope->setWordWrap(true);
    m_controls = new WhatIfControls(part);
    m_reset = flatButton(tr("Reset"), tr("Back to the settings of the run"), part);
    m_run = flatButton(tr("Run it for real"), tr("Make a new run with these settings"), part);
    connect(m_reset, &QToolButton::clicked, m_controls, &WhatIfControls::reset);
    connect(m_run, &QToolButton::clicked, this, [this] { Q_EMIT runRequested(m_controls->changed()); });
    m_problem = new QLabel(part);
    m_problem->setWordWrap(true);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setForegroundRole(QPalette::BrightText); // our palettes hold the colour of warnings there
    m_table = makeTable();
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(grid);
    buttons->addWidget(m_reset);
    buttons->addWidget(m_run);
    buttons->addStretch(1);
    column->addWidget(m_title);
    column->addWidget(m_scope);
    column->addWidget(m_controls);
    column->addLayout(buttons);
    column->addWidget(m_problem);
    column->addWidget(m_table);
    column->addStretch(1);
    return part;
}

QWidget* WhatIfView::makeTable() {
    auto* table = new QWidget;
    auto* cells = new QGridLayout(table);
    cells->setContentsMargins(0, 0, 0, 0);
    cells->setHorizontalSpacing(2 * grid);
    cells->setVerticalSpacing(grid / 2);
    cells->setColumnStretch(1, 1);
    const QString heads[] = {tr("kept"), tr("predicted"), tr("change")};
    for (int i = 0; i < 3; ++i)
        cells->addWidget(quietLabel(table, heads[i]), 0, 2 + i, Qt::AlignRight);
    const QString names[] = {tierTitle(Tier::anchor), tierTitle(Tier::window), tierTitle(Tier::global),
                             tr("Kept in all"), tierTitle(Tier::dropped)};
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const int line = static_cast<int>(i) + 1;
        Row& row = m_rows[i];
        row = {new QLabel(table), new QLabel(names[i], table), new QLabel(table), new QLabel(table),
               new QLabel(table)};
        row.swatch->setFixedSize(12, 12);
        cells->addWidget(row.swatch, line, 0);
        cells->addWidget(row.name, line, 1);
        int column = 2;
        for (QLabel* number : {row.recorded, row.predicted, row.difference}) {
            followFont(number, FontKind::number, TextSize::normal);
            number->setAccessibleName(tr("%1, %2").arg(names[i], heads[column - 2]));
            cells->addWidget(number, line, column++, Qt::AlignRight);
        }
    }
    showSwatches();
    return table;
}

QWidget* WhatIfView::makeChanges() {
    auto* part = new QWidget;
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(grid);
    m_summary = new QLabel(part);
    m_summary->setWordWrap(true);
    m_strip = new WhatIfStrip(m_navigator, part);
    m_legend =
        quietLabel(part, tr("A pixel shows the most frequent of its tiers, as strong as the share that is "
                            "kept; change counts tokens: up, kept as well; down, dropped instead."));
    m_legend->setWordWrap(true);
    m_lists = new QBoxLayout(QBoxLayout::LeftToRight);
    m_lists->setSpacing(grid);
    m_alsoKept = new TokenList(m_model, m_navigator, part);
    m_notKept = new TokenList(m_model, m_navigator, part);
    m_lists->addWidget(m_alsoKept, 1);
    m_lists->addWidget(m_notKept, 1);
    column->addWidget(m_summary);
    column->addWidget(m_strip, 1);
    column->addWidget(m_legend);
    column->addLayout(m_lists);
    column->addStretch(1);
    return part;
}

void WhatIfView::showSwatches() {
    const qreal ratio = devicePixelRatioF();
    for (const std::size_t i : {0, 1, 2, 4}) {
        QPixmap picture((QSizeF(12, 12) * ratio).toSize());
        picture.setDevicePixelRatio(ratio);
        QPainter painter(&picture);
        painter.fillRect(QRect(0, 0, 12, 12),
                         tierBrush(i < 3 ? keptTiers[i] : Tier::dropped, palette(), ratio));
        painter.setPen(shadesOf(palette()).rule);
        painter.drawRect(0, 0, 11, 11);
        m_rows[i].swatch->setPixmap(picture);
    }
}

void WhatIfView::resetForRun() {
    m_controls->setRun(m_model->run());
    schedule();
}

void WhatIfView::schedule() {
    if (!isVisible())
        m_stale = true;
    else if (!m_frame.isActive())
        m_frame.start();
}

QString WhatIfView::problem() const {
    return m_problem->isHidden() ? QString() : m_problem->text();
}

void WhatIfView::predict() {
    m_stale = false;
    m_prediction.reset();
    m_change = {};
    const trace::Run* run = m_model->run();
    const select::WhatIf changed = m_controls->changed();
    m_reset->setEnabled(!changed.isEmpty());
    const int index = m_navigator->step();
    const auto& steps = m_model->store().steps();
    const Status possible = run ? select::checkWhatIf(*run, changed) : Status();
    m_run->setEnabled(run && possible && !changed.isEmpty());
    m_run->setToolTip(changed.isEmpty() ? tr("Nothing is changed: it would be the same run")
                      : possible        ? tr("Make a new run with these settings")
                                        : tr("No run can have these settings"));
    if (!run || index < 0 || index >= static_cast<int>(steps.size())) {
        m_title->setText(tr("What if"));
        m_scope->setText(
            run ? tr("What a step would have kept with other settings will stand here.")
                : tr("Open a recording to see what a step would have kept with other settings."));
        showProblem({});
        return;
    }
    const auto at = static_cast<std::size_t>(index);
    const trace::CompressionStep& recorded = *steps[at];
    m_title->setText(tr("Step %1, predicted").arg(grouped(index)));
    m_scope->setText(tr("For this step alone, from its recorded scores and the memory that was really held "
                        "before it."));
    auto predicted = select::predictStep(*run, at == 0 ? nullptr : steps[at - 1].get(), recorded, changed);
    ++m_made;
    if (!predicted) {
        showProblem(inWords(QString::fromStdString(predicted.error().message)));
        return;
    }
    m_prediction = std::move(*predicted);
    m_change = whatIfChange(*run, recorded, *m_prediction);
    showPrediction(recorded);
}

void WhatIfView::showProblem(const QString& sentence) {
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
    m_table->hide();
    m_changes->hide();
    m_strip->clear();
    setAccessibleDescription(sentence);
}

QString WhatIfView::sentenceOf(const trace::CompressionStep& recorded) const {
    if (m_controls->changed().isEmpty())
        return tr("Nothing is changed: this is what was kept.");
    if (m_change.isEmpty())
        return tr("Not one of the %1 tokens held would change.")
            .arg(grouped(static_cast<qint64>(recorded.held.size())));
    QString sentence =
        tr("%1 tokens would be kept as well, %2 dropped instead.")
            .arg(grouped(std::ssize(m_change.alsoKept)), grouped(std::ssize(m_change.notKept)));
    if (m_change.otherTier > 0)
        sentence += QLatin1Char(' ') + tr("%1 would stay in another tier.").arg(grouped(m_change.otherTier));
    return sentence;
}

void WhatIfView::showPrediction(const trace::CompressionStep& recorded) {
    m_problem->hide();
    m_table->show();
    m_changes->show();
    const auto before = countsOf(recorded.counts), after = countsOf(m_prediction->counts);
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const int difference = after[i] - before[i];
        m_rows[i].recorded->setText(grouped(before[i]));
        m_rows[i].predicted->setText(grouped(after[i]));
        m_rows[i].difference->setText(difference == 0  ? QStringLiteral("–")
                                      : difference > 0 ? QLatin1Char('+') + grouped(difference)
                                                       : QStringLiteral("−") + grouped(-difference));
    }
    m_summary->setText(sentenceOf(recorded));
    setAccessibleDescription(m_summary->text());
    m_strip->setSteps(recorded, *m_prediction);
    m_alsoKept->setTokens(tr("Kept as well: %1").arg(grouped(std::ssize(m_change.alsoKept))),
                          m_change.alsoKept);
    m_notKept->setTokens(tr("Dropped instead: %1").arg(grouped(std::ssize(m_change.notKept))),
                         m_change.notKept);
}

void WhatIfView::showEvent(QShowEvent*) {
    if (m_stale)
        predict();
}

void WhatIfView::resizeEvent(QResizeEvent*) {
    const bool wide = width() >= 90 * grid, narrow = width() < 42 * grid;
    m_parts->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_lists->setDirection(narrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    const int margin = narrow ? grid : 2 * grid;
    m_parts->setContentsMargins(margin, margin, margin, margin);
    const int words = wide ? std::clamp((height() - 38 * grid) / (3 * grid), 8, 24) : 8;
    m_alsoKept->setMostShown(words);
    m_notKept->setMostShown(words);
}

void WhatIfView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange && m_table)
        showSwatches();
    QWidget::changeEvent(event);
}

} // namespace kvprism::views
