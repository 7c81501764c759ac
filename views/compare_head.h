// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QToolButton;

namespace kvprism::trace {
struct Run;
}

namespace kvprism::views {

class ElidedLabel;
class RunComparison;

// Which two runs are compared and what they ran with: what differs stands out.
class CompareHead final : public QWidget {
    Q_OBJECT
  public:
    CompareHead(const RunComparison* comparison, QWidget* parent);

    void setNames(const QString& a, const QString& b); // for people; without one, when the run was started
    QString textOfA() const; // as shown, without its marking; narrow ones leave out what is the same in both
    QString textOfB() const;
    QString differences() const; // options that differ, beside those that the two lines show

  Q_SIGNALS:
    void chooseRequested();
    void swapRequested();
    void closeRequested();

  protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void updateRuns();
    void showRun(QLabel* label, const QString& name, const trace::Run& run, const trace::Run& other);

    const RunComparison* m_comparison;
    QString m_nameA, m_nameB;
    ElidedLabel* m_title;
    QLabel* m_a;
    QLabel* m_b;
    QLabel* m_badgeA;
    QLabel* m_badgeB;
    ElidedLabel* m_differences;
    ElidedLabel* m_notices;
    bool m_brief = false; // no room for options that are the same
};

} // namespace kvprism::views
