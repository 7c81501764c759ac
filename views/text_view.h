// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/text_search.h"

#include <QPointer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QButtonGroup;

namespace kvprism::views {

class ElidedLabel;

class Navigator;
class TextCanvas;
class TokenTint;
class TraceModel;
enum class TextTint;

// The document itself, each token tinted by its tier or score at the navigator's step, with a search that
// says what became of what it finds (Ctrl+F; Enter and Shift+Enter go on and back; Esc closes).
class TextView final : public QWidget {
    Q_OBJECT
  public:
    TextView(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    TextCanvas* canvas() const { return m_canvas; }
    // A third way to tint beside tier and score, with its own button; nullptr takes it away again.
    void setTintSource(TokenTint* source);
    void setTint(TextTint tint); // as its button does
    const TokenTint* tintSource() const;
    void openSearch();
    void closeSearch();
    void search(const QString& words);
    int hitCount() const { return static_cast<int>(m_hits.size()); }
    void nextHit(int by);
    QString searchSummary() const; // count and survival, as shown

    QSize sizeHint() const override { return {720, 420}; }

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    QWidget* makeHeader();
    QWidget* makeSearchBar();
    void updateStatus();
    void updateSummary();

    TraceModel* m_model;
    Navigator* m_navigator;
    TextCanvas* m_canvas = nullptr;
    QButtonGroup* m_tints = nullptr;
    QPointer<TokenTint> m_source;
    ElidedLabel* m_status = nullptr;
    QWidget* m_searchBar = nullptr;
    QLineEdit* m_words = nullptr;
    QLabel* m_summary = nullptr;
    std::vector<Hit> m_hits;
    int m_currentHit = -1;
};

} // namespace kvprism::views
