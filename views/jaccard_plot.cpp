// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/jaccard_plot.h"

#include "views/controls.h"
#include "views/models/navigator.h"
#include "views/models/overlap_model.h"
#include "views/painting.h"
#include "views/style.h"

#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <utility>

namespace kvprism::views {

namespace {

QString nameOf(const OverlapModel& model, int method) {
    return QString::fromUtf8(model.methods()[static_cast<std::size_t>(method)].spec->name.data());
}

QString twoDigits(double value) {
    return QLocale().toString(value, 'f', 2);
}

} // namespace

JaccardPlot::JaccardPlot(OverlapModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Likeness of the selectors' choices over all steps"));
    connect(m_model, &OverlapModel::changed, this, [this] {
        updateGeometry();
        describe();
    });
    connect(m_model, &OverlapModel::compared, this, qOverload<>(&QWidget::update));
    connect(m_navigator, &Navigator::stepChanged, this, &JaccardPlot::describe);
}

void JaccardPlot::setSteps(int steps) {
    m_steps = std::max(steps, 1);
    update();
}

QSize JaccardPlot::minimumSizeHint() const {
    const int line = QFontMetrics(textFont(TextSize::normal)).height();
    return {200, m_model->recordedMethods() * (line + 2) + 3 * grid};
}

QSize JaccardPlot::sizeHint() const {
    return minimumSizeHint(); // more room goes into the lines
}

JaccardPlot::Areas JaccardPlot::areas() const {
    const QFontMetrics metrics(textFont(TextSize::normal));
    Areas at;
    const int count = std::max(m_model->recordedMethods(), 1);
    const int axis = QFontMetrics(numberFont(TextSize::small)).height() + grid / 2;
    at.row = std::clamp((height() - axis) / count, metrics.height() + 2, 12 * grid);
    int name = 0;
    for (int method = 0; method < m_model->recordedMethods(); ++method)
        name = std::max(name, metrics.horizontalAdvance(nameOf(*m_model, method)));
    const int value = QFontMetrics(numberFont(TextSize::normal)).horizontalAdvance(twoDigits(0)) + 2 * grid;
    at.names = QRect(grid, 0, name + 3 * grid, count * at.row);
    at.values = QRect(width() - value, 0, value - grid, count * at.row);
    at.lines = QRect(at.names.right() + 1, 0, at.values.left() - at.names.right() - 1, count * at.row);
    return at;
}

double JaccardPlot::xOf(const Areas& at, double step) const {
    return at.lines.left() + at.lines.width() * (step + 0.5) / m_steps;
}

bool JaccardPlot::drawsMeans() const {
    return m_steps > areas().lines.width();
}

QPoint JaccardPlot::pointOf(int method, int step) const {
    const Areas at = areas();
    return {static_cast<int>(xOf(at, step)), at.lines.top() + method * at.row + at.row / 2};
}

std::optional<int> JaccardPlot::stepAt(const QPoint& point) const {
    const QRect lines = areas().lines;
    if (point.x() < lines.left() || point.x() > lines.right() || point.y() < 0)
        return std::nullopt;
    const int step = static_cast<int>(static_cast<std::int64_t>(point.x() - lines.left()) * m_steps /
                                      std::max(lines.width(), 1));
    return step < m_navigator->steps() ? std::optional(step) : std::nullopt;
}

int JaccardPlot::methodAt(const QPoint& point) const {
    const int method = point.y() / std::max(areas().row, 1);
    return point.y() >= 0 && method < m_model->recordedMethods() ? method : -1;
}

QStringList JaccardPlot::linesOf(int method, int step) const {
    const QString head = tr("Step %1 · %2").arg(grouped(step), nameOf(*m_model, method));
    if (!m_model->chooses(step))
        return {head, tr("dropped nothing: there was nothing to choose")};
    const auto likeness = m_model->likeness(step, method);
    if (!likeness)
        return {head, tr("not compared")};
    const QString other = m_model->reference() < 0 ? tr("the run") : nameOf(*m_model, m_model->reference());
    return {head, tr("Jaccard %1 with %2").arg(twoDigits(likeness->jaccard), other),
            tr("both keep %1 of the %2 tokens that either keeps")
                .arg(grouped(likeness->both), grouped(likeness->either))};
}

void JaccardPlot::describe() {
    const int methods = m_model->recordedMethods();
    m_cursor = std::clamp(m_cursor, 0, std::max(methods - 1, 0));
    setAccessibleDescription(methods > 0 && m_navigator->step() >= 0
                                 ? linesOf(m_cursor, m_navigator->step()).join(QStringLiteral(", "))
                                 : QString());
    update();
}

void JaccardPlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Shades& shades = shadesOf(palette());
    painter.fillRect(rect(), shades.panel);
    const Areas at = areas();
    for (int method = 0; method < m_model->recordedMethods(); ++method)
        paintRow(painter, at, method);
    paintSteps(painter, at);
    if (hasFocus())
        painter.fillRect(0, 0, width(), 2, shades.accent);
    if (!m_pointer)
        return;
    const auto step = stepAt(*m_pointer);
    const int method = methodAt(*m_pointer);
    if (step && method >= 0)
        drawHoverLabel(painter, *m_pointer, rect(), linesOf(method, *step), palette());
}

void JaccardPlot::paintRow(QPainter& painter, const Areas& at, int method) const {
    const Shades& shades = shadesOf(palette());
    const int top = at.lines.top() + method * at.row;
    if (method % 2 == 0)
        painter.fillRect(QRect(0, top, width(), at.row), shades.window);
    if (hasFocus() && m_cursor == method)
        painter.fillRect(QRect(0, top, at.lines.left(), at.row), shades.accentSoft);
    painter.setFont(textFont(TextSize::normal));
    painter.setPen(shades.text);
    painter.drawText(QRect(at.names.left(), top, at.names.width(), at.row), Qt::AlignVCenter,
                     nameOf(*m_model, method));
    const auto now = m_model->likeness(m_navigator->step(), method);
    painter.setFont(numberFont(TextSize::normal));
    painter.setPen(now ? shades.text : shades.quietText);
    painter.drawText(QRect(at.values.left(), top, at.values.width(), at.row),
                     Qt::AlignVCenter | Qt::AlignRight, now ? twoDigits(now->jaccard) : QStringLiteral("–"));
    const QRect line(at.lines.left(), top + 3, at.lines.width(), at.row - 6);
    painter.setFont(numberFont(TextSize::small));
    if (line.height() >= 2 * painter.fontMetrics().height()) {
        painter.setPen(shades.quietText);
        const QRect scale(at.names.left(), line.top(), at.names.width() - grid / 2, line.height());
        painter.drawText(scale, Qt::AlignRight | Qt::AlignTop, QStringLiteral("1"));
        painter.drawText(scale, Qt::AlignRight | Qt::AlignBottom, QStringLiteral("0"));
    }
    paintLine(painter, line, method);
}

// One point a step; where steps are more than pixels, one a pixel: the mean of its steps.
void JaccardPlot::paintLine(QPainter& painter, const QRect& rect, int method) const {
    const Shades& shades = shadesOf(palette());
    const int points = std::min(m_steps, rect.width());
    QPolygonF run;
    const auto flush = [&] {
        if (run.isEmpty())
            return;
        QColor area = shades.quietText;
        area.setAlphaF(0.22F);
        QPolygonF below = run;
        if (run.size() == 1) { // a step between gaps: as wide as a step
            const double half = rect.width() / (2.0 * points);
            below = QPolygonF{run[0] - QPointF(half, 0), run[0] + QPointF(half, 0)};
        }
        const QPolygonF line = below;
        below << QPointF(below.last().x(), rect.bottom() + 1)
              << QPointF(below.first().x(), rect.bottom() + 1);
        painter.setPen(Qt::NoPen);
        painter.setBrush(area);
        painter.drawPolygon(below);
        painter.setPen(QPen(shades.text, 1.5));
        painter.drawPolyline(line);
        run.clear();
    };
    painter.setRenderHint(QPainter::Antialiasing);
    for (int point = 0; point < points; ++point) {
        const auto first = static_cast<std::int64_t>(point) * m_steps / points;
        const auto end = static_cast<std::int64_t>(point + 1) * m_steps / points;
        double sum = 0;
        int count = 0;
        for (auto step = first; step < end; ++step)
            if (const auto likeness = m_model->likeness(static_cast<int>(step), method)) {
                sum += likeness->jaccard;
                ++count;
            }
        if (count == 0)
            flush();
        else
            run << QPointF(rect.left() + rect.width() * (point + 0.5) / points,
                           rect.bottom() + 1 - rect.height() * sum / count);
    }
    flush();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(shades.rule);
    painter.drawLine(rect.left(), rect.bottom() + 1, rect.right(), rect.bottom() + 1);
}

void JaccardPlot::paintSteps(QPainter& painter, const Areas& at) const {
    const Shades& shades = shadesOf(palette());
    painter.setFont(numberFont(TextSize::small));
    painter.setPen(shades.quietText);
    const QFontMetrics metrics = painter.fontMetrics();
    const QRect axis(at.lines.left(), at.lines.bottom() + grid / 2, at.lines.width(), metrics.height());
    painter.drawText(axis, Qt::AlignLeft, QStringLiteral("0"));
    painter.drawText(axis, Qt::AlignRight, grouped(m_steps - 1));
    const int step = m_navigator->step();
    if (step < 0)
        return;
    const double x = xOf(at, step);
    painter.setPen(QPen(shades.accent, 1));
    painter.drawLine(QPointF(x, at.lines.top()), QPointF(x, at.lines.bottom()));
    const QString words = tr("step %1").arg(grouped(step));
    const int wide = metrics.horizontalAdvance(words) + grid;
    const int left =
        std::clamp(static_cast<int>(x) - wide / 2, axis.left(), std::max(axis.right() - wide, axis.left()));
    painter.fillRect(QRect(left, axis.top(), wide, axis.height()), shades.panel);
    painter.setPen(shades.accent);
    painter.drawText(QRect(left, axis.top(), wide, axis.height()), Qt::AlignCenter, words);
}

bool JaccardPlot::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_Left:
        case Qt::Key_Right:
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

void JaccardPlot::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    if (const int method = methodAt(event->pos()); method >= 0)
        m_cursor = method;
    if (const auto step = stepAt(event->pos()))
        m_navigator->setStep(*step);
    describe();
}

void JaccardPlot::mouseMoveEvent(QMouseEvent* event) {
    m_pointer = event->pos();
    const auto step = stepAt(event->pos());
    if (step && event->buttons().testFlag(Qt::LeftButton))
        m_navigator->setStep(*step);
    update();
}

void JaccardPlot::leaveEvent(QEvent*) {
    m_pointer.reset();
    update();
}

void JaccardPlot::keyPressEvent(QKeyEvent* event) {
    if (stepByKey(*m_navigator, event->key()))
        return;
    switch (event->key()) {
    case Qt::Key_Up:
        --m_cursor;
        describe();
        break;
    case Qt::Key_Down:
        ++m_cursor;
        describe();
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace kvprism::views
