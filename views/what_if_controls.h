// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/what_if.h"

#include <QWidget>

class QDoubleSpinBox;
class QGridLayout;
class QLabel;
class QSlider;
class QSpinBox;

namespace kvprism::views {

// Budget, protection divisor and a hybrid's ratio, each as a slider with a number field, from what a run had.
// Fields take impossible values too, so that it can be said what is wrong with them.
class WhatIfControls final : public QWidget {
    Q_OBJECT
  public:
    explicit WhatIfControls(QWidget* parent);

    void setRun(const trace::Run* run); // nullptr: nothing to change
    void reset();                       // to what the run had
    select::WhatIf changed() const;     // only what differs from the run

    QSpinBox* budgetField() const { return m_budget.field; }
    QSlider* budgetSlider() const { return m_budget.slider; }
    QSpinBox* divisorField() const { return m_divisor.field; }
    QDoubleSpinBox* ratioField() const { return m_ratioField; }
    QString reasonWhyFixed() const; // of the ratio; empty where it can be changed

  Q_SIGNALS:
    void valuesChanged();

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    struct Row {
        QLabel* name = nullptr;
        QSlider* slider = nullptr;
        QSpinBox* field = nullptr;
        QLabel* reason = nullptr;
    };
    void addRow(QGridLayout* grid, Row& row, const QString& name, const QString& tip, QWidget* field);
    void enable(const Row& row, QWidget* field, const QString& reason) const;
    int sliderOf(int budget) const; // budgets stand on a logarithmic scale
    int budgetOf(int slider) const;

    Row m_budget, m_divisor, m_ratio;
    QDoubleSpinBox* m_ratioField;
    int m_mostBudget = 1;
    int m_runBudget = 0, m_runDivisor = 0;
    double m_runRatio = 0;
};

} // namespace kvprism::views
