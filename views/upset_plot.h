// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>
#include <vector>

namespace kvprism::select {
struct Combination;
}

namespace kvprism::views {

class OverlapModel;

// Which selectors agree on which tokens of a step: a column for each combination of selectors with the tokens
// that exactly they would keep, the largest first; below it a row for each selector. A column or a selector's
// bar can be chosen, a selector's name takes it in or leaves it out.
//
// Keys: Left/Right column (before the first: the selectors' bars), Up/Down selector, Home/End, Enter chooses
// (Shift adds), Space takes the selector in or leaves it out.
class UpsetPlot final : public QWidget {
    Q_OBJECT
  public:
    UpsetPlot(OverlapModel* model, QWidget* parent);

    // Where things stand, in widget coordinates; empty where they are not in sight.
    QRect columnRect(int column) const; // bar and dots
    QRect setRect(int method) const;    // the bar beside a selector's name
    QRect nameRect(int method) const;
    int columns() const { return static_cast<int>(m_columns.size()); }
    const select::Combination& combinationAt(int column) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    // Stream positions, ascending, and what they are in a sentence's words.
    void tokensChosen(const std::vector<int>& tokens, const QString& what, bool add);

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    struct Place { // column −1: the selectors' own bars; method −1: none of them
        int column = -1;
        int method = -1;
        bool onName = false;
    };
    struct Areas {
        QRect bars, names, sizes, dots; // dots: the matrix, as high as all rows
        int row = 0;                    // height
        int column = 0;                 // width
    };

    Areas areas() const;
    int rows() const; // selectors, those that are not recorded as well
    int columnsInSight(const Areas& at) const;
    void takeCombinations();
    void moveTo(int column);
    void choose(const Place& place, bool add);
    std::optional<Place> placeAt(const QPoint& point) const;
    QString combinationWords(int column) const;
    QStringList linesOf(const Place& place) const;
    void describe();

    void paintRows(QPainter& painter, const Areas& at) const;
    void paintColumns(QPainter& painter, const Areas& at) const;
    void paintColumn(QPainter& painter, const Areas& at, int column, int most) const;
    void paintScale(QPainter& painter, const Areas& at, int most) const;
    void paintLegend(QPainter& painter, const Areas& at) const;

    OverlapModel* m_model;
    std::vector<int> m_columns; // indices of the model's combinations that somebody keeps
    int m_first = 0;            // column at the left
    Place m_cursor{0, 0, false};
    std::optional<Place> m_pointed;
    QPoint m_pointer;
};

// What a selector that cannot be asked needs, in a few words.
QString remedyWords(const OverlapModel& model, int method);

} // namespace kvprism::views
