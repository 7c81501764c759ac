// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/answer.h"

#include <QBoxLayout>
#include <QWidget>

#include <memory>

namespace kvprism::views {

// How far two answers to a question are from the model with everything in memory: its own words, then for
// each run its divergence token by token, both to one scale. Says what would have recorded it where it was
// not, and which run is the dense one itself. Hidden where neither has answered.
class ComparedDivergence final : public QWidget {
    Q_OBJECT
  public:
    struct Side {
        std::shared_ptr<const trace::Answer> answer; // nullptr: none
        bool keepsAll = false;                       // the run dropped nothing
    };
    ComparedDivergence(const Side& a, const Side& b, QWidget* parent);

    void setDirection(QBoxLayout::Direction direction) { m_sides->setDirection(direction); }
    QString text() const; // all that it says, a line each

  private:
    QString headOf(const Side& a, const Side& b) const;
    void addSide(const Side& side, const QString& letter, float scale);
    void addLine(QBoxLayout* column, const QString& text);

    QBoxLayout* m_sides;
    QStringList m_lines;
};

} // namespace kvprism::views
