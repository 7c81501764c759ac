// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace kvprism::app {

// A name with a quiet line below it, which opens something when it is clicked: document, model.
class NameButton final : public QAbstractButton {
    Q_OBJECT
  public:
    NameButton(const QString& accessibleName, QWidget* parent);

    void setLines(const QString& name, const QString& detail);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override; // the name is elided

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

  private:
    QString m_detail;
};

} // namespace kvprism::app
