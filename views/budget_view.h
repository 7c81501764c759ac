// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/budget_rows.h"

#include <QWidget>

#include <optional>
#include <vector>

class QCPBars;
class QCPItemLine;
class QCPItemRect;
class QCPItemText;
class QCustomPlot;

namespace kvprism::views {

class Navigator;
class TraceModel;

// Per block: what is held, by tier and selector, what was dropped, and the budget. A click on a bar moves the
// navigator there; Left and Right, Home and End move it as well.
class BudgetView final : public QWidget {
    Q_OBJECT
  public:
    BudgetView(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    const std::vector<BudgetRow>& rows() const { return m_rows; }
    QPoint centreOf(int step) const; // of its bar, in widget coordinates
    QSize sizeHint() const override { return {480, 240}; }
    QSize minimumSizeHint() const override { return {200, 140}; }

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    class Overlay;
    void resetForRun();
    void makeBars();
    void addRows();
    void placeMark();
    void markStep();
    void restyle();
    std::optional<int> stepAt(const QPoint& point) const; // in the plot
    QStringList hoverLines(int step) const;

    TraceModel* m_model;
    Navigator* m_navigator;
    QCustomPlot* m_plot;
    Overlay* m_overlay;
    std::vector<QCPBars*> m_bars; // from the bottom: anchors, global by selector, compressed, window, dropped
    QCPItemRect* m_current;
    QCPItemLine* m_currentMark; // below its bar, also where bars are too thin for the area
    QCPItemLine* m_budget;
    QCPItemText* m_budgetLabel;
    std::vector<BudgetRow> m_rows;
    std::optional<int> m_hovered;
};

} // namespace kvprism::views
