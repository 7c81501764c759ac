// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/needle_story.h"

#include <QWidget>

class QGridLayout;
class QLabel;

namespace kvprism::views {

class ElidedLabel;
class NeedleStrip;
class RunComparison;

// One needle: its words, its life in the shown run and in the one beside it, where it was damaged and lost
// and why, and whether the answer says it.
class NeedleRow final : public QWidget {
    Q_OBJECT
  public:
    NeedleRow(const TraceModel* model, const RunComparison* comparison, Navigator* navigator,
              const Needles::Range& range, QWidget* parent);

    const Needles::Range& range() const { return m_range; }
    void refresh(); // a run has gone on
    // As shown; run 0: A, 1: B.
    QString damage(int run) const; // empty where it was not damaged before it was lost
    QString fate(int run) const;
    QString answer(int run) const;
    NeedleStrip* strip(int run) const { return m_parts[static_cast<std::size_t>(run)].strip; }

  Q_SIGNALS:
    void removeRequested();

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    struct Part { // of a run
        const TraceModel* model = nullptr;
        NeedleStrip* strip = nullptr;
        ElidedLabel* damage = nullptr;
        ElidedLabel* fate = nullptr;
        ElidedLabel* answer = nullptr;
    };
    void addPart(const TraceModel* model, const RunComparison* comparison, const QString& letter);
    void showNeedle();

    Navigator* m_navigator;
    const TraceModel* m_model;
    Needles::Range m_range;
    ElidedLabel* m_title;
    QLabel* m_place;
    QGridLayout* m_grid;
    std::vector<Part> m_parts;
};

} // namespace kvprism::views
