// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/quiz.h"

#include <QPointer>
#include <QWidget>

#include <cstdint>
#include <map>
#include <set>
#include <vector>

class QComboBox;
class QLabel;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace kvprism::trace {
struct Run;
}

namespace kvprism::views {

class Navigator;
class QuizRow;
class TraceModel;

// "Which tokens will survive?": some words that a step had to choose between, each to be marked as staying or
// going, and then the truth. While a question is open a curtain covers the asked step and all after it, so
// that no view shows the answer; with the truth the navigator goes to the asked step.
class QuizView final : public QWidget {
    Q_OBJECT
  public:
    static constexpr int leastWords = 3;
    static constexpr int mostWords = 12;

    QuizView(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);
    ~QuizView() override;

    // What is drawn follows from it, the run and what was asked before.
    void setSeed(std::uint64_t seed) { m_seed = seed; }
    const std::optional<QuizQuestion>& question() const { return m_question; }
    bool isOpen() const { return m_question && !m_shown; } // asked, and the truth not shown yet
    const QuizTally& tally() const { return m_tally; }
    QuizRow* row(int index) const { return m_rows[static_cast<std::size_t>(index)]; }
    QPushButton* askButton() const { return m_ask; }       // starts, and goes on to another step
    QPushButton* othersButton() const { return m_others; } // other words of this step
    QPushButton* showButton() const { return m_show; }
    QPushButton* resetButton() const { return m_reset; }
    QPushButton* leaveButton() const { return m_leave; }
    QComboBox* countChoice() const { return m_count; }
    QString sentence() const; // what is asked, or why nothing can be
    QString about() const;    // what the run was asked
    QString note() const;     // which step the other views show
    QString result() const;   // the score, once the truth is shown
    QString tallyText() const;
    QSize sizeHint() const override { return {420, 480}; }
    QSize minimumSizeHint() const override { return {280, 240}; }

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    QPushButton* makeButton(const QString& text, const QString& tip, void (QuizView::*pressed)());
    void layOut();
    void setFonts();
    void fitButtons();
    double fittingScale() const; // of TextSize::large
    void resetForRun();
    void startAgain(); // forgets score and words that were asked about, and draws others from now on
    void ask();
    void askOthers();
    void askAbout(int step);
    void showTruth();
    void cover();
    void uncover();
    void leave();
    void letGo();
    void guess(int index, bool stays);
    bool handleKey(int key, int index);
    void fillRows();
    void addRow();
    void refresh(); // sentences and buttons, from the state
    void scheduleRefresh();
    void refreshResult();
    std::set<int> askedAt(int step) const;

    QPointer<TraceModel> m_model;
    QPointer<Navigator> m_navigator; // both may be gone before the view is
    std::uint64_t m_seed = 1;
    std::optional<QuizQuestion> m_question;
    const trace::Run* m_askedRun = nullptr; // only to be compared with
    bool m_shown = false;
    std::map<int, std::set<int>> m_asked; // by step
    QuizTally m_tally;
    std::optional<int> m_next; // what m_ask asks about
    bool m_scheduled = false;
    bool m_stale = false;

    QLabel *m_title, *m_about, *m_sentence, *m_note, *m_result, *m_tallyLabel;
    QComboBox* m_count;
    QPushButton *m_ask, *m_others, *m_show, *m_leave, *m_reset;
    QScrollArea* m_area;
    QWidget* m_list;
    QVBoxLayout* m_column;
    QVBoxLayout* m_all = nullptr;
    std::vector<QuizRow*> m_rows;
};

} // namespace kvprism::views
