// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/lsh_tables.h"

#include "views/controls.h"
#include "views/mark_cloud.h"
#include "views/models/navigator.h"
#include "views/painting.h"
#include "views/picture_host.h"
#include "views/style.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

namespace {

constexpr int queryMark = 3; // pixels below a row's line
constexpr double leastBar = 2;
constexpr int mostBuckets = 1 << 16;

int labelWidth() {
    return QFontMetrics(numberFont(TextSize::small)).horizontalAdvance(QStringLiteral("64")) + 2 * grid;
}

} // namespace

LshTables::LshTables(Navigator* navigator, QWidget* parent) : QWidget(parent), m_navigator(navigator) {
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::MinimumExpanding);
    setAccessibleName(tr("Hash tables and buckets"));
    const auto repaint = [this] { update(); };
    connect(m_navigator, &Navigator::hoverChanged, this, repaint);
    connect(m_navigator, &Navigator::lockChanged, this, repaint);
}

void LshTables::setStep(const LshStep* step, std::size_t selectors) {
    m_step = step && step->hasSignatures() ? step : nullptr;
    m_selectors = selectors;
    m_current.reset();
    measure();
    updateGeometry();
}

int LshTables::columns() const {
    return std::max(width() - labelWidth() - grid, 1);
}

void LshTables::measure() {
    m_uses.clear();
    m_most = 1;
    for (int table = 0; m_step && table < m_step->tables(); ++table) {
        m_uses.push_back(m_step->use(table, columns()));
        for (const BucketUse& use : m_uses.back())
            m_most = std::max(m_most, use.candidates.all());
    }
    m_stale = true;
    setCurrent(std::nullopt);
}

QSize LshTables::sizeHint() const {
    const int line = QFontMetrics(numberFont(TextSize::small)).height();
    const int rows = m_step ? m_step->tables() : 0;
    return {200, rows * (line + grid / 2) + grid};
}

QRectF LshTables::rowArea(int table) const {
    const double height = static_cast<double>(this->height() - grid / 2) / std::max(m_step->tables(), 1);
    return {static_cast<double>(labelWidth()), std::floor(table * height), static_cast<double>(columns()),
            std::floor(height) - queryMark - 2};
}

QRectF LshTables::barArea(int table, const BucketUse& use) const {
    const QRectF row = rowArea(table);
    const double bucket = row.width() / m_step->buckets();
    const double left = row.left() + use.first * bucket;
    return {left, row.top(), std::max(use.end * bucket - use.first * bucket, 1.0), row.height()};
}

QPointF LshTables::centreOf(int table, int bucket) const {
    const QRectF row = rowArea(table);
    return {row.left() + (bucket + 0.5) * row.width() / m_step->buckets(), row.center().y()};
}

// The nearest bar within a few pixels: single columns are hard to hit.
std::optional<LshTables::Spot> LshTables::spotAt(const QPoint& point) const {
    if (!m_step)
        return std::nullopt;
    std::optional<Spot> found;
    double best = 6;
    for (int table = 0; table < m_step->tables(); ++table) {
        const QRectF row = rowArea(table).adjusted(0, 0, 0, queryMark + 2);
        if (point.y() < row.top() || point.y() >= row.bottom())
            continue;
        const auto& uses = m_uses[static_cast<std::size_t>(table)];
        for (std::size_t index = 0; index < uses.size(); ++index) {
            const QRectF bar = barArea(table, uses[index]);
            const double away = std::max({bar.left() - point.x() - 0.5, point.x() + 0.5 - bar.right(), 0.0});
            if (away < best) {
                best = away;
                found = Spot{table, index};
            }
        }
    }
    return found;
}

QString LshTables::aggregation() const {
    if (!m_step)
        return {};
    const double each = static_cast<double>(m_step->buckets()) / std::min(columns(), m_step->buckets());
    const QString bar = each > 1 ? tr("a bar adds up %1 of them").arg(QLocale().toString(each, 'f', 1))
                                 : tr("a bar is one of them");
    return tr("Buckets 0 – %1 of each table; %2, its height the square root of its tokens (at most %3). "
              "Blocks "
              "below a line: query tokens.")
        .arg(grouped(m_step->buckets() - 1), bar, grouped(m_most));
}

QStringList LshTables::words(int table, const BucketUse& use) const {
    const QString buckets = use.end - use.first == 1
                                ? tr("bucket %1").arg(grouped(use.first))
                                : tr("buckets %1 – %2").arg(grouped(use.first), grouped(use.end - 1));
    QStringList lines{tr("Table %1, %2").arg(grouped(table + 1), buckets)};
    lines << tr("candidates %1: kept %2, dropped %3")
                 .arg(grouped(use.candidates.all()), grouped(use.candidates.kept()),
                      grouped(use.candidates.dropped()));
    lines << (use.queries > 0 ? tr("query tokens %1").arg(grouped(use.queries)) : tr("no query token"));
    return lines;
}

void LshTables::paintEvent(QPaintEvent*) {
    const Shades& shades = shadesOf(palette());
    QPainter painter(this);
    if (!m_step) {
        painter.fillRect(rect(), shades.panel);
        return;
    }
    if (inPicture(*this)) {
        paintAll(painter);
    } else {
        if (m_stale || m_picture.deviceIndependentSize().toSize() != size())
            repaintPicture();
        painter.drawPixmap(0, 0, m_picture);
    }
    if (const auto token = m_navigator->effectiveToken(); token && !m_navigator->locked().empty())
        paintToken(painter, *token, shades.accent);
    if (const auto token = m_navigator->hover())
        paintToken(painter, *token, shades.text);
    const auto pointed = m_pointer ? spotAt(*m_pointer) : std::nullopt;
    const auto marked = pointed ? pointed : hasFocus() ? m_current : std::nullopt;
    if (marked) {
        painter.setPen(QPen(pointed ? shades.text : shades.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(barArea(marked->table, useOf(*marked)).adjusted(-2, -1, 2, queryMark + 1));
    }
    if (hasFocus())
        painter.fillRect(0, 0, 2, height(), shades.accent);
    if (marked) {
        const QPoint at = pointed ? *m_pointer : barArea(marked->table, useOf(*marked)).center().toPoint();
        drawHoverLabel(painter, at, rect(), words(marked->table, useOf(*marked)), palette());
    }
}

void LshTables::repaintPicture() {
    const double ratio = pixelRatio(*this);
    m_picture = QPixmap((QSizeF(size()) * ratio).toSize());
    m_picture.setDevicePixelRatio(ratio);
    QPainter painter(&m_picture);
    paintAll(painter);
}

void LshTables::paintAll(QPainter& painter) {
    painter.fillRect(rect(), shadesOf(palette()).panel);
    for (int table = 0; table < m_step->tables(); ++table)
        paintRow(painter, table);
    m_stale = false;
}

void LshTables::paintRow(QPainter& painter, int table) const {
    const Shades& shades = shadesOf(palette());
    const auto looks = markLooks(palette(), m_selectors);
    const QRectF row = rowArea(table);
    const auto& uses = m_uses[static_cast<std::size_t>(table)];
    for (const BucketUse& use : uses)
        if (use.queries > 0)
            painter.fillRect(barArea(table, use), shades.raised);
    painter.setPen(shades.rule);
    painter.drawLine(QPointF(row.left(), row.bottom() + 0.5), QPointF(row.right(), row.bottom() + 0.5));
    painter.setFont(numberFont(TextSize::small));
    painter.setPen(shades.quietText);
    painter.drawText(QRectF(0, row.top(), row.left() - grid / 2.0, row.height()),
                     Qt::AlignRight | Qt::AlignBottom, grouped(table + 1));
    for (const BucketUse& use : uses) {
        const QRectF bar = barArea(table, use);
        if (use.queries > 0)
            painter.fillRect(
                QRectF(bar.left() - 0.5, row.bottom() + 1, std::max(bar.width(), 2.0) + 0.5, queryMark),
                shades.text);
        double bottom = row.bottom();
        const int all = use.candidates.all();
        const double height =
            all == 0 ? 0 : std::max(row.height() * std::sqrt(static_cast<double>(all) / m_most), leastBar);
        for (std::size_t i = 0; i < use.candidates.of.size(); ++i) {
            const std::size_t outcome = (i + 1) % use.candidates.of.size(); // dropped ones on top
            const double part = all == 0 ? 0 : height * use.candidates.of[outcome] / all;
            if (part > 0)
                painter.fillRect(QRectF(bar.left(), bottom - part, bar.width(), part),
                                 looks[std::min(outcome, looks.size() - 1)].colour);
            bottom -= part;
        }
    }
}

// A small frame around the token's bucket in every table.
void LshTables::paintToken(QPainter& painter, int token, const QColor& colour) const {
    const auto index = m_step->find(token);
    if (!index)
        return;
    painter.setPen(QPen(colour, 1));
    painter.setBrush(Qt::NoBrush);
    for (int table = 0; table < m_step->tables(); ++table) {
        const QRectF row = rowArea(table);
        const double x =
            std::floor(centreOf(table, m_step->bucketOf(m_step->candidates()[*index], table)).x()) + 0.5;
        painter.drawRect(QRectF(x - 2, row.top() + 1, 4, row.height() + queryMark));
    }
}

void LshTables::resizeEvent(QResizeEvent*) {
    measure();
}

void LshTables::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        measure();
    QWidget::changeEvent(event);
}

void LshTables::mouseMoveEvent(QMouseEvent* event) {
    m_pointer = event->pos();
    const auto spot = spotAt(event->pos());
    const bool single = spot && useOf(*spot).candidates.all() == 1;
    m_navigator->setHover(single ? std::optional(m_step->tokensIn(spot->table, useOf(*spot)).front())
                                 : std::nullopt);
    update();
}

void LshTables::mousePressEvent(QMouseEvent* event) {
    const auto spot = spotAt(event->pos());
    if (event->button() == Qt::LeftButton && spot)
        Q_EMIT tokensWanted(spot->table, useOf(*spot), event->modifiers().testFlag(Qt::ShiftModifier));
    else
        event->ignore();
}

void LshTables::leaveEvent(QEvent*) {
    m_pointer.reset();
    m_navigator->setHover(std::nullopt);
    update();
}

void LshTables::setCurrent(std::optional<Spot> spot) {
    m_current = spot;
    setAccessibleDescription(spot ? words(spot->table, useOf(*spot)).join(QStringLiteral(", ")) : QString());
    update();
}

void LshTables::moveCurrent(int by, int tables) {
    if (!m_step)
        return;
    const int table = std::clamp((m_current ? m_current->table : 0) + tables, 0, m_step->tables() - 1);
    const auto& uses = m_uses[static_cast<std::size_t>(table)];
    if (uses.empty())
        return;
    std::size_t index = 0;
    if (m_current && table != m_current->table) { // the nearest bucket of the other table
        const auto near = std::ranges::lower_bound(uses, useOf(*m_current).first, {}, &BucketUse::first);
        index = std::min(static_cast<std::size_t>(near - uses.begin()), uses.size() - 1);
    } else if (m_current) {
        const auto last = static_cast<std::int64_t>(uses.size()) - 1;
        index = static_cast<std::size_t>(
            std::clamp<std::int64_t>(static_cast<std::int64_t>(m_current->index) + by, 0, last));
    }
    setCurrent(Spot{table, index});
}

bool LshTables::event(QEvent* event) {
    return claimWalkingKeys(event) || QWidget::event(event);
}

void LshTables::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Left:
        moveCurrent(-1, 0);
        break;
    case Qt::Key_Right:
        moveCurrent(1, 0);
        break;
    case Qt::Key_Up:
        moveCurrent(0, -1);
        break;
    case Qt::Key_Down:
        moveCurrent(0, 1);
        break;
    case Qt::Key_Home:
        moveCurrent(-mostBuckets, 0);
        break;
    case Qt::Key_End:
        moveCurrent(mostBuckets, 0);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current)
            Q_EMIT tokensWanted(m_current->table, useOf(*m_current),
                                event->modifiers().testFlag(Qt::ShiftModifier));
        break;
    case Qt::Key_Escape:
        m_navigator->clearLock();
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace kvprism::views
