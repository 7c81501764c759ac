// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

namespace kvprism::views {

// One line of plain text, cut with an ellipsis where it does not fit; then the tip tells all of it. Screen
// readers always get the whole.
class ElidedLabel final : public QLabel {
    Q_OBJECT
  public:
    explicit ElidedLabel(QWidget* parent);

    void setFullText(const QString& text);
    const QString& fullText() const { return m_text; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void updateTip();

    QString m_text;
};

// Small, quiet, with digits of equal width, as quietLabel is.
ElidedLabel* quietElidedLabel(QWidget* parent);

} // namespace kvprism::views
