// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/picture_host.h"
#include "views/style.h"
#include "views/token_map.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

bool TokenMap::event(QEvent* event) {
    // Arrow keys and Esc are ours while we have the focus, whatever shortcuts the window has for them.
    if (event->type() == QEvent::ShortcutOverride) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_Home:
        case Qt::Key_End:
            event->accept();
            return true;
        default:
            break;
        }
    }
    return QWidget::event(event);
}

void TokenMap::lookAt(const QPoint& point) {
    m_pointer = point;
    const Areas& at = m_areas;
    const bool overMap = at.map.contains(point) || at.profile.contains(point);
    m_navigator->setHover(overMap && m_model->tokenCount() > 0 ? std::optional(tokenAt(point))
                                                               : std::nullopt);
    updateHover();
}

void TokenMap::beginDrag(const QPoint& point, bool brush) {
    const Areas& at = m_areas;
    m_pressed = point;
    m_lastPoint = point;
    m_drag = Drag::none;
    if (at.overview.adjusted(0, -grid / 2, 0, grid / 2).contains(point))
        m_drag = Drag::overview;
    else if (at.steps.contains(point) || at.side.contains(point))
        m_drag = Drag::steps;
    else if (at.map.contains(point) || at.profile.contains(point))
        m_drag = brush ? Drag::brush : Drag::undecided;
}

void TokenMap::mousePressEvent(QMouseEvent* event) {
    const bool right = event->button() == Qt::RightButton;
    if (event->button() != Qt::LeftButton && !right)
        return;
    beginDrag(event->pos(), right || event->modifiers().testFlag(Qt::ShiftModifier));
    if (m_drag == Drag::steps || m_drag == Drag::overview)
        mouseMoveEvent(event);
}

void TokenMap::mouseMoveEvent(QMouseEvent* event) {
    const QPoint point = event->pos();
    const bool far = (point - m_pressed).manhattanLength() >= 4;
    if (m_drag == Drag::undecided && far)
        m_drag = Drag::pan;
    TokenAxis moved = axis();
    switch (m_drag) {
    case Drag::pan:
        moved.panBy((m_lastPoint.x() - point.x()) * pixelRatio(*this));
        setAxis(moved);
        setCursor(Qt::ClosedHandCursor);
        break;
    case Drag::brush:
        if (far)
            m_navigator->setRange(Navigator::TokenRange{tokenAt(m_pressed), tokenAt(point)});
        break;
    case Drag::overview: {
        const double share = (point.x() - m_areas.overview.left()) / double(m_areas.overview.width());
        const double middle = share * m_model->tokenCount();
        moved.panBy((middle - moved.shown() / 2 - moved.first()) / moved.tokensPerPixel());
        setAxis(moved);
        break;
    }
    case Drag::steps:
        m_navigator->setStep(stepAt(point));
        break;
    case Drag::undecided:
    case Drag::none:
        break;
    }
    m_lastPoint = point;
    lookAt(point);
}

void TokenMap::mouseReleaseEvent(QMouseEvent* event) {
    const bool clicked = (event->pos() - m_pressed).manhattanLength() < 4;
    const bool onToken = m_drag == Drag::undecided || m_drag == Drag::brush;
    const bool left = event->button() == Qt::LeftButton;
    unsetCursor();
    m_drag = Drag::none;
    if (!clicked || !onToken || m_model->tokenCount() == 0)
        return;
    if (!left) {
        m_navigator->setRange(std::nullopt);
        return;
    }
    m_navigator->lock(tokenAt(m_pressed), event->modifiers().testFlag(Qt::ShiftModifier));
    if (m_areas.map.contains(m_pressed))
        m_navigator->setStep(stepAt(m_pressed));
}

void TokenMap::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        showAll();
}

void TokenMap::wheelEvent(QWheelEvent* event) {
    const QPoint turned = event->angleDelta();
    TokenAxis changed = axis();
    if (event->modifiers().testFlag(Qt::ShiftModifier) || std::abs(turned.x()) > std::abs(turned.y())) {
        const int by = turned.x() != 0 ? turned.x() : turned.y();
        changed.panBy(-by * pixelRatio(*this));
    } else {
        const double x = (event->position().x() - mapArea().left()) * pixelRatio(*this);
        changed.zoomAround(x, std::pow(1.0015, turned.y()));
    }
    setAxis(changed);
    lookAt(event->position().toPoint());
    event->accept();
}

void TokenMap::leaveEvent(QEvent*) {
    m_pointer.reset();
    m_navigator->setHover(std::nullopt);
    updateHover();
}

void TokenMap::moveToken(int by, bool extendRange) {
    if (m_model->tokenCount() == 0)
        return;
    const auto range = m_navigator->range();
    const int last = m_model->tokenCount() - 1;
    if (extendRange) {
        const int from = range ? range->first : m_navigator->effectiveToken().value_or(axis().tokenAt(0));
        const int to = std::clamp((range ? range->last : from) + by, from, last);
        m_navigator->setRange(Navigator::TokenRange{from, to});
        m_navigator->reveal(to);
        return;
    }
    const auto from = m_navigator->effectiveToken();
    const int to = std::clamp(from.value_or(axis().tokenAt(axis().pixels() / 2.0)) + by, 0, last);
    m_navigator->lock(to, false);
    m_navigator->reveal(to);
}

void TokenMap::keyPressEvent(QKeyEvent* event) {
    // One press moves by what can be told apart: a token, or the tokens of one pixel.
    const int stride = std::max(1, static_cast<int>(axis().tokensPerPixel()));
    const int whole = std::max(1, static_cast<int>(axis().shown()));
    const bool shift = event->modifiers().testFlag(Qt::ShiftModifier);
    switch (event->key()) {
    case Qt::Key_Left:
        moveToken(-stride, shift);
        break;
    case Qt::Key_Right:
        moveToken(stride, shift);
        break;
    case Qt::Key_Up:
        m_navigator->setStep(m_navigator->step() - 1);
        break;
    case Qt::Key_Down:
        m_navigator->setStep(m_navigator->step() + 1);
        break;
    case Qt::Key_PageUp:
        moveToken(-whole, shift);
        break;
    case Qt::Key_PageDown:
        moveToken(whole, shift);
        break;
    case Qt::Key_Home:
        moveToken(-m_model->tokenCount(), shift);
        break;
    case Qt::Key_End:
        moveToken(m_model->tokenCount(), shift);
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoom(1.5);
        break;
    case Qt::Key_Minus:
        zoom(1 / 1.5);
        break;
    case Qt::Key_0:
        showAll();
        break;
    case Qt::Key_Escape:
        m_navigator->clearLock();
        m_navigator->setRange(std::nullopt);
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace kvprism::views
