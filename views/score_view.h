// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/score_points.h"

#include <QWidget>

#include <string>
#include <vector>

class QComboBox;
class QLabel;
class QToolButton;

namespace kvprism::views {

class MarkLegend;
class Navigator;
class ScorePlot;
class TraceModel;

// The candidates of the current step by score: where they stand in the stream, how they rank, and the cut-off
// between what was kept and dropped. Which score is a choice among those recorded; scale and score are
// remembered from step to step.
class ScoreView final : public QWidget {
    Q_OBJECT
  public:
    ScoreView(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    ScorePlot* plot() const { return m_plot; }
    const std::vector<ScoreKind>& kinds() const { return m_kinds; } // of the current step
    QString summary() const; // the line above the picture, or what an empty one says
    QString details() const; // of the locked or pointed-at token, the line below
    QSize sizeHint() const override { return {360, 420}; }
    QSize minimumSizeHint() const override { return {280, 240}; }

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

  private:
    void makeControls();
    void layOut();
    void scheduleUpdate(); // once per turn of the event loop, however many steps arrive
    void updateStep();
    void fillKinds();
    void showPoints();
    void showEmpty(const QString& why);
    void updateDetails();
    void updateLegend();

    TraceModel* m_model;
    Navigator* m_navigator;
    QWidget* m_bar;
    QComboBox* m_choice;
    QToolButton* m_logarithmic;
    QLabel* m_summary;
    ScorePlot* m_plot;
    QLabel* m_details;
    MarkLegend* m_legend;
    QLabel* m_aggregation;
    QWidget* m_emptyPage;
    QLabel* m_why;
    QToolButton* m_goThere;
    std::vector<ScoreKind> m_kinds;
    std::string m_wanted; // name of the kind that was asked for; empty: what decides
    bool m_scheduled = false;
    bool m_stale = false; // what changed while it was out of sight
};

} // namespace kvprism::views
