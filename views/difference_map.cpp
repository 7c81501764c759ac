// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/difference_map.h"

#include "views/comparison_palette.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/picture_host.h"
#include "views/style.h"
#include "views/text_grounds.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <array>

namespace kvprism::views {

namespace {

class CellColour {
  public:
    explicit CellColour(const QPalette& palette) {
        const ComparisonPalette& colours = ComparisonPalette::of(palette);
        for (std::size_t i = 0; i < m_full.size(); ++i) {
            const auto who = static_cast<KeptBy>(i);
            m_full[i] = {colours.colour(who).rgb(), colours.texture(who).rgb(),
                         ComparisonPalette::pattern(who)};
        }
    }

    CellColours of(DifferenceCell cell) const {
        CellColours colours = m_full[static_cast<std::size_t>(cell.kind)];
        if (cell.share == 0 || cell.share == 255)
            return colours;
        // A single held token among hundreds must still be seen: strength begins at a quarter.
        const double strength = 0.25 + 0.75 * cell.share / 255.0;
        const QRgb quiet = m_full[static_cast<std::size_t>(KeptBy::neither)].plain;
        colours.plain = blended(quiet, colours.plain, strength);
        colours.mark = blended(quiet, colours.mark, strength);
        return colours;
    }

  private:
    std::array<CellColours, 5> m_full;
};

} // namespace

DifferenceMap::DifferenceMap(TraceModel* model, Navigator* navigator, RunComparison* comparison,
                             QWidget* parent)
    : TokenMap(model, navigator, parent), m_comparison(comparison) {
    setAccessibleName(tr("Difference map"));
    connect(m_comparison, &RunComparison::runsChanged, this, &DifferenceMap::refresh);
    connect(m_comparison, &RunComparison::stepsChanged, this, &DifferenceMap::refresh);
    resetForRun();
}

void DifferenceMap::setKeysShown(bool shown) {
    m_keysShown = shown;
    refresh();
}

QString DifferenceMap::emptySentence() const {
    if (!m_comparison->obstacle().isEmpty())
        return m_comparison->obstacle();
    return m_comparison->ready() ? TokenMap::emptySentence()
                                 : tr("Choose a second run over the same document: who holds each token "
                                      "after each step will stand here.");
}

QImage DifferenceMap::drawMap(const TokenAxis& wanted, const MapRaster& raster) {
    DifferenceCells& cells = wanted == axis() ? m_cells : m_wholeStream;
    cells.setAxis(wanted);
    const CellColour colours(palette());
    return drawRaster(raster, wanted.pixels(), model()->stepCount(),
                      [&](int step, std::vector<CellColours>& line) {
                          const auto& row = cells.row(*m_comparison, step);
                          std::transform(row.begin(), row.end(), line.begin(),
                                         [&](DifferenceCell cell) { return colours.of(cell); });
                      });
}

void DifferenceMap::forgetCells() {
    m_cells.clear();
    m_wholeStream.clear();
}

void DifferenceMap::paintProfile(QPainter& painter, const QRect& at) const {
    const Shades& shades = shadesOf(palette());
    const ComparisonPalette& colours = ComparisonPalette::of(palette());
    const double ratio = pixelRatio(*this);
    const double middle = at.top() + at.height() / 2.0;
    for (int pixel = 0; pixel < axis().pixels(); ++pixel) {
        const auto [first, end] = axis().tokensOf(pixel);
        const KeptCounts counts = m_comparison->count(navigator()->step(), first, end);
        if (counts.read() == 0)
            continue;
        const double share = at.height() / 2.0 / counts.read();
        const double x = at.left() + pixel / ratio;
        painter.fillRect(QRectF(x, middle - counts.onlyA * share, 1 / ratio, counts.onlyA * share),
                         colours.colour(KeptBy::onlyA));
        painter.fillRect(QRectF(x, middle, 1 / ratio, counts.onlyB * share), colours.colour(KeptBy::onlyB));
    }
    painter.setPen(shades.rule);
    painter.drawLine(QPointF(at.left(), middle), QPointF(at.right(), middle));
}

void DifferenceMap::paintSide(QPainter& painter, const QRect& at) const {
    const Shades& shades = shadesOf(palette());
    const int line = QFontMetrics(numberFont(TextSize::small)).height();
    const double row = static_cast<double>(at.height()) / rows();
    painter.setFont(numberFont(TextSize::small));
    for (int step = 0; step < model()->stepCount(); ++step) {
        if (!m_comparison->partnerOf(step))
            continue;
        const double agreement = m_comparison->count(step).jaccard();
        const double x = at.left() + (at.width() - 1) * agreement;
        const double gap = row >= 5 ? 1 : 0;
        const bool current = step == navigator()->step();
        painter.fillRect(QRectF(QPointF(at.left(), rowTop(step)), QPointF(x, rowTop(step + 1) - gap)),
                         sideBar(shades, current));
        if (current || row >= line + 4) {
            painter.setPen(current ? shades.text : shades.quietText);
            painter.drawText(wordsBeside(step, at, line), Qt::AlignLeft | Qt::AlignVCenter,
                             QLocale().toString(agreement, 'f', 2));
        }
    }
    painter.setPen(shades.rule); // where the two would hold the same
    painter.drawLine(at.topRight(), at.bottomRight());
}

std::vector<LegendKey> DifferenceMap::legendKeys() const {
    return m_keysShown ? comparisonKeys(palette(), pixelRatio(*this)) : std::vector<LegendKey>();
}

QString DifferenceMap::aggregation(const QString& tokensAColumn) const {
    return tr("%1: who holds most of what is held, paler where less is").arg(tokensAColumn);
}

QStringList DifferenceMap::hoverLines(int token, int step) const {
    const QString label = model()->text().label(token);
    QStringList lines{label.isEmpty() ? tr("Token %1").arg(grouped(token)) : label};
    const auto partner = m_comparison->partnerOf(step);
    if (!partner) {
        lines << tr("position %1 · no step of B ends where step %2 does").arg(grouped(token), grouped(step));
        return lines;
    }
    const KeptBy who = m_comparison->at(step, token);
    lines << tr("position %1 · step %2 · %3")
                 .arg(grouped(token), grouped(step),
                      who == KeptBy::unread ? tr("Not read yet") : keptByTitle(who));
    const auto run = [&](const QString& name, const TraceModel& of, int at) {
        const auto tier = of.survival().tier(at, token);
        if (tier)
            lines << tr("%1: %2").arg(name, tierTitle(*tier));
    };
    run(tr("A"), *m_comparison->a(), step);
    run(tr("B"), *m_comparison->b(), *partner);
    return lines;
}

} // namespace kvprism::views
