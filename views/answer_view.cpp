// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/answer_view.h"

#include "views/answer_entry.h"
#include "views/controls.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/style.h"

#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace kvprism::views {

AnswerView::AnswerView(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator), m_scroll(new QScrollArea(this)),
      m_covered(quietLabel(this, tr("Covered until the question of the quiz is answered."))) {
    setAccessibleName(tr("Conversation"));
    auto* content = new QWidget(m_scroll);
    content->setAutoFillBackground(true);
    content->setBackgroundRole(QPalette::Base);
    m_column = new QVBoxLayout(content);
    m_column->setContentsMargins(2 * grid, grid, 2 * grid, grid);
    m_column->setSpacing(0);
    m_empty = quietLabel(content, tr("Questions and answers will stand here."));
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_memoryNote =
        quietLabel(content, tr("Every question is answered from the document's memory alone; earlier "
                               "answers are not in it."));
    m_memoryNote->setWordWrap(true);
    m_column->addWidget(m_empty, 1);
    m_column->addWidget(m_memoryNote);
    m_column->addStretch(1);
    m_scroll->setWidget(content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setAccessibleName(tr("Questions and answers"));
    setFocusProxy(m_scroll);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_scroll);
    layout->addWidget(m_covered, 1);
    m_covered->setAlignment(Qt::AlignCenter);
    m_covered->setWordWrap(true);
    m_covered->setMargin(2 * grid);
    m_covered->setAutoFillBackground(true);
    m_covered->setBackgroundRole(QPalette::Base);

    const QScrollBar* bar = m_scroll->verticalScrollBar();
    connect(bar, &QScrollBar::actionTriggered, this, [this] { m_following = false; }); // by hand
    connect(bar, &QScrollBar::rangeChanged, this, &AnswerView::scrollToNewest);
    connect(m_model, &TraceModel::runChanged, this, &AnswerView::resetForRun);
    connect(m_model, &TraceModel::answersChanged, this, &AnswerView::takeAnswers);
    connect(m_model, &TraceModel::ended, this, &AnswerView::settleEnd);
    for (const auto changed :
         {&TraceModel::curtainDrawn, &TraceModel::curtainLifted, &TraceModel::runChanged})
        connect(m_model, changed, this, &AnswerView::coverAnswers);
    resetForRun();
    takeAnswers();
    coverAnswers();
}

AnswerView::~AnswerView() = default;

AnswerEntry* AnswerView::addEntry(const QString& question) {
    auto* entry = new AnswerEntry(question, m_model, m_navigator, m_scroll->widget());
    m_column->insertWidget(static_cast<int>(m_entries.size()) + 1, entry);
    m_entries.push_back(entry);
    connect(entry, &AnswerEntry::offerTaken, this, &AnswerView::offerTaken);
    m_following = true;
    updateHints();
    scrollToNewest();
    return entry;
}

void AnswerView::beginAnswer(const QString& question) {
    if (m_live)
        m_live->breakOff(tr("stopped"));
    m_live = addEntry(question);
}

void AnswerView::appendLiveText(const QString& text) {
    if (!m_live || text.isEmpty())
        return;
    m_live->append(text);
}

void AnswerView::breakOff(const QString& note) {
    if (!m_live)
        return;
    m_live->breakOff(note);
    m_live = nullptr;
}

void AnswerView::clearConversation() {
    for (AnswerEntry* entry : m_entries)
        entry->deleteLater();
    m_entries.clear();
    m_live = nullptr;
    updateHints();
}

void AnswerView::resetForRun() {
    m_taken = 0;
    if (!m_live)
        clearConversation();
}

void AnswerView::takeAnswers() {
    const auto& answers = m_model->store().answers();
    const int tokens = m_model->tokenCount();
    for (; m_taken < answers.size(); ++m_taken) {
        const trace::Answer& answer = *answers[m_taken];
        AnswerEntry* entry = m_live ? m_live : addEntry(QString::fromStdString(answer.question));
        m_live = nullptr;
        entry->settle(answer, tokens, m_origin ? m_origin(answer) : AnswerOrigin());
    }
}

void AnswerView::settleEnd() {
    if (!m_live || !m_model->store().end())
        return;
    const trace::RunEnd& end = *m_model->store().end();
    const QString message = QString::fromStdString(end.message);
    if (end.outcome == trace::Outcome::failed)
        m_live->breakOff(message.isEmpty() ? tr("failed") : message);
    else
        m_live->breakOff(m_live->answer().isEmpty() ? tr("stopped before the first word")
                                                    : tr("stopped; what was said so far stays"));
    m_live = nullptr;
}

// What was answered, and from where in the text, tells what survived.
void AnswerView::coverAnswers() {
    m_scroll->setVisible(!m_model->curtain());
    m_covered->setVisible(m_model->curtain().has_value());
}

void AnswerView::updateHints() {
    m_empty->setVisible(m_entries.empty());
    m_memoryNote->setVisible(m_entries.size() > 1);
}

void AnswerView::scrollToNewest() {
    // The newest question stays in sight with the beginning of its answer, so that an answer is read from its
    // first word; somebody who scrolled elsewhere is left alone. Once the layout knows the heights.
    QTimer::singleShot(0, this, [this] {
        QScrollBar* bar = m_scroll->verticalScrollBar();
        if (m_following && !m_entries.empty())
            bar->setValue(std::min(m_entries.back()->y(), bar->maximum()));
    });
}

QString AnswerView::questionAt(int index) const {
    return m_entries.at(static_cast<std::size_t>(index))->question();
}

QString AnswerView::answerAt(int index) const {
    return m_entries.at(static_cast<std::size_t>(index))->answer();
}

QToolButton* AnswerView::offerAt(int index) const {
    return m_entries.at(static_cast<std::size_t>(index))->offer();
}

QString AnswerView::noteAt(int index) const {
    return m_entries.at(static_cast<std::size_t>(index))->note();
}

} // namespace kvprism::views
