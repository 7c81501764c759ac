// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/score_points.h"
#include "views/models/score_scale.h"

#include <QBrush>
#include <QPixmap>
#include <QWidget>

#include <optional>

namespace kvprism::views {

class Navigator;
class TraceModel;

// The candidates of a step twice on one scale: by position as marks, by rank as a curve, with the cut-off
// through both. Pointing finds the nearest candidate, a click locks it (Shift adds). Keys: Up and Left the
// next better rank, Down and Right the next worse, Page keys 25 ranks, Home and End the best and the last,
// Esc lets go.
class ScorePlot final : public QWidget {
    Q_OBJECT
  public:
    ScorePlot(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    void setPoints(ScorePoints points, bool logarithmic);
    const ScorePoints& points() const { return m_points; }
    const ScoreScale& scale() const { return m_scale; }

    // Where things stand, in widget coordinates.
    QPointF markOf(const ScorePoints::Point& point) const;
    QPointF rankMarkOf(int rank) const;
    std::optional<int> tokenAt(const QPoint& point) const;
    QString legendSentence() const; // how the picture aggregates; empty where it does not

    QSize minimumSizeHint() const override { return {200, 160}; }

  Q_SIGNALS:
    void drawn(); // legendSentence() may have changed

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    struct Areas {
        QRectF cloud, curve;
        bool beside = false; // the curve at the right of the cloud, on the same heights
    };

    void arrange();
    void invalidate();
    double yOf(const QRectF& area, double value) const;
    double xOf(double token) const;
    void moveTo(int rank);
    bool hasCurve() const { return !m_areas.curve.isEmpty() && m_points.ranked() > 0; }

    void repaintPicture();
    void paintAll(QPainter& painter); // but what pointer and selection change
    static void paintColumn(QPainter& painter, const QRectF& column, const std::vector<int>& counts,
                            const std::vector<QBrush>& brushes, int ranks); // by look, as the counts
    void paintPositions(QPainter& painter) const;
    void paintCloud(QPainter& painter);
    void paintCurve(QPainter& painter);
    void paintCut(QPainter& painter) const;
    void paintTitles(QPainter& painter) const;
    void paintSelection(QPainter& painter) const;
    void paintMark(QPainter& painter, int token, const QColor& colour, double width) const;
    void paintWords(QPainter& painter) const;

    TraceModel* m_model;
    Navigator* m_navigator;
    ScorePoints m_points;
    ScoreScale m_scale;
    Areas m_areas;
    int m_firstToken = 0;
    int m_lastToken = 0;
    double m_radius = 3;
    int m_marks = 0;   // drawn
    QPixmap m_picture; // all that neither pointer nor selection changes
    bool m_stale = true;
    std::optional<QPoint> m_pointer; // while it is over this view
};

} // namespace kvprism::views
