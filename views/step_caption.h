// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/step_words.h"

#include <QWidget>

class QTextDocument;
class QTextEdit;

namespace kvprism::views {

class Navigator;
class TraceModel;

// What the current step did, in sentences for a class: as large as the room allows, never cut off. Below them
// stand the terms used, where there is room; the tooltip has them always.
class StepCaption final : public QWidget {
    Q_OBJECT
  public:
    StepCaption(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    const StepWords& words() const { return m_words; }
    double textScale() const; // of the sentences, 1: TextSize::large
    bool termsShown() const { return m_level < firstWithoutTerms; }
    bool scrolls() const; // even the smallest letters need more room
    QSize sizeHint() const override { return {640, 18 * 8}; }
    QSize minimumSizeHint() const override { return {200, 9 * 8}; }

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    static constexpr int firstWithoutTerms = 5;
    void scheduleUpdate();
    void updateWords();
    void startOver(); // other room or another run: letters may grow again
    void fit();
    void fill(QTextDocument& document, int level) const;

    TraceModel* m_model;
    Navigator* m_navigator;
    QTextEdit* m_text;
    StepWords m_words;
    // Which size: it shrinks where a step needs more room and does not grow again from step to step, so that
    // letters keep their size while one walks.
    int m_level = 0;
    bool m_scheduled = false;
    bool m_stale = false;
};

} // namespace kvprism::views
