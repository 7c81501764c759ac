// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/survival_map.h"

#include "views/icons.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/style.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolButton>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

SurvivalMap::SurvivalMap(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator), m_fit(new QToolButton(this)) {
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus); // a click leaves the arrow keys to the replay
    setAccessibleName(tr("Survival map"));
    setWhatsThis(
        tr("<p>Every token of the stream from left to right, every step from top to bottom.</p>"
           "<p>Click locks a token, Shift+click adds one. Drag moves on, Shift+drag or the right button "
           "brushes a range. The wheel zooms around the pointer; double click shows all.</p>"
           "<p>Keys: Left and Right move by a token, Up and Down by a step, + and − zoom, 0 shows all, "
           "Home and End go to the first and last token, Esc clears the selection.</p>"));
    m_fit->setIcon(icon(Symbol::fit));
    m_fit->setAutoRaise(true);
    m_fit->setAccessibleName(tr("Show the whole stream"));
    m_fit->setToolTip(tr("Show the whole stream (0)"));
    m_fit->setVisible(false);
    connect(m_fit, &QToolButton::clicked, this, &SurvivalMap::showAll);

    const auto repaint = [this] { update(); };
    connect(m_model, &TraceModel::runChanged, this, &SurvivalMap::resetForRun);
    connect(m_model, &TraceModel::stepsAppended, this, [this] {
        m_stale = true;
        updateAccessibleText();
        update();
    });
    connect(m_navigator, &Navigator::stepChanged, this, &SurvivalMap::updateAccessibleText);
    connect(m_navigator, &Navigator::stepChanged, this, repaint);
    connect(m_navigator, &Navigator::hoverChanged, this, repaint);
    connect(m_navigator, &Navigator::lockChanged, this, repaint);
    connect(m_navigator, &Navigator::rangeChanged, this, repaint);
    connect(m_navigator, &Navigator::revealRequested, this, [this](int token) {
        TokenAxis moved = axis();
        moved.reveal(token);
        setAxis(moved);
    });
    resetForRun();
}

void SurvivalMap::resetForRun() {
    TokenAxis whole = axis();
    whole.setTokens(m_model->tokenCount());
    m_tiles.clear();
    m_wholeStream.clear();
    m_stale = true;
    setAxis(whole);
    TokenAxis overview = whole;
    overview.showAll();
    m_wholeStream.setAxis(overview);
    updateAccessibleText();
    update();
}

void SurvivalMap::updateAccessibleText() {
    setAccessibleDescription(tr("%1 tokens by %2 steps, at step %3")
                                 .arg(m_model->tokenCount())
                                 .arg(m_model->stepCount())
                                 .arg(m_navigator->step()));
}

int SurvivalMap::rows() const {
    return std::max(m_model->expectedSteps(), 1);
}

SurvivalMap::Areas SurvivalMap::arranged() const {
    const int left = 6 * grid;
    const int right = width() - 10 * grid;
    const int line = QFontMetrics(textFont(TextSize::small)).height();
    Areas at;
    // The sentence on aggregation goes below the tiers where it does not fit beside them.
    const int wanted = tierLegendWidth(palette()) + 4 * grid +
                       QFontMetrics(textFont(TextSize::small)).horizontalAdvance(legendSentence());
    const int lines = wanted <= width() - left - grid ? 1 : 2;
    at.legend = QRect(left, height() - lines * line - grid, width() - left - grid, lines * line + grid);
    at.overview = QRect(left, at.legend.top() - 2 * grid, std::max(right - left, 1), grid);
    at.ticks = QRect(left, at.overview.top() - line - grid, at.overview.width(), line + grid / 2);
    at.share = QRect(left, grid, at.overview.width(), height() < 40 * grid ? 2 * grid : 4 * grid);
    const int top = at.share.bottom() + 1 + grid / 2;
    at.map = QRect(left, top, at.overview.width(), std::max(at.ticks.top() - top, 1));
    at.steps = QRect(0, top, left, at.map.height());
    at.kept = QRect(right + grid, top, width() - right - 2 * grid, at.map.height());
    return at;
}

double SurvivalMap::rowTop(int row) const {
    const QRect map = areas().map;
    return map.top() + static_cast<double>(map.height()) * row / rows();
}

int SurvivalMap::tokenAt(const QPoint& point) const {
    return axis().tokenAt((point.x() - mapArea().left() + 0.5) * devicePixelRatioF());
}

int SurvivalMap::stepAt(const QPoint& point) const {
    const QRect map = mapArea();
    const int row = (point.y() - map.top()) * rows() / std::max(map.height(), 1);
    return std::clamp(row, std::min(0, m_model->stepCount() - 1), m_model->stepCount() - 1);
}

QPoint SurvivalMap::centreOf(int token, int step) const {
    const double x = (axis().xOf(token) + 0.5 / axis().tokensPerPixel()) / devicePixelRatioF();
    return {mapArea().left() + static_cast<int>(std::floor(x)),
            static_cast<int>((rowTop(step) + rowTop(step + 1)) / 2)};
}

void SurvivalMap::setAxis(const TokenAxis& wanted) {
    m_fit->setVisible(!wanted.showsAll());
    if (wanted == axis())
        return;
    m_tiles.setAxis(wanted);
    m_areas = arranged(); // the legend's sentence may be another
    m_stale = true;
    update();
}

void SurvivalMap::zoom(double factor) {
    TokenAxis zoomed = axis();
    const auto token = m_navigator->effectiveToken();
    const double middle = zoomed.pixels() / 2.0;
    const double x = token ? zoomed.xOf(*token + 0.5) : middle;
    zoomed.zoomAround(x >= 0 && x <= zoomed.pixels() ? x : middle, factor);
    setAxis(zoomed);
}

void SurvivalMap::showAll() {
    TokenAxis whole = axis();
    whole.showAll();
    setAxis(whole);
}

bool SurvivalMap::event(QEvent* event) {
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

void SurvivalMap::resizeEvent(QResizeEvent*) {
    m_areas = arranged();
    const Areas& at = areas();
    const int pixels = static_cast<int>(std::lround(at.map.width() * devicePixelRatioF()));
    TokenAxis resized = axis();
    resized.setPixels(pixels);
    setAxis(resized);
    TokenAxis whole = resized;
    whole.showAll();
    m_wholeStream.setAxis(whole);
    m_fit->setGeometry(at.kept.left(), at.share.top() + grid / 2, 3 * grid, 3 * grid);
    m_stale = true;
}

void SurvivalMap::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange ||
        event->type() == QEvent::StyleChange) {
        m_areas = arranged();
        m_stale = true;
        update();
    }
    QWidget::changeEvent(event);
}

void SurvivalMap::lookAt(const QPoint& point) {
    m_pointer = point;
    const Areas& at = areas();
    const bool overMap = at.map.contains(point) || at.share.contains(point);
    m_navigator->setHover(overMap && m_model->tokenCount() > 0 ? std::optional(tokenAt(point))
                                                               : std::nullopt);
    update();
}

void SurvivalMap::beginDrag(const QPoint& point, bool brush) {
    const Areas& at = areas();
    m_pressed = point;
    m_lastPoint = point;
    m_drag = Drag::none;
    if (at.overview.adjusted(0, -grid / 2, 0, grid / 2).contains(point))
        m_drag = Drag::overview;
    else if (at.steps.contains(point) || at.kept.contains(point))
        m_drag = Drag::steps;
    else if (at.map.contains(point) || at.share.contains(point))
        m_drag = brush ? Drag::brush : Drag::undecided;
}

void SurvivalMap::mousePressEvent(QMouseEvent* event) {
    const bool right = event->button() == Qt::RightButton;
    if (event->button() != Qt::LeftButton && !right)
        return;
    beginDrag(event->pos(), right || event->modifiers().testFlag(Qt::ShiftModifier));
    if (m_drag == Drag::steps || m_drag == Drag::overview)
        mouseMoveEvent(event);
}

void SurvivalMap::mouseMoveEvent(QMouseEvent* event) {
    const QPoint point = event->pos();
    const bool far = (point - m_pressed).manhattanLength() >= 4;
    if (m_drag == Drag::undecided && far)
        m_drag = Drag::pan;
    TokenAxis moved = axis();
    switch (m_drag) {
    case Drag::pan:
        moved.panBy((m_lastPoint.x() - point.x()) * devicePixelRatioF());
        setAxis(moved);
        setCursor(Qt::ClosedHandCursor);
        break;
    case Drag::brush:
        if (far)
            m_navigator->setRange(Navigator::TokenRange{tokenAt(m_pressed), tokenAt(point)});
        break;
    case Drag::overview: {
        const double share = (point.x() - areas().overview.left()) / double(areas().overview.width());
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

void SurvivalMap::mouseReleaseEvent(QMouseEvent* event) {
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
    if (areas().map.contains(m_pressed))
        m_navigator->setStep(stepAt(m_pressed));
}

void SurvivalMap::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        showAll();
}

void SurvivalMap::wheelEvent(QWheelEvent* event) {
    const QPoint turned = event->angleDelta();
    TokenAxis changed = axis();
    if (event->modifiers().testFlag(Qt::ShiftModifier) || std::abs(turned.x()) > std::abs(turned.y())) {
        const int by = turned.x() != 0 ? turned.x() : turned.y();
        changed.panBy(-by * devicePixelRatioF());
    } else {
        const double x = (event->position().x() - mapArea().left()) * devicePixelRatioF();
        changed.zoomAround(x, std::pow(1.0015, turned.y()));
    }
    setAxis(changed);
    lookAt(event->position().toPoint());
    event->accept();
}

void SurvivalMap::leaveEvent(QEvent*) {
    m_pointer.reset();
    m_navigator->setHover(std::nullopt);
    update();
}

void SurvivalMap::moveToken(int by, bool extendRange) {
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

void SurvivalMap::keyPressEvent(QKeyEvent* event) {
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
