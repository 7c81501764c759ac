// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/lsh_step.h"

#include <QWidget>

#include <optional>

namespace kvprism::views {

// One token's bits in every table beside those of the query token that shares most of them: equal bits stand
// on a tile, others are faded; a disc where the whole bucket is also some query token's.
class LshBits final : public QWidget {
    Q_OBJECT
  public:
    explicit LshBits(QWidget* parent = nullptr);

    // Keeps its size whichever token is shown, or none.
    void setShape(int tables, int bits);
    void setComparison(std::optional<BitComparison> comparison);
    const std::optional<BitComparison>& comparison() const { return m_comparison; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    int lineHeight() const;
    void paintTable(QPainter& painter, std::size_t table, double top, double cell) const;

    std::optional<BitComparison> m_comparison;
    int m_tables = 0;
    int m_bits = 0;
};

// Bits in which the two signatures of a table are equal.
int equalBitsIn(const BitComparison& comparison, std::size_t table, int bits);

} // namespace kvprism::views
