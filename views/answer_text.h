// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/answer_links.h"

#include <QTextEdit>

namespace kvprism::views {

// An answer's words, as high as they need. Those whose origin is known are underlined with dots: pointing at
// one (or moving the cursor onto it) says so, a click or Return picks it.
class AnswerText final : public QTextEdit {
    Q_OBJECT
  public:
    explicit AnswerText(QWidget* parent);

    void setAnswer(const QString& text); // without links, and streaming in
    void setLinks(AnswerLinks links);
    const AnswerLinks& links() const { return m_links; }
    QRect rectOfWord(int word) const; // in the viewport

    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void pointedAt(int word); // −1: at none any more
    void picked(int word);

  protected:
    bool event(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void point(int word);
    void decorate();
    int wordAt(const QPoint& viewportPoint) const;

    AnswerLinks m_links;
    int m_pointed = -1;
};

} // namespace kvprism::views
