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
    // Arrow keys and Esc are ours while we have the focus, whatever shortcuts the window has for them.
    if (event->type() == QEvent::ShortcutOverride) {
        auto* key = static_cast<QKeyEvent*>(event);
        switch (key->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Home:
        case Qt::Key_End:
            event->accept();
            return true;
        default:
            break;
        }
        if (key->matches(QKeySequence::Copy)) {
            event->accept();
            return true;
        }
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

void TextCanvas::resizeEvent(QResizeEvent*) {
    verticalScrollBar()->setPageStep(std::max(viewport()->height() - static_cast<int>(m_lineHeight), 1));
    verticalScrollBar()->setSingleStep(static_cast<int>(m_lineHeight));
    resetLayout();
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
    const auto range = m_navigator->range();
    if (extendRange) {
        const int from = range ? range->first : m_navigator->effectiveToken().value_or(0);
        const int to = std::clamp((range ? range->last : from) + by, from, last);
        m_navigator->setRange(Navigator::TokenRange{from, to});
        m_navigator->reveal(to);
        return;
    }
    const auto from = m_navigator->effectiveToken();
    m_navigator->lock(from ? std::clamp(*from + by, 0, last) : 0, false);
}

void TextCanvas::scrollToStream(bool end) {
    verticalScrollBar()->setValue(end ? verticalScrollBar()->maximum() : 0);
}

void TextCanvas::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) {
        copyRange();
        return;
    }
    const bool shift = event->modifiers().testFlag(Qt::ShiftModifier);
    switch (event->key()) {
    case Qt::Key_Left:
        moveToken(-1, shift);
        break;
    case Qt::Key_Right:
        moveToken(1, shift);
        break;
    case Qt::Key_Home:
        scrollToStream(false);
        break;
    case Qt::Key_End:
        scrollToStream(true);
        break;
    case Qt::Key_Escape:
        m_navigator->clearLock();
        m_navigator->setRange(std::nullopt);
        event->ignore(); // the search bar closes as well
        break;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace kvprism::views
