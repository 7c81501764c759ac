// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace kvprism::views {

class Navigator;
class TraceModel;

// Per block: what is held, by tier, what was dropped, and the budget.
class BudgetView final : public QWidget {
    Q_OBJECT
  public:
    BudgetView(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

  private:
    TraceModel* m_model;
    Navigator* m_navigator;
};

} // namespace kvprism::views
