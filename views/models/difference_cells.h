// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/run_comparison.h"
#include "views/models/survival_tiles.h"

namespace kvprism::views {

// What one pixel column shows of one step of two runs: who holds most of what is held there (where two are
// equal, a difference before an agreement, A before B), and how large a share of its read tokens is held.
struct DifferenceCell {
    KeptBy kind = KeptBy::unread;
    std::uint8_t share = 0; // held by A or B of read, 0 … 255; above 0 wherever anything is held
    friend bool operator==(const DifferenceCell&, const DifferenceCell&) = default;
};
DifferenceCell differenceCellOf(const KeptCounts& counts);

class DifferenceCells {
  public:
    void setAxis(const TokenAxis& axis) { m_cells.setAxis(axis); }
    const TokenAxis& axis() const { return m_cells.axis(); }
    void clear() { m_cells.clear(); }
    const std::vector<DifferenceCell>& row(const RunComparison& comparison, int step);

  private:
    StepCells<DifferenceCell> m_cells;
};

} // namespace kvprism::views
