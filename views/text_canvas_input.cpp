// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/text_canvas.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>

#include <algorithm>

namespace kvprism::views {

bool TextCanvas::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride &&
        static_cast<QKeyEvent*>(event)->matches(QKeySequence::Copy)) {
        event->accept();
        return true;
    }
    return QAbstractScrollArea::event(event);
}

bool TextCanvas::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave) {
        m_pointer.reset();
        m_navigator->setHover(std::nullopt);
        viewport()->update();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void TextCanvas::resizeEvent(QResizeEvent* event) {
    verticalScrollBar()->setPageStep(std::max(viewport()->height() - static_cast<int>(m_lineHeight), 1));
    verticalScrollBar()->setSingleStep(static_cast<int>(m_lineHeight));
    if (event->size().width() != event->oldSize().width())
        resetLayout();
    else
        verticalScrollBar()->setMaximum(scrollEnd());
}

void TextCanvas::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        resetLayout();
    QAbstractScrollArea::changeEvent(event);
}

void TextCanvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    m_pressed = true;
    m_brushing = false;
    m_pressedAt = event->pos();
    m_pressedToken = tokenAt(event->pos()).value_or(-1);
}

void TextCanvas::mouseMoveEvent(QMouseEvent* event) {
    m_pointer = event->pos();
    const auto token = tokenAt(event->pos());
    if (m_pressed && m_pressedToken >= 0 && token && (m_brushing || *token != m_pressedToken)) {
        m_brushing = true;
        m_navigator->setRange(Navigator::TokenRange{m_pressedToken, *token});
    }
    m_navigator->setHover(token);
    viewport()->update();
}

void TextCanvas::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    const bool click = m_pressed && !m_brushing;
    m_pressed = m_brushing = false;
    if (!click)
        return;
    if (m_pressedToken >= 0)
        m_navigator->lock(m_pressedToken, event->modifiers().testFlag(Qt::ShiftModifier));
    else
        m_navigator->setRange(std::nullopt);
}

void TextCanvas::moveToken(int by, bool extendRange) {
    const int last = m_model->tokenCount() - 1;
    if (last < 0)
        return;
    // Where no token is looked at, from what is read, not from the far beginning: the first whole line.
    const Navigator::TokenRange shown = shownTokens();
    int firstSeen = std::clamp(shown.first, 0, last);
    while (firstSeen < shown.last && rectOf(firstSeen).top() < 0)
        ++firstSeen;
    const auto range = m_navigator->range();
    if (extendRange) {
        const int from = range ? range->first : m_navigator->effectiveToken().value_or(firstSeen);
        const int to = std::clamp((range ? range->last : from) + by, from, last);
        m_navigator->setRange(Navigator::TokenRange{from, to});
        m_navigator->reveal(to);
        return;
    }
    const auto from = m_navigator->effectiveToken();
    m_navigator->lock(from ? std::clamp(*from + by, 0, last) : firstSeen, false);
}

void TextCanvas::scrollToStream(bool end) {
    verticalScrollBar()->setValue(end ? verticalScrollBar()->maximum() : 0);
}

void TextCanvas::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) {
        copyRange();
        return;
    }
    // The plain arrow keys belong to the replay.
    const bool shift = event->modifiers().testFlag(Qt::ShiftModifier);
    const bool control = event->modifiers().testFlag(Qt::ControlModifier);
    const int key = event->key();
    if (key == Qt::Key_Escape) {
        m_navigator->clearLock();
        m_navigator->setRange(std::nullopt);
    } else if (control && (key == Qt::Key_Left || key == Qt::Key_Right)) {
        moveToken(key == Qt::Key_Left ? -1 : 1, shift);
    } else if (control && (key == Qt::Key_Home || key == Qt::Key_End)) {
        scrollToStream(key == Qt::Key_End);
    } else if (key == Qt::Key_Left || key == Qt::Key_Right) {
        event->ignore();
    } else {
        QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace kvprism::views
