// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace kvprism::views {

class Navigator;
class TraceModel;

// A heading and the first few of some tokens as words: pointing at one shows it everywhere, a click locks it,
// a click on the heading locks them all.
class TokenList final : public QWidget {
    Q_OBJECT
  public:
    static constexpr int mostLocked = 1000; // more would only paint everything

    TokenList(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    // Hidden where there are none.
    void setTokens(const QString& heading, std::vector<int> tokens);
    const std::vector<int>& tokens() const { return m_tokens; }
    void setMostShown(int most); // words below the heading

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    void addWord();
    void showWords();

    TraceModel* m_model;
    Navigator* m_navigator;
    QToolButton* m_heading;
    std::vector<QToolButton*> m_words;
    QVBoxLayout* m_column;
    QLabel* m_more;
    int m_mostShown = 8;
    std::vector<int> m_tokens;
};

} // namespace kvprism::views
