// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/offscreen/roofline.h"

#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <vector>

namespace kvprism::app {

namespace {

const QColor ink(0x22, 0x22, 0x22), faint(0xdd, 0xdd, 0xdd), roof(0x55, 0x55, 0x55),
    oursColour(0x00, 0x72, 0xb2),
    stockColour(0xd5, 0x5e, 0x00); // blue and vermilion of Okabe and Ito: told apart by all eyes

constexpr QRectF area(100, 90, 600, 470);
constexpr double dotRadius = 4, badgeRadius = 9;

double roofAt(const tables::RooflineRequest& request, double intensity) {
    return std::min(request.operationsPerSecond, intensity * request.bytesPerSecond);
}

QString rateText(double operations) {
    return operations >= 1e12 ? QStringLiteral("%1 TFLOP/s").arg(operations / 1e12, 0, 'g', 4)
                              : QStringLiteral("%1 GFLOP/s").arg(operations / 1e9, 0, 'g', 4);
}

// Whole powers of ten around everything that is drawn.
struct Scale {
    double least = 0, most = 1; // exponents
    double at(double value) const { return (std::log10(value) - least) / (most - least); }
};

class Painting {
  public:
    Painting(QPainter& painter, const tables::RooflineRequest& request)
        : m_painter(painter), m_request(request) {
        const double ridge = request.operationsPerSecond / request.bytesPerSecond;
        double leftmost = ridge / 10, rightmost = ridge * 10, lowest = request.operationsPerSecond;
        for (const auto& point : points()) {
            leftmost = std::min(leftmost, point.intensity);
            rightmost = std::max(rightmost, point.intensity);
            lowest = std::min(lowest, point.operationsPerSecond);
        }
        m_x = {std::floor(std::log10(leftmost)), std::ceil(std::log10(rightmost))};
        lowest = std::min(lowest, std::pow(10, m_x.least) * request.bytesPerSecond);
        m_y = {std::floor(std::log10(lowest)), std::ceil(std::log10(request.operationsPerSecond) + 0.1)};
    }

    void paint() {
        m_painter.fillRect(QRect(QPoint(), rooflineSize), Qt::white);
        m_painter.setRenderHint(QPainter::Antialiasing);
        heading();
        axes();
        ceilings();
        for (int i = 0; i < m_request.pointCount; ++i)
            m_dots.push_back(place(m_request.points[i].intensity, m_request.points[i].operationsPerSecond));
        for (int i = 0; i < m_request.pointCount; ++i) // below the badges, which lie between them
            dot(i);
        for (int i = 0; i < m_request.pointCount; ++i)
            badge(m_badges[static_cast<std::size_t>(i)], i);
        for (int i = 0; i < m_request.pointCount; ++i)
            legend(i);
    }

  private:
    std::vector<tables::RooflineRequest::Point> points() const {
        return {m_request.points, m_request.points + m_request.pointCount};
    }
    QPointF place(double intensity, double operations) const {
        return {area.left() + m_x.at(intensity) * area.width(),
                area.bottom() - m_y.at(operations) * area.height()};
    }
    void font(int pixels, bool bold = false) {
        QFont used = m_painter.font();
        used.setPixelSize(pixels);
        used.setBold(bold);
        m_painter.setFont(used);
        m_painter.setPen(ink);
    }

    void heading() {
        font(20, true);
        m_painter.drawText(QPointF(30, 36), QString::fromUtf8(m_request.title));
        font(13);
        m_painter.drawText(QPointF(30, 60), QString::fromUtf8(m_request.subtitle));
    }

    void axes() {
        font(12);
        for (double power = m_x.least; power <= m_x.most; ++power) {
            const double x = place(std::pow(10, power), 1).x();
            m_painter.setPen(faint);
            m_painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
            m_painter.setPen(ink);
            m_painter.drawText(QRectF(x - 40, area.bottom() + 6, 80, 18), Qt::AlignCenter,
                               QString::number(std::pow(10, power), 'g', 6));
        }
        for (double power = m_y.least; power <= m_y.most; ++power) {
            const double y = place(1, std::pow(10, power)).y();
            m_painter.setPen(faint);
            m_painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
            m_painter.setPen(ink);
            m_painter.drawText(QRectF(0, y - 9, area.left() - 6, 18), Qt::AlignRight | Qt::AlignVCenter,
                               rateText(std::pow(10, power)));
        }
        m_painter.drawText(QRectF(area.left(), area.bottom() + 28, area.width(), 20), Qt::AlignCenter,
                           QStringLiteral("floating point operations a byte that has to be moved"));
    }

    void ceilings() {
        const double ridge = m_request.operationsPerSecond / m_request.bytesPerSecond;
        const double left = std::pow(10, m_x.least), right = std::pow(10, m_x.most);
        m_painter.setPen(QPen(roof, 2));
        m_painter.drawLine(place(left, roofAt(m_request, left)), place(ridge, m_request.operationsPerSecond));
        m_painter.drawLine(place(ridge, m_request.operationsPerSecond),
                           place(right, m_request.operationsPerSecond));
        font(12);
        const QPointF corner = place(ridge, m_request.operationsPerSecond);
        m_painter.drawText(QRectF(corner.x() - 310, corner.y() - 9, 300, 18),
                           Qt::AlignRight | Qt::AlignVCenter,
                           QStringLiteral("matrix product %1").arg(rateText(m_request.operationsPerSecond)));
        // Along the slope, above its middle.
        const QPointF from = place(left, roofAt(m_request, left)),
                      to = place(ridge, m_request.operationsPerSecond);
        m_painter.save();
        m_painter.translate((from + to) / 2);
        m_painter.rotate(-QLineF(from, to).angle());
        m_painter.drawText(QRectF(-100, -22, 200, 18), Qt::AlignCenter,
                           QStringLiteral("copy %1 TB/s").arg(m_request.bytesPerSecond / 1e12, 0, 'g', 3));
        m_painter.restore();
    }

    QColor colourOf(int index) const { return m_request.points[index].ours ? oursColour : stockColour; }

    void fill(const QPointF& at, double radius, int index) {
        m_painter.setPen(QPen(colourOf(index), 2));
        m_painter.setBrush(m_request.points[index].ours ? QBrush(colourOf(index)) : QBrush(Qt::white));
        m_painter.drawEllipse(at, radius, radius);
        m_painter.setBrush(Qt::NoBrush);
    }
    void badge(const QPointF& at, int index) {
        fill(at, badgeRadius, index);
        font(11, true);
        m_painter.setPen(m_request.points[index].ours ? QColor(Qt::white) : colourOf(index));
        m_painter.drawText(
            QRectF(at.x() - badgeRadius, at.y() - badgeRadius, 2 * badgeRadius, 2 * badgeRadius),
            Qt::AlignCenter, QString::number(index + 1));
    }

    bool isFree(const QPointF& at) const {
        const auto apart = [&](const QPointF& other, double least) {
            return QLineF(at, other).length() >= least;
        };
        return area.contains(at) &&
               std::ranges::all_of(m_badges,
                                   [&](const QPointF& other) { return apart(other, 2 * badgeRadius + 4); }) &&
               std::ranges::all_of(
                   m_dots, [&](const QPointF& other) { return apart(other, badgeRadius + dotRadius + 3); });
    }
    // The nearest free place, below the point first: above it are the ceilings.
    QPointF badgeOf(const QPointF& point) const {
        for (double distance = 24; distance < 200; distance += 8)
            for (const double degrees : {90.0, 60.0, 120.0, 30.0, 150.0, 0.0, 180.0}) {
                const QPointF at = point + QLineF::fromPolar(distance, -degrees).p2(); // y grows downwards
                if (isFree(at))
                    return at;
            }
        return point; // a picture so full that numbers lie on each other
    }

    // The point, and a line to its number, which may have to stand aside.
    void dot(int index) {
        const QPointF at = m_dots[static_cast<std::size_t>(index)], number = badgeOf(at);
        m_badges.push_back(number);
        m_painter.setPen(QPen(colourOf(index), 1));
        m_painter.drawLine(at, number);
        fill(at, dotRadius, index);
    }

    // Beside the picture: what it is and how much of the roof above it reaches.
    void legend(int index) {
        const auto& point = m_request.points[index];
        const QPointF beside(area.right() + 32, area.top() + 20 + 44 * index);
        badge(beside, index);
        font(13, true);
        m_painter.drawText(beside + QPointF(18, 0), QString::fromUtf8(point.name));
        font(12);
        const double share = point.operationsPerSecond / roofAt(m_request, point.intensity);
        m_painter.drawText(beside + QPointF(18, 17),
                           QStringLiteral("%1, %2 % of the roof%3")
                               .arg(rateText(point.operationsPerSecond))
                               .arg(100 * share, 0, 'f', 0)
                               .arg(point.ours ? QString() : QStringLiteral(" (stock)")));
    }

    QPainter& m_painter;
    const tables::RooflineRequest& m_request;
    Scale m_x, m_y;
    std::vector<QPointF> m_dots, m_badges; // of the points, in their order
};

} // namespace

void paintRoofline(QPainter& painter, const tables::RooflineRequest& request) {
    Painting(painter, request).paint();
}

} // namespace kvprism::app
