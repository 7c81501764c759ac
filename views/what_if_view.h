// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/select/what_if.h"
#include "views/models/what_if_change.h"

#include <QTimer>
#include <QWidget>

#include <array>
#include <optional>

class QBoxLayout;
class QLabel;
class QToolButton;

namespace kvprism::views {

class Navigator;
class TokenList;
class TraceModel;
class WhatIfControls;
class WhatIfStrip;

// What the current step would have kept with another budget, divisor or ratio: predicted from its recorded
// scores and the memory really held before it, beside what it really kept.
class WhatIfView final : public QWidget {
    Q_OBJECT
  public:
    WhatIfView(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    WhatIfControls* controls() const { return m_controls; }
    WhatIfStrip* strip() const { return m_strip; }
    QToolButton* runButton() const { return m_run; }
    QToolButton* resetButton() const { return m_reset; }
    // As it was last worked out: nothing before, and where none can be made.
    const std::optional<trace::CompressionStep>& prediction() const { return m_prediction; }
    const WhatIfChange& change() const { return m_change; }
    QString
    problem() const; // the sentence that stands where there is no prediction; empty where there is one
    int predictionsMade() const { return m_made; }
    bool isPredicting() const { return m_frame.isActive(); } // what is shown is of a moment ago

    QSize sizeHint() const override { return {380, 520}; }
    QSize minimumSizeHint() const override { return {240, 200}; }

  Q_SIGNALS:
    // Only what differs from the run, and settings that a run can have.
    void runRequested(const select::WhatIf& changed);

  protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    struct Row {
        QLabel *swatch, *name, *recorded, *predicted, *difference;
    };
    QWidget* makeSettings();
    QWidget* makeTable();
    QWidget* makeChanges();
    void resetForRun();
    void schedule();
    void predict();
    void showPrediction(const trace::CompressionStep& recorded);
    void showProblem(const QString& sentence);
    void showSwatches();
    QString sentenceOf(const trace::CompressionStep& recorded) const;

    TraceModel* m_model;
    Navigator* m_navigator;
    QTimer m_frame;       // a dragged slider asks for one prediction a frame, and the newest counts
    bool m_stale = false; // while it is hidden
    int m_made = 0;
    std::optional<trace::CompressionStep> m_prediction;
    WhatIfChange m_change;
    QBoxLayout* m_parts = nullptr;
    QBoxLayout* m_lists = nullptr;
    QLabel *m_title = nullptr, *m_scope = nullptr, *m_problem = nullptr, *m_summary = nullptr,
           *m_legend = nullptr;
    WhatIfControls* m_controls = nullptr;
    QToolButton *m_reset = nullptr, *m_run = nullptr;
    QWidget *m_table = nullptr, *m_changes = nullptr;
    std::array<Row, 5> m_rows{};
    WhatIfStrip* m_strip = nullptr;
    TokenList *m_alsoKept = nullptr, *m_notKept = nullptr;
};

} // namespace kvprism::views
