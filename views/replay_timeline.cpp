// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/replay_timeline.h"

#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/style.h"
#include "views/tier_palette.h"

#include <QLocale>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <iterator>
#include <set>

namespace kvprism::views {

ReplayTimeline::ReplayTimeline(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Timeline of steps"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    const auto changed = [this] {
        updateDescription();
        update();
    };
    connect(m_model, &TraceModel::runChanged, this, changed);
    connect(m_model, &TraceModel::curtainDrawn, this, changed);
    connect(m_model, &TraceModel::stepsAppended, this, changed);
    connect(m_model, &TraceModel::answersChanged, this, changed);
    connect(m_navigator, &Navigator::stepChanged, this, changed);
    connect(m_navigator, &Navigator::lockChanged, this, changed);
    changed();
}

void ReplayTimeline::setMarks(const std::vector<TimelineMark>& marks) {
    if (marks == m_marks)
        return;
    m_marks = marks;
    updateDescription();
    update();
}

QStringList ReplayTimeline::labelsAt(int step) const {
    QStringList labels;
    for (const TimelineMark& mark : m_marks)
        if (mark.step == step)
            labels << mark.label;
    return labels;
}

void ReplayTimeline::updateDescription() {
    QStringList parts{tr("at step %1, steps 0 to %2").arg(m_navigator->step()).arg(m_model->stepCount() - 1)};
    parts += labelsAt(m_navigator->step());
    setAccessibleDescription(parts.join(QStringLiteral(", ")));
}

int ReplayTimeline::steps() const {
    return std::max(m_model->expectedSteps(), 1);
}

QRect ReplayTimeline::track() const {
    return rect().adjusted(grid, grid + 4, -grid, -grid - 4);
}

int ReplayTimeline::left(int step) const {
    return track().left() + static_cast<int>(static_cast<std::int64_t>(track().width()) * step / steps());
}

int ReplayTimeline::centreOf(int step) const {
    return (left(step) + left(step + 1)) / 2;
}

int ReplayTimeline::stepAt(int x) const {
    const auto along = static_cast<std::int64_t>(x - track().left()) * steps() / std::max(track().width(), 1);
    return static_cast<int>(std::clamp<std::int64_t>(along, 0, steps() - 1));
}

void ReplayTimeline::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), shadesOf(palette()).window);
    if (!m_model->run())
        return;
    paintBlocks(painter);
    paintDrops(painter);
    paintMarks(painter);
    paintPlayhead(painter);
    if (hasFocus()) {
        painter.setPen(QPen(shadesOf(palette()).accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
    if (m_pointer && (m_model->curtain() || stepAt(m_pointer->x()) < m_model->stepCount()))
        drawHoverLabel(painter, QPoint(m_pointer->x(), 0), rect(), hoverLines(stepAt(m_pointer->x())),
                       palette());
}

void ReplayTimeline::paintBlocks(QPainter& painter) const {
    const Shades& shades = shadesOf(palette());
    const auto& records = m_model->store().steps();
    int most = std::max(m_model->run()->budget, 1);
    for (const auto& record : records)
        most = std::max(most, record->counts.kept);
    const QRect at = track();
    const int gap = at.width() / steps() >= 6 ? 1 : 0;
    for (int step = 0; step < steps(); ++step) {
        const QRect cell(left(step), at.top(), std::max(left(step + 1) - left(step) - gap, 1), at.height());
        painter.fillRect(cell, shades.panel);
        if (step >= m_model->stepCount())
            continue;
        const int kept = records[static_cast<std::size_t>(step)]->counts.kept;
        const int height = std::max(1, cell.height() * kept / most);
        QColor colour = shades.quietText;
        colour.setAlphaF(step <= m_navigator->step() ? 0.50F : 0.22F);
        painter.fillRect(cell.adjusted(0, cell.height() - height, 0, 0), colour);
    }
    painter.setPen(shades.rule);
    painter.drawRect(at.adjusted(-1, -1, 0, 0));
    const int budget = at.bottom() + 1 - at.height() * m_model->run()->budget / most;
    if (m_model->run()->budget > 0) {
        painter.setPen(QPen(shades.quietText, 1, Qt::DotLine));
        painter.drawLine(at.left(), budget, at.right(), budget);
    }
}

// Where locked tokens were dropped: below the track, pointing at their step.
void ReplayTimeline::paintDrops(QPainter& painter) const {
    const QRect at = track();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(shadesOf(palette()).accent);
    int marked = 0;
    for (const int token : m_navigator->locked()) {
        const auto gone = m_model->survival().droppedAt(token);
        if (!gone || ++marked > 200)
            continue;
        const double x = centreOf(*gone) + 0.5;
        const double y = at.bottom() + 3;
        painter.drawPolygon(QPolygonF{QPointF(x, y), QPointF(x - 5, y + 7), QPointF(x + 5, y + 7)});
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
}

// Above the track, side by side where a step has several kinds.
void ReplayTimeline::paintMarks(QPainter& painter) const {
    using Kind = TimelineMark::Kind;
    const QRect at = track();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(shadesOf(palette()).window, 1));
    painter.setBrush(shadesOf(palette()).text);
    std::set<std::pair<int, Kind>> places; // several of a kind at a step are one mark
    for (const TimelineMark& mark : m_marks)
        places.emplace(mark.step, mark.kind);
    const double y = at.top() - 6.5;
    for (const auto& [step, kind] : places) {
        const auto first = places.lower_bound({step, Kind::needle});
        const auto order = std::distance(first, places.find({step, kind}));
        const auto last = places.upper_bound({step, Kind::answer});
        const double x =
            centreOf(step) + 0.5 + 10.0 * (double(order) - (double(std::distance(first, last)) - 1) / 2);
        if (kind == Kind::needle)
            drawNeedle(painter, QPointF(x, y), 5, shadesOf(palette()).text);
        else if (kind == Kind::pin)
            painter.drawRect(QRectF(x - 3.5, y - 3.5, 7, 7));
        else
            painter.drawEllipse(QPointF(x, y), 4, 4);
    }
    const bool answersMarked = std::any_of(m_marks.begin(), m_marks.end(),
                                           [](const auto& mark) { return mark.kind == Kind::answer; });
    if (!answersMarked && !m_model->store().answers().empty()) {
        painter.setPen(Qt::NoPen);
        painter.drawEllipse(QPointF(at.right() + 4.5, at.center().y() + 0.5), 3, 3);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void ReplayTimeline::paintPlayhead(QPainter& painter) const {
    const int step = m_navigator->step();
    if (step < 0)
        return;
    const Shades& shades = shadesOf(palette());
    const QRect at = track();
    const double x = centreOf(step) + 0.5;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(shades.accent, 2));
    painter.drawLine(QPointF(x, at.top() - 3), QPointF(x, at.bottom() + 3));
    painter.setPen(Qt::NoPen);
    painter.setBrush(shades.accent);
    painter.drawPolygon(QPolygonF{QPointF(x - 5, at.top() - 10), QPointF(x + 5, at.top() - 10),
                                  QPointF(x + 5, at.top() - 5), QPointF(x, at.top()),
                                  QPointF(x - 5, at.top() - 5)});
    painter.setRenderHint(QPainter::Antialiasing, false);
}

QStringList ReplayTimeline::hoverLines(int step) const {
    if (step >= m_model->stepCount())
        return {tr("Step %1").arg(grouped(step)), tr("covered until the question of the quiz is answered")};
    const auto& record = *m_model->store().steps()[static_cast<std::size_t>(step)];
    const QString title = tr("Step %1").arg(grouped(step));
    const QString counts =
        tr("kept %1 · dropped %2").arg(grouped(record.counts.kept), grouped(record.counts.dropped));
    const QStringList labels = labelsAt(step);
    if (labels.isEmpty())
        return {title, counts};
    // The bar has room for two lines.
    return {tr("%1 · %2").arg(title, counts),
            labels.size() == 1 ? labels.first()
                               : tr("%1 and %2 more").arg(labels.first(), grouped(labels.size() - 1))};
}

void ReplayTimeline::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        m_navigator->setStep(stepAt(event->pos().x()));
}

void ReplayTimeline::mouseMoveEvent(QMouseEvent* event) {
    m_pointer = event->pos();
    if (event->buttons().testFlag(Qt::LeftButton))
        m_navigator->setStep(stepAt(event->pos().x()));
    update();
}

void ReplayTimeline::leaveEvent(QEvent*) {
    m_pointer.reset();
    update();
}

} // namespace kvprism::views
