// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tables/needle.h"
#include "views/models/needles.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QToolButton;
class QVBoxLayout;

namespace kvprism::views {

class NeedleRow;
class RunComparison;
class TraceModel;

// Passages to follow: marked from the selection or found by their words, each with what became of it in the
// shown run and, while two are compared, in the other one.
class NeedleView final : public QWidget {
    Q_OBJECT
  public:
    static constexpr int mostFound = tables::mostNeedles; // that are marked at once

    NeedleView(TraceModel* model, Navigator* navigator, Needles* needles, RunComparison* comparison = nullptr,
               QWidget* parent = nullptr);

    void markSelection(); // the brushed range, else the locked tokens, neighbours together
    void find(const QString& words);
    const std::vector<NeedleRow*>& rows() const { return m_rows; }
    QString note() const; // what the last search came to

    QSize sizeHint() const override { return {360, 420}; }
    QSize minimumSizeHint() const override { return {200, 120}; }

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    QWidget* makeHead();
    void rebuild();
    void refresh();
    void updateSelection();
    std::vector<Needles::Range> selected() const;

    TraceModel* m_model;
    Navigator* m_navigator;
    Needles* m_needles;
    RunComparison* m_comparison;
    QToolButton* m_mark;
    QLineEdit* m_words;
    QLabel* m_note;
    QLabel* m_empty;
    QLabel* m_rule; // how it is decided whether an answer says it
    QVBoxLayout* m_column;
    std::vector<NeedleRow*> m_rows;
};

} // namespace kvprism::views
