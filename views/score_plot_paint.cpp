// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/mark_cloud.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/picture_host.h"
#include "views/plot_axes.h"
#include "views/score_plot.h"
#include "views/score_words.h"
#include "views/style.h"
#include "views/tier_palette.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace kvprism::views {

using trace::Tier;

void ScorePlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (inPicture(*this)) {
        paintAll(painter);
    } else {
        if (m_stale || m_picture.deviceIndependentSize().toSize() != size())
            repaintPicture();
        painter.drawPixmap(0, 0, m_picture);
    }
    if (hasFocus())
        painter.fillRect(0, 0, width(), 2, shadesOf(palette()).accent);
    if (m_points.points().empty())
        return;
    paintSelection(painter);
    paintWords(painter);
}

void ScorePlot::repaintPicture() {
    const double ratio = pixelRatio(*this);
    m_picture = QPixmap((QSizeF(size()) * ratio).toSize());
    m_picture.setDevicePixelRatio(ratio);
    QPainter painter(&m_picture);
    paintAll(painter);
}

void ScorePlot::paintAll(QPainter& painter) {
    painter.fillRect(rect(), shadesOf(palette()).panel);
    m_marks = 0;
    m_stale = false;
    if (m_points.points().empty())
        return;
    drawHeights(painter, m_areas.cloud, m_scale, palette());
    if (hasCurve())
        drawHeights(painter, m_areas.curve, m_scale, palette(), !m_areas.beside);
    paintPositions(painter);
    paintCurve(painter);
    paintCloud(painter);
    paintCut(painter);
    paintTitles(painter);
    Q_EMIT drawn();
}

void ScorePlot::paintPositions(QPainter& painter) const {
    drawNumbers(painter, m_areas.cloud, m_firstToken - 0.5, m_lastToken + 0.5, palette());
    if (hasCurve())
        drawNumbers(painter, m_areas.curve, 0.5, m_points.ranked() + 0.5, palette());
}

void ScorePlot::paintCloud(QPainter& painter) {
    const auto looks = markLooks(palette(), m_model->run()->selectors.size());
    std::vector<CloudMark> marks;
    marks.reserve(m_points.points().size());
    for (const ScorePoints::Point& point : m_points.points())
        if (!std::isnan(point.value))
            marks.push_back({markOf(point), markLook(point.kept(), point.selector, looks.size())});
    m_marks = drawMarks(painter, m_areas.cloud, marks, looks, m_radius);
}

// What was kept stands below, so that a mixed column is read like a bar.
void ScorePlot::paintColumn(QPainter& painter, const QRectF& column, const std::vector<int>& counts,
                            const std::vector<QBrush>& brushes, int ranks) {
    double bottom = column.bottom();
    for (std::size_t i = 0; i < brushes.size(); ++i) {
        const std::size_t look = (i + 1) % brushes.size();
        if (counts[look] == 0)
            continue;
        const double height = column.height() * counts[look] / ranks;
        const QRectF part(column.left(), bottom - height, column.width(), height);
        bottom -= height;
        painter.fillRect(part, brushes[look]);
    }
}

// One column a pixel, or one a rank where these are fewer.
void ScorePlot::paintCurve(QPainter& painter) {
    if (!hasCurve())
        return;
    const QRectF& at = m_areas.curve;
    const auto looks = markLooks(palette(), m_model->run()->selectors.size());
    const int ranks = m_points.ranked();
    const int columns = std::min(ranks, static_cast<int>(at.width() * pixelRatio(*this)));
    std::vector<int> counts(looks.size());
    std::vector<QBrush> brushes{tierBrush(Tier::dropped, palette(), pixelRatio(*this))};
    for (std::size_t look = 1; look < looks.size(); ++look)
        brushes.emplace_back(withAlpha(looks[look].colour, 0.65));
    for (int column = 0; column < columns; ++column) {
        const int first = static_cast<int>(std::int64_t{column} * ranks / columns);
        const int end = std::max(first + 1, static_cast<int>((std::int64_t{column} + 1) * ranks / columns));
        std::ranges::fill(counts, 0);
        auto most =
            std::numeric_limits<float>::quiet_NaN(); // its height is the column's: heights grow with values
        for (int rank = first + 1; rank <= end; ++rank) {
            const ScorePoints::Point& point = m_points.ranking(rank);
            ++counts[markLook(point.kept(), point.selector, looks.size())];
            most = std::fmax(most, point.value); // of a number and of what is none, the number
        }
        const double top = yOf(at, static_cast<double>(most));
        const double left = at.left() + at.width() * column / columns;
        const double right = at.left() + at.width() * (column + 1) / columns;
        paintColumn(painter, QRectF(QPointF(left, top), QPointF(right, at.bottom())), counts, brushes,
                    end - first);
        const ScorePoints::Point& best = m_points.ranking(first + 1);
        painter.fillRect(QRectF(left, top - 1, right - left, 2),
                         looks[markLook(best.kept(), best.selector, looks.size())].colour);
    }
}

// The line between kept and dropped through both pictures, and where it stands among the ranks.
void ScorePlot::paintCut(QPainter& painter) const {
    painter.setPen(QPen(TierPalette::of(palette()).budgetLine(), 1));
    if (m_points.cut())
        for (const QRectF& area : {m_areas.cloud, m_areas.curve}) {
            if (area.isEmpty())
                continue;
            const double y = std::floor(yOf(area, static_cast<double>(*m_points.cut()))) + 0.5;
            const double right =
                m_areas.beside && area == m_areas.cloud ? m_areas.curve.left() : area.right();
            painter.drawLine(QPointF(area.left(), y), QPointF(right, y));
        }
    const int chosen = m_points.chosen();
    if (!hasCurve() || chosen == 0 || chosen >= m_points.ranked())
        return;
    const QRectF& at = m_areas.curve;
    const double x = std::floor(at.left() + at.width() * chosen / m_points.ranked()) + 0.5;
    painter.setPen(QPen(TierPalette::of(palette()).budgetLine(), 1, Qt::DotLine));
    painter.drawLine(QPointF(x, at.top()), QPointF(x, at.bottom()));
}

void ScorePlot::paintTitles(QPainter& painter) const {
    const Shades& shades = shadesOf(palette());
    const QFont quiet = textFont(TextSize::small), strong = numberFont(TextSize::small, QFont::DemiBold);
    const QFontMetricsF metrics(quiet), strongMetrics(strong);
    const auto title = [&](const QRectF& area, const QString& text, const QString& value) {
        const double baseline = area.top() - grid / 2.0 - metrics.descent() - 1;
        painter.setFont(quiet);
        painter.setPen(shades.quietText);
        painter.drawText(QPointF(area.left(), baseline), text);
        painter.setFont(strong);
        painter.setPen(shades.text);
        const double right = area.right() - strongMetrics.horizontalAdvance(value);
        if (right > area.left() + metrics.horizontalAdvance(text) + grid)
            painter.drawText(QPointF(right, baseline), value);
    };
    title(m_areas.cloud, tr("by position"),
          m_points.cut() ? tr("cut-off %1").arg(scoreText(static_cast<double>(*m_points.cut()))) : QString());
    if (hasCurve())
        title(m_areas.curve, m_points.kind().smallestFirst ? tr("by rank, smallest first") : tr("by rank"),
              m_points.chosen() > 0 ? tr("%1 chosen").arg(grouped(m_points.chosen())) : QString());
}

void ScorePlot::paintMark(QPainter& painter, int token, const QColor& colour, double width) const {
    const auto index = m_points.find(token);
    if (!index || std::isnan(m_points.points()[*index].value))
        return;
    const ScorePoints::Point& point = m_points.points()[*index];
    painter.setPen(QPen(colour, width));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(markOf(point), m_radius + 3, m_radius + 3);
    if (point.rank == 0 || !hasCurve())
        return;
    const QPointF at = rankMarkOf(point.rank);
    painter.drawLine(QPointF(at.x(), m_areas.curve.bottom()), at);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawEllipse(at, 3.5, 3.5);
}

void ScorePlot::paintSelection(QPainter& painter) const {
    const Shades& shades = shadesOf(palette());
    if (const auto range = m_navigator->range()) {
        const QRectF& at = m_areas.cloud;
        const double left = std::max(xOf(range->first - 0.5), at.left());
        const double right = std::min(xOf(range->last + 0.5), at.right());
        if (left < right)
            painter.fillRect(QRectF(left, at.top(), right - left, at.height()),
                             withAlpha(shades.accent, 0.16));
    }
    painter.setRenderHint(QPainter::Antialiasing);
    for (const int token : m_navigator->locked())
        paintMark(painter, token, shades.accent, 2);
    if (const auto token = m_navigator->hover())
        paintMark(painter, *token, shades.text, 1.5);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void ScorePlot::paintWords(QPainter& painter) const {
    const auto token = m_pointer ? m_navigator->hover() : std::nullopt;
    const auto index = token ? m_points.find(*token) : std::nullopt;
    if (index)
        drawHoverLabel(painter, *m_pointer, rect(), pointLines(*m_model, m_points, m_points.points()[*index]),
                       palette());
}

} // namespace kvprism::views
