// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/lsh_step.h"
#include "views/models/score_scale.h"

#include <QPixmap>
#include <QWidget>

#include <optional>

namespace kvprism::views {

class Navigator;
class TraceModel;

// Where the two rules of LSH agree: every candidate by its frequency rank (x) and MagicPIG's u (y,
// logarithmic). Pointing finds the nearest candidate, a click locks it (Shift adds). Keys: Left and Right the
// next by frequency rank, Home and End, Esc lets go.
class LshRanks final : public QWidget {
    Q_OBJECT
  public:
    LshRanks(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    void setStep(const LshStep* step);              // has to live until the next call
    QPointF markOf(const HashedToken& token) const; // in widget coordinates
    std::optional<int> tokenAt(const QPoint& point) const;
    QString legendSentence() const; // how the picture aggregates; empty where it does not

    QSize sizeHint() const override { return {200, 20 * 8}; }
    QSize minimumSizeHint() const override { return sizeHint(); }

  Q_SIGNALS:
    void drawn(); // legendSentence() may have changed

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    const HashedToken& ranked(int rank) const {
        return m_step->candidates()[m_step->byFrequency()[static_cast<std::size_t>(rank - 1)]];
    }
    int ranks() const { return m_step ? static_cast<int>(m_step->byFrequency().size()) : 0; }
    QRectF area() const;
    void repaintPicture();
    void paintAll(QPainter& painter); // but what pointer and selection change
    void moveTo(int rank);

    TraceModel* m_model;
    Navigator* m_navigator;
    const LshStep* m_step = nullptr;
    ScoreScale m_scale;
    QPixmap m_picture;
    int m_marks = 0; // drawn
    bool m_stale = true;
    std::optional<QPoint> m_pointer;
};

// What both rules make of a token: two lines.
QStringList hashedLines(const LshStep& step, const HashedToken& token);

} // namespace kvprism::views
