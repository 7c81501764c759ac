// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/lsh_step.h"

#include <QWidget>

class QBoxLayout;
class QLabel;
class QScrollArea;
class QToolButton;
class QVBoxLayout;

namespace kvprism::views {

class CollisionHistogram;
class LshBits;
class LshRanks;
class LshTables;
class MarkLegend;
class Navigator;
class TraceModel;

// What hashing found at the current step: buckets of every table with the query tokens' ones marked,
// collisions, one token's bits beside the query's, and what the two rules of LSH make of it all. A click on a
// bar or a bucket locks its tokens.
class LshView final : public QWidget {
    Q_OBJECT
  public:
    // More would only paint everything: of larger sets the best by frequency rank are locked, and the view
    // says so.
    static constexpr int mostLocked = 1000;

    LshView(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    const LshStep& hashed() const { return m_hashed; }
    LshTables* tables() const { return m_tables; }
    CollisionHistogram* histogram() const { return m_histogram; }
    LshRanks* ranks() const { return m_ranks; }
    LshBits* bits() const { return m_bits; }
    QString summary() const; // the line above the pictures, or what an empty view says
    QString details() const; // of the locked or pointed-at token
    QString note() const;    // what was locked
    QSize sizeHint() const override { return {360, 420}; }
    QSize minimumSizeHint() const override { return {280, 200}; }

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

  private:
    void makeLabels();
    void layOut();
    QVBoxLayout* section(const QString& title, QWidget* picture, QLabel* below);
    void scheduleUpdate(); // once per turn of the event loop, however many steps arrive
    void updateStep();
    void showEmpty(const QString& why);
    QString whyNotHashed(const trace::CompressionStep& step) const;
    std::optional<int> firstHashedStep() const;
    void updateToken();
    void updateAggregation();
    void lockTokens(const std::vector<int>& tokens, const QString& what, bool add);

    TraceModel* m_model;
    Navigator* m_navigator;
    LshStep m_hashed;
    QLabel* m_summary;
    QScrollArea* m_scroll;
    QWidget* m_content;
    QBoxLayout* m_columns = nullptr;
    LshTables* m_tables;
    QLabel* m_aggregation;
    CollisionHistogram* m_histogram;
    QLabel* m_token;
    QLabel* m_sharing;
    LshBits* m_bits;
    LshRanks* m_ranks;
    QWidget* m_rule;
    MarkLegend* m_legend;
    QLabel* m_note;
    QWidget* m_emptyPage;
    QLabel* m_why;
    QToolButton* m_goThere;
    bool m_scheduled = false;
    bool m_stale = false; // what changed while it was out of sight
};

} // namespace kvprism::views
