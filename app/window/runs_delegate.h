// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QStyledItemDelegate>

class QListView;

namespace kvprism::app {

// An entry of the runs list: the question; below it the document and when it was asked; then, on at most two
// quiet lines, how. The shown run has the accent's bar at its left, the current one a frame.
class RunsDelegate final : public QStyledItemDelegate {
    Q_OBJECT
  public:
    explicit RunsDelegate(QListView* list);

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

  private:
    QListView* m_list;
};

} // namespace kvprism::app
