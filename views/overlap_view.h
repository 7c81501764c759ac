// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

class QBoxLayout;
class QComboBox;
class QLabel;
class QToolButton;

namespace kvprism::views {

class JaccardPlot;
class Navigator;
class OverlapModel;
class TraceModel;
class UpsetPlot;

// What each selector would have kept of the current step's candidates, had it all places to itself, and how
// alike their choices are over all steps. Tokens that are clicked are locked everywhere.
class OverlapView final : public QWidget {
    Q_OBJECT
  public:
    // More would only paint everything: of larger sets the first ones are locked, and the view says so.
    static constexpr int mostLocked = 1000;

    OverlapView(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    const OverlapModel& overlap() const { return *m_overlap; }
    UpsetPlot* combinations() const { return m_upset; }
    JaccardPlot* likeness() const { return m_jaccard; }
    void finish();           // all that it does little by little, for a picture
    QString note() const;    // the line at the bottom: what was locked, or how far the comparison is
    QString message() const; // what stands there instead of pictures; empty where they are shown

    QSize sizeHint() const override { return {400, 520}; }
    QSize minimumSizeHint() const override { return {240, 200}; }

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    QWidget* makeCombinations();
    QWidget* makeLikeness();
    void updateContent();
    void updateReferences();
    void updateProgress();
    void lockTokens(const std::vector<int>& tokens, const QString& what, bool add);
    QString reasonForNothing() const; // empty: there is something to show

    TraceModel* m_model;
    Navigator* m_navigator;
    OverlapModel* m_overlap;
    UpsetPlot* m_upset = nullptr;
    JaccardPlot* m_jaccard = nullptr;
    QBoxLayout* m_parts = nullptr;
    QWidget* m_rule = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_sum = nullptr;
    QLabel* m_message = nullptr;
    QToolButton* m_goThere = nullptr;
    QWidget* m_likenessPart = nullptr;
    QComboBox* m_reference = nullptr;
    QLabel* m_note = nullptr;
    QString m_lockedNote;
};

} // namespace kvprism::views
