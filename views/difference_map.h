// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/difference_cells.h"
#include "views/token_map.h"

namespace kvprism::views {

// Two runs over the same tokens: who holds each token after each step. Above, at the current step, the share
// of each column that only A holds (upwards) and only B (downwards); at the right, how far the two agree
// after each step (Jaccard). Mouse and keys are those of every TokenMap.
class DifferenceMap final : public TokenMap {
    Q_OBJECT
  public:
    DifferenceMap(TraceModel* model, Navigator* navigator, RunComparison* comparison,
                  QWidget* parent = nullptr);

    void setKeysShown(bool shown); // off where the numbers beside it are the legend

    QSize minimumSizeHint() const override { return {200, 112}; }

  protected:
    QImage drawMap(const TokenAxis& axis, const MapRaster& raster) override;
    void forgetCells() override;
    void paintProfile(QPainter& painter, const QRect& at) const override;
    void paintSide(QPainter& painter, const QRect& at) const override;
    QString profileTitle() const override { return tr("A / B"); }
    QString sideTitle() const override { return tr("Jaccard"); }
    std::vector<LegendKey> legendKeys() const override;
    QString aggregation(const QString& tokensAColumn) const override;
    QStringList hoverLines(int token, int step) const override;
    QString emptySentence() const override;

  private:
    RunComparison* m_comparison;
    bool m_keysShown = true;
    DifferenceCells m_cells;
    DifferenceCells m_wholeStream; // under the axis that shows all, for the strip below
};

} // namespace kvprism::views
