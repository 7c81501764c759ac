// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace kvprism::views {

class Navigator;
class TraceModel;

// The conversation: questions and the answers that were given from the memory.
class AnswerView final : public QWidget {
    Q_OBJECT
  public:
    AnswerView(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    void beginAnswer(const QString& question); // a question was asked; its answer will stream in
    void appendLiveText(const QString& text);  // whole characters, in order
    void clearConversation();

  private:
    TraceModel* m_model;
    Navigator* m_navigator;
};

} // namespace kvprism::views
