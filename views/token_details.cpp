// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/token_details.h"

#include "views/controls.h"
#include "views/following_font.h"
#include "views/icons.h"
#include "views/life_strip.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/picture_host.h"
#include "views/style.h"
#include "views/tier_palette.h"

#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QScrollArea>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

namespace kvprism::views {

using trace::Reason;
using trace::Tier;

QString reasonSentence(Reason reason) {
    switch (reason) {
    case Reason::anchor:
        return TokenDetails::tr("protected: among the first tokens");
    case Reason::window:
        return TokenDetails::tr("protected: among the last tokens read");
    case Reason::primary:
        return TokenDetails::tr("chosen by the selector");
    case Reason::secondary:
        return TokenDetails::tr("chosen by the second selector");
    case Reason::filled:
        return TokenDetails::tr("filled up: fewer met the selector's rule");
    case Reason::fits:
        return TokenDetails::tr("everything fits: nothing had to go");
    case Reason::pinned:
        return TokenDetails::tr("pinned by hand");
    case Reason::evicted:
        return TokenDetails::tr("evicted by hand");
    case Reason::belowCut:
        break;
    }
    return TokenDetails::tr("below the cut-off");
}

TokenDetails::TokenDetails(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator), m_title(new QLabel(this)),
      m_place(quietLabel(this)), m_life(new LifeStrip(model, navigator, this)), m_table(new QWidget(this)),
      m_goToDrop(
          flatButton(tr("Go to the step that dropped it"), tr("Go to the step that dropped it"), this)),
      m_replacedTitle(quietLabel(this, tr("What took its place"))), m_lastAbove(quietLabel(this)) {
    setAccessibleName(tr("Token details"));
    followFont(m_title, FontKind::text, TextSize::large, QFont::DemiBold);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);
    m_place->setWordWrap(true);
    m_lastAbove->setWordWrap(true);
    m_replacedTitle->setWordWrap(true);
    m_goToDrop->setIcon(icon(Symbol::dropPoint));
    m_goToDrop->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(m_goToDrop, &QToolButton::clicked, this, [this] {
        if (const auto token = m_navigator->effectiveToken())
            if (const auto gone = m_model->survival().droppedAt(*token))
                m_navigator->setStep(*gone);
    });

    auto* table = new QGridLayout(m_table);
    table->setContentsMargins(0, 0, 0, 0);
    table->setHorizontalSpacing(2 * grid);
    table->setVerticalSpacing(grid / 2);
    table->setColumnStretch(1, 1);
    addRow(table, m_tier, tr("Tier"));
    addRow(table, m_reason, tr("Reason"));
    addRow(table, m_score, tr("Score"));
    addRow(table, m_rank, tr("Rank"));
    addRow(table, m_cut, tr("Cut-off"));
    addRow(table, m_origin, tr("Peak at"));
    addRow(table, m_read, tr("Read"));
    addRow(table, m_dropped, tr("Dropped"));

    // What is known of a token takes as many lines as it needs; the panel's height is the user's alone.
    auto* content = new QWidget;
    content->setAutoFillBackground(true);
    content->setBackgroundRole(QPalette::Base);
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Token details"));
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(scroll);

    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(2 * grid, 2 * grid, 2 * grid, 2 * grid);
    column->setSpacing(grid);
    column->addWidget(m_title);
    column->addWidget(m_place);
    column->addWidget(m_life);
    column->addWidget(m_table);
    column->addWidget(m_goToDrop, 0, Qt::AlignLeft);
    column->addWidget(m_replacedTitle);
    auto* list = new QVBoxLayout;
    list->setSpacing(0);
    column->addLayout(list);
    for (std::size_t i = 0; i < m_replacements.size(); ++i) {
        m_replacements[i] = flatButton(QString(), tr("Lock this token"), this);
        m_replacements[i]->setFixedHeight(3 * grid);
        list->addWidget(m_replacements[i], 0, Qt::AlignLeft);
        connect(m_replacements[i], &QToolButton::clicked, this,
                [this, i] { m_navigator->lock(m_replacementTokens[i], false); });
    }
    column->addWidget(m_lastAbove);
    column->addStretch(1);

    connect(m_model, &TraceModel::runChanged, this, &TokenDetails::scheduleUpdate);
    connect(m_model, &TraceModel::stepsAppended, this, &TokenDetails::scheduleUpdate);
    connect(m_model, &TraceModel::curtainDrawn, this, &TokenDetails::scheduleUpdate);
    connect(m_navigator, &Navigator::stepChanged, this, &TokenDetails::scheduleUpdate);
    connect(m_navigator, &Navigator::hoverChanged, this, &TokenDetails::scheduleUpdate);
    connect(m_navigator, &Navigator::lockChanged, this, &TokenDetails::scheduleUpdate);
    updateContent();
}

void TokenDetails::addRow(QGridLayout* table, Row& row, const QString& name) {
    const int line = table->rowCount();
    row.name = quietLabel(m_table, name);
    row.value = new QLabel(m_table);
    followFont(row.value, FontKind::number, TextSize::normal);
    row.value->setTextFormat(Qt::PlainText);
    row.value->setWordWrap(true);
    row.value->setAccessibleName(name);
    table->addWidget(row.name, line, 0, Qt::AlignTop | Qt::AlignLeft);
    table->addWidget(row.value, line, 1);
}

void TokenDetails::setRow(Row& row, const QString& value) {
    row.value->setText(value);
    row.name->setVisible(!value.isEmpty());
    row.value->setVisible(!value.isEmpty());
}

void TokenDetails::setSelectable(bool selectable) {
    for (const Row* row : rows())
        row->value->setTextInteractionFlags(selectable ? Qt::TextSelectableByMouse : Qt::NoTextInteraction);
}

QString TokenDetails::value(const QString& name) const {
    for (const Row* row : rows())
        if (row->name->text() == name)
            return row->value->text();
    return {};
}

void TokenDetails::scheduleUpdate() {
    if (m_scheduled)
        return;
    m_scheduled = true;
    QTimer::singleShot(0, this, [this] {
        m_scheduled = false;
        updateContent();
    });
}

QString TokenDetails::placeOf(int token) const {
    const trace::TokenTable& table = m_model->run()->tokens;
    const auto i = static_cast<std::size_t>(token);
    QStringList parts{tr("position %1").arg(grouped(token))};
    if (token < m_model->run()->prefixTokens)
        parts << tr("prompt prefix");
    else if (i < table.byteOffsets.size() && table.byteOffsets[i] >= 0)
        parts << tr("byte %1").arg(grouped(table.byteOffsets[i]));
    if (i < table.ids.size() && !m_model->run()->withoutText)
        parts << tr("id %1").arg(table.ids[i]);
    return parts.join(QStringLiteral(" · "));
}

void TokenDetails::updateContent() {
    const auto token = m_navigator->effectiveToken();
    const bool there = token && m_model->run() && *token < m_model->tokenCount();
    m_life->setVisible(there);
    m_table->setVisible(there);
    m_life->setToken(there ? token : std::nullopt);
    if (!there) {
        m_title->setText(tr("No token"));
        m_place->setText(tr("Point at a token in any view to look at it; click to keep it here."));
        m_goToDrop->hide();
        showReplacements({});
        return;
    }
    // What is only pointed at is gone before it could be selected, and as plain text is laid out far sooner.
    setSelectable(!m_navigator->locked().empty());
    const TokenStory story = tokenStory(*m_model, *token, m_navigator->step());
    const QString label = m_model->text().label(*token, 40);
    m_title->setText(label.isEmpty() ? tr("Token %1").arg(grouped(*token)) : label);
    m_place->setText(placeOf(*token));
    setRow(m_tier, story.tier ? tierTitle(*story.tier) : tr("Not read yet"));
    setRow(m_reason, reasonOf(story));
    showScore(story);
    setRow(m_read, story.readAt ? tr("at step %1").arg(grouped(*story.readAt)) : QString());
    setRow(m_dropped, story.droppedAt ? tr("at step %1").arg(grouped(*story.droppedAt))
                                      : (story.tier ? tr("not so far") : QString()));
    m_goToDrop->setVisible(story.droppedAt && *story.droppedAt != m_navigator->step() && !inPicture(*this));
    showReplacements(story);
}

QString TokenDetails::reasonOf(const TokenStory& story) {
    if (story.newestKept && story.reason == Reason::belowCut)
        return tr("older than the newest %1 candidates").arg(grouped(*story.newestKept));
    if (story.newestKept && story.reason == Reason::primary)
        return tr("among the newest %1 candidates").arg(grouped(*story.newestKept));
    return story.reason ? reasonSentence(*story.reason) : QString();
}

void TokenDetails::showScore(const TokenStory& story) {
    const auto& score = story.score;
    const QLocale locale;
    const auto number = [&](double value) { return locale.toString(value, 'g', 4); };
    setRow(m_score, score ? tr("%1 (%2, step %3)")
                                .arg(number(static_cast<double>(score->value)),
                                     QString::fromStdString(score->column), grouped(score->step))
                          : QString());
    setRow(m_rank, score && score->rank
                       ? tr("%1 of %2 candidates").arg(grouped(*score->rank), grouped(score->candidates))
                       : QString());
    QString cut;
    if (score && score->cut) {
        const double margin = static_cast<double>(score->value) - static_cast<double>(*score->cut);
        cut = margin < 0
                  ? tr("%1 (missed by %2)").arg(number(static_cast<double>(*score->cut)), number(-margin))
                  : tr("%1 (passed by %2)").arg(number(static_cast<double>(*score->cut)), number(margin));
    }
    if (story.newestKept)
        cut = tr("by age, not by score: keeps the newest %1").arg(grouped(*story.newestKept));
    setRow(m_cut, cut);
    setRow(m_origin, score && score->origin ? tr("layer %1, head %2, prompt row %3")
                                                  .arg(score->origin->layer)
                                                  .arg(score->origin->head)
                                                  .arg(score->origin->row)
                                            : QString());
}

void TokenDetails::showReplacements(const TokenStory& story) {
    const bool dropped = story.tier == Tier::dropped;
    const auto count = story.tookItsPlace.size();
    m_replacedTitle->setVisible(dropped && count > 0);
    m_replacedTitle->setText(
        tr("What took its place: %1 newcomers ranked above it").arg(grouped(static_cast<qint64>(count))));
    for (std::size_t i = 0; i < m_replacements.size(); ++i) {
        const bool shown = dropped && i < count;
        m_replacements[i]->setVisible(shown);
        if (!shown)
            continue;
        m_replacementTokens[i] = story.tookItsPlace[i];
        const QString label = m_model->text().label(story.tookItsPlace[i], 20);
        m_replacements[i]->setText(tr("%1  at %2").arg(label, grouped(story.tookItsPlace[i])));
        m_replacements[i]->setAccessibleName(tr("Lock %1").arg(m_replacements[i]->text()));
    }
    m_lastAbove->setVisible(dropped && story.lastAboveCut);
    if (story.lastAboveCut)
        m_lastAbove->setText(
            tr("The last one above the cut: %1 at %2")
                .arg(m_model->text().label(*story.lastAboveCut, 20), grouped(*story.lastAboveCut)));
}

} // namespace kvprism::views
