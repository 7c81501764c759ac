// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/score_plot.h"

#include "views/controls.h"
#include "views/mark_cloud.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/style.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

namespace {

constexpr int ranksAPage = 25; // for the Page keys

} // namespace

ScorePlot::ScorePlot(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator) {
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(tr("Candidates by score"));
    const auto repaint = [this] { update(); };
    connect(m_navigator, &Navigator::hoverChanged, this, repaint);
    connect(m_navigator, &Navigator::lockChanged, this, repaint);
    connect(m_navigator, &Navigator::rangeChanged, this, repaint);
}

void ScorePlot::setPoints(ScorePoints points, bool logarithmic) {
    m_points = std::move(points);
    std::vector<float> values;
    values.reserve(m_points.points().size());
    for (const ScorePoints::Point& point : m_points.points())
        values.push_back(point.value);
    if (m_points.cut())
        values.push_back(*m_points.cut());
    m_scale = ScoreScale(values, logarithmic);
    m_firstToken = m_points.points().empty() ? 0 : m_points.points().front().token;
    m_lastToken = m_points.points().empty() ? 0 : m_points.points().back().token;
    arrange();
    invalidate();
}

void ScorePlot::invalidate() {
    m_stale = true;
    update();
}

void ScorePlot::arrange() {
    const QFontMetrics metrics(numberFont(TextSize::small));
    int labels = 0;
    for (const ScoreScale::Tick& tick : m_scale.ticks(6))
        labels = std::max(labels, metrics.horizontalAdvance(tick.label));
    if (m_scale.hasFloor())
        labels = std::max(labels, metrics.horizontalAdvance(tr("less")));
    const int left = std::max(labels + 2 * grid, 4 * grid);
    const int right = grid + grid / 2;
    const int title = metrics.height() + grid, ticks = metrics.height() + grid;
    m_areas.beside = width() >= 70 * grid && width() * 2 >= height() * 3;
    if (m_areas.beside) {
        const double height = std::max(this->height() - title - ticks, 8);
        const int gap = 3 * grid;
        const double room = std::max(width() - left - right - gap, 16);
        m_areas.cloud = QRectF(left, title, std::floor(room * 0.64), height);
        m_areas.curve = QRectF(m_areas.cloud.right() + gap, title, room - m_areas.cloud.width(), height);
    } else if (height() < 22 * grid) { // room for one of them
        m_areas.cloud =
            QRectF(left, title, std::max(width() - left - right, 8), std::max(height() - title - ticks, 8));
        m_areas.curve = QRectF();
    } else {
        const double room = std::max(height() - 2 * (title + ticks), 16);
        const double wide = std::max(width() - left - right, 8);
        m_areas.cloud = QRectF(left, title, wide, std::floor(room * 0.6));
        m_areas.curve =
            QRectF(left, m_areas.cloud.bottom() + ticks + title, wide, room - m_areas.cloud.height());
    }
    m_radius = markRadius(m_areas.cloud, m_points.points().size());
}

double ScorePlot::yOf(const QRectF& area, double value) const {
    return area.bottom() - m_scale.at(value) * area.height();
}

double ScorePlot::xOf(double token) const {
    const double share = (token - m_firstToken + 0.5) / (m_lastToken - m_firstToken + 1);
    return m_areas.cloud.left() + share * m_areas.cloud.width();
}

QPointF ScorePlot::markOf(const ScorePoints::Point& point) const {
    return {xOf(point.token), yOf(m_areas.cloud, static_cast<double>(point.value))};
}

QPointF ScorePlot::rankMarkOf(int rank) const {
    const QRectF& at = m_areas.curve;
    return {at.left() + (rank - 0.5) / std::max(m_points.ranked(), 1) * at.width(),
            yOf(at, static_cast<double>(m_points.ranking(rank).value))};
}

std::optional<int> ScorePlot::tokenAt(const QPoint& point) const {
    if (m_points.points().empty())
        return std::nullopt;
    const QRectF curve = m_areas.curve.adjusted(0, 0, 0, grid);
    if (hasCurve() && curve.contains(point)) {
        const double share = (point.x() + 0.5 - curve.left()) / curve.width();
        const int rank = 1 + static_cast<int>(share * m_points.ranked());
        return m_points.ranking(std::clamp(rank, 1, m_points.ranked())).token;
    }
    if (!m_areas.cloud.adjusted(-grid, -grid, grid, grid).contains(point))
        return std::nullopt;
    const auto& points = m_points.points();
    const auto markAt = [&](std::size_t index) {
        const double y = std::isnan(points[index].value) ? qQNaN() : markOf(points[index]).y();
        return QPointF(xOf(points[index].token), y);
    };
    const auto index = nearestMark(points.size(), markAt, point);
    if (!index)
        return std::nullopt;
    return points[*index].token;
}

QString ScorePlot::legendSentence() const {
    QStringList sentences;
    const auto shown = static_cast<int>(m_points.points().size());
    if (m_marks > 0 && m_marks < shown)
        sentences << tr("%1 marks, as tokens on one spot share one").arg(grouped(m_marks));
    const double ranks = m_points.ranked() / std::max(m_areas.curve.width(), 1.0);
    if (hasCurve() && ranks > 1)
        sentences << tr("%1 ranks a column, the best of them")
                         .arg(QLocale().toString(ranks, 'f', ranks < 10 ? 1 : 0));
    return sentences.join(QStringLiteral("; "));
}

void ScorePlot::resizeEvent(QResizeEvent*) {
    arrange();
    invalidate();
}

void ScorePlot::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        arrange();
        invalidate();
    }
    QWidget::changeEvent(event);
}

void ScorePlot::mouseMoveEvent(QMouseEvent* event) {
    m_pointer = event->pos();
    m_navigator->setHover(tokenAt(event->pos()));
    update();
}

void ScorePlot::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) {
        event->ignore();
        return;
    }
    if (const auto token = tokenAt(event->pos())) {
        m_navigator->lock(*token, event->modifiers().testFlag(Qt::ShiftModifier));
        m_navigator->reveal(*token);
    }
}

void ScorePlot::leaveEvent(QEvent*) {
    m_pointer.reset();
    m_navigator->setHover(std::nullopt);
    update();
}

void ScorePlot::moveTo(int rank) {
    if (m_points.ranked() == 0)
        return;
    const int token = m_points.ranking(std::clamp(rank, 1, m_points.ranked())).token;
    m_navigator->lock(token, false);
    m_navigator->reveal(token);
}

bool ScorePlot::event(QEvent* event) {
    return claimWalkingKeys(event) || QWidget::event(event);
}

void ScorePlot::keyPressEvent(QKeyEvent* event) {
    const auto token = m_navigator->effectiveToken();
    const auto index = token ? m_points.find(*token) : std::nullopt;
    const int rank = index ? m_points.points()[*index].rank : 0;
    const int next = rank > 0 ? rank : 1; // without a token to go on from, the first key press takes the best
    const int stride = rank > 0 ? 1 : 0;
    switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_Left:
        moveTo(next - stride);
        break;
    case Qt::Key_Down:
    case Qt::Key_Right:
        moveTo(next + stride);
        break;
    case Qt::Key_PageUp:
        moveTo(next - stride * ranksAPage);
        break;
    case Qt::Key_PageDown:
        moveTo(next + stride * ranksAPage);
        break;
    case Qt::Key_Home:
        moveTo(1);
        break;
    case Qt::Key_End:
        moveTo(m_points.ranked());
        break;
    case Qt::Key_Escape:
        m_navigator->clearLock();
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace kvprism::views
