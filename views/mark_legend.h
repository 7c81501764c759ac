// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

#include <vector>

namespace kvprism::views {

// What the marks of a cloud mean: one disc a selector that kept tokens, and the ring of the dropped ones.
class MarkLegend final : public QWidget {
    Q_OBJECT
  public:
    explicit MarkLegend(QWidget* parent = nullptr);

    void setSelectors(const QStringList& names);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {0, sizeHint().height()}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QStringList titles() const;

    QStringList m_selectors;
};

} // namespace kvprism::views
