// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/answer_entry.h"

#include "views/answer_text.h"
#include "views/controls.h"
#include "views/divergence_strip.h"
#include "views/evidence_list.h"
#include "views/following_font.h"
#include "views/icons.h"
#include "views/models/navigator.h"
#include "views/painting.h"
#include "views/style.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QToolButton>
#include <QVBoxLayout>

namespace kvprism::views {

namespace {

QString endOf(trace::StopReason reason) {
    switch (reason) {
    case trace::StopReason::eos:
        return {};
    case trace::StopReason::length:
        return AnswerEntry::tr("cut at the longest answer allowed");
    case trace::StopReason::stopWord:
        return AnswerEntry::tr("ended by a stop word");
    case trace::StopReason::interrupted:
        break;
    }
    return AnswerEntry::tr("stopped");
}

} // namespace

QLabel* readableLabel(QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText); // a model may write anything
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    return label;
}

QString answerNote(const trace::Answer& answer, int streamTokens) {
    const QLocale locale;
    QStringList parts;
    parts << AnswerEntry::tr("from %1 of %2 tokens").arg(grouped(answer.keptTokens), grouped(streamTokens));
    parts << AnswerEntry::tr("%1 tokens in %2 s")
                 .arg(grouped(static_cast<qint64>(answer.ids.size())),
                      locale.toString(answer.totalMs / 1000, 'f', 1));
    if (answer.firstTokenMs > 0)
        parts << AnswerEntry::tr("first word after %1 s")
                     .arg(locale.toString(answer.firstTokenMs / 1000, 'f', 2));
    if (const QString end = endOf(answer.stopReason); !end.isEmpty())
        parts << end;
    return parts.join(QStringLiteral(" · "));
}

AnswerEntry::AnswerEntry(const QString& question, const TraceModel* model, Navigator* navigator,
                         QWidget* parent)
    : QWidget(parent), m_questionText(question), m_question(readableLabel(this)),
      m_answer(new AnswerText(this)), m_evidence(new EvidenceList(model, navigator, this)),
      m_dense(quietLabel(this)), m_divergence(new DivergenceStrip(this)), m_note(quietLabel(this)),
      m_offer(flatButton(QString(), QString(), this)),
      m_copy(flatButton(icon(Symbol::copy), tr("Copy the answer with its evidence"), this)),
      m_navigator(navigator) {
    followFont(m_question, FontKind::text, TextSize::normal, QFont::DemiBold);
    m_question->setText(question.isEmpty() ? tr("(the question was not recorded)") : question);
    m_question->setAccessibleName(tr("Question"));
    m_note->setWordWrap(true);
    m_dense->setWordWrap(true);
    m_dense->hide();
    connect(m_copy, &QToolButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(copyText()); });
    connect(m_answer, &AnswerText::picked, this, &AnswerEntry::pick);
    connect(m_answer, &AnswerText::pointedAt, this, [this](int word) {
        const bool any = word >= 0;
        m_navigator->setPointed(any ? m_answer->links().words()[static_cast<std::size_t>(word)].tokens
                                    : std::vector<int>());
    });

    auto* foot = new QHBoxLayout;
    foot->setSpacing(grid);
    foot->addWidget(m_note, 1);
    foot->addWidget(m_copy, 0, Qt::AlignTop);
    m_offer->hide();
    connect(m_offer, &QToolButton::clicked, this, [this] { Q_EMIT offerTaken(m_questionText); });
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, grid, 0, grid);
    column->setSpacing(grid);
    column->addWidget(m_question);
    column->addWidget(m_answer);
    column->addWidget(m_evidence);
    column->addWidget(m_dense);
    column->addWidget(m_divergence);
    column->addLayout(foot);
    column->addWidget(m_offer, 0, Qt::AlignLeft);
    column->addWidget(thinRule(this));
    m_note->setText(tr("reading …"));
    showAnswer(true);
}

void AnswerEntry::showAnswer(bool streaming) {
    m_answer->setAnswer(streaming && !m_answerText.isEmpty() ? m_answerText + QStringLiteral("\u258d")
                                                             : m_answerText);
    m_answer->setVisible(!m_answerText.isEmpty());
    m_copy->setVisible(!m_answerText.isEmpty());
}

QString AnswerEntry::note() const {
    return m_note->text();
}

void AnswerEntry::append(const QString& text) {
    m_answerText += text;
    m_note->setText(tr("answering …"));
    showAnswer(true);
}

void AnswerEntry::settle(const trace::Answer& answer, int streamTokens, const AnswerOrigin& origin) {
    m_answerText = QString::fromStdString(answer.text);
    if (m_questionText.isEmpty() && !answer.question.empty()) {
        m_questionText = QString::fromStdString(answer.question);
        m_question->setText(m_questionText);
    }
    const QString note = answerNote(answer, streamTokens);
    m_note->setText(origin.note.isEmpty() ? note : origin.note + QStringLiteral(" · ") + note);
    m_offer->setText(origin.offer);
    m_offer->setToolTip(origin.tip);
    m_offer->setAccessibleName(origin.offer);
    m_offer->setAccessibleDescription(origin.tip);
    m_offer->setVisible(!origin.offer.isEmpty());
    showAnswer(false);
    if (m_answerText.isEmpty()) {
        m_answer->setAnswer(tr("(no words)"));
        m_answer->show();
    }
    m_answer->setLinks(AnswerLinks(answer));
    m_evidence->show(m_answer->links());
    showDense(answer);
    orderFocus();
}

void AnswerEntry::showDense(const trace::Answer& answer) {
    m_dense->setVisible(answer.dense.has_value());
    if (!answer.dense)
        return m_divergence->hide();
    m_dense->setText(DivergenceStrip::summary(*answer.dense));
    m_divergence->show(*answer.dense);
}

// As they are read: passages come long after the rest of the window was made.
void AnswerEntry::orderFocus() {
    QWidget* last = m_answer;
    for (QWidget* next : m_evidence->rows() + QList<QWidget*>{m_divergence, m_copy, m_offer}) {
        setTabOrder(last, next);
        last = next;
    }
}

// Locks what the word attended to, so that it is marked in every view.
void AnswerEntry::pick(int word) {
    const auto& tokens = m_answer->links().words()[static_cast<std::size_t>(word)].tokens;
    m_navigator->lockAll(tokens, false);
    if (!tokens.empty())
        m_navigator->reveal(tokens.front());
}

QString AnswerEntry::copyText() const {
    QStringList parts{m_questionText, m_answerText, m_evidence->text()};
    parts.removeAll(QString());
    return parts.join(QStringLiteral("\n\n"));
}

void AnswerEntry::breakOff(const QString& why) {
    m_note->setText(why);
    showAnswer(false);
}

} // namespace kvprism::views
