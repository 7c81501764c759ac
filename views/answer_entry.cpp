// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/answer_entry.h"

#include "views/controls.h"
#include "views/icons.h"
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

AnswerEntry::AnswerEntry(const QString& question, QWidget* parent)
    : QWidget(parent), m_questionText(question), m_question(readableLabel(this)),
      m_answer(readableLabel(this)), m_note(quietLabel(this)),
      m_copy(flatButton(icon(Symbol::copy), tr("Copy the answer"), this)) {
    m_question->setFont(textFont(TextSize::normal, QFont::DemiBold));
    m_question->setText(question.isEmpty() ? tr("(the question was not recorded)") : question);
    m_question->setAccessibleName(tr("Question"));
    m_answer->setAccessibleName(tr("Answer"));
    m_note->setWordWrap(true);
    connect(m_copy, &QToolButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_answerText); });

    auto* foot = new QHBoxLayout;
    foot->setSpacing(grid);
    foot->addWidget(m_note, 1);
    foot->addWidget(m_copy, 0, Qt::AlignTop);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, grid, 0, grid);
    column->setSpacing(grid);
    column->addWidget(m_question);
    column->addWidget(m_answer);
    column->addLayout(foot);
    column->addWidget(thinRule(this));
    m_note->setText(tr("reading …"));
    showAnswer(true);
}

void AnswerEntry::showAnswer(bool streaming) {
    m_answer->setText(streaming && !m_answerText.isEmpty() ? m_answerText + QStringLiteral("\u258d")
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

void AnswerEntry::settle(const trace::Answer& answer, int streamTokens) {
    m_answerText = QString::fromStdString(answer.text);
    if (m_questionText.isEmpty() && !answer.question.empty()) {
        m_questionText = QString::fromStdString(answer.question);
        m_question->setText(m_questionText);
    }
    m_note->setText(answerNote(answer, streamTokens));
    showAnswer(false);
    if (m_answerText.isEmpty()) {
        m_answer->setText(tr("(no words)"));
        m_answer->show();
    }
}

void AnswerEntry::breakOff(const QString& why) {
    m_note->setText(why);
    showAnswer(false);
}

} // namespace kvprism::views
