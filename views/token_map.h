// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/survival_tiles.h"
#include "views/painting.h"

#include <QImage>
#include <QPixmap>
#include <QRegion>
#include <QWidget>

#include <optional>
#include <utility>

class QToolButton;

namespace kvprism::views {

class Navigator;
class Needles;
class TraceModel;

// Every token of the stream (x) at every step (y, downwards), with a profile of the columns above, one of the
// steps at the right, and below, the whole stream with the part that is shown. What a cell shows is up to the
// map that is made of it.
//
// Mouse: move to look, click to lock (Shift adds), drag to move on, Shift+drag or the right button to brush a
// range, wheel to zoom around the pointer, Shift+wheel to move on, double click for all. Keys: Left/Right
// token, Up/Down step, Shift+Left/Right range, +/− zoom, 0 all, Home/End, Page keys, Esc.
class TokenMap : public QWidget {
    Q_OBJECT
  public:
    QSize sizeHint() const override { return {960, 360}; }
    QSize minimumSizeHint() const override { return {320, 28 * 8}; }

    // Where things stand, in widget coordinates.
    QRect mapArea() const { return m_areas.map; }
    QPoint centreOf(int token, int step) const;
    int tokenAt(const QPoint& point) const;
    int stepAt(const QPoint& point) const; // clamped to the steps there are; −1 without any
    const TokenAxis& axis() const { return m_axis; }

    void setNeedles(const Needles* needles); // marked below the cells; outlives the map
    void zoom(double factor);                // around the token that is looked at, else the middle
    void showAll();
    QString legendSentence() const; // how the picture aggregates

  protected:
    TokenMap(TraceModel* model, Navigator* navigator, QWidget* parent);

    // A map's own part. `axis` is that of the map or, for the strip below it, that of the whole stream.
    virtual QImage drawMap(const TokenAxis& axis, const MapRaster& raster) = 0;
    virtual void forgetCells() = 0; // what was drawn before may no longer be so
    virtual void paintProfile(QPainter& painter, const QRect& at) const = 0; // a share per column
    virtual void paintSide(QPainter& painter, const QRect& at) const = 0;    // by step, beside its row
    virtual QString profileTitle() const = 0;
    virtual QString sideTitle() const = 0;
    virtual std::vector<LegendKey> legendKeys() const = 0;
    virtual QString aggregation(const QString& tokensAColumn) const = 0; // of several tokens a column
    virtual QStringList hoverLines(int token, int step) const = 0;
    virtual QString emptySentence() const; // says what is missing; empty where there is a picture
    virtual QString note() const;          // lies on the cells; empty where they speak for themselves

    TraceModel* model() const { return m_model; }
    Navigator* navigator() const { return m_navigator; }
    double rowTop(int row) const;
    QRect wordsBeside(int step, const QRect& side, int line) const; // one line, wholly within the side
    int rows() const;
    void resetForRun(); // call once when constructed
    void refresh();     // the cells are others

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
        QRect profile, steps, map, side, ticks, overview, keys, sentence;
    };
    enum class Drag { none, undecided, pan, brush, overview, steps };

    Areas arranged() const; // from size, font and legend
    void setAxis(const TokenAxis& axis);
    void rebuild();
    void repaintFrame();
    void paintFrame(QPainter& painter);
    void layDown(QPainter& painter, const QRegion& exposed) const;
    QRegion frameRegion() const; // all but the cells
    void updateStep();
    void updateHover();
    QRegion hoverRegion() const;
    QStringList labelLines() const; // beside the pointer
    std::pair<double, double> stepLines(int step) const;
    void updateAccessibleText();
    void lookAt(const QPoint& point);
    void moveToken(int by, bool extendRange);
    void beginDrag(const QPoint& point, bool brush);

    void paintTitles(QPainter& painter) const;
    void paintSteps(QPainter& painter) const;
    void paintStepLines(QPainter& painter) const;
    void paintTicks(QPainter& painter) const;
    void paintNeedles(QPainter& painter) const;
    void paintOverview(QPainter& painter);
    void paintSelection(QPainter& painter) const;
    void paintNotes(QPainter& painter) const;
    void paintLegend(QPainter& painter) const;
    void paintHover(QPainter& painter) const;

    TraceModel* m_model;
    Navigator* m_navigator;
    const Needles* m_needles = nullptr;
    QToolButton* m_fit;
    TokenAxis m_axis;
    Areas m_areas;
    QImage m_image;        // the cells
    QPixmap m_frame;       // all around them that the pointer does not change
    int m_frameStep = -2;  // that it shows
    QRegion m_hoverRegion; // what the pointer changed last
    bool m_stale = true;   // the cells are others, and the frame with them
    bool m_frameStale = true;
    Drag m_drag = Drag::none;
    QPoint m_pressed;
    QPoint m_lastPoint;
    std::optional<QPoint> m_pointer; // while it is over this view
};

} // namespace kvprism::views
