// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/survival_tiles.h"

#include <QImage>
#include <QPixmap>
#include <QWidget>

#include <optional>

class QToolButton;

namespace kvprism::views {

class Navigator;
class TraceModel;

// Every token of the stream (x) at every step (y, downwards), coloured by tier. Above it the share of its
// life for which each column was held; at the right what each step kept; below, the whole stream with the
// part that is shown.
//
// Mouse: move to look, click to lock (Shift adds), drag to move on, Shift+drag or the right button to brush a
// range, wheel to zoom around the pointer, Shift+wheel to move on, double click for all. Keys: Left/Right
// token, Up/Down step, Shift+Left/Right range, +/− zoom, 0 all, Home/End, Page keys, Esc.
class SurvivalMap final : public QWidget {
    Q_OBJECT
  public:
    SurvivalMap(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    QSize sizeHint() const override { return {960, 360}; }
    QSize minimumSizeHint() const override { return {320, 28 * 8}; }

    // Where things stand, in widget coordinates.
    QRect mapArea() const { return m_areas.map; }
    QPoint centreOf(int token, int step) const;
    int tokenAt(const QPoint& point) const;
    int stepAt(const QPoint& point) const; // clamped to the steps there are; −1 without any
    const TokenAxis& axis() const { return m_tiles.axis(); }

    void zoom(double factor); // around the token that is looked at, else the middle
    void showAll();
    QString legendSentence() const; // how the picture aggregates

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    struct Areas {
        QRect share, steps, map, kept, ticks, overview, legend;
    };
    enum class Drag { none, undecided, pan, brush, overview, steps };

    Areas arranged() const; // from size, font and legend
    const Areas& areas() const { return m_areas; }
    double rowTop(int row) const;
    int rows() const;
    void setAxis(const TokenAxis& axis);
    void rebuild();
    void repaintBackground();
    void resetForRun();
    void updateAccessibleText();
    void lookAt(const QPoint& point);
    void moveToken(int by, bool extendRange);
    void beginDrag(const QPoint& point, bool brush);

    void paintShare(QPainter& painter, const Areas& at) const;
    void paintSteps(QPainter& painter, const Areas& at) const;
    void paintKept(QPainter& painter, const Areas& at) const;
    void paintTicks(QPainter& painter, const Areas& at) const;
    void paintOverview(QPainter& painter, const Areas& at);
    void paintSelection(QPainter& painter, const Areas& at) const;
    void paintLegend(QPainter& painter, const Areas& at) const;
    void paintHover(QPainter& painter, const Areas& at) const;

    TraceModel* m_model;
    Navigator* m_navigator;
    QToolButton* m_fit;
    SurvivalTiles m_tiles;
    SurvivalTiles m_wholeStream;
    Areas m_areas;
    QImage m_image;       // the cells
    QPixmap m_background; // all that the pointer does not change
    int m_backgroundStep = -2;
    bool m_stale = true;
    Drag m_drag = Drag::none;
    QPoint m_pressed;
    QPoint m_lastPoint;
    std::optional<QPoint> m_pointer; // while it is over this view
};

} // namespace kvprism::views
