// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/answer_text.h"

#include "views/style.h"

#include <QAbstractTextDocumentLayout>
#include <QMouseEvent>
#include <QResizeEvent>
#include <QTextBlock>
#include <QTextDocument>

#include <cmath>

namespace kvprism::views {

AnswerText::AnswerText(QWidget* parent) : QTextEdit(parent) {
    setReadOnly(true);
    setAcceptRichText(false); // a model may write anything
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTabChangesFocus(true);
    document()->setDocumentMargin(0);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Answer"));
    setAccessibleDescription(
        tr("Left and Right move through the words, Return shows what the word attended most to"));
}

void AnswerText::setAnswer(const QString& text) {
    if (text == toPlainText())
        return;
    m_links = {};
    m_pointed = -1;
    setPlainText(text);
    decorate();
    updateGeometry();
}

void AnswerText::setLinks(AnswerLinks links) {
    m_links = std::move(links);
    decorate();
}

int AnswerText::heightForWidth(int width) const {
    const QScopedPointer<QTextDocument> copy(document()->clone());
    copy->setTextWidth(width);
    return static_cast<int>(std::ceil(copy->size().height()));
}

QSize AnswerText::sizeHint() const {
    return {32 * grid, heightForWidth(std::max(viewport()->width(), 20 * grid))};
}

QSize AnswerText::minimumSizeHint() const {
    return {8 * grid,
            heightForWidth(std::max(viewport()->width(), 8 * grid))}; // a scroll area asks for no more
}

int AnswerText::wordAt(const QPoint& point) const {
    const int place = document()->documentLayout()->hitTest(QPointF(point), Qt::ExactHit);
    return place < 0 ? -1 : m_links.wordAt(place);
}

QRect AnswerText::rectOfWord(int word) const {
    const AnswerWord& of = m_links.words()[static_cast<std::size_t>(word)];
    QTextCursor cursor(document());
    cursor.setPosition(of.begin);
    const QRect begin = cursorRect(cursor);
    cursor.setPosition(of.end);
    return begin.united(cursorRect(cursor));
}

void AnswerText::point(int word) {
    if (word == m_pointed)
        return;
    m_pointed = word;
    viewport()->setCursor(word < 0 ? Qt::IBeamCursor : Qt::PointingHandCursor);
    decorate();
    Q_EMIT pointedAt(word);
}

void AnswerText::decorate() {
    const Shades& shades = shadesOf(palette());
    QList<ExtraSelection> marks;
    const auto& words = m_links.words();
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i].tokens.empty())
            continue;
        ExtraSelection mark;
        mark.cursor = QTextCursor(document());
        mark.cursor.setPosition(words[i].begin);
        mark.cursor.setPosition(words[i].end, QTextCursor::KeepAnchor);
        mark.format.setUnderlineStyle(QTextCharFormat::DotLine);
        mark.format.setUnderlineColor(shades.quietText);
        if (static_cast<int>(i) == m_pointed)
            mark.format.setBackground(shades.accentSoft);
        marks += mark;
    }
    setExtraSelections(marks);
}

// These keys move along it, also where a shortcut of the window wants them.
bool AnswerText::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* press = static_cast<QKeyEvent*>(event);
        const int key = press->key();
        if (press->modifiers() == Qt::NoModifier &&
            (key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Return))
            event->accept();
    }
    return QTextEdit::event(event);
}

void AnswerText::mouseMoveEvent(QMouseEvent* event) {
    QTextEdit::mouseMoveEvent(event);
    if (event->buttons() == Qt::NoButton)
        point(wordAt(event->pos()));
}

void AnswerText::mouseReleaseEvent(QMouseEvent* event) {
    QTextEdit::mouseReleaseEvent(event);
    const int word = wordAt(event->pos());
    if (event->button() == Qt::LeftButton && word >= 0 && !textCursor().hasSelection())
        Q_EMIT picked(word);
}

void AnswerText::leaveEvent(QEvent* event) {
    QTextEdit::leaveEvent(event);
    point(-1);
}

void AnswerText::keyPressEvent(QKeyEvent* event) {
    const int here = m_links.wordAt(textCursor().position());
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && here >= 0) {
        Q_EMIT picked(here);
        return;
    }
    const bool plain = event->modifiers() == Qt::NoModifier && !m_links.empty();
    if (plain && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)) {
        const int by = event->key() == Qt::Key_Right ? 1 : -1;
        const int last = static_cast<int>(m_links.words().size()) - 1;
        const int word = m_pointed < 0 ? std::max(here, 0) : std::clamp(m_pointed + by, 0, last);
        QTextCursor cursor = textCursor();
        cursor.setPosition(m_links.words()[static_cast<std::size_t>(word)].begin);
        setTextCursor(cursor);
        point(word);
        return;
    }
    QTextEdit::keyPressEvent(event);
}

void AnswerText::focusOutEvent(QFocusEvent* event) {
    QTextEdit::focusOutEvent(event);
    point(-1);
}

void AnswerText::wheelEvent(QWheelEvent* event) {
    event->ignore(); // it is whole; the conversation scrolls
}

void AnswerText::resizeEvent(QResizeEvent* event) {
    QTextEdit::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        updateGeometry(); // other lines, another height
}

void AnswerText::changeEvent(QEvent* event) {
    QTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        decorate();
    if (event->type() == QEvent::FontChange)
        updateGeometry();
}

} // namespace kvprism::views
