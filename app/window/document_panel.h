// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/document.h"

#include <QWidget>

#include <memory>

class QLabel;
class QPlainTextEdit;

namespace kvprism::app {

// A document before its first question: the text as the model will read it, and what to do next.
class DocumentPanel final : public QWidget {
    Q_OBJECT
  public:
    explicit DocumentPanel(QWidget* parent = nullptr);
    void show(const text::Document& document);

  private:
    QLabel* m_title;
    QLabel* m_hint;
    QPlainTextEdit* m_text;
};

} // namespace kvprism::app
