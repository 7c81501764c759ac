// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/survival_map.h"

#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/picture_host.h"
#include "views/style.h"
#include "views/text_grounds.h"

#include <QPainter>

#include <algorithm>

namespace kvprism::views {

SurvivalMap::SurvivalMap(TraceModel* model, Navigator* navigator, QWidget* parent)
    : TokenMap(model, navigator, parent) {
    setAccessibleName(tr("Survival map"));
    resetForRun();
}

QImage SurvivalMap::drawMap(const TokenAxis& wanted, const MapRaster& raster) {
    SurvivalTiles& tiles = wanted == axis() ? m_tiles : m_wholeStream;
    tiles.setAxis(wanted);
    if (wanted == axis())
        m_profile.clear();
    return drawCells(tiles, model()->survival(), raster, palette());
}

void SurvivalMap::forgetCells() {
    m_tiles.clear();
    m_wholeStream.clear();
}

QPolygonF SurvivalMap::profileIn(const QRect& at) const {
    const double ratio = pixelRatio(*this);
    QPolygonF profile{QPointF(at.left(), at.bottom() + 1)};
    for (int pixel = 0; pixel < axis().pixels(); ++pixel) {
        const auto [first, end] = axis().tokensOf(pixel);
        const double share = model()->survival().heldShare(first, end).value_or(0);
        const double y = at.bottom() + 1 - share * at.height();
        profile << QPointF(at.left() + pixel / ratio, y) << QPointF(at.left() + (pixel + 1) / ratio, y);
    }
    return profile << QPointF(at.left() + axis().pixels() / ratio, at.bottom() + 1);
}

void SurvivalMap::paintProfile(QPainter& painter, const QRect& at) const {
    const Shades& shades = shadesOf(palette());
    if (m_profile.isEmpty())
        m_profile = profileIn(at);
    const QColor colour = withAlpha(shades.quietText, 0.45);
    if (inPicture(*this)) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawPolygon(m_profile);
    } else { // column by column: a polygon of thousands of corners takes far longer
        for (qsizetype i = 1; i + 1 < m_profile.size() - 1; i += 2)
            painter.fillRect(QRectF(m_profile[i], QPointF(m_profile[i + 1].x(), at.bottom() + 1)), colour);
    }
    painter.setPen(shades.rule);
    painter.drawLine(at.bottomLeft() + QPoint(0, 1), at.bottomRight() + QPoint(0, 1));
}

void SurvivalMap::paintSide(QPainter& painter, const QRect& at) const {
    const Shades& shades = shadesOf(palette());
    const auto& steps = model()->store().steps();
    int most = 1;
    for (const auto& step : steps)
        most = std::max(most, step->counts.kept);
    const QFont font = numberFont(TextSize::small);
    const int line = QFontMetrics(font).height();
    const double row = static_cast<double>(at.height()) / rows();
    painter.setFont(font);
    for (int i = 0; i < model()->stepCount(); ++i) {
        const int kept = steps[static_cast<std::size_t>(i)]->counts.kept;
        const double gap = row >= 5 ? 1 : 0;
        const QRectF bar(at.left(), rowTop(i), at.width() * double(kept) / most,
                         std::max(rowTop(i + 1) - rowTop(i) - gap, 0.5));
        const bool current = i == navigator()->step();
        painter.fillRect(bar, sideBar(shades, current));
        if (current || row >= line + 4) {
            painter.setPen(current ? shades.text : shades.quietText);
            painter.drawText(wordsBeside(i, at, line), Qt::AlignLeft | Qt::AlignVCenter, grouped(kept));
        }
    }
}

std::vector<LegendKey> SurvivalMap::legendKeys() const {
    return tierKeys(palette(), pixelRatio(*this));
}

QString SurvivalMap::aggregation(const QString& tokensAColumn) const {
    return tr("%1: most frequent kept tier, paler where fewer are kept").arg(tokensAColumn);
}

// One colour all over looks like a broken picture.
QString SurvivalMap::note() const {
    const trace::Run* run = model()->run();
    const auto& steps = model()->store().steps();
    if (!run || steps.empty() || run->budget <= 0 || run->streamTokens() > run->budget ||
        std::ranges::any_of(steps, [](const auto& step) { return step->counts.dropped > 0; }))
        return {};
    return tr("Everything fits: the %1 tokens of this text stay within the budget of %2, so nothing is "
              "dropped. A budget below %1 makes the method choose, and shows more here.")
        .arg(grouped(run->streamTokens()), grouped(run->budget));
}

QStringList SurvivalMap::hoverLines(int token, int step) const {
    const auto tier = model()->survival().tier(step, token);
    const QString label = model()->text().label(token);
    QStringList lines{label.isEmpty() ? tr("Token %1").arg(grouped(token)) : label};
    lines << tr("position %1 · step %2 · %3")
                 .arg(grouped(token), grouped(step), tier ? tierTitle(*tier) : tr("Not read yet"));
    if (const auto gone = model()->survival().droppedAt(token); gone && *gone <= step)
        lines << tr("dropped at step %1").arg(grouped(*gone));
    return lines;
}

} // namespace kvprism::views
