// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/token_story.h"

#include <QWidget>

#include <array>

class QGridLayout;
class QLabel;
class QToolButton;

namespace kvprism::views {

class LifeStrip;
class Navigator;
class TraceModel;

// What is known of one token, the last locked or the one under the pointer: its tier, score and rank, its
// life over the steps, and where it was dropped, why and what took its place.
class TokenDetails final : public QWidget {
    Q_OBJECT
  public:
    TokenDetails(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    QString value(const QString& name) const; // as shown beside that name; empty where it is not shown
    QSize sizeHint() const override { return {300, 420}; }

  private:
    struct Row {
        QLabel* name = nullptr;
        QLabel* value = nullptr;
    };

    void addRow(QGridLayout* table, Row& row, const QString& name);
    static void setRow(Row& row, const QString& value);
    std::array<const Row*, 8> rows() const {
        return {&m_tier, &m_reason, &m_score, &m_rank, &m_cut, &m_origin, &m_read, &m_dropped};
    }
    void setSelectable(bool selectable); // the values, by mouse
    void scheduleUpdate();               // once per turn of the event loop, however often the pointer moves
    void updateContent();
    static QString reasonOf(const TokenStory& story);
    void showScore(const TokenStory& story);
    void showReplacements(const TokenStory& story);
    QString placeOf(int token) const;

    TraceModel* m_model;
    Navigator* m_navigator;
    bool m_scheduled = false;
    QLabel* m_title;
    QLabel* m_place;
    LifeStrip* m_life;
    QWidget* m_table;
    Row m_tier, m_reason, m_score, m_rank, m_cut, m_origin, m_read, m_dropped;
    QToolButton* m_goToDrop;
    QLabel* m_replacedTitle;
    std::array<QToolButton*, 4> m_replacements{};
    std::array<int, 4> m_replacementTokens{};
    QLabel* m_lastAbove;
};

// "protected: among the first tokens", … for people.
QString reasonSentence(trace::Reason reason);

} // namespace kvprism::views
