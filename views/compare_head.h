// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QToolButton;

namespace kvprism::trace {
struct Run;
}

namespace kvprism::views {

class RunComparison;

// Which two runs are compared and what they ran with: what differs stands out.
class CompareHead final : public QWidget {
    Q_OBJECT
  public:
    CompareHead(const RunComparison* comparison, QWidget* parent);

    void setNames(const QString& a, const QString& b); // for people; without one, when the run was started
    QString textOfA() const;                           // as shown, without its marking
    QString textOfB() const;
    QString differences() const; // options that differ, beside those that the two lines show

  Q_SIGNALS:
    void chooseRequested();
    void swapRequested();
    void closeRequested();

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void update();

    const RunComparison* m_comparison;
    QString m_nameA, m_nameB;
    QLabel* m_title;
    QLabel* m_a;
    QLabel* m_b;
    QLabel* m_badgeA;
    QLabel* m_badgeB;
    QLabel* m_differences;
    QLabel* m_notices;
};

} // namespace kvprism::views
