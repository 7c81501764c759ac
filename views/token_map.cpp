// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/token_map.h"

#include "views/icons.h"
#include "views/models/navigator.h"
#include "views/models/needles.h"
#include "views/models/trace_model.h"
#include "views/picture_host.h"
#include "views/style.h"

#include <QEvent>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

TokenMap::TokenMap(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator), m_fit(new QToolButton(this)) {
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus); // a click leaves the arrow keys to the replay
    setAttribute(Qt::WA_OpaquePaintEvent);
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
    connect(m_fit, &QToolButton::clicked, this, &TokenMap::showAll);

    const auto repaint = [this] { update(); };
    connect(m_model, &TraceModel::runChanged, this, &TokenMap::resetForRun);
    connect(m_model, &TraceModel::curtainDrawn, this, &TokenMap::refresh);
    connect(m_model, &TraceModel::curtainLifted, this, &TokenMap::refresh);
    connect(m_model, &TraceModel::stepsAppended, this, [this] {
        m_stale = true;
        updateAccessibleText();
        update();
    });
    connect(m_navigator, &Navigator::stepChanged, this, &TokenMap::updateAccessibleText);
    connect(m_navigator, &Navigator::stepChanged, this, &TokenMap::updateStep);
    connect(m_navigator, &Navigator::hoverChanged, this, &TokenMap::updateHover);
    connect(m_navigator, &Navigator::lockChanged, this, repaint);
    connect(m_navigator, &Navigator::pointedChanged, this, repaint);
    connect(m_navigator, &Navigator::rangeChanged, this, repaint);
    connect(m_navigator, &Navigator::revealRequested, this, [this](int token) {
        TokenAxis moved = axis();
        moved.reveal(token);
        setAxis(moved);
    });
}

void TokenMap::resetForRun() {
    TokenAxis whole = axis();
    whole.setTokens(m_model->tokenCount());
    setAxis(whole);
    refresh();
}

void TokenMap::refresh() {
    forgetCells();
    m_areas = arranged();
    m_stale = true;
    updateAccessibleText();
    update();
}

void TokenMap::updateAccessibleText() {
    QStringList parts{tr("%1 tokens by %2 steps, at step %3")
                          .arg(m_model->tokenCount())
                          .arg(m_model->stepCount())
                          .arg(m_navigator->step())};
    if (m_model->curtain())
        parts << tr("later steps are covered until the question of the quiz is answered");
    if (const QString words = note(); !words.isEmpty())
        parts << words;
    setAccessibleDescription(parts.join(QStringLiteral(". ")));
}

int TokenMap::rows() const {
    return std::max(m_model->expectedSteps(), 1);
}

TokenMap::Areas TokenMap::arranged() const {
    const QFontMetrics metrics(textFont(TextSize::small));
    const int titles =
        std::max(metrics.horizontalAdvance(profileTitle()), metrics.horizontalAdvance(tr("token")));
    const int left = std::min(std::max(6 * grid, titles + grid + grid / 2), width() / 6);
    const int right = width() - std::min(10 * grid, width() / 4);
    const int line = metrics.height();
    Areas at;
    // The sentence on aggregation goes below the keys where it does not fit beside them.
    const int most = std::max(width() - left - grid, 1);
    const QSize keys = legendSize(legendKeys(), most);
    const bool beside = keys.height() > 0 && keys.height() < 2 * line &&
                        keys.width() + 4 * grid + metrics.horizontalAdvance(legendSentence()) <= most;
    const int sentence = beside ? 0 : line + grid / 2;
    at.keys = QRect(left, height() - grid / 2 - sentence - keys.height(), most, keys.height());
    at.sentence = beside ? at.keys : QRect(left, at.keys.bottom() + 1 + grid / 2, most, line);
    // A low map has no room for the overview: there the cells count.
    const bool low = height() < 32 * grid;
    const int overviewTop = low ? at.keys.top() - grid / 2 : at.keys.top() - 2 * grid - grid / 2;
    at.overview = QRect(left, overviewTop, std::max(right - left, 1), low ? 0 : grid);
    at.ticks = QRect(left, at.overview.top() - line - grid, at.overview.width(), line + grid / 2);
    at.profile = QRect(left, grid, at.overview.width(), height() < 40 * grid ? 2 * grid : 4 * grid);
    const int top = at.profile.bottom() + 1 + grid / 2;
    at.map = QRect(left, top, at.overview.width(), std::max(at.ticks.top() - top, 1));
    at.steps = QRect(0, top, left, at.map.height());
    at.side = QRect(right + grid, top, width() - right - 2 * grid, at.map.height());
    return at;
}

double TokenMap::rowTop(int row) const {
    const QRect map = m_areas.map;
    return map.top() + static_cast<double>(map.height()) * row / rows();
}

int TokenMap::tokenAt(const QPoint& point) const {
    return axis().tokenAt((point.x() - mapArea().left() + 0.5) * pixelRatio(*this));
}

int TokenMap::stepAt(const QPoint& point) const {
    const QRect map = mapArea();
    const int row = (point.y() - map.top()) * rows() / std::max(map.height(), 1);
    return std::clamp(row, std::min(0, m_model->stepCount() - 1), m_model->stepCount() - 1);
}

QPoint TokenMap::centreOf(int token, int step) const {
    const double x = (axis().xOf(token) + 0.5 / axis().tokensPerPixel()) / pixelRatio(*this);
    return {mapArea().left() + static_cast<int>(std::floor(x)),
            static_cast<int>((rowTop(step) + rowTop(step + 1)) / 2)};
}

void TokenMap::setAxis(const TokenAxis& wanted) {
    m_fit->setVisible(!wanted.showsAll());
    if (wanted == axis())
        return;
    m_axis = wanted;
    m_areas = arranged(); // the legend's sentence may be another
    m_stale = true;
    update();
}

void TokenMap::setNeedles(const Needles* needles) {
    m_needles = needles;
    connect(needles, &Needles::changed, this, [this] {
        m_frameStale = true;
        update();
    });
}

void TokenMap::zoom(double factor) {
    TokenAxis zoomed = axis();
    const auto token = m_navigator->effectiveToken();
    const double middle = zoomed.pixels() / 2.0;
    const double x = token ? zoomed.xOf(*token + 0.5) : middle;
    zoomed.zoomAround(x >= 0 && x <= zoomed.pixels() ? x : middle, factor);
    setAxis(zoomed);
}

void TokenMap::showAll() {
    TokenAxis whole = axis();
    whole.showAll();
    setAxis(whole);
}

void TokenMap::resizeEvent(QResizeEvent*) {
    m_areas = arranged();
    const Areas& at = m_areas;
    const int pixels = static_cast<int>(std::lround(at.map.width() * pixelRatio(*this)));
    TokenAxis resized = axis();
    resized.setPixels(pixels);
    setAxis(resized);
    m_fit->setGeometry(at.side.left(), at.profile.top() + grid / 2, 3 * grid, 3 * grid);
    m_stale = true;
}

void TokenMap::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange ||
        event->type() == QEvent::StyleChange) {
        m_areas = arranged();
        m_stale = true;
        update();
    }
    QWidget::changeEvent(event);
}

} // namespace kvprism::views
