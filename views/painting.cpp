// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/painting.h"

#include "views/style.h"

#include <QCoreApplication>
#include <QImage>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>

namespace kvprism::views {

using trace::Tier;

namespace {

constexpr int patternPeriod = 8;

// The colours of every cell that there can be: a map has many times more cells than these.
class CellPalette {
  public:
    CellPalette(const QPalette& palette, QRgb ground) : m_unread{ground, ground, Pattern::none} {
        const TierPalette& tiers = TierPalette::of(palette);
        const QRgb quiet = tiers.colour(Tier::dropped).rgb();
        for (std::size_t tier = 0; tier < m_cells.size(); ++tier) {
            const auto which = static_cast<Tier>(tier);
            const CellColours full{tiers.colour(which).rgb(), tiers.texture(which).rgb(),
                                   TierPalette::pattern(which)};
            m_cells[tier].fill(full);
            if (which == Tier::dropped)
                continue;
            for (std::size_t share = 0; share < 255; ++share) {
                // A single kept token among hundreds must still be seen: strength begins at a quarter.
                const double strength = 0.25 + 0.75 * static_cast<double>(share) / 255.0;
                m_cells[tier][share].plain = blended(quiet, full.plain, strength);
                m_cells[tier][share].mark = blended(quiet, full.mark, strength);
            }
        }
    }

    const CellColours& of(Cell cell) const {
        return cell.kind == Cell::Kind::unread ? m_unread
                                               : m_cells[static_cast<std::size_t>(cell.kind)][cell.share];
    }

  private:
    CellColours m_unread;
    std::array<std::array<CellColours, 256>, 5> m_cells; // by tier and share
};

} // namespace

QRgb blended(QRgb from, QRgb to, double share) {
    const auto mix = [share](int a, int b) { return a + static_cast<int>(std::lround((b - a) * share)); };
    return qRgb(mix(qRed(from), qRed(to)), mix(qGreen(from), qGreen(to)), mix(qBlue(from), qBlue(to)));
}

QColor withAlpha(QColor colour, double alpha) {
    colour.setAlphaF(static_cast<float>(alpha));
    return colour;
}

QBrush patternBrush(const CellColours& cell, qreal ratio) {
    QImage image(patternPeriod, patternPeriod, QImage::Format_RGB32);
    for (int y = 0; y < patternPeriod; ++y)
        for (int x = 0; x < patternPeriod; ++x)
            image.setPixel(x, y, patternHasMark(cell.pattern, x, y) ? cell.mark : cell.plain);
    QBrush brush(image);
    brush.setTransform(QTransform::fromScale(1 / ratio, 1 / ratio));
    return brush;
}

QBrush tierBrush(Tier tier, const QPalette& palette, qreal ratio) {
    const TierPalette& tiers = TierPalette::of(palette);
    return patternBrush({tiers.colour(tier).rgb(), tiers.texture(tier).rgb(), TierPalette::pattern(tier)},
                        ratio);
}

namespace {

// A row of cells, ready to be laid down line by line.
class CellLine {
  public:
    explicit CellLine(int width)
        : m_cells(static_cast<std::size_t>(width)), m_plain(m_cells.size()), m_flips(m_cells.size()),
          m_marked(m_cells.size()) {
        for (std::size_t pattern = 0; pattern < m_masks.size(); ++pattern)
            for (int x = 0; x < patternPeriod; ++x)
                for (int y = 0; y < patternPeriod; ++y)
                    if (patternHasMark(static_cast<Pattern>(pattern), x, y))
                        m_masks[pattern][static_cast<std::size_t>(x)] |= 1U << y;
    }

    std::vector<CellColours>& cells() { return m_cells; }
    void prepare() { // after the cells were set
        for (std::size_t x = 0; x < m_cells.size(); ++x) {
            const CellColours& cell = m_cells[x];
            m_plain[x] = cell.plain;
            m_flips[x] = cell.plain ^ cell.mark;
            m_marked[x] = m_masks[static_cast<std::size_t>(cell.pattern)][x % patternPeriod];
        }
    }
    void draw(QRgb* pixels, int y) const {
        const int bit = y % patternPeriod;
        for (std::size_t x = 0; x < m_plain.size(); ++x) // without a branch, so that it takes many at once
            pixels[x] = m_plain[x] ^ (m_flips[x] & (0U - ((m_marked[x] >> bit) & 1U)));
    }

  private:
    static constexpr std::size_t patterns = 8; // no fewer than there are
    std::vector<CellColours> m_cells;
    std::vector<std::uint32_t> m_plain, m_flips;
    std::vector<std::uint32_t> m_marked;                                      // bit y: line y has a mark here
    std::array<std::array<std::uint32_t, patternPeriod>, patterns> m_masks{}; // of a pattern's columns
};

} // namespace

QImage drawRaster(const MapRaster& raster, int width, int steps,
                  const std::function<void(int, std::vector<CellColours>&)>& colourRow) {
    const int height = static_cast<int>(raster.stepOfLine.size());
    QImage image(width, height, QImage::Format_RGB32);
    CellLine line(width);
    int drawn = -1;
    for (int y = 0; y < height; ++y) {
        const auto lineIndex = static_cast<std::size_t>(y);
        const int step = raster.stepOfLine[lineIndex];
        const bool last = y + 1 == height || raster.stepOfLine[lineIndex + 1] != step;
        auto* pixels = reinterpret_cast<QRgb*>(image.scanLine(y));
        if (step < 0 || step >= steps || (raster.gaps && last)) {
            std::fill_n(pixels, width, raster.ground);
            continue;
        }
        if (step != drawn) {
            colourRow(step, line.cells());
            line.prepare();
            drawn = step;
        }
        line.draw(pixels, y);
    }
    return image;
}

QImage drawCells(SurvivalTiles& tiles, const SurvivalIndex& index, const MapRaster& raster,
                 const QPalette& palette) {
    const CellPalette colours(palette, raster.ground);
    return drawRaster(raster, tiles.axis().pixels(), index.steps(),
                      [&](int step, std::vector<CellColours>& line) {
                          const std::vector<Cell>& cells = tiles.row(index, step);
                          std::transform(cells.begin(), cells.end(), line.begin(),
                                         [&](Cell cell) { return colours.of(cell); });
                      });
}

QRect hoverLabelRect(const QPoint& anchor, const QRect& bounds, const QStringList& lines) {
    const QFontMetrics strong(textFont(TextSize::normal, QFont::DemiBold));
    const QFontMetrics quiet(numberFont(TextSize::small));
    int width = 0;
    int height = 0;
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const QFontMetrics& metrics = i == 0 ? strong : quiet;
        width = std::max(width, metrics.horizontalAdvance(lines[i]));
        height += metrics.height() + (i == 0 ? 0 : 2);
    }
    QRect box(anchor + QPoint(12, 14), QSize(width + 2 * grid, height + grid + 2));
    if (box.right() > bounds.right())
        box.moveRight(std::max(anchor.x() - 12, bounds.left() + box.width()));
    if (box.bottom() > bounds.bottom())
        box.moveBottom(std::max(anchor.y() - 12, bounds.top() + box.height()));
    return box;
}

void drawNeedle(QPainter& painter, const QPointF& centre, double radius, const QColor& ink) {
    const QPointF right(radius, 0), down(0, radius);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    painter.drawPolygon(QPolygonF{centre - down, centre + right, centre + down, centre - right});
    painter.restore();
}

void drawHoverLabel(QPainter& painter, const QPoint& anchor, const QRect& bounds, const QStringList& lines,
                    const QPalette& palette) {
    const Shades& shades = shadesOf(palette);
    const QFont strong = textFont(TextSize::normal, QFont::DemiBold);
    const QFont quiet = numberFont(TextSize::small);
    const QRect box = hoverLabelRect(anchor, bounds, lines);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(shades.rule, 1));
    painter.setBrush(shades.raised);
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    int y = box.top() + grid / 2;
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const QFont& font = i == 0 ? strong : quiet;
        const QFontMetrics metrics(font);
        painter.setFont(font);
        painter.setPen(i == 0 ? shades.text : shades.quietText);
        painter.drawText(box.left() + grid, y + metrics.ascent(), lines[i]);
        y += metrics.height() + 2;
    }
    painter.restore();
}

namespace {

constexpr int swatchSize = 12;

// Where each key begins and what all take.
QSize placeKeys(const std::vector<LegendKey>& keys, int width, std::vector<QPoint>& places) {
    const QFontMetrics metrics(textFont(TextSize::small));
    const int line = metrics.height() + 2;
    QPoint at;
    int widest = 0;
    for (const LegendKey& key : keys) {
        const int wide = swatchSize + 6 + metrics.horizontalAdvance(key.title);
        if (at.x() > 0 && at.x() + wide > width)
            at = QPoint(0, at.y() + line);
        places.push_back(at);
        widest = std::max(widest, at.x() + wide);
        at.rx() += wide + 2 * grid;
    }
    return {widest, keys.empty() ? 0 : at.y() + line};
}

} // namespace

QSize legendSize(const std::vector<LegendKey>& keys, int width) {
    std::vector<QPoint> places;
    return placeKeys(keys, width, places);
}

void drawLegend(QPainter& painter, const QRect& rect, const std::vector<LegendKey>& keys,
                const QPalette& palette) {
    const Shades& shades = shadesOf(palette);
    std::vector<QPoint> places;
    placeKeys(keys, rect.width(), places);
    painter.save();
    painter.setFont(textFont(TextSize::small));
    const QFontMetrics metrics(painter.font());
    const int line = metrics.height() + 2;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const QPoint at = rect.topLeft() + places[i];
        const QRect swatch(at + QPoint(0, (line - swatchSize) / 2), QSize(swatchSize, swatchSize));
        painter.setBrushOrigin(swatch.topLeft());
        painter.fillRect(swatch, keys[i].swatch);
        painter.setPen(shades.rule);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(swatch.adjusted(0, 0, -1, -1));
        painter.setPen(shades.quietText);
        painter.drawText(at.x() + swatchSize + 6, at.y() + 1 + metrics.ascent(), keys[i].title);
    }
    painter.restore();
}

std::vector<LegendKey> tierKeys(const QPalette& palette, qreal ratio) {
    std::vector<LegendKey> keys;
    for (const Tier tier : {Tier::anchor, Tier::window, Tier::global, Tier::dropped})
        keys.push_back({tierBrush(tier, palette, ratio), tierTitle(tier)});
    keys.push_back({shadesOf(palette).panel, QCoreApplication::translate("Tier", "Not read yet")});
    return keys;
}

QString grouped(qint64 number) {
    return QLocale().toString(number);
}

} // namespace kvprism::views
