// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/lsh_step.h"

#include <QPixmap>
#include <QWidget>

#include <optional>
#include <vector>

namespace kvprism::views {

class Navigator;

// Hash tables as rows, all buckets of a table from left to right: how many candidates fell into each, kept
// ones at the bottom, and a mark below where query tokens fell. Where buckets are more than pixels, a bar
// stands for several, added up. A click asks for a bar's tokens. Keys: Left and Right the next bucket in use,
// Up and Down the table, Return its tokens, Esc lets go.
class LshTables final : public QWidget {
    Q_OBJECT
  public:
    LshTables(Navigator* navigator, QWidget* parent = nullptr);

    void setStep(const LshStep* step, std::size_t selectors); // the step has to live until the next call
    int columns() const;                                      // bars a row has room for
    QPointF centreOf(int table, int bucket) const;            // in widget coordinates
    QString aggregation() const;                              // what a bar stands for
    QStringList words(int table, const BucketUse& use) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  Q_SIGNALS:
    void tokensWanted(int table, const kvprism::views::BucketUse& use, bool add);

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
    struct Spot { // a bar: which of m_uses[table]
        int table = 0;
        std::size_t index = 0;
        friend bool operator==(const Spot&, const Spot&) = default;
    };

    QRectF rowArea(int table) const;
    QRectF barArea(int table, const BucketUse& use) const;
    std::optional<Spot> spotAt(const QPoint& point) const;
    const BucketUse& useOf(const Spot& spot) const {
        return m_uses[static_cast<std::size_t>(spot.table)][spot.index];
    }
    void measure();
    void setCurrent(std::optional<Spot> spot);
    void moveCurrent(int columns, int tables);
    void repaintPicture();
    void paintAll(QPainter& painter); // but what pointer and selection change
    void paintRow(QPainter& painter, int table) const;
    void paintToken(QPainter& painter, int token, const QColor& colour) const;

    Navigator* m_navigator;
    const LshStep* m_step = nullptr;
    std::size_t m_selectors = 0;
    std::vector<std::vector<BucketUse>> m_uses; // by table
    int m_most = 1;                             // candidates of the fullest bar
    QPixmap m_picture;
    bool m_stale = true;
    std::optional<Spot> m_current; // of the keyboard
    std::optional<QPoint> m_pointer;
};

} // namespace kvprism::views
