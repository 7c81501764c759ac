// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/token_map.h"

#include <QPolygonF>

namespace kvprism::views {

// Every token of the stream at every step, coloured by tier. Above it the share of its life for which each
// column was held; at the right what each step kept. Mouse and keys are those of every TokenMap.
class SurvivalMap final : public TokenMap {
    Q_OBJECT
  public:
    SurvivalMap(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

  protected:
    QImage drawMap(const TokenAxis& axis, const MapRaster& raster) override;
    void forgetCells() override;
    void paintProfile(QPainter& painter, const QRect& at) const override;
    void paintSide(QPainter& painter, const QRect& at) const override;
    QString profileTitle() const override { return tr("held"); }
    QString sideTitle() const override { return tr("kept"); }
    std::vector<LegendKey> legendKeys() const override;
    QString aggregation(const QString& tokensAColumn) const override;
    QStringList hoverLines(int token, int step) const override;
    QString note() const override;

  private:
    QPolygonF profileIn(const QRect& at) const;

    SurvivalTiles m_tiles;
    SurvivalTiles m_wholeStream; // under the axis that shows all, for the strip below
    mutable QPolygonF m_profile; // empty: the cells have changed since
};

} // namespace kvprism::views
